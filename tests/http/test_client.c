#include "http_fixture.h"
#include <stdlib.h>

static void a_refused_connection_is_tried_until_the_port_opens(void **state) {
  (void)state;
  fixture f;
  static const origin_step steps[] = {{ANSWER_OK, ORIGIN_KEEP}};
  fixture_init(&f, &quick_policy, NULL, steps, COUNT_OF(steps));
  int port = f.server.port;
  origin_stop(&f.server);
  while (uv_run(&f.loop, UV_RUN_NOWAIT)) {
  }
  call c;
  call_init(&c, &f, "x", 1);
  assert_int_equal(again_http_send(f.http, &c.request, &f.scope, AGAIN_NEVER), 0);
  while (again_sched_stats(again_uv_sched(f.uv)).retries[AGAIN_CLASS_RETRYABLE] < 3) {
    uv_run(&f.loop, UV_RUN_ONCE);
  }
  assert_int_equal(c.done, 0);
  origin_start(&f.server, &f.loop, port, steps, COUNT_OF(steps));
  uv_unref((uv_handle_t *)&f.server.server);
  while (c.done == 0)
    uv_run(&f.loop, UV_RUN_ONCE);
  assert_int_equal(c.result.reason, AGAIN_REASON_OK);
  assert_int_equal(c.result.history[0].fault, AGAIN_FAULT_CONNECT);
  assert_true(c.result.attempts >= 4);
  fixture_fini(&f);
}

static void broken_answers_are_faults_that_are_tried_again(void **state) {
  (void)state;
  static const struct {
    origin_step step;
    again_fault fault; /* NONE: the status of the broken answer decides */
  } rows[] = {
      {{NULL, ORIGIN_CLOSE}, AGAIN_FAULT_RECEIVE},
      {{NULL, ORIGIN_RESET}, AGAIN_FAULT_RECEIVE},
      {{"nonsense\r\n\r\n", ORIGIN_CLOSE}, AGAIN_FAULT_PROTOCOL},
      {{"HTTP/1.1 500 Oops\r\nContent-Length: 100\r\n\r\nhalf", ORIGIN_CLOSE}, AGAIN_FAULT_NONE},
      {{"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", ORIGIN_CLOSE},
       AGAIN_FAULT_RECEIVE}, /* half a success is none */
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    fixture f;
    origin_step steps[] = {rows[i].step, {ANSWER_OK, ORIGIN_KEEP}};
    fixture_init(&f, &quick_policy, NULL, steps, COUNT_OF(steps));
    call c;
    call_run(&c, &f, "x");
    assert_int_equal(c.result.reason, AGAIN_REASON_OK);
    assert_int_equal(c.result.attempts, 2);
    again_fault fault = (again_fault)c.result.history[0].fault;
    if (fault == AGAIN_FAULT_SEND) fault = AGAIN_FAULT_RECEIVE; /* a reset is seen by either */
    assert_int_equal(fault, rows[i].fault);
    assert_int_equal(c.result.history[0].error_class, AGAIN_CLASS_RETRYABLE);
    fixture_fini(&f);
  }
}

/* What corrupts the heap of libcurl before 8.1.1 if a handle is reset and used again. */
static void a_folded_first_header_on_a_kept_connection_does_no_harm(void **state) {
  (void)state;
  static const origin_step steps[] = {
      {ANSWER("503 Busy", "", "0", ""), ORIGIN_KEEP},
      {"HTTP/1.1 503 Busy\r\n f: 1\r\nX: abc\r\nContent-Length: 0\r\n\r\n", ORIGIN_CLOSE},
      {ANSWER_OK, ORIGIN_KEEP}};
  fixture f;
  fixture_init(&f, &quick_policy, NULL, steps, COUNT_OF(steps));
  call c;
  call_run(&c, &f, "x");
  assert_int_equal(c.result.reason, AGAIN_REASON_OK);
  fixture_fini(&f);
}

