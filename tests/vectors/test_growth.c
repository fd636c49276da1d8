/* Backoffs without jitter that other libraries publish in their tests, through again_decide: the
 * delay before retry n. Their units (mostly seconds) are our milliseconds where nothing else is
 * said. */
#include "vectors.h"

typedef struct point {
  uint32_t n; /* of the retry, from 1 */
  again_ms delay;
} point;

/* The delay before retry n. The hint is a floor, which some of them have. */
static again_ms delay_of(const again_backoff *backoff, uint32_t n, again_ms hint) {
  again_policy policy = {.retryable = {.backoff = *backoff, .max_elapsed = AGAIN_NEVER},
                         .hint_cap = AGAIN_NEVER};
  again_verdict verdict = {.error_class = AGAIN_CLASS_RETRYABLE};
  again_outcome outcome = {.status = 503, .hint = hint};
  again_progress progress = {.attempts = n, .deadline = AGAIN_NEVER};
  progress.class_attempts[AGAIN_CLASS_RETRYABLE] = n;
  again_decision decision = again_decide(&policy, &verdict, &outcome, &progress, 0, 0);
  assert_true(decision.retry);
  return decision.at;
}

typedef struct sequence {
  vector_id id;
  again_backoff backoff;
  again_ms floor;
  again_ms out[10]; /* of retries 1, 2, 3 ...; ends at 0 */
  point more;       /* if n is not 0 */
} sequence;

static void check(const sequence *rows, size_t count) {
  for (size_t i = 0; i < count; i++) {
    for (uint32_t n = 1; n <= COUNT_OF(rows[i].out) && rows[i].out[n - 1] != 0; n++) {
      assert_int_equal(delay_of(&rows[i].backoff, n, rows[i].floor), rows[i].out[n - 1]);
      vector_holds(rows[i].id);
    }
    if (rows[i].more.n != 0) {
      again_ms delay = delay_of(&rows[i].backoff, rows[i].more.n, rows[i].floor);
      assert_int_equal(delay, rows[i].more.delay);
      vector_holds(rows[i].id);
    }
  }
}

#define EXPONENTIAL(base_, cap_, pct)                                                              \
  { .base = (base_), .cap = (cap_), .multiplier_pct = (pct) }
#define NO_CAP (AGAIN_NEVER - 1)

static void exponential_is_that_of_others(void **state) {
  (void)state;
  static const sequence rows[] = {
      {.id = VECTOR_cenkalti,
       .backoff = EXPONENTIAL(500, 5000, 200),
       .out = {500, 1000, 2000, 4000, 5000, 5000, 5000, 5000, 5000, 5000}},
      /* Its table is in seconds with three digits, 1.6875 cut to 1.687; ours is cut at every step. */
      {.id = VECTOR_cenkalti_doc,
       .backoff = EXPONENTIAL(500, 900000, 150),
       .out = {500, 750, 1125, 1687, 2530, 3795, 5692, 8538, 12807}},
      {.id = VECTOR_kafka, .backoff = EXPONENTIAL(100, 400, 200), .out = {100, 200, 400, 400}},
  };
  check(rows, COUNT_OF(rows));
}

/* Source: go-retryablehttp TestBackoff; it counts from 0, and in seconds. */
static void exponential_is_that_of_go_retryablehttp(void **state) {
  (void)state;
  static const point points[] = {{0, 1}, {1, 2}, {2, 4}, {3, 8}, {63, 300}, {128, 300}};
  again_backoff backoff = EXPONENTIAL(1000, 300000, 200);
  for (size_t i = 0; i < COUNT_OF(points); i++) {
    assert_int_equal(delay_of(&backoff, points[i].n + 1, 0), points[i].delay * 1000);
    vector_holds(VECTOR_retryablehttp);
  }
}

/* Source: tenacity wait_exponential(multiplier, min, max), wait_incrementing, and
 * wait_exponential_jitter with a jitter of 0. A backoff here has no least value but its base; tenacity's
 * min, which holds a delay up and does not shift the growth, is what a hint is. */
