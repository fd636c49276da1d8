#include "support.h"
#include <again/cls.h>
#include <string.h>

static again_outcome outcome_of(int status, const char *body, again_cls_error *error) {
  static const again_header headers[] = {{"Retry-After", "2"}, {"X-Cls-RequestId", "r-1"}};
  again_http_answer answer = {.status = status,
                              .headers = headers,
                              .header_count = COUNT_OF(headers),
                              .body = body,
                              .body_length = body != NULL ? strlen(body) : 0};
  return again_cls_answer_outcome(&answer, 0, error);
}

static void an_error_body_gives_its_code_to_the_outcome(void **state) {
  (void)state;
  again_cls_error error;
  again_outcome outcome =
      outcome_of(429, "{\"errorcode\":\"SpeedQuotaExceed\",\"errormessage\":\"too fast\"}", &error);
  assert_int_equal(outcome.status, 429);
  assert_string_equal(outcome.code, "SpeedQuotaExceed");
  assert_string_equal(outcome.message, "too fast");
  assert_string_equal(outcome.request_id, "r-1");
  assert_int_equal(outcome.hint, 2000);
  assert_int_equal(outcome.effect, AGAIN_EFFECT_NOT_APPLIED);
  again_verdict verdict = again_classify(NULL, again_cls_catalogue(), &outcome);
  assert_int_equal(verdict.error_class, AGAIN_CLASS_THROTTLED);
}

static void an_error_under_200_is_an_error(void **state) {
  (void)state;
  again_cls_error error;
  again_outcome outcome = outcome_of(
      200, "{\"Response\":{\"Error\":{\"Code\":\"InternalError\",\"Message\":\"m\"}}}", &error);
  assert_string_equal(outcome.code, "InternalError");
  assert_int_equal(outcome.effect, AGAIN_EFFECT_NOT_APPLIED);
}

static void a_success_has_no_body(void **state) {
  (void)state;
  again_cls_error error;
  again_outcome outcome = outcome_of(200, NULL, &error);
  assert_int_equal(outcome.fault, AGAIN_FAULT_NONE);
  assert_null(outcome.code);
  assert_int_equal(outcome.effect, AGAIN_EFFECT_APPLIED);
  outcome = outcome_of(200, "<html>", &error);
  assert_int_equal(outcome.fault, AGAIN_FAULT_PROTOCOL);
  assert_string_equal(outcome.code, "UnexpectedBody");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_error_body_gives_its_code_to_the_outcome),
      cmocka_unit_test(an_error_under_200_is_an_error),
      cmocka_unit_test(a_success_has_no_body),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
