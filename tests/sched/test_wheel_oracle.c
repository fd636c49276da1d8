/* The wheel against a sorted list, under random operations. Every timer is allocated when it is added
 * and freed when it fires or is taken out, so that a reference that stays behind is found.
 *
 * AGAIN_LONG=1 in the environment makes 300 million steps of it; do that in an optimised build. */
#include "sched/wheel.h"
#include "support.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS = 2500000, LONG_STEPS = 300000000, SMALL = 250, LARGE = 4000 };

typedef struct item {
  again_ms at; /* when it must fire */
  again_timer *timer;
} item;

typedef struct oracle {
  again_random random;
  again_wheel wheel;
  again_ms now; /* time of the wheel: of what fired last, or of the last question */
  item *items;  /* sorted by time, and then by the order of adding */
  size_t count;
  size_t limit;
  unsigned style; /* of this episode: which times are frequent */
  uint64_t steps;
  uint64_t fired;
} oracle;

static uint64_t below(oracle *o, uint64_t end) {
  return again_random_next(&o->random) % end;
}

/* 0 to 2^64 - 1, small numbers as frequent as large ones. */
static uint64_t any_size(oracle *o) {
  return again_random_next(&o->random) >> below(o, 64);
}

static void require(const oracle *o, bool holds, const char *what) {
  if (!holds)
    fail_msg("%s (step %llu, time %llu, %zu timers)", what, (unsigned long long)o->steps,
             (unsigned long long)o->now, o->count);
}

static void check(const oracle *o) {
  char why[200];
  if (!again_wheel_check(&o->wheel, why, sizeof why)) require(o, false, why);
  require(o, o->wheel.count == o->count, "the wheel and the list differ in their count");
}

/* ---- The list -------------------------------------------------------------------------------- */

