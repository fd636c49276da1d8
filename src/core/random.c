/* SplitMix64, and scaling without division. */
#include <again/core.h>

uint64_t again_random_next(again_random *random) {
  uint64_t z = (random->state += UINT64_C(0x9E3779B97F4A7C15));
  z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
  return z ^ (z >> 31);
}

/* The upper 64 bits of a * b, by 32-bit halves: ISO C11 has no 128-bit integer. */
static uint64_t multiply_high(uint64_t a, uint64_t b) {
  uint64_t a_low = a & UINT32_MAX;
  uint64_t a_high = a >> 32;
  uint64_t b_low = b & UINT32_MAX;
  uint64_t b_high = b >> 32;
  uint64_t middle = a_high * b_low + ((a_low * b_low) >> 32);
  uint64_t carry = (middle & UINT32_MAX) + a_low * b_high;
  return a_high * b_high + (middle >> 32) + (carry >> 32);
}

uint64_t again_random_scale(uint64_t random, uint64_t limit) {
  if (limit == UINT64_MAX) return random;
  return multiply_high(random, limit + 1);
}
