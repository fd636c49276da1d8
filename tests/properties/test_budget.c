/* Budgets: whatever is taken was there, given, or filled in by time. */
#include "arbitrary.h"

typedef struct account {
  again_budget_policy policy;
  again_budget budget;
  again_ms now;   /* the latest time it was told */
  again_ms began; /* and the first */
  long double income;
  long double spent;
} account;

static uint32_t tokens(const account *a, again_ms now) {
  return again_budget_tokens(&a->budget, &a->policy, now);
}

/* A time to tell: mostly later, sometimes the same or one that went back. */
static again_ms any_moment(account *a, again_random *random) {
  uint64_t choice = any_up_to(random, 9);
  if (choice == 0) return a->now - any_up_to(random, a->now - a->began);
  if (choice > 1)
    a->now = again_ms_add(a->now, choice == 2 ? any_number(random) >> 20 : any_up_to(random, 5000));
  return a->now;
}

static void take(account *a, again_random *random, again_ms at) {
  uint32_t before = tokens(a, at);
  uint32_t wanted =
      any_one_in(random, 2)
          ? any_count(random)
          : (uint32_t)any_up_to(random,
                                (uint64_t)before + 1 <= UINT32_MAX ? (uint64_t)before + 1 : before);
  bool taken = again_budget_take(&a->budget, &a->policy, wanted, at);
  if (a->policy.capacity == 0) {
    HOLDS(taken && tokens(a, at) == 0);
    return;
  }
  HOLDS(taken == (wanted <= before));
  HOLDS(tokens(a, at) == before - (taken ? wanted : 0));
  if (taken) a->spent += wanted;
}

static void give(account *a, again_random *random, again_ms at) {
  uint32_t before = tokens(a, at);
  uint32_t given = any_one_in(random, 2) ? any_count(random) : (uint32_t)any_up_to(random, 9);
  again_budget_give(&a->budget, &a->policy, given, at);
  uint64_t sum = (uint64_t)before + given;
  HOLDS(tokens(a, at) == (sum < a->policy.capacity ? sum : a->policy.capacity));
  a->income += given;
}

/* Time only fills, as fast as the policy says, and not when it goes back. */
static void wait_a_while(account *a, again_random *random, again_ms at) {
  uint32_t before = tokens(a, at);
  again_ms passed = any_up_to(random, 100000);
  if (passed > AGAIN_NEVER - at) passed = AGAIN_NEVER - at;
  uint32_t after = tokens(a, at + passed);
  uint64_t most = passed * a->policy.refill_pct / 100000 + 1;
  HOLDS(after >= before && after - before <= most);
  HOLDS(tokens(a, at - any_up_to(random, at - a->began)) <= before);
  if (at == a->now) {
    uint64_t full = before + (passed * a->policy.refill_pct) / 100000;
    HOLDS(after >= (full < a->policy.capacity ? full : a->policy.capacity));
  }
}

enum { ACCOUNTS = 80000, STEPS = 25 };

static void no_more_is_taken_than_was_there_given_or_filled_in_by_time(void **state) {
  (void)state;
  FOR_CASES(random, ACCOUNTS) {
    account a = {.policy = any_budget(&random), .budget = {.used = false}};
    a.now = a.began = any_number(&random);
    HOLDS(tokens(&a, a.now) == a.policy.capacity);
    for (int step = 0; step < STEPS; step++) {
      again_ms at = any_moment(&a, &random);
      switch (any_up_to(&random, 3)) {
      case 0: give(&a, &random, at); break;
      case 1: wait_a_while(&a, &random, at); break;
      default: take(&a, &random, at);
      }
      HOLDS(tokens(&a, at) <= a.policy.capacity);
    }
    long double filled = (long double)(a.now - a.began) * a.policy.refill_pct / 100000;
    HOLDS(a.spent <= ((long double)a.policy.capacity + a.income + filled) * 1.000001L);
  }
}

static void another_policy_finds_it_filled_to_the_same_fraction(void **state) {
  (void)state;
  FOR_CASES(random, 200000) {
    account a = {.policy = any_budget(&random), .budget = {.used = false}};
    again_budget_policy to = any_budget(&random);
    a.now = a.began = any_number(&random);
    if (any_one_in(&random, 8)) to.capacity = a.policy.capacity;
    again_budget_take(&a.budget, &a.policy, (uint32_t)any_up_to(&random, a.policy.capacity), a.now);
    again_ms at = any_moment(&a, &random);
    long double before = tokens(&a, at);
    long double from = a.policy.capacity;
    again_budget_rescale(&a.budget, &a.policy, &to, at);
    long double after = again_budget_tokens(&a.budget, &to, at);
    if (a.policy.capacity == 0) {
      HOLDS((uint32_t)after == to.capacity);
    } else {
      /* Whole tokens are cut, and the fraction has five digits. */
      HOLDS(after <= to.capacity && after <= (before + 1) * to.capacity / from);
      HOLDS(after >= before * to.capacity / from - to.capacity / 100000.0L - 1);
    }
  }
}

static void a_retry_costs_what_its_class_costs(void **state) {
  (void)state;
  FOR_CASES(random, 100000) {
    again_budget_policy policy = any_budget(&random);
    again_outcome outcome = any_outcome(&random);
    again_verdict verdict = {.error_class = (again_class)any_up_to(&random, AGAIN_CLASS_COUNT - 1)};
    uint32_t cost = again_budget_cost(&policy, &verdict, &outcome);
    uint32_t retryable = outcome.fault == AGAIN_FAULT_TIMEOUT ? policy.timeout : policy.retryable;
    HOLDS(cost == (verdict.error_class == AGAIN_CLASS_RETRYABLE   ? retryable
                   : verdict.error_class == AGAIN_CLASS_THROTTLED ? policy.throttled
                                                                  : 0));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(no_more_is_taken_than_was_there_given_or_filled_in_by_time),
      cmocka_unit_test(another_policy_finds_it_filled_to_the_same_fraction),
      cmocka_unit_test(a_retry_costs_what_its_class_costs),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
