/* The emulator's two clocks. */
#ifndef AGAIN_EMULATOR_CLOCK_H
#define AGAIN_EMULATOR_CLOCK_H

#include <again/core.h>

enum { AGAIN_EMULATOR_DATE_SIZE = 32 };

again_ms again_emulator_monotonic(void);
int64_t again_emulator_wall_ms(void); /* since 1970-01-01 UTC */

/* Writes a Date header's value (IMF-fixdate, RFC 9110 section 5.6.7), whatever the locale. */
void again_emulator_date_print(int64_t seconds, char date[AGAIN_EMULATOR_DATE_SIZE]);

#endif
