/* Rates as people write them: "500/s", "30/m", "2.5/h". */
#include <again/policy.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

int again_rate_parse(const char *text, uint32_t *rate_pct) {
  uint64_t digits = 0;
  uint64_t scale = 1;
  bool point = false;
  const char *at = text;
  if (!is_digit(*at)) return AGAIN_EFORMAT;
  for (; is_digit(*at) || (*at == '.' && !point && is_digit(at[1])); at++) {
    if (*at == '.') {
      point = true;
      continue;
    }
    if (digits > UINT64_C(1000000000000) || scale > UINT64_C(1000000000)) return AGAIN_EFORMAT;
    digits = digits * 10 + (uint64_t)(*at - '0');
    if (point) scale *= 10;
  }
  if (strcmp(at, "/m") == 0) {
    scale *= 60;
  } else if (strcmp(at, "/h") == 0) {
    scale *= 3600;
  } else if (strcmp(at, "/s") != 0) {
    return AGAIN_EFORMAT;
  }
  if (digits * 100 % scale != 0 || digits * 100 / scale > UINT32_MAX) return AGAIN_EFORMAT;
  *rate_pct = (uint32_t)(digits * 100 / scale);
  return 0;
}

void again_rate_print(uint32_t rate_pct, char *buffer, size_t size) {
  uint32_t hundredths = rate_pct % 100;
  if (hundredths == 0) {
    snprintf(buffer, size, "%" PRIu32 "/s", rate_pct / 100);
  } else if (hundredths % 10 == 0) {
    snprintf(buffer, size, "%" PRIu32 ".%" PRIu32 "/s", rate_pct / 100, hundredths / 10);
  } else {
    snprintf(buffer, size, "%" PRIu32 ".%02" PRIu32 "/s", rate_pct / 100, hundredths);
  }
}
