#include "support.h"
#include <again/core.h>

static void sums_stop_at_never(void **state) {
  (void)state;
  assert_true(again_ms_add(1, 2) == 3);
  assert_true(again_ms_add(AGAIN_NEVER, 0) == AGAIN_NEVER);
  assert_true(again_ms_add(AGAIN_NEVER, 5) == AGAIN_NEVER);
  assert_true(again_ms_add(AGAIN_NEVER - 5, 5) == AGAIN_NEVER);
  assert_true(again_ms_add(AGAIN_NEVER - 5, 4) == AGAIN_NEVER - 1);
}

/* Published sequences; n counts retries from 1. */
static void growth_follows_published_sequences(void **state) {
  (void)state;
  static const struct {
    const char *source;
    again_backoff backoff;
    again_ms expected[10];
  } rows[] = {
      {"Kafka ExponentialBackoffTest",
       {.base = 100, .cap = 400, .multiplier_pct = 200, .jitter = AGAIN_JITTER_NONE},
       {100, 200, 400, 400}},
      {"cenkalti/backoff exponential_test.go",
       {.base = 500, .cap = 5000, .multiplier_pct = 200, .jitter = AGAIN_JITTER_NONE},
       {500, 1000, 2000, 4000, 5000, 5000, 5000, 5000, 5000, 5000}},
      /* Its table is in seconds with three digits, 1.6875 cut to 1.687: ours is cut at every step. */
      {"cenkalti/backoff documentation",
       {.base = 500, .cap = 900000, .multiplier_pct = 150, .jitter = AGAIN_JITTER_NONE},
       {500, 750, 1125, 1687, 2530, 3795, 5692, 8538, 12807}},
      {"tenacity wait_exponential",
       {.base = 1, .cap = AGAIN_NEVER, .multiplier_pct = 200, .jitter = AGAIN_JITTER_NONE},
       {1, 2, 4, 8, 16, 32, 64, 128}},
      {"tenacity wait_exponential(max=40)",
       {.base = 1, .cap = 40, .multiplier_pct = 200, .jitter = AGAIN_JITTER_NONE},
       {1, 2, 4, 8, 16, 32, 40, 40}},
      {"go-retryablehttp TestBackoff",
       {.base = 1000, .cap = 300000, .multiplier_pct = 200, .jitter = AGAIN_JITTER_NONE},
       {1000, 2000, 4000, 8000}},
      {"Polly, constant",
       {.base = 1000, .cap = 1000, .multiplier_pct = 100, .jitter = AGAIN_JITTER_NONE},
       {1000, 1000, 1000}},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    for (uint32_t n = 1; n <= 10 && rows[i].expected[n - 1] != 0; n++) {
      assert_int_equal(again_backoff_delay(&rows[i].backoff, n), rows[i].expected[n - 1]);
    }
  }
}

static void growth_is_exact_at_every_edge(void **state) {
  (void)state;
  again_backoff backoff = {
      .base = 1, .cap = AGAIN_NEVER, .multiplier_pct = 200, .jitter = AGAIN_JITTER_NONE};
  assert_true(again_backoff_delay(&backoff, 64) == UINT64_C(1) << 63);
  assert_true(again_backoff_delay(&backoff, 65) == AGAIN_NEVER);
  assert_true(again_backoff_delay(&backoff, UINT32_MAX) == AGAIN_NEVER);
  backoff.cap = 300000; /* go-retryablehttp: n = 63 and 128 give the cap */
  assert_int_equal(again_backoff_delay(&backoff, 63), 300000);
  assert_int_equal(again_backoff_delay(&backoff, UINT32_MAX), 300000);
  backoff =
      (again_backoff){.base = 7, .cap = 1000, .multiplier_pct = 100, .jitter = AGAIN_JITTER_NONE};
  assert_int_equal(again_backoff_delay(&backoff, UINT32_MAX), 7);
  backoff = (again_backoff){.base = 1,
                            .cap = 1000,
                            .multiplier_pct = 150,
                            .jitter = AGAIN_JITTER_NONE}; /* 1 * 1.5 rounds down to 1 */
  assert_int_equal(again_backoff_delay(&backoff, UINT32_MAX), 1);
  backoff = (again_backoff){.base = AGAIN_NEVER - 1,
                            .cap = AGAIN_NEVER,
                            .multiplier_pct = 1000,
                            .jitter = AGAIN_JITTER_NONE};
  assert_true(again_backoff_delay(&backoff, 2) == AGAIN_NEVER);
  backoff = (again_backoff){
      .base = 500, .cap = 30000, .multiplier_pct = 200, .jitter = AGAIN_JITTER_NONE};
  assert_int_equal(again_backoff_delay(&backoff, 0), 500);
}

