/* Delays with jitter that other libraries publish in their tests, where the formula is one of ours.
 * They map u, a real number in 0..1, to a real delay and cut it; ours maps it to the whole numbers of
 * the window, both ends included, each as likely as the others. So a row may differ by 1 ms where
 * it is said. */
#include "vectors.h"

typedef struct row {
  vector_id id;
  again_ms delay;
  uint32_t spread_pct;
  double u;
  again_ms out;
} row;

static void check_proportional(const row *rows, size_t count, bool falling) {
  for (size_t i = 0; i < count; i++) {
    again_backoff backoff = {.base = rows[i].delay,
                             .cap = rows[i].delay,
                             .growth = AGAIN_GROWTH_CONSTANT,
                             .jitter = AGAIN_JITTER_PROPORTIONAL,
                             .jitter_pct = rows[i].spread_pct};
    uint64_t bits = vector_bits(rows[i].u);
    assert_int_equal(vector_draw(&backoff, 1, 0, falling ? UINT64_MAX - bits : bits), rows[i].out);
    vector_holds(rows[i].id);
  }
}

/* Source: cenkalti/backoff exponential_test.go: an interval of 2 with a factor of 0.5 is 1, 2 or 3
 * with equal chance. */
static void proportional_is_that_of_cenkalti(void **state) {
  (void)state;
  static const row rows[] = {
      {VECTOR_cenkalti_rand, 2, 50, 0, 1},    {VECTOR_cenkalti_rand, 2, 50, 0.33, 1},
      {VECTOR_cenkalti_rand, 2, 50, 0.34, 2}, {VECTOR_cenkalti_rand, 2, 50, 0.66, 2},
      {VECTOR_cenkalti_rand, 2, 50, 0.67, 3}, {VECTOR_cenkalti_rand, 2, 50, 0.99, 3},
  };
  check_proportional(rows, COUNT_OF(rows), false);
}

/* Source: Polly RetryHelperTests: d * (0.75 + 0.5 u); the linear rows are those of its third delay. */
static void proportional_is_that_of_polly(void **state) {
  (void)state;
  static const row rows[] = {
      {VECTOR_polly_const_jitter, 1000, 25, 0, 750},
      {VECTOR_polly_const_jitter, 1000, 25, 0.4, 950},
      {VECTOR_polly_const_jitter, 1000, 25, 0.6, 1050},
      {VECTOR_polly_const_jitter, 1000, 25, 1, 1250},
      {VECTOR_polly_linear_jitter, 3000, 25, 0, 2250},
      {VECTOR_polly_linear_jitter, 3000, 25, 0.4, 2850},
      {VECTOR_polly_linear_jitter, 3000, 25, 0.5, 3000},
      {VECTOR_polly_linear_jitter, 3000, 25, 0.6, 3150},
      {VECTOR_polly_linear_jitter, 3000, 25, 1, 3750},
  };
  check_proportional(rows, COUNT_OF(rows), false);
}

/* Source: Failsafe RandomDelayTest: d + (1 - 2u) * factor * d, and d + (1 - 2u) * jitter, which is a
 * factor of jitter / d. The delay is highest at u = 0, so u is turned round. */
static void proportional_is_that_of_failsafe(void **state) {
  (void)state;
  static const row rows[] = {
      {VECTOR_failsafe_factor, 100, 50, 0, 150},
      {VECTOR_failsafe_factor, 100, 50, 0.25, 125},
      {VECTOR_failsafe_factor, 100, 50, 0.5, 100},
      {VECTOR_failsafe_factor, 100, 50, 0.75, 75},
      {VECTOR_failsafe_factor, 100, 50, 0.9999, 50},
      {VECTOR_failsafe_factor, 500, 50, 0.25, 625},
      {VECTOR_failsafe_factor, 500, 50, 0.75, 375},
      {VECTOR_failsafe_factor, 50000, 50, 0.25, 62500},
      {VECTOR_failsafe_duration, 100, 50, 0, 150},
      {VECTOR_failsafe_duration, 100, 50, 0.25, 125},
      {VECTOR_failsafe_duration, 100, 50, 0.5, 100},
      {VECTOR_failsafe_duration, 100, 50, 0.75, 75},
      {VECTOR_failsafe_duration, 100, 50, 0.9999, 50},
      {VECTOR_failsafe_duration, 500, 10, 0.25, 525},
      {VECTOR_failsafe_duration, 50000, 10, 0.25, 52500},
  };
  check_proportional(rows, COUNT_OF(rows), true);
}

/* Source: Failsafe RandomDelayTest, a delay in a range: that of a decorrelated backoff whose cap has
 * been reached. 10 + 0.75 * 90 is 77.5 and cut to 77; 0.75 of our 91 whole numbers is the 69th. */