/* Index of the first item that is later than `at`. */
static size_t place_of(const oracle *o, again_ms at) {
  size_t low = 0;
  size_t high = o->count;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (o->items[middle].at <= at) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

static void insert(oracle *o, again_timer *timer, again_ms expires) {
  again_ms at = expires > o->now ? expires : o->now;
  size_t index = place_of(o, at);
  memmove(o->items + index + 1, o->items + index, (o->count - index) * sizeof *o->items);
  o->items[index] = (item){at, timer};
  o->count++;
}

static void erase(oracle *o, size_t index) {
  free(o->items[index].timer);
  o->count--;
  memmove(o->items + index, o->items + index + 1, (o->count - index) * sizeof *o->items);
}

/* ---- Steps ----------------------------------------------------------------------------------- */

static again_ms add_up(again_ms a, again_ms b) {
  return a > AGAIN_NEVER - 1 - b ? AGAIN_NEVER - 1 : a + b;
}

static again_ms some_time(oracle *o) {
  switch ((o->style + below(o, 3)) % 8) {
  case 0: return add_up(o->now, below(o, 4));
  case 1: return add_up(o->now, below(o, 300));
  case 2: return add_up(o->now, any_size(o) >> 20);
  case 3: return add_up(o->now, any_size(o));
  case 4: /* the same time as another */
    return o->count > 0 ? o->items[below(o, o->count)].at : o->now;
  case 5: /* the beginning of a slot, or just before it */
    return (add_up(o->now, any_size(o)) >> 6 * below(o, 10) << 6 * below(o, 10)) - below(o, 2);
  case 6: /* far, and all in one slot */ return add_up(o->now | 0xFFFFFF, 1 + below(o, 5000));
  default: return below(o, 2) == 0 ? o->now - below(o, o->now | 1) : AGAIN_NEVER - 1 - below(o, 3);
  }
}

static void add(oracle *o) {
  if (o->count == o->limit) return;
  again_ms expires = some_time(o);
  if (expires == AGAIN_NEVER) return;
  again_timer *timer = calloc(1, sizeof *timer);
  assert_non_null(timer);
  again_wheel_add(&o->wheel, timer, expires);
  insert(o, timer, expires);
}

static void take_out(oracle *o, size_t index) {
  again_wheel_remove(&o->wheel, o->items[index].timer);
  require(o, !again_timer_set(o->items[index].timer), "a timer that was taken out is still set");
  erase(o, index);
}

/* One question; false if nothing was due. */
static bool pop(oracle *o, again_ms now) {
  const again_timer *timer = again_wheel_pop(&o->wheel, now);
  bool due = o->count > 0 && o->items[0].at <= now;
  if (!due) {
    require(o, timer == NULL, "something fired that is not due");
    if (now > o->now) o->now = now;
    return false;
  }
  require(o, timer != NULL, "nothing fired, though something is due");
  require(o, timer == o->items[0].timer, "the wrong timer fired");
  require(o, !again_timer_set(timer), "a timer that fired is still set");
  o->now = o->items[0].at;
  o->fired++;
  erase(o, 0);
  return true;
}

/* The time named next is never late; following it leads to the first timer, and soon. */
static void follow(oracle *o) {
  for (int asked = 0;; asked++) {
    again_ms next = again_wheel_next(&o->wheel);
    require(o, (next == AGAIN_NEVER) == (o->count == 0), "the next time and the list differ");
    if (o->count == 0) return;
    require(o, next <= o->items[0].at, "the next time is too late");
    require(o, next >= o->now, "the next time has passed");
    if (pop(o, next)) return;
    require(o, asked < AGAIN_WHEEL_LEVELS, "following the next time leads nowhere");
  }
}

static void step(oracle *o) {
  /* Times of growth and of decline take turns. */
  unsigned growth = o->steps / 4096 % 2 == 0 ? 60 : 35;
  unsigned kind = (unsigned)below(o, 100);
  if (kind < growth) {
    add(o);
  } else if (kind < 75) {
    if (o->count > 0) take_out(o, below(o, o->count));
  } else if (kind < 90) {
    follow(o);
  } else if (kind < 98) {
    again_ms now = add_up(o->now, any_size(o) >> (20 + below(o, 30)));
    for (uint64_t some = below(o, 5); some > 0 && pop(o, now); some--) {
    }
  } else if (kind == 98) {
    pop(o, o->now - below(o, o->now | 1)); /* a clock that went back */
  } else if (below(o, 50) == 0) {
    while (o->count > o->limit / 20)
      take_out(o, below(o, o->count));
  }
}

static void episode(oracle *o, uint64_t end) {
  static const again_ms starts[] = {
      0, 12345, UINT32_MAX - 3, UINT64_C(1) << 63, (UINT64_C(1) << 63) - 5, AGAIN_NEVER - 5000};
  o->now = starts[below(o, COUNT_OF(starts))];
  o->style = (unsigned)below(o, 8);
  o->limit = below(o, 20) == 0 ? LARGE : SMALL;
  again_wheel_init(&o->wheel, NULL, o->now);
  assert_int_equal(again_wheel_reserve(&o->wheel, o->limit), 0);
  size_t chunks = o->wheel.pool.chunks;
  for (; o->steps < end; o->steps++) {
    step(o);
    if (o->steps % 1024 == 0) check(o);
  }
  check(o);
  assert_int_equal(o->wheel.pool.chunks, chunks);
  while (o->count > 0)
    pop(o, AGAIN_NEVER - 1);
  assert_int_equal(o->wheel.pool.used, 0);
  again_wheel_fini(&o->wheel);
}

static void the_wheel_does_what_a_sorted_list_does(void **state) {
  (void)state;
  const char *mode = getenv("AGAIN_LONG");
  uint64_t steps = mode != NULL && strcmp(mode, "0") != 0 ? LONG_STEPS : STEPS;
  oracle *o = calloc(1, sizeof *o);
  assert_non_null(o);
  o->random.state = 42;
  o->items = calloc(LARGE + 1, sizeof *o->items);
  assert_non_null(o->items);
  while (o->steps < steps)
    episode(o, o->steps + 5000 + below(o, 40000));
  print_message("%llu steps, %llu timers fired\n", (unsigned long long)o->steps,
                (unsigned long long)o->fired);
  free(o->items);
  free(o);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_wheel_does_what_a_sorted_list_does),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
