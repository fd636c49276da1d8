/* Is a wheel as it must be? What is not is said in words. */
#include "sched/wheel.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

typedef struct check {
  const again_wheel *wheel;
  char *why;
  size_t size;
  size_t index; /* of the slot that is looked at */
  size_t timers;
  size_t chunks;
} check;

#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
static bool
broken(const check *c, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(c->why, c->size, format, arguments);
  va_end(arguments);
  return false;
}

static bool slot_broken(const check *c, const char *what, uint64_t is, uint64_t must) {
  return broken(c, "level %zu, slot %zu: %s is %" PRIu64 ", not %" PRIu64,
                c->index / AGAIN_WHEEL_SLOTS, c->index % AGAIN_WHEEL_SLOTS, what, is, must);
}

static bool check_timer(const check *c, again_timer *const *entry) {
  const again_wheel *wheel = c->wheel;
  const again_timer *timer = *entry;
  if (timer->entry != entry)
    return broken(c, "the timer for %" PRIu64 " does not know its entry", timer->expires);
  if (timer->expires == AGAIN_NEVER) return broken(c, "a timer for never is in the wheel");
  size_t place = again_wheel_slot_of(wheel, timer->expires);
  if (place != c->index)
    return broken(c,
                  "at %" PRIu64 " the timer for %" PRIu64 " is in level %zu, slot %zu, not %zu, "
                  "%zu",
                  wheel->now, timer->expires, c->index / AGAIN_WHEEL_SLOTS,
                  c->index % AGAIN_WHEEL_SLOTS, place / AGAIN_WHEEL_SLOTS,
                  place % AGAIN_WHEEL_SLOTS);
  return true;
}

static bool check_empty(const check *c, const again_slot *slot) {
  if (slot->chunks != 0) return slot_broken(c, "chunks of an empty slot", slot->chunks, 0);
  if (slot->head != NULL || slot->tail != NULL)
    return slot_broken(c, "the head or tail of an empty slot", 1, 0);
  if (slot->first != 0) return slot_broken(c, "first of an empty slot", slot->first, 0);
  return true;
}

/* What a slot says about itself, without a look into its chunks. */
static bool check_header(const check *c, const again_slot *slot) {
  size_t current = (size_t)(c->wheel->now % AGAIN_WHEEL_SLOTS);
  bool occupied =
      c->wheel->occupied[c->index / AGAIN_WHEEL_SLOTS] >> (c->index % AGAIN_WHEEL_SLOTS) & 1;
  if (occupied != (slot->live > 0))
    return slot_broken(c, "its occupied bit", occupied, slot->live > 0);
  if (slot->live == 0) return check_empty(c, slot);
  if (slot->first > AGAIN_CHUNK_ENTRIES)
    return slot_broken(c, "first", slot->first, AGAIN_CHUNK_ENTRIES);
  if (slot->fill < 1 || slot->fill > AGAIN_CHUNK_ENTRIES)
    return slot_broken(c, "fill", slot->fill, AGAIN_CHUNK_ENTRIES);
  if (slot->first > 0 && c->index != current)
    return slot_broken(c, "first, away from the wheel's time,", slot->first, 0);
  return true;
}

static bool check_slot(check *c, const again_slot *slot) {
  if (!check_header(c, slot)) return false;
  uint32_t live = 0;
  uint32_t chunks = 0;
  uint32_t from = slot->first;
  const again_chunk *last = NULL;
  for (const again_chunk *chunk = slot->head; chunk != NULL; chunk = chunk->next) {
    if (++chunks > slot->chunks) break;
    uint32_t end = again_slot_written(slot, chunk);
    for (uint32_t i = from; i < end; i++) {
      if (chunk->entries[i] == NULL) continue;
      live++;
      if (!check_timer(c, &chunk->entries[i])) return false;
    }
    from = 0;
    last = chunk;
  }
  if (chunks != slot->chunks) return slot_broken(c, "chunks", slot->chunks, chunks);
  if (last != slot->tail) return slot_broken(c, "its tail being its last chunk", 0, 1);
  if (live != slot->live) return slot_broken(c, "live", slot->live, live);
  c->timers += live;
  c->chunks += chunks;
  return true;
}

static bool check_pool(const check *c) {
  const again_pool *pool = &c->wheel->pool;
  size_t free_chunks = 0;
  for (const again_chunk *chunk = pool->free; chunk != NULL; chunk = chunk->next) {
    if (++free_chunks > pool->chunks) return broken(c, "the free chunks form a circle");
  }
  size_t fresh = 0;
  for (const again_block *block = pool->blocks; block != NULL; block = block->next)
    fresh += (size_t)(block->end - block->fresh);
  if (pool->used != c->chunks)
    return broken(c, "%zu chunks are counted as used, but %zu are in slots", pool->used, c->chunks);
  if (pool->used + free_chunks + fresh != pool->chunks)
    return broken(c, "of %zu chunks %zu are used, %zu free and %zu fresh", pool->chunks, pool->used,
                  free_chunks, fresh);
  return true;
}

bool again_wheel_check(const again_wheel *wheel, char *why, size_t size) {
  check c = {.wheel = wheel, .why = why, .size = size};
  for (c.index = 0; c.index < AGAIN_WHEEL_ALL_SLOTS; c.index++) {
    if (!check_slot(&c, &wheel->slots[c.index])) return false;
  }
  if (c.timers != wheel->count)
    return broken(&c, "the wheel counts %zu timers, but %zu are in it", wheel->count, c.timers);
  if (wheel->count > wheel->reserved)
    return broken(&c, "%zu timers are in the wheel; %zu are reserved", wheel->count,
                  wheel->reserved);
  if (wheel->reserved > 0 && wheel->pool.chunks < again_wheel_chunks(wheel->reserved))
    return broken(&c, "for %zu timers there are only %zu chunks", wheel->reserved,
                  wheel->pool.chunks);
  return check_pool(&c);
}
