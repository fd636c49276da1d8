#include "http_fixture.h"

static void headers_are_made_anew_for_every_attempt(void **state) {
  (void)state;
  fixture f;
  static const origin_step steps[] = {{ANSWER("500 Oops", "", "0", ""), ORIGIN_KEEP},
                                      {ANSWER("500 Oops", "", "0", ""), ORIGIN_KEEP},
                                      {ANSWER_OK, ORIGIN_KEEP}};
  fixture_init(&f, &quick_policy, NULL, steps, COUNT_OF(steps));
  call c;
  call_run(&c, &f, "body");
  assert_int_equal(c.prepared, 3);
  assert_non_null(strstr(f.server.last, "X-Attempt: 3\r\n"));
  assert_null(strstr(f.server.last, "X-Attempt: 2\r\n"));
  assert_non_null(strstr(f.server.last, "User-Agent: again/"));
  assert_null(strstr(f.server.last, "Accept-Encoding"));
  assert_int_equal(f.server.last_body, 4);
  fixture_fini(&f);
}

static void a_header_cannot_smuggle_another(void **state) {
  (void)state;
  static const char *const bad[] = {"a\r\nX-Evil: 1", "a\nb", "a\rb", "\x7f", "a\tb"};
  fixture f;
  static const origin_step steps[] = {{ANSWER_OK, ORIGIN_KEEP}};
  fixture_init(&f, &quick_policy, NULL, steps, COUNT_OF(steps));
  for (size_t i = 0; i < COUNT_OF(bad); i++) {
    call c;
    call_init(&c, &f, "x", 1);
    c.header_value = bad[i];
    assert_int_equal(again_http_send(f.http, &c.request, &f.scope, AGAIN_NEVER), 0);
    while (c.done == 0)
      uv_run(&f.loop, UV_RUN_ONCE);
    assert_int_equal(c.header_error, AGAIN_EINVAL);
    assert_int_equal(c.result.reason, AGAIN_REASON_FATAL);
    assert_int_equal(c.result.fault, AGAIN_FAULT_CONFIG);
    assert_int_equal(c.result.effect, AGAIN_EFFECT_NOT_APPLIED);
  }
  assert_int_equal(f.server.requests, 0);
  call c;
  call_init(&c, &f, "x", 1);
  c.header_value = "";
  assert_int_equal(again_http_send(f.http, &c.request, &f.scope, AGAIN_NEVER), 0);
  while (c.done == 0)
    uv_run(&f.loop, UV_RUN_ONCE);
  assert_non_null(strstr(f.server.last, "X-Given:\r\n"));
  fixture_fini(&f);
}

static void the_answer_is_handed_over_with_its_headers_and_date(void **state) {
  (void)state;
  fixture f;
  static const origin_step steps[] = {
      {ANSWER("400 Bad", "X-CLS-RequestId: r-77\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n", "5",
              "wrong"),
       ORIGIN_KEEP}};
  fixture_init(&f, &quick_policy, NULL, steps, COUNT_OF(steps));
  call c;
  call_run(&c, &f, "x");
  assert_int_equal(c.result.reason, AGAIN_REASON_FATAL);
  assert_int_equal(c.result.status, 400);
  assert_string_equal(c.result.request_id, "r-77");
  assert_string_equal(c.body, "wrong");
  assert_int_equal(c.date, 784111777);
  assert_int_equal(c.result.effect, AGAIN_EFFECT_NOT_APPLIED);
  fixture_fini(&f);
}

static void an_endless_body_is_cut_and_the_status_decides(void **state) {
  (void)state;
  fixture f;
  static const origin_step steps[] = {
      {"HTTP/1.1 400 Bad\r\nContent-Length: 1073741824\r\n\r\nbegin", ORIGIN_FLOOD}};
  again_http_options options = {.body_max = 1000};
  fixture_init(&f, &quick_policy, &options, steps, COUNT_OF(steps));
  call c;
  call_run(&c, &f, "x");
  assert_int_equal(c.result.reason, AGAIN_REASON_FATAL);
  assert_int_equal(c.result.status, 400);
  assert_int_equal(c.body_length, 1000);
  assert_true(c.body_cut);
  assert_int_equal(c.transfer, CURLE_OK);
  fixture_fini(&f);
}

static void endless_headers_end_the_attempt(void **state) {
  (void)state;
  fixture f;
  static const origin_step steps[] = {{"HTTP/1.1 100 Continue\r\n\r\n", ORIGIN_FLOOD},
                                      {ANSWER_OK, ORIGIN_KEEP}};
  fixture_init(&f, &quick_policy, NULL, steps, COUNT_OF(steps));
  call c;
  call_run(&c, &f, "x");
  assert_int_equal(c.result.reason, AGAIN_REASON_OK);
  assert_int_equal(c.result.attempts, 2);
  assert_int_not_equal(c.result.history[0].fault, AGAIN_FAULT_NONE);
  fixture_fini(&f);
}

static void a_large_body_does_not_wait_for_100_continue(void **state) {
  (void)state;
  fixture f;
  static const origin_step steps[] = {{ANSWER_OK, ORIGIN_KEEP}};
  fixture_init(&f, &quick_policy, NULL, steps, COUNT_OF(steps));
  enum { SIZE = 3 * 1024 * 1024 / 2 };
  char *body = test_malloc(SIZE);
  memset(body, 'b', SIZE);
  call c;
  call_init(&c, &f, body, SIZE);
  assert_int_equal(again_http_send(f.http, &c.request, &f.scope, AGAIN_NEVER), 0);
  while (c.done == 0)
    uv_run(&f.loop, UV_RUN_ONCE);
  assert_int_equal(c.result.reason, AGAIN_REASON_OK);
  assert_null(strstr(f.server.last, "Expect"));
  assert_int_equal(f.server.last_body, SIZE);
  test_free(body);
  fixture_fini(&f);
}

static void other_methods_are_sent_as_they_are_called(void **state) {
  (void)state;
  fixture f;
  static const origin_step steps[] = {{ANSWER_OK, ORIGIN_KEEP}};
  fixture_init(&f, &quick_policy, NULL, steps, COUNT_OF(steps));
  static const char *const methods[] = {"GET", "PUT", "DELETE"};
  for (size_t i = 0; i < COUNT_OF(methods); i++) {
    call c;
    call_init(&c, &f, NULL, 0);
    c.request.method = methods[i];
    assert_int_equal(again_http_send(f.http, &c.request, &f.scope, AGAIN_NEVER), 0);
    while (c.done == 0)
      uv_run(&f.loop, UV_RUN_ONCE);
    assert_memory_equal(f.server.last, methods[i], strlen(methods[i]));
  }
  fixture_fini(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(headers_are_made_anew_for_every_attempt),
      cmocka_unit_test(a_header_cannot_smuggle_another),
      cmocka_unit_test(the_answer_is_handed_over_with_its_headers_and_date),
      cmocka_unit_test(an_endless_body_is_cut_and_the_status_decides),
      cmocka_unit_test(endless_headers_end_the_attempt),
      cmocka_unit_test(a_large_body_does_not_wait_for_100_continue),
      cmocka_unit_test(other_methods_are_sent_as_they_are_called),
  };
  curl_global_init(CURL_GLOBAL_DEFAULT);
  return cmocka_run_group_tests(tests, NULL, NULL);
}
