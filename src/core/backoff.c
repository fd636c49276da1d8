/* How long to wait before retry n: growth, cap, jitter, in saturating integers. */
#include <again/core.h>

again_ms again_ms_add(again_ms a, again_ms b) {
  return a > AGAIN_NEVER - b ? AGAIN_NEVER : a + b;
}

/* a * pct / 100, rounded down, without an overflow on the way. */
static again_ms scale_pct(again_ms a, uint32_t pct) {
  again_ms whole = a / 100;
  if (whole > AGAIN_NEVER / pct - 1) return AGAIN_NEVER;
  return whole * pct + a % 100 * pct / 100;
}

again_ms again_backoff_delay(const again_backoff *backoff, uint32_t n) {
  again_ms delay = backoff->base;
  /* A step that no longer grows (multiplier 100, or rounding) has reached its last value: the loop
     ends after as many steps as the growth takes to reach the cap, not after n. */
  while (n > 1 && delay < backoff->cap) {
    again_ms grown = scale_pct(delay, backoff->multiplier_pct);
    if (grown <= delay) break;
    delay = grown;
    n--;
  }
  return delay < backoff->cap ? delay : backoff->cap;
}

again_ms again_jitter_apply(again_jitter jitter, again_ms delay, uint64_t random) {
  switch (jitter) {
  case AGAIN_JITTER_FULL: return again_random_scale(random, delay);
  case AGAIN_JITTER_EQUAL: return delay - delay / 2 + again_random_scale(random, delay / 2);
  case AGAIN_JITTER_NONE:
  case AGAIN_JITTER_COUNT: break;
  }
  return delay;
}
