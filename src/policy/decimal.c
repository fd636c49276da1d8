#include "policy/decimal.h"

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool again_decimal_read(const char *text, again_decimal *out) {
  *out = (again_decimal){.scale = 1};
  bool point = false;
  const char *at = text;
  if (!is_digit(*at)) return false;
  for (; is_digit(*at) || (*at == '.' && !point && is_digit(at[1])); at++) {
    if (*at == '.') {
      point = true;
      continue;
    }
    uint64_t digit = (uint64_t)(*at - '0');
    if (out->digits > (UINT64_MAX - digit) / 10 || out->scale > UINT64_MAX / 10) return false;
    out->digits = out->digits * 10 + digit;
    if (point) out->scale *= 10;
  }
  out->unit = at;
  return true;
}

bool again_decimal_times(const again_decimal *decimal, uint64_t times, uint64_t per,
                         uint64_t *out) {
  if (decimal->digits > UINT64_MAX / times || decimal->scale > UINT64_MAX / per) return false;
  uint64_t product = decimal->digits * times;
  uint64_t divisor = decimal->scale * per;
  if (product % divisor != 0) return false;
  *out = product / divisor;
  return true;
}
