#include "cls/clock.h"
#include "support.h"

static void a_date_far_from_the_signature_corrects_the_clock(void **state) {
  (void)state;
  again_cls_clock clock = {0};
  const int64_t local = INT64_C(1700000000000);
  assert_true(again_cls_clock_refused(&clock, 0, 1700000600, local));
  assert_int_equal(clock.skew_ms, 600500);
  /* Another attempt that was under way, signed before the correction: it makes sense again too. */
  assert_true(again_cls_clock_refused(&clock, 0, 1700000600, local));
  assert_int_equal(clock.skew_ms, 600500);
  /* One signed with the correction and refused all the same: the clock is not to blame. */
  again_cls_clock_accepted(&clock, 600500);
  assert_false(again_cls_clock_refused(&clock, 600500, 1700000600, local));
  /* The clock is put right again. */
  assert_true(again_cls_clock_refused(&clock, 600500, 1700000000, local));
  assert_int_equal(clock.skew_ms, 500);
}

static void a_difference_learned_from_a_wrong_date_is_undone(void **state) {
  (void)state;
  again_cls_clock clock = {0};
  const int64_t local = INT64_C(1700000000000);
  again_cls_clock_accepted(&clock, 0);
  assert_true(again_cls_clock_refused(&clock, 0, 1700000600, local));
  /* The Date says the same, and the signature by it is refused: the Date is wrong. */
  assert_false(again_cls_clock_refused(&clock, 600500, 1700000600, local));
  assert_int_equal(clock.skew_ms, 0);
}

static void a_proven_difference_stays_when_one_learned_later_is_undone(void **state) {
  (void)state;
  again_cls_clock clock = {0};
  const int64_t local = INT64_C(1700000000000);
  assert_true(again_cls_clock_refused(&clock, 0, 1700000600, local));
  again_cls_clock_accepted(&clock, 600500);
  assert_true(again_cls_clock_refused(&clock, 600500, 1700009000, local));
  assert_int_equal(clock.skew_ms, 9000500);
  assert_false(again_cls_clock_refused(&clock, 9000500, 1700009000, local));
  assert_int_equal(clock.skew_ms, 600500);
  /* Proven, and refused for another reason all the same: nothing is known that is better. */
  assert_false(again_cls_clock_refused(&clock, 600500, 1700000600, local));
  assert_int_equal(clock.skew_ms, 600500);
}

static void a_date_near_the_signature_changes_nothing(void **state) {
  (void)state;
  again_cls_clock clock = {7, 7};
  const int64_t local = INT64_C(1700000000000);
  assert_false(again_cls_clock_refused(&clock, 0, 1700000029, local));
  assert_false(again_cls_clock_refused(&clock, 0, 1699999971, local));
  assert_int_equal(clock.skew_ms, 7);
  assert_true(again_cls_clock_refused(&clock, 0, 1700000030, local));
  assert_true(again_cls_clock_refused(&clock, 0, 1699999969, local));
}

static void a_date_that_is_none_changes_nothing(void **state) {
  (void)state;
  again_cls_clock clock = {7, 7};
  assert_false(again_cls_clock_refused(&clock, 0, INT64_MIN, 0));
  assert_false(again_cls_clock_refused(&clock, 0, -1, 0));
  assert_false(again_cls_clock_refused(&clock, 0, INT64_MAX, 0));
  assert_int_equal(clock.skew_ms, 7);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_date_far_from_the_signature_corrects_the_clock),
      cmocka_unit_test(a_difference_learned_from_a_wrong_date_is_undone),
      cmocka_unit_test(a_proven_difference_stays_when_one_learned_later_is_undone),
      cmocka_unit_test(a_date_near_the_signature_changes_nothing),
      cmocka_unit_test(a_date_that_is_none_changes_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