static void a_range_is_that_of_failsafe(void **state) {
  (void)state;
  static const struct {
    again_ms min;
    again_ms max;
    double u;
    again_ms out;
  } rows[] = {{10, 100, 0, 10},          {10, 100, 0.25, 32}, {10, 100, 0.5, 55},
              {10, 100, 0.75, 77},       {10, 100, 1, 100},   {50, 500, 0.25, 162},
              {5000, 50000, 0.25, 16250}};
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    again_backoff backoff = {
        .base = rows[i].min, .cap = rows[i].max, .growth = AGAIN_GROWTH_DECORRELATED};
    again_ms delay = vector_draw(&backoff, 9, rows[i].max, vector_bits(rows[i].u));
    assert_in_range(delay, rows[i].out, rows[i].out + (rows[i].u > 0.5 && rows[i].u < 1 ? 1 : 0));
    vector_holds(VECTOR_failsafe_range);
  }
}

/* Source: FreeRTOS backoff_algorithm_utest.c: full jitter; a random number modulo the backoff plus
 * one, which doubles up to the cap. {random number, delay, the next backoff}; its first backoff is
 * given. The cap is reached as soon as doubling would pass it: 5001 of 10000. */
static void full_jitter_is_that_of_freertos(void **state) {
  (void)state;
  static const struct {
    again_ms backoff;
    uint64_t random;
    again_ms delay;
    again_ms next;
  } rows[] = {{1000, 500, 500, 2000},
              {1000, 1001, 0, 2000},
              {5001, 5001, 5001, 10000},
              {10000, 10000, 10000, 10000},
              {4999, 0, 0, 9998}};
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    again_backoff backoff = {
        .base = rows[i].backoff, .cap = 10000, .multiplier_pct = 200, .jitter = AGAIN_JITTER_FULL};
    again_window window = again_backoff_window(&backoff, 1, 0);
    assert_int_equal(window.min, 0);
    assert_int_equal(rows[i].random % (window.max + 1), rows[i].delay);
    assert_int_equal(again_backoff_window(&backoff, 2, 0).max, rows[i].next);
    vector_holds(VECTOR_freertos);
  }
}

/* Source: cenkalti/backoff exponential_test.go: with a factor of 0.1 each interval stays within a
 * tenth of its own; and, what the cap takes away from others, so it does at the cap. */
static void the_spread_of_cenkalti_survives_the_cap(void **state) {
  (void)state;
  static const again_ms intervals[] = {500, 1000, 2000, 4000, 5000, 5000};
  again_backoff backoff = {.base = 500,
                           .cap = 5000,
                           .multiplier_pct = 200,
                           .jitter = AGAIN_JITTER_PROPORTIONAL,
                           .jitter_pct = 10};
  for (uint32_t n = 1; n <= COUNT_OF(intervals); n++) {
    again_window window = again_backoff_window(&backoff, n, 0);
    assert_int_equal(window.min, intervals[n - 1] - intervals[n - 1] / 10);
    assert_int_equal(window.max, intervals[n - 1] + intervals[n - 1] / 10);
  }
}

/* Polly's DecorrelatedJitterBackoffV2: (f(n - 1 + u) - the f before) * base / 1.4 with f(t) = 2^t *
 * tanh(sqrt(4t)), worked out for a base of 7.8 s. It is none of our growths: it needs real numbers,
 * and this library has whole ones, which are the same everywhere. What can be said is that its delays
 * lie within the widest window of our exponential, from nothing to twice the backoff. */
static void decorrelated_of_polly_stays_within_twice_the_exponential(void **state) {
  (void)state;
  static const double delays[] = {8626.6722, 10830.6342, 18396.19, 27703.7431, 37213.8517};
  again_backoff backoff = {.base = 7800,
                           .cap = AGAIN_NEVER,
                           .multiplier_pct = 200,
                           .jitter = AGAIN_JITTER_PROPORTIONAL,
                           .jitter_pct = 100};
  for (uint32_t n = 1; n <= COUNT_OF(delays); n++) {
    again_window window = again_backoff_window(&backoff, n, 0);
    assert_int_equal(window.min, 0);
    assert_true(delays[n - 1] > 0 && delays[n - 1] < (double)window.max);
    vector_holds(VECTOR_polly_v2_derived);
  }
}

int vectors_jitter(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(proportional_is_that_of_cenkalti),
      cmocka_unit_test(proportional_is_that_of_polly),
      cmocka_unit_test(proportional_is_that_of_failsafe),
      cmocka_unit_test(a_range_is_that_of_failsafe),
      cmocka_unit_test(full_jitter_is_that_of_freertos),
      cmocka_unit_test(the_spread_of_cenkalti_survives_the_cap),
      cmocka_unit_test(decorrelated_of_polly_stays_within_twice_the_exponential),
  };
  return cmocka_run_group_tests_name("jitter", tests, NULL, NULL);
}
