/* A program that links every library: it ships one log to an emulator of its own. The same file is compiled as
 * C11 and as C++17. */
#include <again/again.h>
#include <again/cls.h>
#include <again/emulator.h>
#include <again/kit.h>
#include <stdio.h>
#include <string.h>

#ifdef __cplusplus
#define LANGUAGE "C++"
#else
#define LANGUAGE "C"
#endif

static void on_done(void *data, again_cls_batch *batch, const again_cls_result *result) {
  *(size_t *)data = result->delivered;
  again_cls_batch_free(batch);
}

/* Sends one log; what is in the way ends the program by the sanitizers or the status. */
static size_t ship(again_cls *cls) {
  size_t delivered = 0;
  again_cls_topic *topic = NULL;
  again_cls_batch *batch = NULL;
  again_cls_field field = {"message", 7, "hello", 5};
  if (again_cls_topic_open(cls, "topic", &topic) != 0 || again_cls_batch_new(NULL, &batch) != 0 ||
      again_cls_batch_add(batch, 1700000000000, &field, 1) != 0 ||
      again_cls_send(topic, batch, AGAIN_NEVER, on_done, &delivered, NULL) != 0)
    return 0;
  uv_run(uv_default_loop(), UV_RUN_DEFAULT);
  return delivered;
}

int main(void) {
  char why[256] = "cannot start";
  char endpoint[64];
  again_emulator_options service;
  again_uv_options retries;
  again_cls_options account;
  again_emulator *emulator = NULL;
  again_uv *uv = NULL;
  again_http *http = NULL;
  again_cls *cls = NULL;
  memset(&service, 0, sizeof service);
  memset(&retries, 0, sizeof retries);
  memset(&account, 0, sizeof account);
  if (again_emulator_start(&service, &emulator, why, sizeof why) != 0) {
    fprintf(stderr, "%s\n", why);
    return 1;
  }
  snprintf(endpoint, sizeof endpoint, "http://127.0.0.1:%u", again_emulator_port(emulator));
  retries.policy = again_policy_default();
  retries.catalogue = again_cls_catalogue();
  account.endpoint = endpoint;
  account.secret_id = "AKIDEMULATOR";
  account.secret_key = "emulator-secret-key";
  if (again_uv_new(uv_default_loop(), &retries, &uv) != 0 || again_http_new(uv, NULL, &http) != 0 ||
      again_cls_new(http, &account, &cls, why, sizeof why) != 0) {
    fprintf(stderr, "%s\n", why);
    return 1;
  }
  size_t delivered = ship(cls);
  again_cls_free(cls);
  again_http_close(http, NULL, NULL);
  again_uv_close(uv, NULL, NULL);
  uv_run(uv_default_loop(), UV_RUN_DEFAULT);
  again_emulator_stats stats = again_emulator_stats_get(emulator);
  again_emulator_stop(emulator);
  printf("%s with libagain %s: delivered %u, stored %u\n", LANGUAGE, again_version(),
         (unsigned)delivered, (unsigned)stats.stored);
  return delivered == 1 && stats.stored == 1 ? 0 : 1;
}