static void a_proxy_of_the_environment_does_not_see_plain_http(void **state) {
  (void)state;
  static const origin_step steps[] = {{ANSWER_OK, ORIGIN_KEEP}};
  fixture f;
  setenv("http_proxy", "http://127.0.0.1:1", 1);
  fixture_init(&f, &quick_policy, NULL, steps, COUNT_OF(steps));
  call c;
  call_run(&c, &f, "x");
  assert_int_equal(c.result.attempts, 1);
  assert_int_equal(c.result.reason, AGAIN_REASON_OK);
  fixture_fini(&f);
  unsetenv("http_proxy");
}

static void a_redirect_is_not_followed(void **state) {
  (void)state;
  fixture f;
  static const origin_step steps[] = {
      {ANSWER("302 Found", "Location: /elsewhere\r\n", "0", ""), ORIGIN_KEEP}};
  fixture_init(&f, &quick_policy, NULL, steps, COUNT_OF(steps));
  call c;
  call_run(&c, &f, "x");
  assert_int_equal(c.result.reason, AGAIN_REASON_FATAL);
  assert_int_equal(c.result.status, 302);
  assert_int_equal(f.server.requests, 1);
  fixture_fini(&f);
}

static void an_attempt_that_hangs_is_ended_by_its_timeout_and_by_the_deadline(void **state) {
  (void)state;
  fixture f;
  static const origin_step steps[] = {{NULL, ORIGIN_HANG}, {ANSWER_OK, ORIGIN_KEEP}};
  again_policy policy = quick_policy;
  policy.attempt_timeout = 60;
  policy.connect_timeout = 60;
  fixture_init(&f, &policy, NULL, steps, COUNT_OF(steps));
  call c;
  call_run(&c, &f, "x");
  assert_int_equal(c.result.reason, AGAIN_REASON_OK);
  assert_int_equal(c.result.history[0].fault, AGAIN_FAULT_TIMEOUT);
  fixture_fini(&f);

  static const origin_step hang[] = {{NULL, ORIGIN_HANG}};
  policy.attempt_timeout = 100000;
  fixture_init(&f, &policy, NULL, hang, COUNT_OF(hang));
  call_init(&c, &f, "x", 1);
  again_ms deadline = again_uv_now(f.uv) + 80;
  assert_int_equal(again_http_send(f.http, &c.request, &f.scope, deadline), 0);
  while (c.done == 0)
    uv_run(&f.loop, UV_RUN_ONCE);
  assert_int_equal(c.result.reason, AGAIN_REASON_DEADLINE);
  assert_int_equal(c.result.fault, AGAIN_FAULT_TIMEOUT);
  assert_int_equal(c.result.effect, AGAIN_EFFECT_MAYBE_APPLIED);
  fixture_fini(&f);
}

static void never_more_requests_under_way_than_the_policy_allows(void **state) {
  (void)state;
  enum { CALLS = 40 };
  fixture f;
  static const origin_step steps[] = {{ANSWER_OK, ORIGIN_KEEP}};
  again_policy policy = quick_policy;
  policy.scope_in_flight = 4;
  fixture_init(&f, &policy, NULL, steps, COUNT_OF(steps));
  call *calls = test_calloc(CALLS, sizeof *calls);
  for (int i = 0; i < CALLS; i++) {
    call_init(&calls[i], &f, "x", 1);
    assert_int_equal(again_http_send(f.http, &calls[i].request, &f.scope, AGAIN_NEVER), 0);
  }
  for (int i = 0; i < CALLS; i++) {
    while (calls[i].done == 0)
      uv_run(&f.loop, UV_RUN_ONCE);
  }
  assert_int_equal(f.server.requests, CALLS);
  assert_int_equal(f.server.connections, 4);
  test_free(calls);
  fixture_fini(&f);
}

