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
      {"Kafka ExponentialBackoffTest", {100, 400, 200, AGAIN_JITTER_NONE}, {100, 200, 400, 400}},
      {"cenkalti/backoff exponential_test.go",
       {500, 5000, 200, AGAIN_JITTER_NONE},
       {500, 1000, 2000, 4000, 5000, 5000, 5000, 5000, 5000, 5000}},
      /* Its table is in seconds with three digits, 1.6875 cut to 1.687: ours is cut at every step. */
      {"cenkalti/backoff documentation",
       {500, 900000, 150, AGAIN_JITTER_NONE},
       {500, 750, 1125, 1687, 2530, 3795, 5692, 8538, 12807}},
      {"tenacity wait_exponential",
       {1, AGAIN_NEVER, 200, AGAIN_JITTER_NONE},
       {1, 2, 4, 8, 16, 32, 64, 128}},
      {"tenacity wait_exponential(max=40)",
       {1, 40, 200, AGAIN_JITTER_NONE},
       {1, 2, 4, 8, 16, 32, 40, 40}},
      {"go-retryablehttp TestBackoff",
       {1000, 300000, 200, AGAIN_JITTER_NONE},
       {1000, 2000, 4000, 8000}},
      {"Polly, constant", {1000, 1000, 100, AGAIN_JITTER_NONE}, {1000, 1000, 1000}},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    for (uint32_t n = 1; n <= 10 && rows[i].expected[n - 1] != 0; n++) {
      assert_int_equal(again_backoff_delay(&rows[i].backoff, n), rows[i].expected[n - 1]);
    }
  }
}

static void growth_is_exact_at_every_edge(void **state) {
  (void)state;
  again_backoff backoff = {1, AGAIN_NEVER, 200, AGAIN_JITTER_NONE};
  assert_true(again_backoff_delay(&backoff, 64) == UINT64_C(1) << 63);
  assert_true(again_backoff_delay(&backoff, 65) == AGAIN_NEVER);
  assert_true(again_backoff_delay(&backoff, UINT32_MAX) == AGAIN_NEVER);
  backoff.cap = 300000; /* go-retryablehttp: n = 63 and 128 give the cap */
  assert_int_equal(again_backoff_delay(&backoff, 63), 300000);
  assert_int_equal(again_backoff_delay(&backoff, UINT32_MAX), 300000);
  backoff = (again_backoff){7, 1000, 100, AGAIN_JITTER_NONE};
  assert_int_equal(again_backoff_delay(&backoff, UINT32_MAX), 7);
  backoff = (again_backoff){1, 1000, 150, AGAIN_JITTER_NONE}; /* 1 * 1.5 rounds down to 1 */
  assert_int_equal(again_backoff_delay(&backoff, UINT32_MAX), 1);
  backoff = (again_backoff){AGAIN_NEVER - 1, AGAIN_NEVER, 1000, AGAIN_JITTER_NONE};
  assert_true(again_backoff_delay(&backoff, 2) == AGAIN_NEVER);
  backoff = (again_backoff){500, 30000, 200, AGAIN_JITTER_NONE};
  assert_int_equal(again_backoff_delay(&backoff, 0), 500);
}

static void jitter_spans_its_window_and_survives_the_cap(void **state) {
  (void)state;
  assert_int_equal(again_jitter_apply(AGAIN_JITTER_NONE, 1000, 42), 1000);
  assert_int_equal(again_jitter_apply(AGAIN_JITTER_FULL, 1000, 0), 0);
  assert_int_equal(again_jitter_apply(AGAIN_JITTER_FULL, 1000, UINT64_MAX), 1000);
  assert_int_equal(again_jitter_apply(AGAIN_JITTER_EQUAL, 1000, 0), 500);
  assert_int_equal(again_jitter_apply(AGAIN_JITTER_EQUAL, 1001, 0), 501);
  assert_int_equal(again_jitter_apply(AGAIN_JITTER_EQUAL, 1001, UINT64_MAX), 1001);
  assert_true(again_jitter_apply(AGAIN_JITTER_FULL, AGAIN_NEVER, UINT64_MAX) == AGAIN_NEVER);

  again_backoff backoff = {100, 400, 200, AGAIN_JITTER_FULL};
  again_random random = {7};
  again_ms least = AGAIN_NEVER;
  again_ms most = 0;
  for (int i = 0; i < 10000; i++) {
    again_ms delay = again_jitter_apply(backoff.jitter, again_backoff_delay(&backoff, 50),
                                        again_random_next(&random));
    if (delay < least) least = delay;
    if (delay > most) most = delay;
  }
  assert_int_equal(least, 0);
  assert_int_equal(most, 400);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(sums_stop_at_never),
      cmocka_unit_test(growth_follows_published_sequences),
      cmocka_unit_test(growth_is_exact_at_every_edge),
      cmocka_unit_test(jitter_spans_its_window_and_survives_the_cap),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
