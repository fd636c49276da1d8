/* Sizes as people write them: "500B", "64KiB", "5MiB", "1.5GiB", "10MB". */
#include <again/policy.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct {
  const char *name;
  uint64_t bytes;
} units[] = {{"GiB", 1073741824}, {"MiB", 1048576}, {"KiB", 1024}, {"B", 1},
             {"GB", 1000000000},  {"MB", 1000000},  {"kB", 1000}};

enum { BINARY = 4, UNITS = sizeof units / sizeof *units };

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

int again_size_parse(const char *text, uint64_t *bytes) {
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
    if (digits > UINT64_MAX / 10 - 1 || scale > UINT64_MAX / 10) return AGAIN_EFORMAT;
    digits = digits * 10 + (uint64_t)(*at - '0');
    if (point) scale *= 10;
  }
  for (size_t i = 0; i < UNITS; i++) {
    if (strcmp(at, units[i].name) != 0) continue;
    if (digits > UINT64_MAX / units[i].bytes || digits * units[i].bytes % scale != 0) {
      return AGAIN_EFORMAT;
    }
    *bytes = digits * units[i].bytes / scale;
    return 0;
  }
  return AGAIN_EFORMAT;
}

void again_size_print(uint64_t bytes, char *buffer, size_t size) {
  size_t unit = 0;
  while (unit < BINARY - 1 && (bytes == 0 || bytes % units[unit].bytes != 0))
    unit++;
  snprintf(buffer, size, "%" PRIu64 "%s", bytes / units[unit].bytes, units[unit].name);
}
