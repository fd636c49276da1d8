/* A hierarchical timing wheel (G. Varghese, T. Lauck: "Hashed and Hierarchical Timing Wheels",
 * SOSP 1987), exact to the millisecond over all 64 bits, intrusive: it never allocates.
 *
 * Level k has 64 slots of 64^k ms. A timer's level is the highest group of six bits in which its
 * time differs from the wheel's; its slot is the value of that group. So every timer of a level is
 * due before every timer of a higher one, the first occupied slot of the lowest occupied level is
 * the next to look at, and finding it is two bit scans. When the wheel's time enters a slot of a
 * higher level, its timers move down, in their order.
 *
 * Equal times fire in the order in which they were added: until the wheel enters their common slot
 * they are in the same list, whenever they were added, and they leave it together. */
#ifndef AGAIN_SCHED_WHEEL_H
#define AGAIN_SCHED_WHEEL_H

#include <again/sched.h>

enum { AGAIN_WHEEL_BITS = 6, AGAIN_WHEEL_SLOTS = 64, AGAIN_WHEEL_LEVELS = 11 };

typedef struct again_wheel {
  again_ms now;
  uint64_t occupied[AGAIN_WHEEL_LEVELS];
  again_link slots[AGAIN_WHEEL_LEVELS][AGAIN_WHEEL_SLOTS];
} again_wheel;

void again_wheel_init(again_wheel *wheel, again_ms now);

/* Adds a timer that is not in the wheel. A time that has passed is due at once. AGAIN_NEVER is not
 * kept: the timer stays out of the wheel. */
void again_wheel_add(again_wheel *wheel, again_timer *timer, again_ms expires);

/* Takes a timer out, if it is in. */
void again_wheel_remove(again_wheel *wheel, again_timer *timer);

/* The time at which the wheel must next be advanced: never later than its first timer, earlier only
 * where timers must move down first. AGAIN_NEVER: it is empty. */
again_ms again_wheel_next(const again_wheel *wheel);

/* Advances to `now` and appends the links of all timers due to `due`, ordered by time. */
void again_wheel_advance(again_wheel *wheel, again_ms now, again_link *due);

#endif