static void every_growth_has_its_sequence(void **state) {
  (void)state;
  static const again_ms delays[] = {10, 500, 70};
  static const struct {
    const char *source;
    again_backoff backoff;
    again_ms expected[8];
  } rows[] = {
      {"Vector, Fibonacci",
       {.base = 1, .cap = 10, .growth = AGAIN_GROWTH_FIBONACCI},
       {1, 1, 2, 3, 5, 8, 10, 10}},
      {"Envoy, fixed", {.base = 30, .cap = 30, .growth = AGAIN_GROWTH_CONSTANT}, {30, 30, 30}},
      {"tenacity wait_incrementing(500, 100)",
       {.base = 500, .cap = 10000, .step = 100, .growth = AGAIN_GROWTH_LINEAR},
       {500, 600, 700, 800}},
      {"linear without a step",
       {.base = 50, .cap = 160, .growth = AGAIN_GROWTH_LINEAR},
       {50, 100, 150, 160, 160}},
      {"a list",
       {.base = 1, .cap = 400, .growth = AGAIN_GROWTH_LIST, .list = delays, .list_count = 3},
       {10, 400, 70, 70, 70}},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    for (uint32_t n = 1; n <= 8 && rows[i].expected[n - 1] != 0; n++) {
      assert_int_equal(again_backoff_delay(&rows[i].backoff, n), rows[i].expected[n - 1]);
    }
  }
  again_backoff linear = {.base = 3, .cap = AGAIN_NEVER, .growth = AGAIN_GROWTH_LINEAR};
  assert_true(again_backoff_delay(&linear, UINT32_MAX) == UINT64_C(3) * UINT32_MAX);
  linear.step = AGAIN_NEVER / 2;
  assert_true(again_backoff_delay(&linear, UINT32_MAX) == AGAIN_NEVER);
  again_backoff fibonacci = {.base = 1, .cap = AGAIN_NEVER, .growth = AGAIN_GROWTH_FIBONACCI};
  assert_true(again_backoff_delay(&fibonacci, 93) == UINT64_C(12200160415121876738));
  assert_true(again_backoff_delay(&fibonacci, UINT32_MAX) == AGAIN_NEVER);
}

static void check_window(const again_backoff *backoff, uint32_t n, again_ms previous, again_ms min,
                         again_ms max) {
  again_window window = again_backoff_window(backoff, n, previous);
  assert_true(window.min == min);
  assert_true(window.max == max);
}

static void jitter_opens_its_window_and_survives_the_cap(void **state) {
  (void)state;
  again_backoff backoff = {.base = 1001, .cap = 1001, .jitter = AGAIN_JITTER_NONE};
  check_window(&backoff, 9, 0, 1001, 1001);
  backoff.jitter = AGAIN_JITTER_FULL;
  check_window(&backoff, 9, 0, 0, 1001);
  backoff.jitter = AGAIN_JITTER_EQUAL;
  check_window(&backoff, 9, 0, 501, 1001);
  backoff.jitter = AGAIN_JITTER_PROPORTIONAL;
  backoff.jitter_pct = 20;
  check_window(&backoff, 9, 0, 801, 1201);
  backoff.jitter_pct = 100;
  check_window(&backoff, 9, 0, 0, 2002);
  backoff.base = backoff.cap = AGAIN_NEVER;
  check_window(&backoff, 9, 0, 0, AGAIN_NEVER);
  backoff.base = backoff.cap = AGAIN_NEVER - 1; /* the whole of it fits, barely */
  check_window(&backoff, 9, 0, 0, AGAIN_NEVER);
  backoff.base = backoff.cap = AGAIN_NEVER;
  backoff.jitter = AGAIN_JITTER_FULL;
  check_window(&backoff, 9, 0, 0, AGAIN_NEVER);
}

/* Brooker: sleep = min(cap, random_between(base, sleep * 3)); here the cap limits the window, so that
 * the delays at the cap are spread as well. */
static void decorrelated_grows_from_the_delay_before(void **state) {
  (void)state;
  again_backoff backoff = {.base = 100, .cap = 2000, .growth = AGAIN_GROWTH_DECORRELATED};
  check_window(&backoff, 1, 0, 100, 300);
  check_window(&backoff, 2, 100, 100, 300);
  check_window(&backoff, 3, 250, 100, 750);
  check_window(&backoff, 4, 700, 100, 2000);
  check_window(&backoff, 4, AGAIN_NEVER, 100, 2000);
}

/* cenkalti/backoff: an interval of 2 with a factor of 0.5 gives 1, 2 or 3 with equal chance. */
static void the_mean_of_the_jitter_is_that_of_its_window(void **state) {
  (void)state;
  static const again_jitter jitters[] = {AGAIN_JITTER_FULL, AGAIN_JITTER_EQUAL,
                                         AGAIN_JITTER_PROPORTIONAL};
  static const double means[] = {5000, 7500, 10000};
  for (size_t i = 0; i < COUNT_OF(jitters); i++) {
    again_backoff backoff = {.base = 10000, .cap = 10000, .jitter = jitters[i], .jitter_pct = 50};
    again_random random = {7 + i};
    again_window window = again_backoff_window(&backoff, 3, 0);
    double sum = 0;
    enum { DRAWS = 200000 };
    for (int draw = 0; draw < DRAWS; draw++) {
      sum += (double)(window.min +
                      again_random_scale(again_random_next(&random), window.max - window.min));
    }
    double off = sum / DRAWS - means[i];
    assert_true(off > -40 && off < 40);
  }
  unsigned seen[4] = {0};
  again_backoff two = {.base = 2, .cap = 2, .jitter = AGAIN_JITTER_PROPORTIONAL, .jitter_pct = 50};
  again_random random = {3};
  again_window window = again_backoff_window(&two, 1, 0);
  for (int draw = 0; draw < 30000; draw++)
    seen[window.min + again_random_scale(again_random_next(&random), window.max - window.min)]++;
  assert_int_equal(seen[0], 0);
  for (int value = 1; value <= 3; value++)
    assert_in_range(seen[value], 9700, 10300);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(sums_stop_at_never),
      cmocka_unit_test(growth_follows_published_sequences),
      cmocka_unit_test(growth_is_exact_at_every_edge),
      cmocka_unit_test(every_growth_has_its_sequence),
      cmocka_unit_test(jitter_opens_its_window_and_survives_the_cap),
      cmocka_unit_test(decorrelated_grows_from_the_delay_before),
      cmocka_unit_test(the_mean_of_the_jitter_is_that_of_its_window),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
