/* The yardstick: a plain 4-ary heap in an array, entries of 8 bytes, with a position for each timer so
 * that it can be cancelled. The four children of an entry lie in one half of a cache line. Unlike the
 * wheel it does not keep the order of equal times, and its times have 32 bits: both make it faster. */
#include "bench_timers.h"
#include <stdlib.h>

enum { ROOT = 3 }; /* children of i are 4 i - 8 .. 4 i - 5: groups begin at a multiple of 4 */

typedef struct entry {
  uint32_t at;
  uint32_t id;
} entry;

typedef struct heap {
  entry *entries;
  uint32_t *positions;
  uint32_t end;
} heap;

static uint32_t parent_of(uint32_t i) {
  return (i - ROOT - 1) / 4 + ROOT;
}

static uint32_t child_of(uint32_t i) {
  return (i - ROOT) * 4 + ROOT + 1;
}

static void set(heap *h, uint32_t i, entry e) {
  h->entries[i] = e;
  h->positions[e.id] = i;
}

static void move_up(heap *h, uint32_t i, entry e) {
  while (i > ROOT && h->entries[parent_of(i)].at > e.at) {
    set(h, i, h->entries[parent_of(i)]);
    i = parent_of(i);
  }
  set(h, i, e);
}

static uint32_t least_child(const heap *h, uint32_t first) {
  uint32_t last = first + 4 < h->end ? first + 4 : h->end;
  uint32_t least = first;
  for (uint32_t i = first + 1; i < last; i++) {
    if (h->entries[i].at < h->entries[least].at) least = i;
  }
  return least;
}

static void move_down(heap *h, uint32_t i, entry e) {
  for (uint32_t child; (child = child_of(i)) < h->end;) {
    child = least_child(h, child);
    if (h->entries[child].at >= e.at) break;
    set(h, i, h->entries[child]);
    i = child;
  }
  set(h, i, e);
}

static void take_out(heap *h, uint32_t i) {
  entry last = h->entries[--h->end];
  if (i == h->end) return;
  if (i > ROOT && h->entries[parent_of(i)].at > last.at) {
    move_up(h, i, last);
  } else {
    move_down(h, i, last);
  }
}

static bool open_heap(bed *b) {
  heap *h = calloc(1, sizeof *h);
  if (h == NULL) return false;
  b->state = h;
  h->end = ROOT;
  size_t bytes = (b->count + ROOT + 8) * sizeof *h->entries;
  h->entries = aligned_alloc(64, (bytes + 63) / 64 * 64);
  h->positions = calloc(b->count, sizeof *h->positions);
  return h->entries != NULL && h->positions != NULL;
}

static void add(bed *b, record *r, uint32_t delay) {
  heap *h = b->state;
  move_up(h, h->end++, (entry){b->now + delay, r->id});
}

static void cancel(bed *b, record *r) {
  heap *h = b->state;
  take_out(h, h->positions[r->id]);
}

uint32_t bench_timers_heap_next(const bed *b) {
  const heap *h = b->state;
  return h->end > ROOT ? h->entries[ROOT].at : UINT32_MAX;
}

static void run(bed *b) {
  heap *h = b->state;
  while (h->end > ROOT && h->entries[ROOT].at <= b->now) {
    record *r = record_at(b, h->entries[ROOT].id);
    take_out(h, ROOT);
    fire(b, r);
  }
}

static size_t bytes(const bed *b) {
  return sizeof(heap) + b->count * (sizeof(entry) + sizeof(uint32_t));
}

static void close_heap(bed *b) {
  heap *h = b->state;
  free(h->entries);
  free(h->positions);
  free(h);
}

#define HEAP(its_name, its_stride)                                                                 \
  {                                                                                                \
    .name = (its_name), .stride = (its_stride), .open = open_heap, .add = add, .cancel = cancel,   \
    .run = run, .bytes = bytes, .close = close_heap                                                \
  }

const contender bench_timers_heap = HEAP("4-ary heap", 64);
const contender bench_timers_heap_far = HEAP("4-ary heap, records 256 B", 256);
