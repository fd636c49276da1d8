/* Sizes as people write them: "500B", "64KiB", "5MiB", "1.5GiB", "10MB". */
#include "policy/decimal.h"
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

int again_size_parse(const char *text, uint64_t *bytes) {
  again_decimal decimal;
  if (!again_decimal_read(text, &decimal)) return AGAIN_EFORMAT;
  for (size_t i = 0; i < UNITS; i++) {
    if (strcmp(decimal.unit, units[i].name) != 0) continue;
    return again_decimal_times(&decimal, units[i].bytes, 1, bytes) ? 0 : AGAIN_EFORMAT;
  }
  return AGAIN_EFORMAT;
}

void again_size_print(uint64_t bytes, char *buffer, size_t size) {
  size_t unit = 0;
  while (unit < BINARY - 1 && (bytes == 0 || bytes % units[unit].bytes != 0))
    unit++;
  snprintf(buffer, size, "%" PRIu64 "%s", bytes / units[unit].bytes, units[unit].name);
}