static void cancelling_ends_the_transfer_under_way(void **state) {
  (void)state;
  fixture f;
  static const origin_step steps[] = {{NULL, ORIGIN_HANG}};
  fixture_init(&f, &quick_policy, NULL, steps, COUNT_OF(steps));
  call c;
  call_init(&c, &f, "x", 1);
  assert_int_equal(again_http_cancel(&c.request), AGAIN_ESTATE);
  assert_int_equal(again_http_send(f.http, &c.request, &f.scope, AGAIN_NEVER), 0);
  while (f.server.requests == 0)
    uv_run(&f.loop, UV_RUN_ONCE);
  assert_int_equal(again_http_close(f.http, NULL, NULL), AGAIN_ESTATE);
  assert_int_equal(again_http_cancel(&c.request), 0);
  while (c.done == 0)
    uv_run(&f.loop, UV_RUN_ONCE);
  assert_int_equal(c.result.reason, AGAIN_REASON_CANCELLED);
  fixture_fini(&f);
}

static void closing_brings_back_requests_in_every_state(void **state) {
  (void)state;
  enum { CALLS = 30 };
  fixture f;
  static const origin_step steps[] = {
      {ANSWER("429 Slow", "Retry-After: 3\r\n", "0", ""), ORIGIN_KEEP}, {NULL, ORIGIN_HANG}};
  again_policy policy = quick_policy;
  policy.scope_in_flight = 4;
  policy.hint_cap = 9000;
  fixture_init(&f, &policy, NULL, steps, COUNT_OF(steps));
  call *calls = test_calloc(CALLS, sizeof *calls);
  for (int i = 0; i < CALLS; i++) {
    call_init(&calls[i], &f, "x", 1);
    assert_int_equal(again_http_send(f.http, &calls[i].request, &f.scope, AGAIN_NEVER), 0);
  }
  while (f.server.requests < 5)
    uv_run(&f.loop, UV_RUN_ONCE);
  again_sched_close(again_uv_sched(f.uv));
  for (int i = 0; i < CALLS; i++) {
    while (calls[i].done == 0)
      uv_run(&f.loop, UV_RUN_ONCE);
    assert_int_equal(calls[i].result.reason, AGAIN_REASON_CLOSED);
  }
  test_free(calls);
  fixture_fini(&f);
}

static void a_request_without_url_method_or_done_is_refused(void **state) {
  (void)state;
  fixture f;
  static const origin_step steps[] = {{ANSWER_OK, ORIGIN_KEEP}};
  fixture_init(&f, &quick_policy, NULL, steps, COUNT_OF(steps));
  for (int missing = 0; missing < 3; missing++) {
    call c;
    call_init(&c, &f, "x", 1);
    if (missing == 0) c.request.url = NULL;
    if (missing == 1) c.request.method = NULL;
    if (missing == 2) c.request.done = NULL;
    assert_int_equal(again_http_send(f.http, &c.request, &f.scope, AGAIN_NEVER), AGAIN_EINVAL);
  }
  call c;
  snprintf(f.url, sizeof f.url, "ftp://127.0.0.1/");
  call_run(&c, &f, "x");
  assert_int_equal(c.result.reason, AGAIN_REASON_FATAL);
  assert_int_equal(c.result.fault, AGAIN_FAULT_CONFIG);
  fixture_fini(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_refused_connection_is_tried_until_the_port_opens),
      cmocka_unit_test(broken_answers_are_faults_that_are_tried_again),
      cmocka_unit_test(a_folded_first_header_on_a_kept_connection_does_no_harm),
      cmocka_unit_test(a_proxy_of_the_environment_does_not_see_plain_http),
      cmocka_unit_test(a_redirect_is_not_followed),
      cmocka_unit_test(an_attempt_that_hangs_is_ended_by_its_timeout_and_by_the_deadline),
      cmocka_unit_test(never_more_requests_under_way_than_the_policy_allows),
      cmocka_unit_test(cancelling_ends_the_transfer_under_way),
      cmocka_unit_test(closing_brings_back_requests_in_every_state),
      cmocka_unit_test(a_request_without_url_method_or_done_is_refused),
  };
  curl_global_init(CURL_GLOBAL_DEFAULT);
  return cmocka_run_group_tests(tests, NULL, NULL);
}
