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
} client;

static void on_refresh(void *data, again_cls *cls) {
  client *c = data;
  char id[16];
  snprintf(id, sizeof id, "id-%d", ++c->refreshes);
  if (c->refresh_fails) {
    again_cls_refresh_failed(cls);
  } else {
    assert_int_equal(again_cls_set_credentials(cls, id, "key", "token", NULL, 0), 0);
  }
}

static void client_init(client *c, const origin_step *steps, size_t count) {
  memset(c, 0, sizeof *c);
  fixture_init(&c->f, &quick_policy, NULL, steps, count);
  char endpoint[64];
  snprintf(endpoint, sizeof endpoint, "http://127.0.0.1:%d", c->f.server.port);
  again_cls_options options = {.endpoint = endpoint,
                               .secret_id = "id",
                               .secret_key = "key",
                               .refresh = on_refresh,
                               .data = c};
  assert_int_equal(again_cls_new(c->f.http, &options, &c->cls, NULL, 0), 0);
  assert_int_equal(again_cls_topic_open(c->cls, "topic", &c->topic), 0);
  assert_int_equal(again_cls_topic_open(c->cls, "other", &c->other), 0);
}

static void client_fini(client *c) {
  assert_int_equal(again_cls_free(c->cls), 0);
  fixture_fini(&c->f);
}

static again_cls_batch *make_batch(int logs) {
  again_cls_batch *batch;
  assert_int_equal(again_cls_batch_new(NULL, &batch), 0);
  again_cls_field field = {"content", 7, "line", 4};
  for (int i = 0; i < logs; i++)
    assert_int_equal(again_cls_batch_add(batch, i, &field, 1), 0);
  return batch;
}

