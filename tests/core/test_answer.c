#include "support.h"
#include <again/answer.h>
#include <string.h>

static void a_header_is_found_without_regard_to_case(void **state) {
  (void)state;
  static const again_header headers[] = {
      {"Retry", "no"}, {"retry-AFTER", "7"}, {"Retry-After", "9"}};
  again_http_answer answer = {.status = 429, .headers = headers, .header_count = COUNT_OF(headers)};
  assert_string_equal(again_http_answer_header(&answer, "Retry-After"), "7");
  assert_null(again_http_answer_header(&answer, "Retry-Afte"));
  assert_null(again_http_answer_header(&answer, "Retry-After2"));
  assert_null(again_http_answer_header(&(again_http_answer){0}, "Date"));
}

static void an_answer_becomes_the_outcome_that_its_status_means(void **state) {
  (void)state;
  static const struct {
    again_http_answer answer;
    again_fault fault;
    again_effect effect;
    again_class error_class;
  } rows[] = {
      {{.status = 200}, AGAIN_FAULT_NONE, AGAIN_EFFECT_APPLIED, AGAIN_CLASS_OK},
      {{.status = 200, .broken = true},
       AGAIN_FAULT_RECEIVE,
       AGAIN_EFFECT_MAYBE_APPLIED,
       AGAIN_CLASS_RETRYABLE},
      {{.status = 400}, AGAIN_FAULT_NONE, AGAIN_EFFECT_NOT_APPLIED, AGAIN_CLASS_FATAL},
      {{.status = 429, .broken = true},
       AGAIN_FAULT_NONE,
       AGAIN_EFFECT_NOT_APPLIED,
       AGAIN_CLASS_THROTTLED},
      {{.status = 503}, AGAIN_FAULT_NONE, AGAIN_EFFECT_MAYBE_APPLIED, AGAIN_CLASS_RETRYABLE},
      {{.status = 0}, AGAIN_FAULT_PROTOCOL, AGAIN_EFFECT_MAYBE_APPLIED, AGAIN_CLASS_RETRYABLE},
      {{.status = 100}, AGAIN_FAULT_PROTOCOL, AGAIN_EFFECT_MAYBE_APPLIED, AGAIN_CLASS_RETRYABLE},
      {{.status = 1000}, AGAIN_FAULT_PROTOCOL, AGAIN_EFFECT_MAYBE_APPLIED, AGAIN_CLASS_RETRYABLE},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    again_outcome outcome = again_http_answer_outcome(&rows[i].answer, 0);
    assert_int_equal(outcome.fault, rows[i].fault);
    assert_int_equal(outcome.effect, rows[i].effect);
    assert_int_equal(again_classify(NULL, NULL, &outcome).error_class, rows[i].error_class);
  }
}

static again_ms hint_of(int status, const again_header *headers, size_t count, int64_t wall) {
  again_http_answer answer = {.status = status, .headers = headers, .header_count = count};
  return again_http_answer_outcome(&answer, wall).hint;
}

static void the_longest_hint_counts(void **state) {
  (void)state;
  static const again_header twice[] = {
      {"Retry-After", "3"}, {"Retry-After", "soon"}, {"retry-after", "8"}, {"retry-after-ms", "9"}};
  assert_int_equal(hint_of(429, twice, COUNT_OF(twice), 0), 8000);
  assert_int_equal(hint_of(200, twice, COUNT_OF(twice), 0), 0);
}

static void a_date_is_measured_by_the_answers_own(void **state) {
  (void)state;
  static const again_header own[] = {{"Date", "Sun, 06 Nov 1994 08:49:37 GMT"},
                                     {"Retry-After", "Sun, 06 Nov 1994 08:49:42 GMT"}};
  static const again_header nonsense[] = {{"Date", "yesterday"},
                                          {"Retry-After", "Sun, 06 Nov 1994 08:49:42 GMT"}};
  assert_int_equal(hint_of(503, own, 2, 0), 5000);
  assert_int_equal(hint_of(503, &own[1], 1, 784111777 - 10), 15000);
  assert_int_equal(hint_of(503, nonsense, 2, 784111777 - 10), 15000);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_header_is_found_without_regard_to_case),
      cmocka_unit_test(an_answer_becomes_the_outcome_that_its_status_means),
      cmocka_unit_test(the_longest_hint_counts),
      cmocka_unit_test(a_date_is_measured_by_the_answers_own),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
