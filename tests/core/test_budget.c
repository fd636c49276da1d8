#include "support.h"
#include <again/core.h>

static const again_budget_policy aws = {
    .capacity = 500, .retryable = 5, .throttled = 5, .timeout = 10, .refund = 1};

static void it_is_full_at_first_and_never_fuller(void **state) {
  (void)state;
  again_budget budget = {0};
  assert_int_equal(again_budget_tokens(&budget, &aws, 0), 500);
  again_budget_give(&budget, &aws, 7, 10);
  assert_int_equal(again_budget_tokens(&budget, &aws, 10), 500);
  assert_true(again_budget_take(&budget, &aws, 500, 20));
  assert_int_equal(again_budget_tokens(&budget, &aws, 20), 0);
  again_budget_give(&budget, &aws, UINT32_MAX, 20);
  assert_int_equal(again_budget_tokens(&budget, &aws, 20), 500);
}

static void what_is_not_there_cannot_be_taken_and_nothing_is(void **state) {
  (void)state;
  again_budget budget = {0};
  assert_true(again_budget_take(&budget, &aws, 496, 0));
  assert_false(again_budget_take(&budget, &aws, 5, 0));
  assert_int_equal(again_budget_tokens(&budget, &aws, 0), 4);
  assert_true(again_budget_take(&budget, &aws, 4, 0));
}

static void time_fills_it_as_slowly_as_the_policy_says(void **state) {
  (void)state;
  again_budget_policy policy = aws;
  policy.refill_pct = 50; /* half a token per second */
  again_budget budget = {0};
  assert_true(again_budget_take(&budget, &policy, 500, 1000));
  assert_int_equal(again_budget_tokens(&budget, &policy, 2999), 0);
  assert_int_equal(again_budget_tokens(&budget, &policy, 3000), 1);
  for (again_ms now = 1000; now < 11000; now++) /* looking often does not slow it down */
    assert_false(again_budget_take(&budget, &policy, 6, now));
  assert_int_equal(again_budget_tokens(&budget, &policy, 11000), 5);
  assert_int_equal(again_budget_tokens(&budget, &policy, AGAIN_NEVER), 500);
  assert_int_equal(again_budget_tokens(&budget, &policy, 1000 + 999500), 499);
  assert_int_equal(again_budget_tokens(&budget, &policy, 500), 0); /* the clock went back */
  again_budget_give(&budget, &policy, 400, 11000);
  assert_int_equal(again_budget_tokens(&budget, &policy, 11000 + 400000), 500); /* 405 and 200 */
}

static void no_capacity_means_that_retries_are_free(void **state) {
  (void)state;
  again_budget budget = {0};
  again_budget_policy none = {0};
  for (int i = 0; i < 1000; i++)
    assert_true(again_budget_take(&budget, &none, 1000, 0));
}

static void the_cost_is_that_of_the_class(void **state) {
  (void)state;
  static const struct {
    again_class error_class;
    again_fault fault;
    uint32_t cost;
  } rows[] = {{AGAIN_CLASS_RETRYABLE, AGAIN_FAULT_NONE, 6},
              {AGAIN_CLASS_RETRYABLE, AGAIN_FAULT_CONNECT, 6},
              {AGAIN_CLASS_RETRYABLE, AGAIN_FAULT_TIMEOUT, 8},
              {AGAIN_CLASS_THROTTLED, AGAIN_FAULT_NONE, 7},
              {AGAIN_CLASS_AUTH, AGAIN_FAULT_NONE, 0}};
  again_budget_policy policy = {.capacity = 1, .retryable = 6, .throttled = 7, .timeout = 8};
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    again_verdict verdict = {.error_class = rows[i].error_class};
    again_outcome outcome = {.fault = rows[i].fault};
    assert_int_equal(again_budget_cost(&policy, &verdict, &outcome), rows[i].cost);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(it_is_full_at_first_and_never_fuller),
      cmocka_unit_test(what_is_not_there_cannot_be_taken_and_nothing_is),
      cmocka_unit_test(time_fills_it_as_slowly_as_the_policy_says),
      cmocka_unit_test(no_capacity_means_that_retries_are_free),
      cmocka_unit_test(the_cost_is_that_of_the_class),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
