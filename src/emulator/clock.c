#include "emulator/clock.h"
#include <stdio.h>
#include <time.h>

static int64_t read_ms(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

again_ms again_emulator_monotonic(void) {
  return (again_ms)read_ms(CLOCK_MONOTONIC);
}

int64_t again_emulator_wall_ms(void) {
  return read_ms(CLOCK_REALTIME);
}

void again_emulator_date_print(int64_t seconds, char date[AGAIN_EMULATOR_DATE_SIZE]) {
  static const char days[][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  time_t time = (time_t)seconds;
  struct tm at;
  date[0] = '\0';
  if (gmtime_r(&time, &at) == NULL || at.tm_year > 8099 || at.tm_year < -1900) return;
  snprintf(date, AGAIN_EMULATOR_DATE_SIZE, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[at.tm_wday],
           at.tm_mday, months[at.tm_mon], at.tm_year + 1900, at.tm_hour, at.tm_min, at.tm_sec);
}