static void on_done(void *data, again_cls_batch *batch, const again_cls_result *result) {
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

static void upload(client *c, int logs) {
  assert_int_equal(again_cls_send(c->topic, make_batch(logs), AGAIN_NEVER, on_done, c, NULL), 0);
  assert_int_equal(again_cls_free(c->cls), AGAIN_ESTATE);
  while (c->done == 0)
    uv_run(&c->f.loop, UV_RUN_ONCE);
}

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

static void an_error_under_200_is_an_error(void **state) {
  (void)state;
  static const origin_step steps[] = {
      {"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"Response\":{\"Error\":{\"Code\":"
       "\"OperationDenied.AccountIsolate\",\"Message\":\"no\"},\"RequestId\":\"id-9\"}}",
       ORIGIN_CLOSE}};
  client c;
  client_init(&c, steps, COUNT_OF(steps));
  upload(&c, 1);
  assert_int_equal(c.refused, 1);
  assert_int_equal(c.results[0].effect, AGAIN_EFFECT_NOT_APPLIED);
  assert_string_equal(c.code, "OperationDenied.AccountIsolate");
  client_fini(&c);
}

static void a_refused_credential_is_refreshed_and_the_request_signed_anew_at_once(void **state) {
  (void)state;
  static const origin_step steps[] = {{REFUSED("401 No", "AuthFailure.TokenFailure"), ORIGIN_CLOSE},
                                      {ANSWER_OK, ORIGIN_KEEP}};
  client c;
  client_init(&c, steps, COUNT_OF(steps));
  upload(&c, 2);
  assert_int_equal(c.delivered, 2);
  assert_int_equal(c.calls, 2);
  assert_int_equal(c.refreshes, 1);
  assert_int_equal(c.results[0].history[0].reason, AGAIN_REASON_REMEDIED);
  assert_non_null(strstr(c.f.server.last, "&q-ak=id-1&"));
  assert_non_null(strstr(c.f.server.last, "X-Cls-Token: token\r\n"));
  client_fini(&c);
}

static void without_a_new_credential_the_policy_for_auth_decides(void **state) {
  (void)state;
  static const origin_step steps[] = {
      {REFUSED("401 No", "AuthFailure.TokenFailure"), ORIGIN_CLOSE}};
  client c;
  client_init(&c, steps, COUNT_OF(steps));
  c.refresh_fails = true;
  upload(&c, 2);
  assert_int_equal(c.refused, 2);
  assert_int_equal(c.results[0].reason, AGAIN_REASON_ATTEMPTS);
  assert_int_equal(c.results[0].history[0].reason, AGAIN_REASON_BACKOFF);
  assert_int_equal(c.refreshes, 3); /* and would not be asked a fourth time in this minute */
  client_fini(&c);
}

static void a_service_that_refuses_every_credential_does_not_get_them_all(void **state) {
  (void)state;
  static const origin_step steps[] = {
      {REFUSED("401 No", "AuthFailure.TokenFailure"), ORIGIN_CLOSE}};
  client c;
  client_init(&c, steps, COUNT_OF(steps));
  upload(&c, 1);
  assert_int_equal(c.refused, 1);
  assert_int_equal(c.refreshes, 3);
  client_fini(&c);
}

static void a_success_with_a_body_is_not_the_services(void **state) {
  (void)state;
  static const origin_step steps[] = {
      {"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n<html>please log in", ORIGIN_CLOSE},
      {ANSWER_OK, ORIGIN_KEEP}};
  client c;
  client_init(&c, steps, COUNT_OF(steps));
  upload(&c, 1);
  assert_int_equal(c.delivered, 1);
  assert_int_equal(c.calls, 2);
  assert_int_equal(c.results[0].history[0].fault, AGAIN_FAULT_PROTOCOL);
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

static void an_expired_signature_is_made_anew_by_the_services_clock(void **state) {
  (void)state;
  char expired[512];
  time_t there = time(NULL) + 600;
  struct tm utc;
  char date[64];
  gmtime_r(&there, &utc);
  strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &utc);
  snprintf(expired, sizeof expired, "HTTP/1.1 401 No\r\nDate: %s\r\nConnection: close\r\n\r\n%s",
           date, ERROR_BODY("AuthFailure.SignatureExpire"));
  const origin_step steps[] = {{expired, ORIGIN_CLOSE}, {ANSWER_OK, ORIGIN_KEEP}};
  client c;
  client_init(&c, steps, COUNT_OF(steps));
  assert_int_equal(again_cls_clock_skew(c.cls), 0);
  upload(&c, 1);
  assert_int_equal(c.delivered, 1);
  assert_int_equal(c.calls, 2);
  assert_int_equal(c.results[0].history[0].reason, AGAIN_REASON_REMEDIED);
  assert_in_range(again_cls_clock_skew(c.cls), 597000, 603000);
  const char *signed_at = strstr(c.f.server.last, "q-sign-time=");
  assert_non_null(signed_at);
  long long start = strtoll(signed_at + 12, NULL, 10);
  assert_in_range(start, there - 63, there - 57 + 20);
  client_fini(&c);
}

static void an_expired_signature_without_a_wrong_clock_is_not_tried_for_ever(void **state) {
  (void)state;
  static const origin_step steps[] = {
      {REFUSED("401 No", "AuthFailure.SignatureExpire"), ORIGIN_CLOSE}};
  client c;
  client_init(&c, steps, COUNT_OF(steps));
  upload(&c, 1);
  assert_int_equal(c.refused, 1);
  assert_int_equal(c.results[0].reason, AGAIN_REASON_ATTEMPTS);
  assert_int_equal(c.calls, 3); /* quick_policy's auth.max_attempts */
  assert_int_equal(again_cls_clock_skew(c.cls), 0);
  client_fini(&c);
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
      cmocka_unit_test(passing_errors_are_tried_again_and_permanent_ones_surfaced),
      cmocka_unit_test(an_error_under_200_is_an_error),
      cmocka_unit_test(a_refused_credential_is_refreshed_and_the_request_signed_anew_at_once),
      cmocka_unit_test(without_a_new_credential_the_policy_for_auth_decides),
      cmocka_unit_test(a_service_that_refuses_every_credential_does_not_get_them_all),
      cmocka_unit_test(a_success_with_a_body_is_not_the_services),
      cmocka_unit_test(a_batch_that_is_too_large_arrives_in_halves),
      cmocka_unit_test(one_log_that_is_too_large_alone_is_surfaced_alone),
      cmocka_unit_test(an_expired_signature_is_made_anew_by_the_services_clock),
      cmocka_unit_test(an_expired_signature_without_a_wrong_clock_is_not_tried_for_ever),
      cmocka_unit_test(cancelling_and_closing_bring_the_batch_back),
      cmocka_unit_test(a_batch_refused_as_too_large_while_draining_comes_back_whole),
      cmocka_unit_test(an_empty_batch_is_refused),
  };
  curl_global_init(CURL_GLOBAL_DEFAULT);
  return cmocka_run_group_tests(tests, NULL, NULL);
}
