#include "policy/decimal.h"
#include "support.h"
#include <string.h>

static void a_number_ends_where_its_unit_begins(void **state) {
  (void)state;
  static const struct {
    const char *text;
    uint64_t digits;
    uint64_t scale;
    const char *unit;
  } rows[] = {{"15ms", 15, 1, "ms"},
              {"1.50s", 150, 100, "s"},
              {"0", 0, 1, ""},
              {"1.s", 1, 1, ".s"},
              {"1.2.3", 12, 10, ".3"},
              {"007x", 7, 1, "x"},
              {"18446744073709551615", UINT64_MAX, 1, ""}};
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    again_decimal decimal;
    assert_true(again_decimal_read(rows[i].text, &decimal));
    assert_true(decimal.digits == rows[i].digits && decimal.scale == rows[i].scale);
    assert_string_equal(decimal.unit, rows[i].unit);
  }
}

static void what_is_no_number_or_too_long_is_refused(void **state) {
  (void)state;
  static const char *const rows[] = {
      "", "s", ".5s", "-1s", "+1s", " 1s", "18446744073709551616", "0.00000000000000000001"};
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    again_decimal decimal;
    if (again_decimal_read(rows[i], &decimal)) fail_msg("%s", rows[i]);
  }
}

static void only_whole_results_are_given(void **state) {
  (void)state;
  again_decimal half = {.digits = 5, .scale = 10};
  again_decimal huge = {.digits = UINT64_MAX, .scale = 1};
  uint64_t out = 7;
  assert_true(again_decimal_times(&half, 1000, 1, &out));
  assert_true(out == 500);
  assert_false(again_decimal_times(&half, 1, 1, &out));
  assert_false(again_decimal_times(&half, 100, 60, &out));
  assert_false(again_decimal_times(&huge, 2, 1, &out));
  assert_true(out == 500);
  assert_true(again_decimal_times(&huge, 1, 1, &out));
  assert_true(out == UINT64_MAX);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_number_ends_where_its_unit_begins),
      cmocka_unit_test(what_is_no_number_or_too_long_is_refused),
      cmocka_unit_test(only_whole_results_are_given),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
