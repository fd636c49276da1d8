#include "emulator/quota.h"
#include "support.h"

static unsigned count_taken(again_quota *quota, again_ms from, again_ms until, again_ms step) {
  unsigned taken = 0;
  for (again_ms now = from; now < until; now += step)
    taken += again_quota_take(quota, "t", now);
  return taken;
}

static void a_full_second_lets_the_quota_pass_and_no_more(void **state) {
  (void)state;
  again_quota quota;
  again_quota_init(&quota, 50, 1);
  assert_int_equal(count_taken(&quota, 0, 10000, 1), 500);
  again_quota_fini(&quota);
}

static void after_a_pause_the_burst_may_pass_at_once(void **state) {
  (void)state;
  again_quota quota;
  again_quota_init(&quota, 10, 3);
  for (int round = 0; round < 3; round++) {
    again_ms now = (again_ms)round * 60000;
    for (int i = 0; i < 3; i++)
      assert_true(again_quota_take(&quota, "t", now));
    assert_false(again_quota_take(&quota, "t", now));
    assert_false(again_quota_take(&quota, "t", now + 99));
    assert_true(again_quota_take(&quota, "t", now + 100));
  }
  again_quota_fini(&quota);
}

static void a_refused_request_costs_nothing(void **state) {
  (void)state;
  again_quota quota;
  again_quota_init(&quota, 10, 1);
  assert_true(again_quota_take(&quota, "t", 0));
  for (int i = 0; i < 1000; i++)
    assert_false(again_quota_take(&quota, "t", 50));
  assert_true(again_quota_take(&quota, "t", 100));
  again_quota_fini(&quota);
}

static void topics_do_not_share_a_quota(void **state) {
  (void)state;
  again_quota quota;
  again_quota_init(&quota, 1, 1);
  assert_true(again_quota_take(&quota, "a", 0));
  assert_false(again_quota_take(&quota, "a", 0));
  assert_true(again_quota_take(&quota, "b", 0));
  assert_false(again_quota_take(&quota, "b", 0));
  again_quota_fini(&quota);
}

static void no_quota_lets_all_pass_and_no_burst_is_a_tenth_of_a_second(void **state) {
  (void)state;
  again_quota quota;
  again_quota_init(&quota, 0, 0);
  assert_int_equal(count_taken(&quota, 0, 1000, 1), 1000);
  again_quota_fini(&quota);
  again_quota_init(&quota, 50, 0);
  for (int i = 0; i < 5; i++)
    assert_true(again_quota_take(&quota, "t", 0));
  assert_false(again_quota_take(&quota, "t", 0));
  again_quota_fini(&quota);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_full_second_lets_the_quota_pass_and_no_more),
      cmocka_unit_test(after_a_pause_the_burst_may_pass_at_once),
      cmocka_unit_test(a_refused_request_costs_nothing),
      cmocka_unit_test(topics_do_not_share_a_quota),
      cmocka_unit_test(no_quota_lets_all_pass_and_no_burst_is_a_tenth_of_a_second),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
