/* Durations as people write them: "250ms", "1.5s", "10m", "2h", "1d", "none". */
#include <again/policy.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct {
  const char *name;
  uint64_t ms;
} units[] = {{"d", 86400000}, {"h", 3600000}, {"m", 60000}, {"s", 1000}, {"ms", 1}};

enum { UNIT_COUNT = sizeof units / sizeof *units };

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

int again_duration_parse(const char *text, again_ms *duration) {
  if (strcmp(text, "none") == 0) {
    *duration = AGAIN_NEVER;
    return 0;
  }
  uint64_t digits = 0;
  uint64_t scale = 1; /* ten to the power of the digits behind the point */
  bool point = false;
  const char *at = text;
  if (!is_digit(*at)) return AGAIN_EFORMAT;
  for (; is_digit(*at) || (*at == '.' && !point && is_digit(at[1])); at++) {
    if (*at == '.') {
      point = true;
      continue;
    }
    uint64_t digit = (uint64_t)(*at - '0');
    if (digits > (UINT64_MAX - digit) / 10 || scale > UINT64_MAX / 10) return AGAIN_EFORMAT;
    digits = digits * 10 + digit;
    if (point) scale *= 10;
  }
  for (size_t i = 0; i < UNIT_COUNT; i++) {
    if (strcmp(at, units[i].name) != 0) continue;
    if (digits > UINT64_MAX / units[i].ms) return AGAIN_EFORMAT;
    uint64_t scaled = digits * units[i].ms;
    if (scaled % scale != 0 || scaled / scale == AGAIN_NEVER) return AGAIN_EFORMAT;
    *duration = scaled / scale;
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
