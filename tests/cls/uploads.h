/* A CLS client against a scripted server. */
#ifndef AGAIN_TESTS_CLS_UPLOADS_H
#define AGAIN_TESTS_CLS_UPLOADS_H

#include <again/cls.h>
#define FIXTURE_CATALOGUE again_cls_catalogue()

#include "http_fixture.h"
#include <time.h>

#define ERROR_BODY(code) "{\"errorcode\":\"" code "\",\"errormessage\":\"m\"}"
#define REFUSED(status, code)                                                                      \
  "HTTP/1.1 " status "\r\nx-cls-requestid: r-1\r\nConnection: close\r\n\r\n" ERROR_BODY(code)

typedef struct client {
  fixture f;
  again_cls *cls;
  again_cls_topic *topic;
  again_cls_topic *other;
  int done;
  size_t delivered;
  size_t refused;
  uint32_t calls;
  size_t part_count;
  again_cls_part parts[16];
  again_result results[16];
  again_record history[16][AGAIN_HISTORY_MAX];
  char code[64];
  int refreshes;
  bool refresh_fails;
  bool refresh_later; /* by later, after 30 ms */
  uv_timer_t later;
} client;

static inline void on_later(uv_timer_t *timer) {
  client *c = timer->data;
  assert_int_equal(again_cls_set_credentials(c->cls, "id-later", "key", NULL, NULL, 0), 0);
  uv_close((uv_handle_t *)timer, NULL);
}

static inline void on_refresh(void *data, again_cls *cls) {
  client *c = data;
  char id[16];
  snprintf(id, sizeof id, "id-%d", ++c->refreshes);
  if (c->refresh_later) {
    uv_timer_init(&c->f.loop, &c->later);
    c->later.data = c;
    uv_timer_start(&c->later, on_later, 30, 0);
  } else if (c->refresh_fails) {
    again_cls_refresh_failed(cls);
  } else {
    assert_int_equal(again_cls_set_credentials(cls, id, "key", "token", NULL, 0), 0);
  }
}

static inline void client_init_options(client *c, const again_policy *policy,
                                       const origin_step *steps, size_t count,
                                       again_cls_options options) {
  memset(c, 0, sizeof *c);
  fixture_init(&c->f, policy, NULL, steps, count);
  char endpoint[64];
  snprintf(endpoint, sizeof endpoint, "http://127.0.0.1:%d", c->f.server.port);
  options.endpoint = endpoint;
  options.secret_id = "id";
  options.secret_key = "key";
  options.refresh = on_refresh;
  options.data = c;
  assert_int_equal(again_cls_new(c->f.http, &options, &c->cls, NULL, 0), 0);
  assert_int_equal(again_cls_topic_open(c->cls, "topic", &c->topic), 0);
  assert_int_equal(again_cls_topic_open(c->cls, "other", &c->other), 0);
}

static inline void client_init_policy(client *c, const again_policy *policy,
                                      const origin_step *steps, size_t count) {
  client_init_options(c, policy, steps, count, (again_cls_options){.token = NULL});
}

static inline void client_init(client *c, const origin_step *steps, size_t count) {
  client_init_policy(c, &quick_policy, steps, count);
}

static inline void client_fini(client *c) {
  assert_int_equal(again_cls_free(c->cls), 0);
  fixture_fini(&c->f);
}

static inline again_cls_batch *make_batch(int logs) {
  again_cls_batch *batch;
  assert_int_equal(again_cls_batch_new(NULL, &batch), 0);
  again_cls_field field = {"content", 7, "line", 4};
  for (int i = 0; i < logs; i++)
    assert_int_equal(again_cls_batch_add(batch, i, &field, 1), 0);
  return batch;
}

static inline void on_done(void *data, again_cls_batch *batch, const again_cls_result *result) {
  client *c = data;
  c->done++;
  c->delivered += result->delivered;
  c->refused += result->refused;
  c->calls = result->calls;
  c->part_count = result->part_count;
  for (size_t i = 0; i < result->part_count && i < COUNT_OF(c->parts); i++) {
    c->parts[i] = result->parts[i];
    c->results[i] = *result->parts[i].result;
    memcpy(c->history[i], c->results[i].history,
           c->results[i].history_count * sizeof(again_record));
    c->results[i].history = c->history[i];
    snprintf(c->code, sizeof c->code, "%s", result->parts[i].result->code);
  }
  again_cls_batch_free(batch);
}

static inline void upload(client *c, int logs) {
  assert_int_equal(again_cls_send(c->topic, make_batch(logs), AGAIN_NEVER, on_done, c, NULL), 0);
  assert_int_equal(again_cls_free(c->cls), AGAIN_ESTATE);
  while (c->done == 0)
    uv_run(&c->f.loop, UV_RUN_ONCE);
}

#endif
