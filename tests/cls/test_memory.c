/* Whatever call for memory gets none: errors are said, every batch comes back once, nothing stays behind. */
#include "uploads.h"
#include <again/kit_memory.h>

enum { LOGS = 6 };

typedef struct run {
  uv_loop_t loop;
  origin server;
  again_kit_memory memory;
  again_uv *uv;
  again_http *http;
  again_cls *cls;
  again_cls_batch *batch;
  int done;
  size_t delivered;
  size_t refused;
  bool closed;
} run;

static void on_run_done(void *data, again_cls_batch *batch, const again_cls_result *result) {
  run *r = data;
  r->done++;
  r->delivered = result->delivered;
  r->refused = result->refused;
  assert_ptr_equal(batch, r->batch);
}

static void on_run_closed(void *data) {
  ((run *)data)->closed = true;
}

/* Two groups of logs; 0 or the error. */
static int fill(again_cls_batch *batch) {
  char text[3000];
  memset(text, 'x', sizeof text);
  again_cls_field field = {"message", 7, text, sizeof text};
  again_cls_batch_options second = {.source = "second", .filename = "of two"};
  int error = 0;
  for (int i = 0; error == 0 && i < LOGS; i++) {
    if (i == LOGS / 2) error = again_cls_batch_group(batch, &second);
    if (error == 0) error = again_cls_batch_add(batch, i, &field, 1);
  }
  return error;
}

static int open_all(run *r) {
  again_uv_options options = {.policy = &quick_policy,
                              .catalogue = again_cls_catalogue(),
                              .seed = 1,
                              .allocator = &r->memory.allocator};
  char endpoint[64];
  snprintf(endpoint, sizeof endpoint, "http://127.0.0.1:%d", r->server.port);
  again_cls_options account = {
      .endpoint = endpoint, .secret_id = "id", .secret_key = "key", .token = "token"};
  int error = again_uv_new(&r->loop, &options, &r->uv);
  if (error == 0) error = again_http_new(r->uv, NULL, &r->http);
  if (error == 0) error = again_cls_new(r->http, &account, &r->cls, NULL, 0);
  return error;
}

static int send_batch(run *r) {
  again_cls_batch_options first = {.source = "here", .allocator = &r->memory.allocator};
  again_cls_topic *topic;
  int error = again_cls_topic_open(r->cls, "topic", &topic);
  if (error == 0) error = again_cls_batch_new(&first, &r->batch);
  if (error == 0) error = fill(r->batch);
  if (error == 0) error = again_cls_send(topic, r->batch, AGAIN_NEVER, on_run_done, r, NULL);
  return error;
}

/* All of it, with the n-th call for memory failing. False: fewer calls are needed. */
static bool runs_without(uint64_t n, size_t *delivered) {
  static const origin_step steps[] = {
      {REFUSED("403 No", "LogSizeExceed"), ORIGIN_CLOSE},
      {REFUSED("401 No", "AuthFailure.SignatureExpire"), ORIGIN_CLOSE},
      {ANSWER_OK, ORIGIN_KEEP}};
  static run r;
  r = (run){0};
  uv_loop_init(&r.loop);
  origin_start(&r.server, &r.loop, 0, steps, COUNT_OF(steps));
  uv_unref((uv_handle_t *)&r.server.server);
  again_kit_memory_init(&r.memory);
  r.memory.fail_at = n;
  int error = open_all(&r);
  if (error == 0) error = send_batch(&r);
  assert_true(error == 0 || error == AGAIN_ENOMEM);
  if (error == 0) {
    while (r.done == 0)
      uv_run(&r.loop, UV_RUN_ONCE);
    assert_int_equal(r.delivered + r.refused, LOGS);
    *delivered = r.delivered;
  }
  again_cls_batch_free(r.batch);
  assert_int_equal(again_cls_free(r.cls), 0);
  if (r.http != NULL) assert_int_equal(again_http_close(r.http, NULL, NULL), 0);
  if (r.uv != NULL) again_uv_close(r.uv, on_run_closed, &r);
  origin_stop(&r.server);
  uv_run(&r.loop, UV_RUN_DEFAULT);
  assert_int_equal(r.done, error == 0);
  assert_int_equal(r.closed, r.uv != NULL);
  assert_int_equal(uv_loop_close(&r.loop), 0);
  assert_true(again_kit_assert_no_leaks(&r.memory));
  bool failed = r.memory.failed > 0;
  again_kit_memory_fini(&r.memory);
  return failed;
}

static void nothing_is_lost_whichever_call_for_memory_fails(void **state) {
  (void)state;
  size_t delivered = 0;
  uint64_t n = 1;
  while (runs_without(n, &delivered))
    n++;
  assert_true(n > 30);
  assert_int_equal(delivered, LOGS);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(nothing_is_lost_whichever_call_for_memory_fails),
  };
  curl_global_init(CURL_GLOBAL_DEFAULT);
  return cmocka_run_group_tests(tests, NULL, NULL);
}
