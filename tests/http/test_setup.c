#include "http_fixture.h"

static void more_headers_than_allowed_are_a_protocol_fault(void **state) {
  (void)state;
  static const struct {
    again_http_options options;
    again_fault fault;
  } rows[] = {
      {{.header_count_max = 5}, AGAIN_FAULT_NONE}, /* status line, three headers, empty line */
      {{.header_count_max = 4}, AGAIN_FAULT_PROTOCOL},
      {{.header_max = 52}, AGAIN_FAULT_NONE},
      {{.header_max = 51}, AGAIN_FAULT_PROTOCOL},
  };
  static const origin_step steps[] = {
      {ANSWER("200 OK", "A: 1\r\nBb: 22\r\n", "0", ""), ORIGIN_KEEP},
      {ANSWER("400 Bad", "", "0", ""), ORIGIN_KEEP}};
  assert_int_equal(strlen(steps[0].send), 52);
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    fixture f;
    fixture_init(&f, &quick_policy, &rows[i].options, steps, COUNT_OF(steps));
    call c;
    call_run(&c, &f, "x");
    assert_int_equal(c.result.history[0].fault, rows[i].fault);
    assert_int_equal(c.result.effect, rows[i].fault == AGAIN_FAULT_NONE
                                          ? AGAIN_EFFECT_APPLIED
                                          : AGAIN_EFFECT_MAYBE_APPLIED);
    fixture_fini(&f);
  }
}

static void a_silent_server_is_given_up_after_the_idle_timeout(void **state) {
  (void)state;
  static const origin_step steps[] = {{NULL, ORIGIN_HANG}, {ANSWER_OK, ORIGIN_KEEP}};
  again_policy policy = quick_policy;
  policy.attempt_timeout = 1000000; /* the watchdog would come first */
  policy.operation_deadline = AGAIN_NEVER;
  again_http_options options = {.idle_timeout = 1};
  fixture f;
  fixture_init(&f, &policy, &options, steps, COUNT_OF(steps));
  call c;
  call_run(&c, &f, "x");
  assert_int_equal(c.result.reason, AGAIN_REASON_OK);
  assert_int_equal(c.result.attempts, 2);
  assert_int_equal(c.result.history[0].fault, AGAIN_FAULT_TIMEOUT);
  fixture_fini(&f);
}

static void a_retry_goes_over_a_new_connection_where_that_is_asked_for(void **state) {
  (void)state;
  static const origin_step steps[] = {{ANSWER_OK, ORIGIN_KEEP},
                                      {ANSWER("503 Busy", "", "0", ""), ORIGIN_KEEP},
                                      {ANSWER_OK, ORIGIN_KEEP}};
  for (int fresh = 0; fresh < 2; fresh++) {
    again_http_options options = {.fresh_on_retry = fresh == 1};
    fixture f;
    fixture_init(&f, &quick_policy, &options, steps, COUNT_OF(steps));
    call c;
    call_run(&c, &f, "x"); /* one that needs no retry */
    call_run(&c, &f, "x"); /* and one over the same connection that needs one */
    assert_int_equal(c.result.attempts, 2);
    assert_int_equal(c.reused, fresh == 0);
    assert_int_equal(f.server.connections, 1 + fresh);
    fixture_fini(&f);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(more_headers_than_allowed_are_a_protocol_fault),
      cmocka_unit_test(a_silent_server_is_given_up_after_the_idle_timeout),
      cmocka_unit_test(a_retry_goes_over_a_new_connection_where_that_is_asked_for),
  };
  curl_global_init(CURL_GLOBAL_DEFAULT);
  return cmocka_run_group_tests(tests, NULL, NULL);
}
