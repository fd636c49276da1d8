#include "uploads.h"

static void a_batch_is_delivered_signed_and_compressed(void **state) {
  (void)state;
  static const origin_step steps[] = {{ANSWER_OK, ORIGIN_KEEP}};
  client c;
  client_init(&c, steps, COUNT_OF(steps));
  upload(&c, 3);
  assert_int_equal(c.done, 1);
  assert_int_equal(c.delivered, 3);
  assert_int_equal(c.calls, 1);
  assert_non_null(strstr(c.f.server.last, "POST /structuredlog?topic_id=topic HTTP/1.1\r\n"));
  assert_non_null(strstr(c.f.server.last, "x-cls-compress-type: lz4\r\n"));
  assert_non_null(strstr(c.f.server.last, "Content-Type: application/x-protobuf\r\n"));
  assert_non_null(strstr(c.f.server.last, "q-header-list=content-type;host;x-cls-compress-type&"));
  client_fini(&c);
}

static void a_token_of_four_kibibytes_is_sent_whole(void **state) {
  (void)state;
  static const origin_step steps[] = {{ANSWER_OK, ORIGIN_KEEP}};
  client c;
  char header[4200] = "X-Cls-Token: ";
  size_t begin = strlen(header);
  memset(header + begin, 't', 4096);
  header[begin + 4095] = 'T';
  header[begin + 4096] = '\0';
  client_init(&c, steps, COUNT_OF(steps));
  assert_int_equal(again_cls_set_credentials(c.cls, "id", "key", header + begin, NULL, 0), 0);
  upload(&c, 1);
  strcat(header, "\r\n");
  assert_non_null(strstr(c.f.server.last, header));
  client_fini(&c);
}

static void passing_errors_are_tried_again_and_permanent_ones_surfaced(void **state) {
  (void)state;
  static const origin_step steps[] = {{REFUSED("500 Oops", "InternalError"), ORIGIN_CLOSE},
                                      {REFUSED("429 Slow", "SpeedQuotaExceed"), ORIGIN_CLOSE},
                                      {REFUSED("400 Bad", "TopicClosed"), ORIGIN_CLOSE}};
  client c;
  client_init(&c, steps, COUNT_OF(steps));
  upload(&c, 5);
  assert_int_equal(c.refused, 5);
  assert_int_equal(c.calls, 3);
  assert_string_equal(c.code, "TopicClosed");
  assert_int_equal(c.results[0].reason, AGAIN_REASON_FATAL);
  assert_int_equal(c.results[0].verdict.error_class, AGAIN_CLASS_FATAL);
  assert_int_equal(c.results[0].history[1].error_class, AGAIN_CLASS_THROTTLED);
  client_fini(&c);
}

static void a_closed_topic_is_held_until_a_probe_gets_through(void **state) {
  (void)state;
  static const origin_step steps[] = {{REFUSED("400 No", "TopicClosed"), ORIGIN_CLOSE},
                                      {REFUSED("400 No", "TopicClosed"), ORIGIN_CLOSE},
                                      {ANSWER_OK, ORIGIN_KEEP}};
  again_policy policy = quick_policy;
  policy.hold = (again_class_policy){
      {.base = 5, .cap = 5, .multiplier_pct = 200, .jitter = AGAIN_JITTER_NONE}, 0, AGAIN_NEVER};
  client c;
  client_init_policy(&c, &policy, steps, COUNT_OF(steps));
  upload(&c, 2);
  assert_int_equal(c.delivered, 2);
  assert_int_equal(c.calls, 3);
  assert_int_equal(c.results[0].history[0].reason, AGAIN_REASON_HOLD);
  assert_int_equal(again_sched_stats(again_uv_sched(c.f.uv)).held, 0);
  client_fini(&c);
}

