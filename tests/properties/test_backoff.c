/* Backoffs and their windows, for any policy and any retry up to 2^32 - 1. */
#include "arbitrary.h"

/* Is `grown` the floor of a * pct / 100? Or, where that is beyond the cap, the cap? By division: no
 * product here may overflow. */
static bool grows_by(again_ms a, uint32_t pct, again_ms grown, again_ms cap) {
  again_ms limit = AGAIN_NEVER / 1000;
  if (a < limit && grown < limit / 100) {
    again_ms product = a * pct;
    return grown == cap ? product / 100 >= cap || grown == a : grown == product / 100;
  }
  /* Beyond that within one in a million, of what 64 bits can hold. */
  long double exact = (long double)a * pct / 100;
  if (exact > (long double)cap) exact = (long double)cap;
  return (long double)grown > exact * 0.999999L - 1 && (long double)grown < exact * 1.000001L + 1;
}

static void check_growth(const again_backoff *backoff, uint32_t n) {
  again_ms now = again_backoff_delay(backoff, n);
  again_ms next = again_backoff_delay(backoff, n + 1);
  again_ms first = again_backoff_delay(backoff, 1);
  again_ms step = backoff->step != 0 ? backoff->step : backoff->base;
  HOLDS(now <= backoff->cap && next <= backoff->cap);
  switch (backoff->growth) {
  case AGAIN_GROWTH_EXPONENTIAL:
    HOLDS(first == backoff->base && next >= now);
    HOLDS(grows_by(now, backoff->multiplier_pct, next, backoff->cap));
    break;
  case AGAIN_GROWTH_CONSTANT: HOLDS(now == backoff->base); break;
  case AGAIN_GROWTH_LINEAR:
    HOLDS(first == backoff->base && next >= now);
    HOLDS(now < backoff->cap ? now - backoff->base == step * (n - 1)
                             : model_times(step, n - 1) >= backoff->cap - backoff->base);
    break;
  case AGAIN_GROWTH_FIBONACCI: {
    again_ms second = again_backoff_delay(backoff, 2);
    again_ms after = again_backoff_delay(backoff, n + 2);
    again_ms sum = again_ms_add(now, next);
    HOLDS(first == backoff->base && second == backoff->base && next >= now);
    HOLDS(after == (sum < backoff->cap ? sum : backoff->cap));
    break;
  }
  case AGAIN_GROWTH_DECORRELATED: HOLDS(now == backoff->cap); break;
  case AGAIN_GROWTH_LIST: {
    again_ms delay = backoff->list[n < backoff->list_count ? n - 1 : backoff->list_count - 1];
    HOLDS(now == (delay < backoff->cap ? delay : backoff->cap));
    break;
  }
  case AGAIN_GROWTH_COUNT: break;
  }
}

enum { GROWTHS = 1000000, WINDOWS = 1000000 };

static void each_growth_keeps_its_law_below_its_cap(void **state) {
  (void)state;
  FOR_CASES(random, GROWTHS) {
    again_ms list[4];
    again_backoff backoff = any_backoff(&random, list);
    uint32_t n = 1 + any_count(&random) % (UINT32_MAX - 2);
    if (any_one_in(&random, 2)) n = 1 + n % 80; /* where it still grows */
    check_growth(&backoff, n);
    HOLDS(again_backoff_delay(&backoff, 0) == again_backoff_delay(&backoff, 1));
    HOLDS(again_backoff_delay(&backoff, UINT32_MAX) <= backoff.cap);
    if (backoff.growth != AGAIN_GROWTH_LIST) {
      HOLDS(again_backoff_delay(&backoff, UINT32_MAX) >= again_backoff_delay(&backoff, n));
    }
  }
}

static void check_window(const again_backoff *backoff, again_ms delay, again_ms previous,
                         again_window window) {
  if (backoff->growth == AGAIN_GROWTH_DECORRELATED) {
    again_ms from = previous > backoff->base ? previous : backoff->base;
    again_ms most = model_times(from, 3);
    HOLDS(window.min == backoff->base);
    HOLDS(window.max == (most < backoff->cap ? most : backoff->cap));
    return;
  }
  again_ms spread = model_share(delay, backoff->jitter_pct);
  switch (backoff->jitter) {
  case AGAIN_JITTER_NONE: HOLDS(window.min == delay && window.max == delay); break;
  case AGAIN_JITTER_FULL: HOLDS(window.min == 0 && window.max == delay); break;
  case AGAIN_JITTER_EQUAL:
    HOLDS(window.max == delay);
    HOLDS(window.min == delay / 2 + delay % 2); /* half, rounded up */
    break;
  case AGAIN_JITTER_PROPORTIONAL:
    HOLDS(window.min == delay - spread);
    HOLDS(window.max == again_ms_add(delay, spread));
    break;
  case AGAIN_JITTER_COUNT: break;
  }
}

