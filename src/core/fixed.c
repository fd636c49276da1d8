/* Powers of two and logarithms in integers. */
#include "core/fixed.h"

/* 2^f for f in [0, 1), in Q32 from Q32: the polynomial of degree 5 through the Chebyshev-Lobatto
 * points of [0, 1], its coefficients rounded so that they sum to 1 and the pieces join. */
static uint64_t mantissa(uint64_t f) {
  static const uint64_t coefficients[] = {8139424, 38482426, 239813881, 1031469620, 2977061945};
  uint64_t sum = 0;
  for (int i = 0; i < 5; i++)
    sum = (coefficients[i] + sum) * f >> 32;
  return (UINT64_C(1) << 32) + sum;
}

uint64_t again_fixed_scale(uint64_t value, int32_t exponent) {
  uint32_t fraction = (uint32_t)exponent & (AGAIN_FIXED_ONE - 1);
  int64_t whole = ((int64_t)exponent - fraction) / AGAIN_FIXED_ONE;
  uint64_t m = mantissa((uint64_t)fraction << 8);
  if (value >> 63 != 0) { /* 2 * value, a bound of the product below, is beyond 64 bits */
    if (exponent == 0) return value;
    return whole > 0 ? UINT64_MAX : again_fixed_scale(value >> 1, exponent + AGAIN_FIXED_ONE);
  }
  uint64_t scaled = (value >> 32) * m + ((value & UINT32_MAX) * m >> 32);
  if (whole < 0) return whole > -64 ? scaled >> -whole : 0;
  if (scaled == 0) return 0;
  return whole < 64 && scaled <= UINT64_MAX >> whole ? scaled << whole : UINT64_MAX;
}

int32_t again_fixed_log2(uint64_t value) {
  if (value == 0) return 0;
  int32_t whole = 63;
  for (; value >> 63 == 0; whole--)
    value <<= 1;
  /* value / 2^63 is in [1, 2): squaring it moves one binary digit of its logarithm to the front. */
  uint64_t m = value >> 32;
  int32_t log = whole;
  for (int i = 0; i < 24; i++) {
    m = m * m >> 31;
    log = log * 2 + (int32_t)(m >> 32);
    if (m >> 32 != 0) m >>= 1;
  }
  return log;
}
