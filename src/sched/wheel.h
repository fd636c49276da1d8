/* A hierarchical timing wheel (G. Varghese, T. Lauck: "Hashed and Hierarchical Timing Wheels",
 * SOSP 1987), exact to the millisecond over all 64 bits.
 *
 * Level k has 64 slots of 64^k ms. A timer's level is the highest group of six bits in which its
 * time differs from the wheel's; its slot is the value of that group. So every timer of a level is
 * due before every timer of a higher one, the first occupied slot of the lowest occupied level is
 * the next to look at, and finding it is two bit scans. When the wheel's time enters a slot of a
 * higher level, its timers move down, in their order.
 *
 * Equal times fire in the order in which they were added: until the wheel enters their common slot
 * they are in the same queue, whenever they were added, and they leave it together.
 *
 * Timers live in the caller's memory; the wheel has an entry of 8 bytes for each (slots.h). Memory
 * for entries is taken by again_wheel_reserve alone: nothing else allocates, so nothing else can
 * fail. */
#ifndef AGAIN_SCHED_WHEEL_H
#define AGAIN_SCHED_WHEEL_H

#include "sched/slots.h"

enum {
  AGAIN_WHEEL_BITS = 6,
  AGAIN_WHEEL_SLOTS = 64,
  AGAIN_WHEEL_LEVELS = 11,
  AGAIN_WHEEL_ALL_SLOTS = AGAIN_WHEEL_LEVELS * AGAIN_WHEEL_SLOTS,
  /* Only level 0 has timers in the slot of the wheel's time, and none is behind it; the last level
   * has four bits. */
  AGAIN_WHEEL_MOST_OCCUPIED = 64 + 9 * 63 + 15
};

typedef struct again_wheel {
  again_ms now;
  uint64_t occupied[AGAIN_WHEEL_LEVELS];
  size_t count;    /* timers in the wheel */
  size_t reserved; /* how many can be in it */
  unsigned asked;  /* the slot whose holes were looked at last */
  again_pool pool;
  again_slot slots[AGAIN_WHEEL_ALL_SLOTS];
} again_wheel;

/* The wheel is empty and can hold nothing yet. NULL: memory of the C library. */
void again_wheel_init(again_wheel *wheel, const again_allocator *allocator, again_ms now);

/* Frees the wheel's own memory. The timers in it are forgotten, not touched. */
void again_wheel_fini(again_wheel *wheel);

/* From now on `count` timers can be in the wheel at once. What is there grows by a quarter at
 * least, so asking for one more each time is cheap. AGAIN_ENOMEM: nothing has changed. */
int again_wheel_reserve(again_wheel *wheel, size_t count);

/* Adds a timer that is not in the wheel; room for it must be reserved. A time that has passed is
 * due at once, behind all that is due at the wheel's time. AGAIN_NEVER is not kept: the timer stays
 * out of the wheel. */
void again_wheel_add(again_wheel *wheel, again_timer *timer, again_ms expires);

/* Takes a timer out, if it is in. Its memory is not referred to any more. */
void again_wheel_remove(again_wheel *wheel, again_timer *timer);

/* The time at which the wheel must next be asked: never later than its first timer, earlier only
 * where timers must move down first. AGAIN_NEVER: it is empty. */
again_ms again_wheel_next(const again_wheel *wheel);

/* Takes out the next timer that is due at `now`, by time and then in the order of adding. NULL:
 * there is none, and the wheel's time is `now`. Between two calls timers may be added and removed:
 * what is added and due comes in its turn, what was due at a time already passed at the wheel's. A
 * caller may stop before NULL and go on later. */
again_timer *again_wheel_pop(again_wheel *wheel, again_ms now);

/* Is it in the wheel? */
static inline bool again_timer_set(const again_timer *timer) {
  return timer->entry != NULL;
}

/* Which slot a timer with this time is in. */
size_t again_wheel_slot_of(const again_wheel *wheel, again_ms expires);

/* How many chunks `count` timers may need at once, whatever they are. */
size_t again_wheel_chunks(size_t count);

/* Is everything in the wheel as it must be? If not, `why` says in words what is broken (cut to
 * `size`). Looks at every timer: for tests. */
bool again_wheel_check(const again_wheel *wheel, char *why, size_t size);

#endif