static void a_batch_that_is_too_large_arrives_in_halves(void **state) {
  (void)state;
  static const origin_step steps[] = {
      {REFUSED("403 No", "LogSizeExceed"), ORIGIN_CLOSE},
      {"HTTP/1.1 413 Too Large\r\nConnection: close\r\n\r\n<html>", ORIGIN_CLOSE},
      {ANSWER_OK, ORIGIN_KEEP}};
  client c;
  client_init(&c, steps, COUNT_OF(steps));
  upload(&c, 9);
  assert_int_equal(c.done, 1);
  assert_int_equal(c.delivered, 9);
  assert_int_equal(c.part_count, 3);
  assert_int_equal(c.calls, 5); /* the whole, one half, its two quarters, the other half */
  size_t next = 0;
  for (size_t i = 0; i < c.part_count; i++) {
    assert_int_equal(c.parts[i].first, next);
    next += c.parts[i].count;
  }
  assert_int_equal(next, 9);
  client_fini(&c);
}

static void one_log_that_is_too_large_alone_is_surfaced_alone(void **state) {
  (void)state;
  static const origin_step steps[] = {{REFUSED("403 No", "LogSizeExceed"), ORIGIN_CLOSE}};
  client c;
  client_init(&c, steps, COUNT_OF(steps));
  upload(&c, 4);
  assert_int_equal(c.done, 1);
  assert_int_equal(c.refused, 4);
  assert_int_equal(c.part_count, 4);
  assert_int_equal(c.calls, 7);
  client_fini(&c);
}

static void a_compression_that_is_refused_is_not_used_again(void **state) {
  (void)state;
  static const struct {
    again_cls_compression asked;
    again_cls_compression used;
    uint32_t calls;
  } rows[] = {{AGAIN_CLS_LZ4, AGAIN_CLS_PLAIN, 2},
              {AGAIN_CLS_ZSTD, AGAIN_CLS_LZ4, 2},
              {AGAIN_CLS_DEFLATE, AGAIN_CLS_LZ4, 2}};
  static const origin_step steps[] = {{REFUSED("400 Bad", "InvalidCompressType"), ORIGIN_CLOSE},
                                      {ANSWER_OK, ORIGIN_KEEP}};
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    if (!again_cls_compression_built(rows[i].asked)) continue;
    client c;
    client_init_options(&c, &quick_policy, steps, COUNT_OF(steps),
                        (again_cls_options){.compression = rows[i].asked});
    assert_int_equal(again_cls_compression_used(c.cls), rows[i].asked);
    upload(&c, 5);
    assert_int_equal(c.done, 1);
    assert_int_equal(c.delivered, 5);
    assert_int_equal(c.part_count, 1);
    assert_int_equal(c.calls, rows[i].calls);
    assert_int_equal(again_cls_compression_used(c.cls), rows[i].used);
    const char *header = strstr(c.f.server.last, "x-cls-compress-type: ");
    assert_int_equal(header != NULL, rows[i].used != AGAIN_CLS_PLAIN);
    c.done = 0;
    upload(&c, 5); /* also to other topics: what is known is known of the endpoint */
    assert_int_equal(c.calls, 1);
    client_fini(&c);
  }
}

static void without_any_compression_a_refusal_of_it_stands(void **state) {
  (void)state;
  static const origin_step steps[] = {{REFUSED("400 Bad", "InvalidCompressType"), ORIGIN_CLOSE}};
  client c;
  client_init_options(&c, &quick_policy, steps, COUNT_OF(steps),
                      (again_cls_options){.compression = AGAIN_CLS_PLAIN});
  upload(&c, 3);
  assert_int_equal(c.refused, 3);
  assert_int_equal(c.calls, 1);
  assert_string_equal(c.code, "InvalidCompressType");
  client_fini(&c);
}

static void invalid_content_is_halved_as_often_as_the_option_says(void **state) {
  (void)state;
  static const origin_step steps[] = {{REFUSED("400 Bad", "InvalidContent"), ORIGIN_CLOSE}};
  static const struct {
    uint32_t splits;
    uint32_t calls;
    size_t parts;
  } rows[] = {{0, 1, 1}, {1, 3, 2}, {2, 5, 3}, {7, 15, 8}, {100, 15, 8}};
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    client c;
    client_init_options(&c, &quick_policy, steps, COUNT_OF(steps),
                        (again_cls_options){.content_splits = rows[i].splits});
    upload(&c, 8);
    assert_int_equal(c.done, 1);
    assert_int_equal(c.refused, 8);
    assert_int_equal(c.calls, rows[i].calls);
    assert_int_equal(c.part_count, rows[i].parts);
    assert_string_equal(c.code, "InvalidContent");
    client_fini(&c);
  }
}

