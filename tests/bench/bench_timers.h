/* What the contenders of bench_timers share: the records, the clock, and what firing means. */
#ifndef AGAIN_TESTS_BENCH_BENCH_TIMERS_H
#define AGAIN_TESTS_BENCH_BENCH_TIMERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DELAYS = 4 };

/* The part of a record that is the same for all. Before it stands the contender's own part: its
 * timer, or nothing. */
typedef struct record {
  uint32_t due;
  uint32_t turns; /* how often it was scheduled */
  uint32_t delays[DELAYS];
  uint32_t id;
} record;

typedef struct contender contender;

/* `count` records, each `stride` bytes from the last, and one contender that keeps their times. */
typedef struct bed {
  const contender *contender;
  char *records;
  size_t own; /* bytes of the contender's own part */
  size_t stride;
  uint32_t count;
  uint32_t now;
  bool hold; /* what fires is scheduled again */
  uint64_t fired;
  uint64_t misfired; /* not at its very millisecond */
  void *state;       /* the contender's */
} bed;

struct contender {
  const char *name;
  size_t own;    /* bytes of its part of each record */
  size_t stride; /* least distance of two records */
  bool loop;     /* `run` is one turn of an event loop, whose cost is taken off */
  bool (*open)(bed *b);
  void (*add)(bed *b, record *r, uint32_t delay);
  void (*cancel)(bed *b, record *r);
  void (*run)(bed *b);           /* fires all that is due at b->now */
  size_t (*bytes)(const bed *b); /* timing state besides the records */
  void (*close)(bed *b);
};

extern const contender bench_timers_wheel;
extern const contender bench_timers_wheel_far; /* records 256 bytes apart */
extern const contender bench_timers_heap;
extern const contender bench_timers_heap_far;
extern const contender bench_timers_uv;
extern const contender *const bench_timers_ev;    /* NULL: not built */
extern const contender *const bench_timers_event; /* NULL: not built */

/* The next time at which the heap has something to fire; UINT32_MAX: none. */
uint32_t bench_timers_heap_next(const bed *b);

/* What every clock of this process says from now on, in ms; the CPU time stays. */
void bench_timers_clock(uint64_t now);

static inline record *record_at(const bed *b, uint32_t id) {
  return (record *)(void *)(b->records + b->stride * id + b->own);
}

static inline void *own_part(const bed *b, record *r) {
  return (char *)r - b->own;
}

static inline record *record_of(const bed *b, void *own) {
  return (record *)(void *)((char *)own + b->own);
}

static inline void schedule(bed *b, record *r) {
  uint32_t delay = r->delays[r->turns++ % DELAYS];
  r->due = b->now + delay;
  b->contender->add(b, r, delay);
}

/* Called by the contender for what is due. */
static inline void fire(bed *b, record *r) {
  b->fired++;
  b->misfired += r->due != b->now;
  if (b->hold) schedule(b, r);
}

#endif
