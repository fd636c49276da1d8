#include "cli/forecast.h"
#include "support.h"
#include <again/policy.h>

/* Try by try, as the scheduler would. */
static again_forecast count(const again_policy *policy, uint64_t random) {
  again_verdict verdict = {.error_class = AGAIN_CLASS_RETRYABLE};
  again_outcome outcome = {.status = 500};
  again_progress progress = {.deadline = policy->operation_deadline};
  again_ms now = 0;
  for (uint32_t tries = 1;; tries++) {
    progress.attempts = progress.class_attempts[AGAIN_CLASS_RETRYABLE] = tries;
    again_decision decision = again_decide(policy, &verdict, &outcome, &progress, now, random);
    if (!decision.retry) return (again_forecast){tries, now, decision.reason};
    progress.backoff = decision.backoff;
    now = decision.at;
  }
}

static void the_short_way_gives_what_counting_gives(void **state) {
  (void)state;
  static const uint64_t randoms[] = {0, UINT64_MAX / 2, UINT64_MAX};
  static const again_ms list[] = {7, 7, 7, 900, 20};
  again_random random = {99};
  for (int round = 0; round < 2000; round++) {
    uint64_t bits = again_random_next(&random);
    again_policy policy = *again_policy_default();
    policy.retryable.backoff =
        (again_backoff){.base = 1 + bits % 50,
                        .multiplier_pct = 100 + (uint32_t)(bits >> 8) % 300,
                        .growth = (again_growth)((bits >> 20) % AGAIN_GROWTH_COUNT),
                        .jitter = (again_jitter)((bits >> 24) % AGAIN_JITTER_COUNT),
                        .jitter_pct = (uint32_t)(bits >> 28) % 101,
                        .list = list,
                        .list_count = COUNT_OF(list)};
    policy.retryable.backoff.cap = policy.retryable.backoff.base + (bits >> 32) % 2000;
    policy.retryable.max_attempts = bits >> 60 < 8 ? 0 : 1 + (uint32_t)(bits >> 50) % 300;
    policy.retryable.max_elapsed = 1 + (bits >> 40) % 20000;
    policy.operation_deadline = 1 + (bits >> 12) % 20000;
    policy.max_attempts = bits >> 62 == 0 ? 1 + (uint32_t)(bits >> 45) % 500 : 0;
    for (int luck = 0; luck < 3; luck++) {
      again_forecast fast =
          again_forecast_class(&policy, AGAIN_CLASS_RETRYABLE, (again_forecast_luck)luck);
      again_forecast slow = count(&policy, randoms[luck]);
      assert_int_equal(fast.tries, slow.tries);
      assert_int_equal(fast.wait, slow.wait);
      assert_int_equal(fast.reason, slow.reason);
    }
  }
}

static void without_a_limit_there_is_no_end(void **state) {
  (void)state;
  again_policy policy = *again_policy_default();
  policy.retryable.max_elapsed = AGAIN_NEVER;
  policy.operation_deadline = AGAIN_NEVER;
  for (int growth = 0; growth < AGAIN_GROWTH_COUNT; growth++) {
    policy.retryable.backoff.growth = (again_growth)growth;
    for (int luck = 0; luck < 3; luck++) {
      again_forecast forecast =
          again_forecast_class(&policy, AGAIN_CLASS_RETRYABLE, (again_forecast_luck)luck);
      assert_int_equal(forecast.tries, 0);
      assert_true(forecast.wait == AGAIN_NEVER);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_short_way_gives_what_counting_gives),
      cmocka_unit_test(without_a_limit_there_is_no_end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