static void waits_are_those_of_tenacity(void **state) {
  (void)state;
  static const sequence rows[] = {
      {.id = VECTOR_tenacity,
       .backoff = EXPONENTIAL(1, NO_CAP, 200),
       .out = {1, 2, 4, 8, 16, 32, 64, 128}},
      {.id = VECTOR_tenacity,
       .backoff = EXPONENTIAL(1, 40, 200),
       .out = {1, 2, 4, 8, 16, 32, 40, 40},
       .more = {50, 40}},
      {.id = VECTOR_tenacity,
       .backoff = EXPONENTIAL(1, NO_CAP, 200),
       .floor = 20,
       .out = {20, 20, 20, 20, 20, 32, 64, 128},
       .more = {20, 524288}},
      {.id = VECTOR_tenacity,
       .backoff = EXPONENTIAL(1, 50, 200),
       .out = {1, 2, 4, 8, 16, 32, 50, 50}},
      {.id = VECTOR_tenacity,
       .backoff = EXPONENTIAL(2, NO_CAP, 200),
       .floor = 20,
       .out = {20, 20, 20, 20, 32, 64, 128, 256},
       .more = {20, 1048576}},
      {.id = VECTOR_tenacity,
       .backoff = EXPONENTIAL(1, 100, 200),
       .floor = 10,
       .out = {10, 10, 10, 10, 16, 32, 64, 100, 100},
       .more = {20, 100}},
      /* multiplier 1e300 with max 1e-100: what is beyond all measure is the cap. No policy file can
         say so (cap >= base), but a policy made by hand can. */
      {.id = VECTOR_tenacity, .backoff = EXPONENTIAL(AGAIN_NEVER, 1, 200), .out = {1}},
      {.id = VECTOR_tenacity,
       .backoff = {.base = 500, .cap = NO_CAP, .step = 100, .growth = AGAIN_GROWTH_LINEAR},
       .out = {500, 600, 700}},
      {.id = VECTOR_tenacity, .backoff = EXPONENTIAL(10, 60, 200), .out = {10, 20, 40}},
  };
  check(rows, COUNT_OF(rows));
}

/* Source: Polly RetryHelperTests without jitter; Vector, Fibonacci backoff. */
static void growths_are_those_of_polly_and_vector(void **state) {
  (void)state;
  static const sequence rows[] = {
      {.id = VECTOR_polly_plain,
       .backoff = {.base = 1, .cap = NO_CAP, .growth = AGAIN_GROWTH_CONSTANT},
       .out = {1, 1, 1}},
      {.id = VECTOR_polly_plain,
       .backoff = {.base = 1, .cap = NO_CAP, .growth = AGAIN_GROWTH_LINEAR},
       .out = {1, 2, 3}},
      {.id = VECTOR_polly_plain, .backoff = EXPONENTIAL(1, NO_CAP, 200), .out = {1, 2, 4}},
      {.id = VECTOR_vector_fibonacci,
       .backoff = {.base = 1, .cap = 10, .growth = AGAIN_GROWTH_FIBONACCI},
       .out = {1, 1, 2, 3, 5, 8, 10, 10}},
  };
  check(rows, COUNT_OF(rows));
}

/* Source: azure-sdk-for-c test_az_iot_common.c, az_iot_calculate_retry_delay: min(min_delay * 2^n +
 * random, max_delay), less what the operation took. Its exponential is ours. Two things are not, and
 * we keep our reading:
 *  - it caps after the jitter, so at the cap all wait equally long (the fourth row: 9995 whatever is
 *    drawn); ours caps before, and the window stays open;
 *  - it counts from the start of the operation, so a slow failure is tried again at once; ours counts
 *    from its end, so a slow service gets the same rest. */
static void exponential_is_that_of_azure_iot(void **state) {
  (void)state;
  static const struct {
    again_ms operation;
    uint32_t attempt; /* from 0 */
    again_ms min;
    again_ms max;
    again_ms random;
    again_ms out;
  } rows[] = {
      {5, 1, 500, 100000, 1234, 2229},
      {5000, 1, 500, 100000, 4321, 321},
      {10000, 1, 500, 100000, 4321, 0},
      {5, 5, 500, 10000, 4321, 9995},
      {INT32_MAX - 1, 32766, INT32_MAX - 1, INT32_MAX - 1, INT32_MAX - 1, 0},
      {0, 32766, INT32_MAX - 1, INT32_MAX - 1, INT32_MAX - 1, INT32_MAX - 1},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    again_backoff backoff = EXPONENTIAL(rows[i].min, rows[i].max, 200);
    again_ms delay = delay_of(&backoff, rows[i].attempt + 1, 0) + rows[i].random;
    if (delay > rows[i].max) delay = rows[i].max;
    assert_int_equal(delay > rows[i].operation ? delay - rows[i].operation : 0, rows[i].out);
    vector_holds(VECTOR_azure_iot);
  }
  again_backoff at_cap = EXPONENTIAL(500, 10000, 200);
  at_cap.jitter = AGAIN_JITTER_FULL;
  assert_int_equal(again_backoff_window(&at_cap, 6, 0).min, 0);
  assert_int_equal(again_backoff_window(&at_cap, 6, 0).max, 10000);
}

int vectors_growth(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(exponential_is_that_of_others),
      cmocka_unit_test(exponential_is_that_of_go_retryablehttp),
      cmocka_unit_test(waits_are_those_of_tenacity),
      cmocka_unit_test(growths_are_those_of_polly_and_vector),
      cmocka_unit_test(exponential_is_that_of_azure_iot),
  };
  return cmocka_run_group_tests_name("growth", tests, NULL, NULL);
}
