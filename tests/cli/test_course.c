#include "cli/course.h"
#include "support.h"
#include <again/policy.h>

/* Without jitter all is known beforehand: calls at 0, 1, 3, 7, 12 s. */
static again_policy certain(void) {
  again_policy policy = *again_policy_default();
  policy.retryable = (again_class_policy){
      .backoff = {.base = 1000, .cap = 5000, .multiplier_pct = 200, .jitter = AGAIN_JITTER_NONE},
      .max_attempts = 5,
      .max_elapsed = AGAIN_NEVER};
  return policy;
}

static void without_jitter_the_course_is_the_sum_of_the_delays(void **state) {
  (void)state;
  again_policy policy = certain();
  again_course course;
  again_course_of(&policy, AGAIN_PLIGHT_RETRYABLE, &course);
  static const again_ms delays[] = {1000, 2000, 4000, 5000};
  assert_int_equal(course.window_count, 4);
  for (uint32_t i = 0; i < 4; i++) {
    assert_int_equal(course.windows[i].min, delays[i]);
    assert_int_equal(course.windows[i].max, delays[i]);
  }
  assert_true(course.ends && !course.settled);
  assert_int_equal(course.retry_limit, 4);
  assert_int_equal(course.reason, AGAIN_REASON_ATTEMPTS);
  assert_int_equal(course.calls.low, 5);
  assert_int_equal(course.calls.high, 5);
  assert_int_equal(course.end.median, 12000);
  assert_int_equal(course.until, 12000);
  static const again_ms calls_at[] = {0, 1000, 3000, 7000, 12000};
  for (uint64_t t = 0; t < AGAIN_COURSE_TIMES; t++) {
    again_ms now = course.until * t / (AGAIN_COURSE_TIMES - 1);
    uint64_t calls = 0;
    while (calls < COUNT_OF(calls_at) && calls_at[calls] <= now)
      calls++;
    assert_int_equal(course.by[t].median, calls);
  }
}

static void the_windows_are_those_of_the_backoff(void **state) {
  (void)state;
  again_policy policy = *again_policy_default();
  for (int plight = 0; plight < AGAIN_PLIGHT_COUNT; plight++) {
    again_course course;
    again_course_of(&policy, (again_plight)plight, &course);
    const again_backoff *backoffs[] = {&policy.retryable.backoff, &policy.throttled.backoff,
                                       &policy.auth.backoff, &policy.hold.backoff};
    assert_in_range(course.window_count, 5, AGAIN_COURSE_WINDOWS);
    for (uint32_t i = 0; i < course.window_count; i++) {
      again_window window = again_backoff_window(backoffs[plight], i + 1, 0);
      assert_int_equal(course.windows[i].min, window.min);
      assert_int_equal(course.windows[i].max, window.max);
    }
    assert_int_equal(course.settled, plight != AGAIN_PLIGHT_AUTH);
    assert_int_equal(course.retry_limit, plight == AGAIN_PLIGHT_AUTH ? 5 : UINT32_MAX - 1);
    assert_int_equal(course.paced, plight == AGAIN_PLIGHT_THROTTLED);
    assert_true(course.calls.low <= course.calls.median &&
                course.calls.median <= course.calls.high);
  }
}

/* Each window begins with the longest delay of the one before. */
static void a_decorrelated_backoff_grows_by_its_own_delays(void **state) {
  (void)state;
  again_policy policy = certain();
  policy.retryable.backoff.growth = AGAIN_GROWTH_DECORRELATED;
  again_course course;
  again_course_of(&policy, AGAIN_PLIGHT_RETRYABLE, &course);
  assert_int_equal(course.windows[0].max, 3000);
  assert_int_equal(course.windows[1].max, 5000);
  assert_int_equal(course.windows[1].min, 1000);
}

static void what_never_ends_is_shown_for_an_hour(void **state) {
  (void)state;
  again_policy policy = certain();
  policy.retryable.max_attempts = 0;
  policy.operation_deadline = AGAIN_NEVER;
  again_course course;
  again_course_of(&policy, AGAIN_PLIGHT_RETRYABLE, &course);
  assert_false(course.ends);
  assert_int_equal(course.until, 3600000);
  /* 0, 1, 3, 7 s and from then on every 5 s. */
  assert_int_equal(course.by[AGAIN_COURSE_TIMES - 1].median, 4 + (3600 - 7) / 5);
}

static void and_long_delays_for_a_dozen_of_them(void **state) {
  (void)state;
  again_policy policy = certain();
  policy.retryable.max_attempts = 0;
  policy.operation_deadline = AGAIN_NEVER;
  policy.retryable.backoff.base = policy.retryable.backoff.cap = 3600000;
  again_course course;
  again_course_of(&policy, AGAIN_PLIGHT_RETRYABLE, &course);
  assert_false(course.ends);
  assert_int_equal(course.until, 12 * 3600000);
  assert_int_equal(course.by[AGAIN_COURSE_TIMES - 1].median, 13);
}

static void what_is_not_tried_again_has_no_windows(void **state) {
  (void)state;
  again_policy policy = certain();
  policy.max_attempts = 1;
  again_course course;
  again_course_of(&policy, AGAIN_PLIGHT_RETRYABLE, &course);
  assert_int_equal(course.window_count, 0);
  assert_int_equal(course.calls.median, 1);
  assert_int_equal(course.reason, AGAIN_REASON_ALL_ATTEMPTS);
}

static void at_most_once_does_not_hide_the_delays(void **state) {
  (void)state;
  again_policy policy = certain();
  policy.at_most_once = true;
  again_course course;
  again_course_of(&policy, AGAIN_PLIGHT_RETRYABLE, &course);
  assert_int_equal(course.calls.median, 5);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(without_jitter_the_course_is_the_sum_of_the_delays),
      cmocka_unit_test(the_windows_are_those_of_the_backoff),
      cmocka_unit_test(a_decorrelated_backoff_grows_by_its_own_delays),
      cmocka_unit_test(what_never_ends_is_shown_for_an_hour),
      cmocka_unit_test(and_long_delays_for_a_dozen_of_them),
      cmocka_unit_test(what_is_not_tried_again_has_no_windows),
      cmocka_unit_test(at_most_once_does_not_hide_the_delays),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
