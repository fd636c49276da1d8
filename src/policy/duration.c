/* Durations as people write them: "250ms", "1.5s", "10m", "2h", "1d", "none". */
#include "policy/decimal.h"
#include <again/policy.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct {
  const char *name;
  uint64_t ms;
} units[] = {{"d", 86400000}, {"h", 3600000}, {"m", 60000}, {"s", 1000}, {"ms", 1}};

enum { UNIT_COUNT = sizeof units / sizeof *units };

int again_duration_parse(const char *text, again_ms *duration) {
  again_decimal decimal;
  if (strcmp(text, "none") == 0) {
    *duration = AGAIN_NEVER;
    return 0;
  }
  if (!again_decimal_read(text, &decimal)) return AGAIN_EFORMAT;
  for (size_t i = 0; i < UNIT_COUNT; i++) {
    again_ms ms;
    if (strcmp(decimal.unit, units[i].name) != 0) continue;
    if (!again_decimal_times(&decimal, units[i].ms, 1, &ms) || ms == AGAIN_NEVER) break;
    *duration = ms;
    return 0;
  }
  return AGAIN_EFORMAT;
}

void again_duration_print(again_ms duration, char *buffer, size_t size) {
  if (duration == AGAIN_NEVER) {
    snprintf(buffer, size, "none");
    return;
  }
  size_t unit = 0;
  while (unit < UNIT_COUNT - 1 && (duration == 0 || duration % units[unit].ms != 0))
    unit++;
  snprintf(buffer, size, "%" PRIu64 "%s", duration / units[unit].ms, units[unit].name);
}
