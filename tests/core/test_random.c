#include "support.h"
#include <again/core.h>

static void the_sequence_is_that_of_the_reference_implementation(void **state) {
  (void)state;
  static const uint64_t expected[] = {
      UINT64_C(6457827717110365317), UINT64_C(3203168211198807973),  UINT64_C(9817491932198370423),
      UINT64_C(4593380528125082431), UINT64_C(16408922859458223821),
  };
  again_random random = {1234567};
  for (size_t i = 0; i < COUNT_OF(expected); i++) {
    assert_true(again_random_next(&random) == expected[i]);
  }
}

static void scaling_covers_the_whole_range_and_nothing_else(void **state) {
  (void)state;
  static const struct {
    uint64_t random;
    uint64_t limit;
    uint64_t scaled;
  } rows[] = {
      {0, 0, 0},
      {UINT64_MAX, 0, 0},
      {0, 9, 0},
      {UINT64_MAX, 9, 9},
      {UINT64_C(1) << 63, 9, 5},
      {UINT64_C(1) << 63, 1, 1},
      {(UINT64_C(1) << 63) - 1, 1, 0},
      {UINT64_MAX, UINT64_MAX - 1, UINT64_MAX - 1},
      {UINT64_MAX, UINT64_MAX, UINT64_MAX},
      {12345, UINT64_MAX, 12345},
      {UINT64_MAX, UINT64_C(1) << 63, UINT64_C(1) << 63},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    assert_true(again_random_scale(rows[i].random, rows[i].limit) == rows[i].scaled);
  }
}

static void scaled_numbers_are_spread_evenly(void **state) {
  (void)state;
  enum { DRAWS = 100000, VALUES = 10 };
  int seen[VALUES] = {0};
  again_random random = {1};
  for (int i = 0; i < DRAWS; i++)
    seen[again_random_scale(again_random_next(&random), VALUES - 1)]++;
  for (int i = 0; i < VALUES; i++) {
    assert_in_range(seen[i], DRAWS / VALUES * 95 / 100, DRAWS / VALUES * 105 / 100);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_sequence_is_that_of_the_reference_implementation),
      cmocka_unit_test(scaling_covers_the_whole_range_and_nothing_else),
      cmocka_unit_test(scaled_numbers_are_spread_evenly),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
