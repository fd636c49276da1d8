/* Source: Envoy backoff_strategy_test.cc. Its jittered exponential takes a random number modulo the
 * interval, ours scales the number to the window: which delay a number gives is not comparable, from
 * which delays it is drawn is. Its modulo leaves out the interval itself, ours includes it. Here the
 * end of our window is taken for its interval. */
#include "vectors.h"
#include <again/policy.h>
#include <string.h>

static void check(const again_backoff *backoff, uint64_t random, uint32_t n, again_ms expected) {
  again_window window = again_backoff_window(backoff, n, 0);
  assert_true(window.min == 0);
  assert_true(random % window.max == expected);
  vector_holds(VECTOR_envoy_backoff);
}

static void jittered_exponentials_have_its_intervals(void **state) {
  (void)state;
  static const again_ms out[] = {4, 9, 19, 39, 79, 99, 99};
  again_backoff backoff = {
      .base = 25, .cap = 30, .multiplier_pct = 200, .jitter = AGAIN_JITTER_FULL};
  check(&backoff, 27, 1, 2);
  check(&backoff, 27, 2, 27);
  for (int round = 0; round < 2; round++) { /* reset: an operation of its own counts from 1 */
    check(&backoff, 27, 1, 2);
    check(&backoff, 27, 2, 27);
  }
  backoff.base = 26; /* reset to another base */
  check(&backoff, 27, 1, 1);
  backoff.base = 5;
  backoff.cap = 100;
  for (uint32_t n = 1; n <= COUNT_OF(out); n++)
    check(&backoff, 9999, n, out[n - 1]);
  backoff.base = 4;
  check(&backoff, 9999, 1, 3);
  backoff.base = 1;
  backoff.cap = UINT64_MAX;
  check(&backoff, UINT64_MAX - 1, 101, UINT64_MAX - 1);
}

/* Its jittered lower bound, interval + random modulo half of it, is our hint with a spread of 0.5. */
static void lower_bounds_are_hints_with_spread(void **state) {
  (void)state;
  static const struct {
    uint64_t random;
    again_ms out;
  } rows[] = {{22, 522}, {9999, 749}};
  again_policy policy = {.throttled = {.backoff = {.base = 1, .cap = 1, .multiplier_pct = 100},
                                       .max_elapsed = AGAIN_NEVER},
                         .hint_cap = 300000,
                         .hint_spread_pct = 50};
  again_verdict verdict = {.error_class = AGAIN_CLASS_THROTTLED};
  again_outcome outcome = {.status = 429, .hint = 500};
  again_progress progress = {.attempts = 1, .deadline = AGAIN_NEVER};
  progress.class_attempts[AGAIN_CLASS_THROTTLED] = 1;
  again_random random = {11};
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    again_decision decision;
    for (int draw = 0; draw < 1000; draw++) {
      decision =
          again_decide(&policy, &verdict, &outcome, &progress, 0, again_random_next(&random));
      assert_in_range(decision.at, 500, 750);
    }
    again_ms spread = decision.delay_max - decision.delay_min;
    assert_int_equal(decision.delay_min + rows[i].random % spread, rows[i].out);
    vector_holds(VECTOR_envoy_backoff);
  }
}

static void fixed_intervals_are_constant(void **state) {
  (void)state;
  again_backoff backoff = {.base = 30, .cap = 30, .growth = AGAIN_GROWTH_CONSTANT};
  static const again_ms out[] = {30, 30, 20};
  for (uint32_t n = 1; n <= COUNT_OF(out); n++) {
    if (n == 3) backoff.base = backoff.cap = 20; /* reset to another interval */
    assert_int_equal(vector_draw(&backoff, n, 0, n), out[n - 1]);
    vector_holds(VECTOR_envoy_backoff);
  }
}

static void a_cap_below_the_base_is_no_policy(void **state) {
  (void)state;
  static const struct {
    const char *text;
    int error;
  } rows[] = {{"{\"again\": 1, \"retryable\": {\"base\": \"2000ms\", \"cap\": \"3000ms\"}}", 0},
              {"{\"again\": 1, \"retryable\": {\"base\": \"3000ms\", \"cap\": \"2000ms\"}}",
               AGAIN_EPOLICY}};
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    const again_policy *policy = NULL;
    assert_int_equal(again_policy_parse("envoy", rows[i].text, strlen(rows[i].text), &policy, NULL),
                     rows[i].error);
    again_policy_unref(policy);
    vector_holds(VECTOR_envoy_backoff);
  }
}

int vectors_envoy(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(jittered_exponentials_have_its_intervals),
      cmocka_unit_test(lower_bounds_are_hints_with_spread),
      cmocka_unit_test(fixed_intervals_are_constant),
      cmocka_unit_test(a_cap_below_the_base_is_no_policy),
  };
  return cmocka_run_group_tests_name("Envoy", tests, NULL, NULL);
}
