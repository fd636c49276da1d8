#include "uploads.h"
#include <time.h>

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

static void nothing_is_sent_while_a_new_credential_is_fetched(void **state) {
  (void)state;
  static const origin_step steps[] = {{REFUSED("401 No", "AuthFailure.TokenFailure"), ORIGIN_CLOSE},
                                      {ANSWER_OK, ORIGIN_KEEP}};
  client c;
  client_init(&c, steps, COUNT_OF(steps));
  c.refresh_later = true;
  assert_int_equal(again_cls_send(c.topic, make_batch(2), AGAIN_NEVER, on_done, &c, NULL), 0);
  while (c.refreshes == 0)
    uv_run(&c.f.loop, UV_RUN_ONCE);
  assert_int_equal(again_cls_send(c.other, make_batch(3), AGAIN_NEVER, on_done, &c, NULL), 0);
  unsigned before = c.f.server.requests;
  while (!uv_is_closing((uv_handle_t *)&c.later)) {
    assert_int_equal(c.f.server.requests, before);
    uv_run(&c.f.loop, UV_RUN_ONCE);
  }
  while (c.done < 2)
    uv_run(&c.f.loop, UV_RUN_ONCE);
  assert_int_equal(c.delivered, 5);
  assert_int_equal(c.f.server.requests, 3);
  assert_int_equal(c.refreshes, 1);
  assert_non_null(strstr(c.f.server.last, "&q-ak=id-later&"));
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

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_error_under_200_is_an_error),
      cmocka_unit_test(a_refused_credential_is_refreshed_and_the_request_signed_anew_at_once),
      cmocka_unit_test(nothing_is_sent_while_a_new_credential_is_fetched),
      cmocka_unit_test(without_a_new_credential_the_policy_for_auth_decides),
      cmocka_unit_test(a_service_that_refuses_every_credential_does_not_get_them_all),
      cmocka_unit_test(a_success_with_a_body_is_not_the_services),
      cmocka_unit_test(an_expired_signature_is_made_anew_by_the_services_clock),
      cmocka_unit_test(an_expired_signature_without_a_wrong_clock_is_not_tried_for_ever),
  };
  curl_global_init(CURL_GLOBAL_DEFAULT);
  return cmocka_run_group_tests(tests, NULL, NULL);
}
