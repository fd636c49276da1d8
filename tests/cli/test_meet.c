#include "cli/meet.h"
#include "support.h"
#include <math.h>
#include <string.h>

static double sum(const double *values, size_t from, size_t to) {
  double all = 0;
  for (size_t i = from; i < to; i++)
    all += values[i] / 4; /* steps of 250 ms */
  return all;
}

static again_meet met(const again_policy *policy, uint32_t first, uint32_t second) {
  again_meet meet = {.quotas = {first, second}, .quota_count = second != 0 ? 2 : 1};
  assert_int_equal(again_meet_run(policy, &meet), 0);
  return meet;
}

static void the_service_never_takes_more_than_its_quota(void **state) {
  (void)state;
  again_meet meet = met(again_policy_default(), 100, 40);
  assert_int_equal(meet.count, 120);
  assert_true(meet.allowed == 15 * 100 + 15 * 40);
  assert_true(sum(meet.accepted, 0, 60) <= 1500 + 10);
  assert_true(sum(meet.accepted, 60, 120) <= 600 + 10);
  double accepted = sum(meet.accepted, 0, 120);
  double refused = sum(meet.refused, 0, 120);
  assert_true(accepted == (double)meet.taken);
  assert_true(accepted + refused == (double)meet.calls);
  assert_true(meet.quota[0] == 100 && meet.quota[59] == 100 && meet.quota[60] == 40);
}

static void a_pacer_uses_the_quota_and_is_hardly_refused(void **state) {
  (void)state;
  again_meet meet = met(again_policy_default(), 100, 100);
  assert_true((double)meet.taken > 0.85 * meet.allowed);
  assert_true(meet.calls - meet.taken < meet.calls / 20);
  assert_int_equal(meet.surfaced, 0);
  assert_true(isnan(meet.rate[0])); /* nothing was refused yet */
  assert_true(meet.rate[119] > 60 && meet.rate[119] < 140);
}

static void without_a_pacer_most_calls_are_refused(void **state) {
  (void)state;
  again_policy policy = *again_policy_default();
  policy.pace_pct = 0;
  policy.throttled.backoff.base = policy.throttled.backoff.cap = 100;
  again_meet meet = met(&policy, 100, 0);
  assert_true(meet.calls - meet.taken > meet.calls / 2);
  assert_true(isnan(meet.rate[59]));
}

/* 16 of 64 operations may be in the backlog, one attempt each, and the others are surfaced. */
static void limits_of_the_policy_hold(void **state) {
  (void)state;
  again_policy policy = *again_policy_default();
  policy.pace_pct = 0;
  policy.scope_backlog = 16;
  policy.max_attempts = 1;
  again_meet meet = met(&policy, 1, 0);
  assert_in_range(meet.taken, 15, 16);
  assert_in_range(meet.calls - meet.taken - meet.surfaced, 0, 16); /* under way at the end */
}

static void the_same_meeting_goes_the_same_way(void **state) {
  (void)state;
  again_meet one = met(again_policy_default(), 300, 20);
  again_meet two = met(again_policy_default(), 300, 20);
  assert_int_equal(one.calls, two.calls);
  assert_memory_equal(one.accepted, two.accepted, sizeof one.accepted);
  assert_memory_equal(one.refused, two.refused, sizeof one.refused);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_service_never_takes_more_than_its_quota),
      cmocka_unit_test(a_pacer_uses_the_quota_and_is_hardly_refused),
      cmocka_unit_test(without_a_pacer_most_calls_are_refused),
      cmocka_unit_test(limits_of_the_policy_hold),
      cmocka_unit_test(the_same_meeting_goes_the_same_way),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
