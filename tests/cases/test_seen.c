#include "cases/seen.h"
#include "support.h"
#include <stdlib.h>

static void the_rate_is_of_any_second(void **state) {
  (void)state;
  static const again_ms times[] = {0, 0, 500, 999, 1000, 1400, 1500, 5000};
  assert_int_equal(again_case_rate(times, 0), 0);
  assert_int_equal(again_case_rate(times, 1), 1);
  assert_int_equal(again_case_rate(times, 4), 4);
  assert_int_equal(again_case_rate(times, COUNT_OF(times)), 4); /* 0 to 999; 500 to 1400 */
  static const again_ms apart[] = {0, 1000, 2000};
  assert_int_equal(again_case_rate(apart, 3), 1);
}

static void seeds_add_up(void **state) {
  (void)state;
  again_case_facts all = {0};
  again_case_facts one;
  again_case_facts two;
  assert_true(again_case_facts_open(&one));
  assert_true(again_case_facts_open(&two));
  again_case_see_attempt(&one, 1, 0);
  again_case_see_attempt(&one, 2, 300);
  again_case_see_attempt(&two, 2, 200);
  one.reasons = 1 << AGAIN_REASON_OK;
  two.reasons = 1 << AGAIN_REASON_BUDGET;
  again_span_add(&one.attempts, 2);
  again_span_add(&two.attempts, 5);
  again_span_add(&one.all.events[AGAIN_EVENT_HELD], 0);
  again_span_add(&two.all.events[AGAIN_EVENT_HELD], 1);
  again_span_add(&two.all.rate, 7);
  assert_int_equal(again_case_merge(&all, &one), 0);
  assert_int_equal(again_case_merge(&all, &two), 0);
  assert_int_equal(all.list_count, 2);
  assert_int_equal(all.list[1].at.min, 200);
  assert_int_equal(all.list[1].at.max, 300);
  assert_int_equal(all.reasons, 1 << AGAIN_REASON_OK | 1 << AGAIN_REASON_BUDGET);
  assert_int_equal(all.attempts.min, 2);
  assert_int_equal(all.attempts.max, 5);
  assert_int_equal(all.all.events[AGAIN_EVENT_HELD].min, 0);
  assert_int_equal(all.all.events[AGAIN_EVENT_HELD].max, 1);
  assert_int_equal(all.all.rate.min, 7);
  free(all.list);
  free(one.list);
  free(two.list);
}

static void attempts_beyond_those_that_are_looked_at_are_let_pass(void **state) {
  (void)state;
  again_case_facts facts;
  assert_true(again_case_facts_open(&facts));
  again_case_see_attempt(&facts, 0, 1);
  again_case_see_attempt(&facts, AGAIN_CASES_ATTEMPTS_MAX + 1, 1);
  assert_int_equal(facts.list_count, 0);
  again_case_see_attempt(&facts, AGAIN_CASES_ATTEMPTS_MAX, 1);
  assert_int_equal(facts.list_count, AGAIN_CASES_ATTEMPTS_MAX);
  free(facts.list);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_rate_is_of_any_second),
      cmocka_unit_test(seeds_add_up),
      cmocka_unit_test(attempts_beyond_those_that_are_looked_at_are_let_pass),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
