/* Delays that other libraries publish in their tests, where the formula is one of ours. What they
 * call u, a random number in 0..1, is mapped to our window: lowest at 0, highest at 1. */
#include "support.h"
#include <again/core.h>

/* Source: Failsafe RandomDelayTest (randomDelayInRange, factor, duration): d +- factor * d, highest at
 * u = 0; and Polly RetryHelperTests with jitter: d * (0.75 + 0.5 u). Both are a proportional jitter. */
static void proportional_windows_are_those_of_failsafe_and_polly(void **state) {
  (void)state;
  static const struct {
    again_ms delay;
    uint32_t spread_pct;
    again_ms min;
    again_ms max;
  } rows[] = {
      {100, 50, 50, 150},  /* Failsafe: 100, factor 0.5: 150 at 0, 50 at 1 */
      {500, 50, 250, 750}, /* 625 at 0.25, 375 at 0.75 */
      {50000, 50, 25000, 75000}, {1000, 25, 750, 1250}, /* Polly, constant: 750, 950, 1050, 1250 */
      {3000, 25, 2250, 3750},                           /* Polly, linear, third: 2250 .. 3750 */
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    again_backoff backoff = {.base = rows[i].delay,
                             .cap = rows[i].delay,
                             .growth = AGAIN_GROWTH_CONSTANT,
                             .jitter = AGAIN_JITTER_PROPORTIONAL,
                             .jitter_pct = rows[i].spread_pct};
    again_window window = again_backoff_window(&backoff, 1, 0);
    assert_int_equal(window.min, rows[i].min);
    assert_int_equal(window.max, rows[i].max);
  }
}

/* Source: FreeRTOS backoffAlgorithm, backoff_algorithm_utest.c: full jitter; a draw is at most the
 * backoff, which doubles up to the cap. */
static void full_windows_are_those_of_freertos(void **state) {
  (void)state;
  again_backoff backoff = {
      .base = 1000, .cap = 10000, .multiplier_pct = 200, .jitter = AGAIN_JITTER_FULL};
  static const again_ms highest[] = {1000, 2000, 4000, 8000, 10000, 10000};
  for (uint32_t n = 1; n <= COUNT_OF(highest); n++) {
    again_window window = again_backoff_window(&backoff, n, 0);
    assert_int_equal(window.min, 0);
    assert_int_equal(window.max, highest[n - 1]);
  }
}

/* Source: Polly RetryHelperTests without jitter. */
static void plain_growths_are_those_of_polly(void **state) {
  (void)state;
  static const struct {
    again_growth growth;
    again_ms out[3];
  } rows[] = {{AGAIN_GROWTH_CONSTANT, {1, 1, 1}},
              {AGAIN_GROWTH_LINEAR, {1, 2, 3}},
              {AGAIN_GROWTH_EXPONENTIAL, {1, 2, 4}}};
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    again_backoff backoff = {
        .base = 1, .cap = 1000, .multiplier_pct = 200, .growth = rows[i].growth};
    for (uint32_t n = 1; n <= 3; n++)
      assert_int_equal(again_backoff_delay(&backoff, n), rows[i].out[n - 1]);
  }
}

/* Source: Envoy backoff_strategy_test.cc. Its jittered exponential draws from 0 to the interval less
 * one (modulo); ours includes the interval itself, which is why its last value is ours less one. Its
 * jittered lower bound, hint + rand mod hint/2, is our hint with a spread of 0.5. */
static void exponential_is_that_of_envoy_and_so_is_the_spread_on_a_hint(void **state) {
  (void)state;
  again_backoff small = {.base = 5, .cap = 100, .multiplier_pct = 200, .jitter = AGAIN_JITTER_FULL};
  static const again_ms envoy[] = {4, 9, 19, 39, 79, 99, 99};
  for (uint32_t n = 1; n <= COUNT_OF(envoy); n++)
    assert_int_equal(again_backoff_window(&small, n, 0).max, envoy[n - 1] + 1);
  again_backoff huge = {
      .base = 1, .cap = UINT64_MAX, .multiplier_pct = 200, .jitter = AGAIN_JITTER_FULL};
  assert_true(again_backoff_window(&huge, 101, 0).max == UINT64_MAX);

  again_policy policy = {.throttled = {.backoff = {.base = 1, .cap = 1, .multiplier_pct = 100},
                                       .max_elapsed = AGAIN_NEVER},
                         .hint_cap = 300000,
                         .hint_spread_pct = 50};
  again_verdict verdict = {.error_class = AGAIN_CLASS_THROTTLED};
  again_outcome outcome = {.status = 429, .hint = 500};
  again_progress progress = {.attempts = 1, .deadline = AGAIN_NEVER};
  progress.class_attempts[AGAIN_CLASS_THROTTLED] = 1;
  again_random random = {11};
  for (int i = 0; i < 10000; i++) {
    again_decision decision =
        again_decide(&policy, &verdict, &outcome, &progress, 0, again_random_next(&random));
    assert_in_range(decision.at, 500, 750);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(proportional_windows_are_those_of_failsafe_and_polly),
      cmocka_unit_test(full_windows_are_those_of_freertos),
      cmocka_unit_test(plain_growths_are_those_of_polly),
      cmocka_unit_test(exponential_is_that_of_envoy_and_so_is_the_spread_on_a_hint),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
