/* Rates as people write them: "500/s", "30/m", "2.5/h". */
#include "policy/decimal.h"
#include <again/policy.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

int again_rate_parse(const char *text, uint32_t *rate_pct) {
  again_decimal decimal;
  uint64_t per = 0;
  uint64_t rate;
  if (!again_decimal_read(text, &decimal)) return AGAIN_EFORMAT;
  if (strcmp(decimal.unit, "/s") == 0) per = 1;
  if (strcmp(decimal.unit, "/m") == 0) per = 60;
  if (strcmp(decimal.unit, "/h") == 0) per = 3600;
  if (per == 0 || !again_decimal_times(&decimal, 100, per, &rate) || rate > UINT32_MAX) {
    return AGAIN_EFORMAT;
  }
  *rate_pct = (uint32_t)rate;
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
