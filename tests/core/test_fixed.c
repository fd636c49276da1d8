#include "core/fixed.h"
#include "support.h"
#include <math.h>

static const double one = 1 << 24;

static void powers_of_two_are_libms_within_three_in_ten_million(void **state) {
  (void)state;
  for (int32_t x = -30 * AGAIN_FIXED_ONE; x < 30 * AGAIN_FIXED_ONE; x += 9973) {
    double exact = exp2(x / one) * 1e9;
    double got = (double)again_fixed_scale(1000000000, x);
    assert_true(fabs(got - exact) <= exact * 3e-7 + 1);
  }
}

static void whole_powers_are_exact(void **state) {
  (void)state;
  assert_true(again_fixed_scale(1, 0) == 1);
  assert_true(again_fixed_scale(3, 5 * AGAIN_FIXED_ONE) == 96);
  assert_true(again_fixed_scale(96, -5 * AGAIN_FIXED_ONE) == 3);
  assert_true(again_fixed_scale(1, 63 * AGAIN_FIXED_ONE) == UINT64_C(1) << 63);
  assert_true(again_fixed_scale(UINT64_MAX, -2 * AGAIN_FIXED_ONE) == UINT64_MAX >> 2);
}

static void powers_never_fall_as_the_exponent_grows(void **state) {
  (void)state;
  uint64_t last = 0;
  for (int32_t x = -2 * AGAIN_FIXED_ONE; x < 2 * AGAIN_FIXED_ONE; x += 61) {
    uint64_t now = again_fixed_scale(UINT64_C(1) << 40, x);
    assert_true(now >= last);
    last = now;
  }
}

static void powers_stop_at_both_ends(void **state) {
  (void)state;
  assert_true(again_fixed_scale(1, 64 * AGAIN_FIXED_ONE) == UINT64_MAX);
  assert_true(again_fixed_scale(2, 63 * AGAIN_FIXED_ONE) == UINT64_MAX);
  assert_true(again_fixed_scale(UINT64_MAX, 0) == UINT64_MAX);
  assert_true(again_fixed_scale(UINT64_MAX, INT32_MAX) == UINT64_MAX);
  assert_true(again_fixed_scale(UINT64_MAX, INT32_MIN) == 0);
  assert_true(again_fixed_scale(0, INT32_MAX) == 0);
}

static void logarithms_are_libms_within_two_units(void **state) {
  (void)state;
  for (uint64_t v = 1; v < UINT64_C(1) << 62; v += v / 97 + 1) {
    double exact = log2((double)v) * one;
    assert_true(fabs((double)again_fixed_log2(v) - exact) <= 2);
  }
  assert_int_equal(again_fixed_log2(1), 0);
  assert_int_equal(again_fixed_log2(UINT64_C(1) << 63), 63 * AGAIN_FIXED_ONE);
  assert_int_equal(again_fixed_log2(0), 0);
}

static void the_largest_values_are_scaled_as_long_as_they_fit(void **state) {
  (void)state;
  assert_true(again_fixed_scale(UINT64_C(1) << 62, 0) == UINT64_C(1) << 62);
  assert_true(again_fixed_scale(UINT64_C(1) << 62, AGAIN_FIXED_ONE) == UINT64_C(1) << 63);
  assert_true(again_fixed_scale(UINT64_C(1) << 63, 0) == UINT64_C(1) << 63);
  assert_true(again_fixed_scale(UINT64_C(1) << 63, -AGAIN_FIXED_ONE) == UINT64_C(1) << 62);
  uint64_t root = again_fixed_scale(UINT64_C(1) << 63, AGAIN_FIXED_ONE / 2);
  assert_true(root > UINT64_C(13043000000000000000) && root < UINT64_C(13045000000000000000));
  assert_true(again_fixed_scale(UINT64_C(3) << 62, AGAIN_FIXED_ONE / 2) == UINT64_MAX);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(powers_of_two_are_libms_within_three_in_ten_million),
      cmocka_unit_test(whole_powers_are_exact),
      cmocka_unit_test(powers_never_fall_as_the_exponent_grows),
      cmocka_unit_test(powers_stop_at_both_ends),
      cmocka_unit_test(logarithms_are_libms_within_two_units),
      cmocka_unit_test(the_largest_values_are_scaled_as_long_as_they_fit),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
