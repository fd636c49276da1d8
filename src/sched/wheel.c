#include "sched/wheel.h"
#include "sched/list.h"

/* Index of the lowest set bit; `bits` is not 0. */
static unsigned lowest_bit(uint64_t bits) {
#if defined(__GNUC__)
  return (unsigned)__builtin_ctzll(bits);
#else
  unsigned index = 0;
  for (; (bits & 1) == 0; bits >>= 1)
    index++;
  return index;
#endif
}

static unsigned highest_bit(uint64_t bits) {
#if defined(__GNUC__)
  return 63u - (unsigned)__builtin_clzll(bits);
#else
  unsigned index = 0;
  while (bits >>= 1)
    index++;
  return index;
#endif
}

void again_wheel_init(again_wheel *wheel, again_ms now) {
  wheel->now = now;
  for (unsigned level = 0; level < AGAIN_WHEEL_LEVELS; level++) {
    wheel->occupied[level] = 0;
    for (unsigned slot = 0; slot < AGAIN_WHEEL_SLOTS; slot++) {
      again_list_init(&wheel->slots[level][slot]);
    }
  }
}

static void place(again_wheel *wheel, again_timer *timer) {
  again_ms expires = timer->expires > wheel->now ? timer->expires : wheel->now;
  uint64_t difference = expires ^ wheel->now;
  unsigned level = difference == 0 ? 0 : highest_bit(difference) / AGAIN_WHEEL_BITS;
  unsigned slot = (unsigned)(expires >> (level * AGAIN_WHEEL_BITS)) & (AGAIN_WHEEL_SLOTS - 1);
  again_list_append(&wheel->slots[level][slot], &timer->link);
  wheel->occupied[level] |= UINT64_C(1) << slot;
}

void again_wheel_add(again_wheel *wheel, again_timer *timer, again_ms expires) {
  timer->expires = expires;
  if (expires != AGAIN_NEVER) place(wheel, timer);
}

void again_wheel_remove(again_wheel *wheel, again_timer *timer) {
  again_link *next = timer->link.next;
  if (next == NULL) return;
  bool alone = next == timer->link.prev;
  again_list_remove(&timer->link);
  /* A slot whose last timer left must lose its bit; a timer taken over by `due` has no slot. */
  again_link *first = &wheel->slots[0][0];
  if (alone && next >= first && next < first + AGAIN_WHEEL_LEVELS * AGAIN_WHEEL_SLOTS) {
    size_t index = (size_t)(next - first);
    wheel->occupied[index / AGAIN_WHEEL_SLOTS] &= ~(UINT64_C(1) << index % AGAIN_WHEEL_SLOTS);
  }
}

/* The lowest occupied level, or AGAIN_WHEEL_LEVELS. */
static unsigned first_level(const again_wheel *wheel) {
  unsigned level = 0;
  while (level < AGAIN_WHEEL_LEVELS && wheel->occupied[level] == 0)
    level++;
  return level;
}

/* When the first occupied slot of `level` begins. */
static again_ms slot_begin(const again_wheel *wheel, unsigned level, unsigned slot) {
  unsigned shift = level * AGAIN_WHEEL_BITS;
  unsigned above = shift + AGAIN_WHEEL_BITS;
  again_ms upper = above < 64 ? wheel->now >> above << above : 0;
  return upper | (again_ms)slot << shift;
}

again_ms again_wheel_next(const again_wheel *wheel) {
  unsigned level = first_level(wheel);
  if (level == AGAIN_WHEEL_LEVELS) return AGAIN_NEVER;
  return slot_begin(wheel, level, lowest_bit(wheel->occupied[level]));
}

void again_wheel_advance(again_wheel *wheel, again_ms now, again_link *due) {
  for (unsigned level = first_level(wheel); level < AGAIN_WHEEL_LEVELS;
       level = first_level(wheel)) {
    unsigned slot = lowest_bit(wheel->occupied[level]);
    again_ms begin = slot_begin(wheel, level, slot);
    if (begin > now) break;
    wheel->now = begin;
    wheel->occupied[level] &= ~(UINT64_C(1) << slot);
    again_link timers;
    again_list_init(&timers);
    again_list_append_all(&timers, &wheel->slots[level][slot]);
    if (level == 0) {
      again_list_append_all(due, &timers);
    } else {
      while (!again_list_empty(&timers)) {
        again_timer *timer = AGAIN_LIST_ITEM(timers.next, again_timer, link);
        again_list_remove(&timer->link);
        place(wheel, timer);
      }
    }
  }
  if (now > wheel->now) wheel->now = now;
}