static void cancelling_and_closing_bring_the_batch_back(void **state) {
  (void)state;
  static const origin_step steps[] = {{NULL, ORIGIN_HANG}};
  for (int close = 0; close < 2; close++) {
    client c;
    client_init(&c, steps, COUNT_OF(steps));
    again_cls_upload *handle;
    assert_int_equal(again_cls_send(c.topic, make_batch(2), AGAIN_NEVER, on_done, &c, &handle), 0);
    while (c.f.server.requests == 0)
      uv_run(&c.f.loop, UV_RUN_ONCE);
    if (close) {
      again_sched_close(again_uv_sched(c.f.uv));
    } else {
      again_cls_cancel(handle);
    }
    while (c.done == 0)
      uv_run(&c.f.loop, UV_RUN_ONCE);
    assert_int_equal(c.done, 1);
    assert_int_equal(c.refused, 2);
    assert_int_equal(c.results[0].reason, close ? AGAIN_REASON_CLOSED : AGAIN_REASON_CANCELLED);
    client_fini(&c);
  }
}

static void a_batch_refused_as_too_large_while_draining_comes_back_whole(void **state) {
  (void)state;
  static const origin_step steps[] = {{REFUSED("403 No", "LogSizeExceed"), ORIGIN_CLOSE}};
  client c;
  client_init(&c, steps, COUNT_OF(steps));
  assert_int_equal(again_cls_send(c.topic, make_batch(4), AGAIN_NEVER, on_done, &c, NULL), 0);
  again_sched_drain(again_uv_sched(c.f.uv), AGAIN_NEVER);
  while (c.done == 0)
    uv_run(&c.f.loop, UV_RUN_ONCE);
  assert_int_equal(c.refused, 4);
  assert_int_equal(c.part_count, 1);
  assert_int_equal(c.results[0].reason, AGAIN_REASON_DRAINED); /* and not refused for good */
  again_cls_batch *batch = make_batch(1);
  assert_int_equal(again_cls_send(c.topic, batch, AGAIN_NEVER, on_done, &c, NULL), AGAIN_ECLOSING);
  again_cls_batch_free(batch);
  client_fini(&c);
}

static void an_empty_batch_is_refused(void **state) {
  (void)state;
  static const origin_step steps[] = {{ANSWER_OK, ORIGIN_KEEP}};
  client c;
  client_init(&c, steps, COUNT_OF(steps));
  again_cls_batch *batch = make_batch(0);
  assert_int_equal(again_cls_send(c.topic, batch, AGAIN_NEVER, on_done, &c, NULL), AGAIN_EINVAL);
  again_cls_batch_free(batch);
  client_fini(&c);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_batch_is_delivered_signed_and_compressed),
      cmocka_unit_test(a_token_of_four_kibibytes_is_sent_whole),
      cmocka_unit_test(passing_errors_are_tried_again_and_permanent_ones_surfaced),
      cmocka_unit_test(a_closed_topic_is_held_until_a_probe_gets_through),
      cmocka_unit_test(a_batch_that_is_too_large_arrives_in_halves),
      cmocka_unit_test(one_log_that_is_too_large_alone_is_surfaced_alone),
      cmocka_unit_test(a_compression_that_is_refused_is_not_used_again),
      cmocka_unit_test(without_any_compression_a_refusal_of_it_stands),
      cmocka_unit_test(invalid_content_is_halved_as_often_as_the_option_says),
      cmocka_unit_test(cancelling_and_closing_bring_the_batch_back),
      cmocka_unit_test(a_batch_refused_as_too_large_while_draining_comes_back_whole),
      cmocka_unit_test(an_empty_batch_is_refused),
  };
  curl_global_init(CURL_GLOBAL_DEFAULT);
  return cmocka_run_group_tests(tests, NULL, NULL);
}
