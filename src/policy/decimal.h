/* Decimal numbers in front of a unit: "1.5" of "1.5s", exact, without floating point. */
#ifndef AGAIN_POLICY_DECIMAL_H
#define AGAIN_POLICY_DECIMAL_H

#include <stdbool.h>
#include <stdint.h>

typedef struct again_decimal {
  uint64_t digits;
  uint64_t scale;   /* ten to the power of the digits behind the point */
  const char *unit; /* what stands behind the number */
} again_decimal;

/* Digits, with a point only between digits. False if there is none, or too many for 64 bits. */
bool again_decimal_read(const char *text, again_decimal *out);

/* digits / scale * times / per; false if that is no whole number, or too large. */
bool again_decimal_times(const again_decimal *decimal, uint64_t times, uint64_t per, uint64_t *out);

#endif
