#include "cli/drain.h"
#include "support.h"
#include <again/policy.h>

static again_policy with_budget(uint32_t refill_pct) {
  again_policy policy = *again_policy_default();
  policy.budget = (again_budget_policy){
      .capacity = 100, .retryable = 5, .throttled = 2, .timeout = 10, .refill_pct = refill_pct};
  return policy;
}

/* 20 retries of 5 tokens each, 10 a second: the 21st failure, at 2 s, finds it empty. */
static void a_budget_is_empty_when_its_tokens_are_spent(void **state) {
  (void)state;
  again_policy policy = with_budget(0);
  again_drain drain = {.failures = 10, .of = AGAIN_CLASS_RETRYABLE};
  again_drain_of(&policy, 10000, &drain);
  assert_true(drain.empties);
  assert_int_equal(drain.empty_at, 2000);
  assert_int_equal(drain.passed, 20);
  assert_int_equal(drain.refused, 81); /* of failures at 0 to 10 s, both included */
  assert_true(drain.passing == 0);
  assert_int_equal(drain.tokens[0], 95);
  assert_int_equal(drain.tokens[AGAIN_DRAIN_TIMES - 1], 0);
  drain.of = AGAIN_CLASS_THROTTLED;
  again_drain_of(&policy, 10000, &drain);
  assert_int_equal(drain.empty_at, 5000);
}

/* What comes back by time pays for a retry now and then. */
static void a_refill_lets_some_retries_pass(void **state) {
  (void)state;
  again_policy policy = with_budget(1000); /* 10 tokens a second: 2 retries */
  again_drain drain = {.failures = 10, .of = AGAIN_CLASS_RETRYABLE};
  again_drain_of(&policy, 600000, &drain);
  assert_true(drain.passing == 2);
  assert_in_range(drain.passed, 600 * 2 + 19, 600 * 2 + 21);
  drain.failures = 2;
  again_drain_of(&policy, 600000, &drain);
  assert_false(drain.empties);
  assert_int_equal(drain.refused, 0);
  assert_true(drain.passing == 2);
}

static void a_retry_that_costs_more_than_the_capacity_never_passes(void **state) {
  (void)state;
  again_policy policy = with_budget(1000);
  policy.budget.retryable = 101;
  again_drain drain = {.failures = 10, .of = AGAIN_CLASS_RETRYABLE};
  again_drain_of(&policy, 10000, &drain);
  assert_true(drain.empties && drain.empty_at == 0);
  assert_int_equal(drain.passed, 0);
  assert_true(drain.passing == 0);
}

static void the_picture_is_as_long_as_the_drain(void **state) {
  (void)state;
  again_policy policy = with_budget(0);
  assert_int_equal(again_drain_until(&policy, AGAIN_CLASS_RETRYABLE, 1), 30000);
  assert_int_equal(again_drain_until(&policy, AGAIN_CLASS_RETRYABLE, 100), 10000);
  policy.budget.refill_pct = 500; /* one a second is paid for */
  assert_int_equal(again_drain_until(&policy, AGAIN_CLASS_RETRYABLE, 1), 600000);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_budget_is_empty_when_its_tokens_are_spent),
      cmocka_unit_test(a_refill_lets_some_retries_pass),
      cmocka_unit_test(a_retry_that_costs_more_than_the_capacity_never_passes),
      cmocka_unit_test(the_picture_is_as_long_as_the_drain),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
