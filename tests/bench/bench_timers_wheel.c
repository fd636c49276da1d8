/* The wheel of the scheduler. */
#include "bench_timers.h"
#include "sched/wheel.h"
#include <stdlib.h>

static bool open_wheel(bed *b) {
  again_wheel *wheel = malloc(sizeof *wheel);
  if (wheel == NULL) return false;
  again_wheel_init(wheel, NULL, 0);
  b->state = wheel;
  return again_wheel_reserve(wheel, b->count) == 0;
}

static void add(bed *b, record *r, uint32_t delay) {
  again_wheel_add(b->state, own_part(b, r), (again_ms)b->now + delay);
}

static void cancel(bed *b, record *r) {
  again_wheel_remove(b->state, own_part(b, r));
}

static void run(bed *b) {
  again_timer *timer;
  while ((timer = again_wheel_pop(b->state, b->now)) != NULL)
    fire(b, record_of(b, timer));
}

static size_t bytes(const bed *b) {
  const again_wheel *wheel = b->state;
  return sizeof *wheel + wheel->pool.bytes;
}

static void close_wheel(bed *b) {
  again_wheel_fini(b->state);
  free(b->state);
}

#define WHEEL(its_name, its_stride)                                                                \
  {                                                                                                \
    .name = (its_name), .own = sizeof(again_timer), .stride = (its_stride), .open = open_wheel,    \
    .add = add, .cancel = cancel, .run = run, .bytes = bytes, .close = close_wheel                 \
  }

const contender bench_timers_wheel = WHEEL("wheel", 64);
const contender bench_timers_wheel_far = WHEEL("wheel, records 256 B", 256);
