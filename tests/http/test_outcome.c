#include "http_fixture.h"

static void every_code_of_the_installed_libcurl_has_a_name_and_a_fault(void **state) {
  (void)state;
  for (int code = 1; code < CURL_LAST && code < 100; code++) {
    assert_string_not_equal(again_http_result_name((CURLcode)code), "CURLE_?");
    assert_int_not_equal(again_http_fault((CURLcode)code), AGAIN_FAULT_NONE);
    for (int other = 1; other < code; other++) {
      assert_string_not_equal(again_http_result_name((CURLcode)code),
                              again_http_result_name((CURLcode)other));
    }
  }
  assert_int_equal(again_http_fault(CURLE_OK), AGAIN_FAULT_NONE);
  assert_string_equal(again_http_result_name(CURLE_OK), "CURLE_OK");
  assert_string_equal(again_http_result_name((CURLcode)5000), "CURLE_?");
  assert_int_equal(again_http_fault((CURLcode)5000), AGAIN_FAULT_PROTOCOL);
}

static void the_meaning_of_a_code_decides_its_class(void **state) {
  (void)state;
  static const struct {
    CURLcode code;
    again_class error_class;
  } rows[] = {
      {CURLE_COULDNT_RESOLVE_PROXY, AGAIN_CLASS_RETRYABLE},
      {CURLE_COULDNT_RESOLVE_HOST, AGAIN_CLASS_RETRYABLE},
      {CURLE_COULDNT_CONNECT, AGAIN_CLASS_RETRYABLE},
      {CURLE_WEIRD_SERVER_REPLY, AGAIN_CLASS_RETRYABLE},
      {CURLE_HTTP2, AGAIN_CLASS_RETRYABLE},
      {CURLE_PARTIAL_FILE, AGAIN_CLASS_RETRYABLE},
      {CURLE_OPERATION_TIMEDOUT, AGAIN_CLASS_RETRYABLE},
      {CURLE_SSL_CONNECT_ERROR, AGAIN_CLASS_RETRYABLE},
      {CURLE_GOT_NOTHING, AGAIN_CLASS_RETRYABLE},
      {CURLE_SEND_ERROR, AGAIN_CLASS_RETRYABLE},
      {CURLE_RECV_ERROR, AGAIN_CLASS_RETRYABLE},
      {CURLE_HTTP2_STREAM, AGAIN_CLASS_RETRYABLE},
      {CURLE_OUT_OF_MEMORY, AGAIN_CLASS_RETRYABLE},
      {CURLE_UNSUPPORTED_PROTOCOL, AGAIN_CLASS_FATAL},
      {CURLE_URL_MALFORMAT, AGAIN_CLASS_FATAL},
      {CURLE_PEER_FAILED_VERIFICATION, AGAIN_CLASS_FATAL},
      {CURLE_SSL_CERTPROBLEM, AGAIN_CLASS_FATAL},
      {CURLE_SSL_CACERT_BADFILE, AGAIN_CLASS_FATAL},
      {CURLE_SSL_PINNEDPUBKEYNOTMATCH, AGAIN_CLASS_FATAL},
      {CURLE_ABORTED_BY_CALLBACK, AGAIN_CLASS_FATAL},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    again_outcome outcome = {.fault = again_http_fault(rows[i].code)};
    assert_int_equal(again_classify(NULL, NULL, &outcome).error_class, rows[i].error_class);
  }
}

/* The lower level by itself: a blocking transfer to a port that is closed. */
static void a_bare_easy_handle_gives_an_outcome_too(void **state) {
  (void)state;
  CURL *easy = curl_easy_init();
  curl_easy_setopt(easy, CURLOPT_URL, "http://127.0.0.1:1/");
  CURLcode result = curl_easy_perform(easy);
  again_outcome outcome = again_http_outcome(easy, result, 0);
  assert_int_equal(outcome.fault, AGAIN_FAULT_CONNECT);
  assert_string_equal(outcome.code, "CURLE_COULDNT_CONNECT");
  assert_int_equal(outcome.effect, AGAIN_EFFECT_NOT_APPLIED);
  assert_int_equal(outcome.status, 0);
  curl_easy_cleanup(easy);
}

static void a_retry_after_date_is_measured_by_the_services_own_clock(void **state) {
  (void)state;
  fixture f;
  static const origin_step steps[] = {{ANSWER("429 Slow",
                                              "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                                              "retry-AFTER: Sun, 06 Nov 1994 08:49:38 GMT\r\n",
                                              "0", ""),
                                       ORIGIN_KEEP},
                                      {ANSWER_OK, ORIGIN_KEEP}};
  again_policy policy = quick_policy;
  policy.hint_cap = 30; /* of the second that is asked for */
  fixture_init(&f, &policy, NULL, steps, COUNT_OF(steps));
  call c;
  call_run(&c, &f, "x");
  assert_int_equal(c.result.reason, AGAIN_REASON_OK);
  assert_int_equal(c.result.history[0].reason, AGAIN_REASON_SERVER_HINT);
  assert_true(c.result.history[1].began - c.result.history[0].ended >= 30);
  fixture_fini(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_code_of_the_installed_libcurl_has_a_name_and_a_fault),
      cmocka_unit_test(the_meaning_of_a_code_decides_its_class),
      cmocka_unit_test(a_bare_easy_handle_gives_an_outcome_too),
      cmocka_unit_test(a_retry_after_date_is_measured_by_the_services_own_clock),
  };
  curl_global_init(CURL_GLOBAL_DEFAULT);
  return cmocka_run_group_tests(tests, NULL, NULL);
}
