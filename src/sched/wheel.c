#include "sched/wheel.h"
#include <assert.h>

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

void again_wheel_init(again_wheel *wheel, const again_allocator *allocator, again_ms now) {
  *wheel = (again_wheel){.now = now, .pool.allocator = allocator};
}

void again_wheel_fini(again_wheel *wheel) {
  again_pool_fini(&wheel->pool);
  again_wheel_init(wheel, wheel->pool.allocator, wheel->now);
}

/* If no slot is crowded, each has fewer than 3/2 n / E + 1 chunks for its n timers, where E is entries
 * per chunk. When a slot's timers move down, they come without holes: its remaining chunks and
 * those written lower down keep within the same sum, but for the one that is being read and one
 * for rounding. One more is the popped part of the slot that is firing. */
size_t again_wheel_chunks(size_t count) {
  size_t slots = count < AGAIN_WHEEL_MOST_OCCUPIED ? count : AGAIN_WHEEL_MOST_OCCUPIED;
  return count / (2 * AGAIN_CHUNK_ENTRIES) * 3 + 3 + slots + 3;
}

int again_wheel_reserve(again_wheel *wheel, size_t count) {
  if (count <= wheel->reserved) return 0;
  size_t more = wheel->reserved + wheel->reserved / 4;
  if (count < more) count = more;
  if (count > UINT32_MAX) return AGAIN_ENOMEM;
  int result = again_pool_reserve(&wheel->pool, again_wheel_chunks(count));
  if (result == 0) wheel->reserved = count;
  return result;
}

static inline size_t slot_of(const again_wheel *wheel, again_ms expires) {
  if (expires < wheel->now) expires = wheel->now;
  uint64_t difference = expires ^ wheel->now;
  unsigned level = difference == 0 ? 0 : highest_bit(difference) / AGAIN_WHEEL_BITS;
  unsigned slot = (unsigned)(expires >> (level * AGAIN_WHEEL_BITS)) & (AGAIN_WHEEL_SLOTS - 1);
  return level * AGAIN_WHEEL_SLOTS + slot;
}

size_t again_wheel_slot_of(const again_wheel *wheel, again_ms expires) {
  return slot_of(wheel, expires);
}

/* All chunks are used, so some slot is crowded: see again_wheel_chunks. Slots are asked in turn. */
static void make_room(again_wheel *wheel) {
  for (unsigned asked = 0; asked < AGAIN_WHEEL_ALL_SLOTS; asked++) {
    wheel->asked = (wheel->asked + 1) % AGAIN_WHEEL_ALL_SLOTS;
    again_slot *slot = &wheel->slots[wheel->asked];
    if (!again_slot_crowded(slot)) continue;
    again_slot_squeeze(slot, &wheel->pool);
    return;
  }
  assert(false);
}

static void place(again_wheel *wheel, again_timer *timer) {
  if (wheel->pool.used == wheel->pool.chunks) make_room(wheel);
  size_t index = slot_of(wheel, timer->expires);
  again_slot_append(&wheel->slots[index], &wheel->pool, timer);
  wheel->occupied[index / AGAIN_WHEEL_SLOTS] |= UINT64_C(1) << index % AGAIN_WHEEL_SLOTS;
}

static void clear_bit(again_wheel *wheel, size_t index) {
  wheel->occupied[index / AGAIN_WHEEL_SLOTS] &= ~(UINT64_C(1) << index % AGAIN_WHEEL_SLOTS);
}

void again_wheel_add(again_wheel *wheel, again_timer *timer, again_ms expires) {
  timer->expires = expires;
  if (expires == AGAIN_NEVER) return;
  assert(wheel->count < wheel->reserved);
  place(wheel, timer);
  wheel->count++;
}

/* The slot is found by the time alone: until the wheel enters a slot, the highest group of bits in
 * which its timers differ from the wheel's time does not change. */
void again_wheel_remove(again_wheel *wheel, again_timer *timer) {
  if (timer->entry == NULL) return;
  size_t index = slot_of(wheel, timer->expires);
  again_slot *slot = &wheel->slots[index];
  wheel->count--;
  again_slot_remove(slot, &wheel->pool, timer);
  if (slot->live == 0) clear_bit(wheel, index);
}

/* The lowest occupied level, or AGAIN_WHEEL_LEVELS. */
static unsigned first_level(const again_wheel *wheel) {
  unsigned level = 0;
  while (level < AGAIN_WHEEL_LEVELS && wheel->occupied[level] == 0)
    level++;
  return level;
}

/* When slot number `slot` of `level` begins. */
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

/* The wheel's time has entered this slot, and all below it are empty. */
static void move_down(again_wheel *wheel, size_t index) {
  if (again_slot_crowded(&wheel->slots[index]))
    again_slot_squeeze(&wheel->slots[index], &wheel->pool);
  again_slot slot = wheel->slots[index];
  wheel->slots[index] = (again_slot){.live = 0};
  clear_bit(wheel, index);
  uint32_t from = slot.first;
  for (again_chunk *chunk = slot.head; chunk != NULL;) {
    again_chunk *next = chunk->next;
    again_slot_prefetch(&slot, chunk);
    uint32_t end = again_slot_written(&slot, chunk);
    for (uint32_t i = from; i < end; i++) {
      if (chunk->entries[i] != NULL) place(wheel, chunk->entries[i]);
    }
    from = 0;
    again_pool_give(&wheel->pool, chunk);
    chunk = next;
  }
}

again_timer *again_wheel_pop(again_wheel *wheel, again_ms now) {
  for (unsigned level; (level = first_level(wheel)) < AGAIN_WHEEL_LEVELS;) {
    unsigned slot = lowest_bit(wheel->occupied[level]);
    again_ms begin = slot_begin(wheel, level, slot);
    if (begin > now) break;
    wheel->now = begin;
    size_t index = level * AGAIN_WHEEL_SLOTS + slot;
    if (level > 0) {
      move_down(wheel, index);
      continue;
    }
    again_timer *timer = again_slot_pop(&wheel->slots[index], &wheel->pool);
    if (wheel->slots[index].live == 0) clear_bit(wheel, index);
    wheel->count--;
    return timer;
  }
  if (now > wheel->now) wheel->now = now;
  return NULL;
}
