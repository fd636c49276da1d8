/* How long to wait before retry n: growth, cap, jitter, in saturating integers. */
#include <again/core.h>

again_ms again_ms_add(again_ms a, again_ms b) {
  return a > AGAIN_NEVER - b ? AGAIN_NEVER : a + b;
}

static again_ms multiply(again_ms a, uint64_t b) {
  return b != 0 && a > AGAIN_NEVER / b ? AGAIN_NEVER : a * b;
}

/* a * pct / 100, rounded down, without an overflow on the way. */
static again_ms scale_pct(again_ms a, uint32_t pct) {
  return again_ms_add(multiply(a / 100, pct), a % 100 * pct / 100);
}

static again_ms exponential(const again_backoff *backoff, uint32_t n) {
  again_ms delay = backoff->base;
  /* A step that no longer grows (multiplier 100, or rounding) has reached its last value: the loop
     ends after as many steps as the growth takes to reach the cap, not after n. */
  while (n > 1 && delay < backoff->cap) {
    again_ms grown = scale_pct(delay, backoff->multiplier_pct);
    if (grown <= delay) break;
    delay = grown;
    n--;
  }
  return delay;
}

static again_ms fibonacci(const again_backoff *backoff, uint32_t n) {
  again_ms before = 0;
  again_ms delay = backoff->base;
  for (; n > 1 && delay < backoff->cap; n--) {
    again_ms next = again_ms_add(before, delay);
    before = delay;
    delay = next;
  }
  return delay;
}

static again_ms uncapped(const again_backoff *backoff, uint32_t n) {
  if (n == 0) n = 1;
  switch (backoff->growth) {
  case AGAIN_GROWTH_EXPONENTIAL: return exponential(backoff, n);
  case AGAIN_GROWTH_LINEAR:
    return again_ms_add(backoff->base,
                        multiply(backoff->step != 0 ? backoff->step : backoff->base, n - 1));
  case AGAIN_GROWTH_FIBONACCI: return fibonacci(backoff, n);
  case AGAIN_GROWTH_DECORRELATED: return AGAIN_NEVER;
  case AGAIN_GROWTH_LIST:
    if (backoff->list_count == 0) break;
    return backoff->list[n <= backoff->list_count ? n - 1 : backoff->list_count - 1];
  case AGAIN_GROWTH_CONSTANT:
  case AGAIN_GROWTH_COUNT: break;
  }
  return backoff->base;
}

again_ms again_backoff_delay(const again_backoff *backoff, uint32_t n) {
  again_ms delay = uncapped(backoff, n);
  return delay < backoff->cap ? delay : backoff->cap;
}

again_window again_backoff_window(const again_backoff *backoff, uint32_t n, again_ms previous) {
  again_ms delay = again_backoff_delay(backoff, n);
  if (backoff->growth == AGAIN_GROWTH_DECORRELATED) {
    again_ms grown = multiply(previous > backoff->base ? previous : backoff->base, 3);
    return (again_window){backoff->base, grown < delay ? grown : delay};
  }
  switch (backoff->jitter) {
  case AGAIN_JITTER_FULL: return (again_window){0, delay};
  case AGAIN_JITTER_EQUAL: return (again_window){delay - delay / 2, delay};
  case AGAIN_JITTER_PROPORTIONAL: {
    again_ms spread = scale_pct(delay, backoff->jitter_pct);
    return (again_window){delay - spread, again_ms_add(delay, spread)};
  }
  case AGAIN_JITTER_NONE:
  case AGAIN_JITTER_COUNT: break;
  }
  return (again_window){delay, delay};
}