/* The jitter is what it would be without a cap, of the capped backoff: no cap takes it away. */
static void each_jitter_opens_its_window_around_the_capped_backoff(void **state) {
  (void)state;
  FOR_CASES(random, WINDOWS) {
    again_ms list[4];
    again_backoff backoff = any_backoff(&random, list);
    uint32_t n = any_count(&random);
    again_ms previous = any_one_in(&random, 4) ? 0 : any_number(&random);
    again_ms delay = again_backoff_delay(&backoff, n);
    again_window window = again_backoff_window(&backoff, n, previous);
    HOLDS(window.min <= window.max);
    HOLDS(window.max <= again_ms_add(backoff.cap, model_share(backoff.cap, backoff.jitter_pct)));
    check_window(&backoff, delay, previous, window);

    again_ms width = window.max - window.min;
    again_ms drawn = again_random_scale(again_random_next(&random), width);
    HOLDS(drawn <= width);
    HOLDS(again_random_scale(0, width) == 0);
    HOLDS(again_random_scale(UINT64_MAX, width) == width);
  }
}

/* The mean delay by the formula of the jitter. */
static long double mean_of(const again_backoff *backoff, again_ms delay, again_ms previous) {
  long double d = (long double)delay;
  if (backoff->growth == AGAIN_GROWTH_DECORRELATED) {
    long double from = (long double)(previous > backoff->base ? previous : backoff->base);
    long double most = from * 3 < (long double)backoff->cap ? from * 3 : (long double)backoff->cap;
    return ((long double)backoff->base + most) / 2;
  }
  switch (backoff->jitter) {
  case AGAIN_JITTER_FULL: return d / 2;
  case AGAIN_JITTER_EQUAL: return d * 3 / 4;
  case AGAIN_JITTER_NONE:
  case AGAIN_JITTER_PROPORTIONAL:
  case AGAIN_JITTER_COUNT: break;
  }
  return d;
}

enum { MEANS = 400, DRAWS = 1000 };

/* As decided: the mean of 1000 delays is off by less than 6 of its standard deviations (and the
 * millisecond that rounding takes), and their mean square says that they are spread evenly. */
static void the_mean_of_the_delays_is_that_of_the_formula(void **state) {
  (void)state;
  FOR_CASES(random, MEANS) {
    again_ms list[4];
    again_policy policy = {
        .throttled = {.backoff = any_common_backoff(&random, list), .max_elapsed = AGAIN_NEVER}};
    const again_backoff *backoff = &policy.throttled.backoff;
    again_verdict verdict = {.error_class = AGAIN_CLASS_THROTTLED};
    again_outcome outcome = {.status = 429};
    uint32_t n = 1 + (uint32_t)any_up_to(&random, 12);
    again_progress progress = {
        .attempts = n, .backoff = any_up_to(&random, 9000), .deadline = AGAIN_NEVER};
    progress.class_attempts[AGAIN_CLASS_THROTTLED] = n;
    again_ms delay = again_backoff_delay(backoff, n);
    again_window window = again_backoff_window(backoff, n, progress.backoff);
    long double mean = mean_of(backoff, delay, progress.backoff);
    long double sum = 0;
    long double squares = 0;
    for (int draw = 0; draw < DRAWS; draw++) {
      again_decision decision =
          again_decide(&policy, &verdict, &outcome, &progress, 1000, again_random_next(&random));
      HOLDS(decision.retry);
      long double off = (long double)(decision.at - 1000) - mean;
      sum += off;
      squares += off * off;
    }
    long double width = (long double)(window.max - window.min) + 1;
    long double variance = width * width / 12;
    HOLDS(sum / DRAWS * (sum / DRAWS) < variance * 36 / DRAWS + 2);
    HOLDS(squares / DRAWS < variance * 1.25L + 3 && squares / DRAWS > variance * 0.8L - 3);
  }
}

static void sums_saturate(void **state) {
  (void)state;
  FOR_CASES(random, 200000) {
    again_ms a = any_number(&random);
    again_ms b = any_number(&random);
    again_ms sum = again_ms_add(a, b);
    HOLDS(sum >= a && sum >= b && sum == again_ms_add(b, a));
    HOLDS(sum == AGAIN_NEVER ? a >= AGAIN_NEVER - b : sum - a == b);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_growth_keeps_its_law_below_its_cap),
      cmocka_unit_test(each_jitter_opens_its_window_around_the_capped_backoff),
      cmocka_unit_test(the_mean_of_the_delays_is_that_of_the_formula),
      cmocka_unit_test(sums_saturate),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
