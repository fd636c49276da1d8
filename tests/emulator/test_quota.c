#include "emulator/quota.h"
#include "support.h"

static unsigned count_taken(again_quota *quota, again_ms from, again_ms until, again_ms step) {
  unsigned taken = 0;
  for (again_ms now = from; now < until; now += step)
    taken += again_quota_take(quota, "t", 1, now) == AGAIN_QUOTA_TAKEN;
  return taken;
}

static void a_full_second_lets_the_quota_pass_and_no_more(void **state) {
  (void)state;
  again_quota quota;
  again_quota_init(&quota, 50, 1, 0);
  assert_int_equal(count_taken(&quota, 0, 10000, 1), 500);
  again_quota_fini(&quota);
}

static void after_a_pause_the_burst_may_pass_at_once(void **state) {
  (void)state;
  again_quota quota;
  again_quota_init(&quota, 10, 3, 0);
  for (int round = 0; round < 3; round++) {
    again_ms now = (again_ms)round * 60000;
    for (int i = 0; i < 3; i++)
      assert_int_equal(again_quota_take(&quota, "t", 1, now), AGAIN_QUOTA_TAKEN);
    assert_int_equal(again_quota_take(&quota, "t", 1, now), AGAIN_QUOTA_NO_REQUESTS);
    assert_int_equal(again_quota_take(&quota, "t", 1, now + 99), AGAIN_QUOTA_NO_REQUESTS);
    assert_int_equal(again_quota_take(&quota, "t", 1, now + 100), AGAIN_QUOTA_TAKEN);
  }
  again_quota_fini(&quota);
}

static void a_refused_request_costs_nothing(void **state) {
  (void)state;
  again_quota quota;
  again_quota_init(&quota, 10, 1, 0);
  assert_int_equal(again_quota_take(&quota, "t", 1, 0), AGAIN_QUOTA_TAKEN);
  for (int i = 0; i < 1000; i++)
    assert_int_equal(again_quota_take(&quota, "t", 1, 50), AGAIN_QUOTA_NO_REQUESTS);
  assert_int_equal(again_quota_take(&quota, "t", 1, 100), AGAIN_QUOTA_TAKEN);
  again_quota_fini(&quota);
}

static void topics_do_not_share_a_quota(void **state) {
  (void)state;
  again_quota quota;
  again_quota_init(&quota, 1, 1, 0);
  assert_int_equal(again_quota_take(&quota, "a", 1, 0), AGAIN_QUOTA_TAKEN);
  assert_int_equal(again_quota_take(&quota, "a", 1, 0), AGAIN_QUOTA_NO_REQUESTS);
  assert_int_equal(again_quota_take(&quota, "b", 1, 0), AGAIN_QUOTA_TAKEN);
  assert_int_equal(again_quota_take(&quota, "b", 1, 0), AGAIN_QUOTA_NO_REQUESTS);
  again_quota_fini(&quota);
}

static void no_quota_lets_all_pass_and_no_burst_is_a_tenth_of_a_second(void **state) {
  (void)state;
  again_quota quota;
  again_quota_init(&quota, 0, 0, 0);
  assert_int_equal(count_taken(&quota, 0, 1000, 1), 1000);
  again_quota_fini(&quota);
  again_quota_init(&quota, 50, 0, 0);
  for (int i = 0; i < 5; i++)
    assert_int_equal(again_quota_take(&quota, "t", 1, 0), AGAIN_QUOTA_TAKEN);
  assert_int_equal(again_quota_take(&quota, "t", 1, 0), AGAIN_QUOTA_NO_REQUESTS);
  again_quota_fini(&quota);
}

static void bytes_pass_at_the_quotas_rate_whatever_the_bodies_sizes(void **state) {
  (void)state;
  for (size_t size = 1; size <= 10000; size *= 10) {
    again_quota quota;
    again_quota_init(&quota, 0, 0, 1000);
    size_t passed = 0;
    for (again_ms now = 0; now < 60000; now++)
      passed += again_quota_take(&quota, "t", size, now) == AGAIN_QUOTA_TAKEN ? size : 0;
    /* A tenth of a second early, and one body. */
    assert_in_range(passed, 60000 - size, 60000 + 100 + size);
    again_quota_fini(&quota);
  }
}

static void what_one_quota_refuses_costs_nothing_of_the_other(void **state) {
  (void)state;
  again_quota quota;
  again_quota_init(&quota, 1, 2, 1000);
  assert_int_equal(again_quota_take(&quota, "t", 2000, 0), AGAIN_QUOTA_TAKEN);
  for (int i = 0; i < 10; i++)
    assert_int_equal(again_quota_take(&quota, "t", 1, 1899), AGAIN_QUOTA_NO_BYTES);
  assert_int_equal(again_quota_take(&quota, "t", 1, 1900), AGAIN_QUOTA_TAKEN);
  assert_int_equal(again_quota_take(&quota, "t", 1, 1902), AGAIN_QUOTA_TAKEN);
  for (int i = 0; i < 10; i++)
    assert_int_equal(again_quota_take(&quota, "t", 5000, 1903), AGAIN_QUOTA_NO_REQUESTS);
  assert_int_equal(again_quota_take(&quota, "t", 1, 2900), AGAIN_QUOTA_TAKEN);
  assert_int_equal(again_quota_take(&quota, "other", 1, 1903), AGAIN_QUOTA_TAKEN);
  again_quota_fini(&quota);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_full_second_lets_the_quota_pass_and_no_more),
      cmocka_unit_test(after_a_pause_the_burst_may_pass_at_once),
      cmocka_unit_test(a_refused_request_costs_nothing),
      cmocka_unit_test(topics_do_not_share_a_quota),
      cmocka_unit_test(no_quota_lets_all_pass_and_no_burst_is_a_tenth_of_a_second),
      cmocka_unit_test(bytes_pass_at_the_quotas_rate_whatever_the_bodies_sizes),
      cmocka_unit_test(what_one_quota_refuses_costs_nothing_of_the_other),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
