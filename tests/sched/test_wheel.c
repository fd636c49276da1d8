#include "sched/list.h"
#include "sched/wheel.h"
#include "support.h"
#include <stdlib.h>

typedef struct entry {
  again_timer timer;
  uint64_t order; /* of adding; 0: not in the wheel */
} entry;

static entry *take(again_link *due) {
  again_timer *timer = AGAIN_LIST_ITEM(due->next, again_timer, link);
  again_list_remove(&timer->link);
  return AGAIN_LIST_ITEM(timer, entry, timer);
}

static void a_timer_fires_at_its_time_and_not_before(void **state) {
  (void)state;
  static const again_ms delays[] = {0,
                                    1,
                                    63,
                                    64,
                                    65,
                                    4095,
                                    4096,
                                    4097,
                                    262143,
                                    262144,
                                    1000000007,
                                    UINT64_C(1) << 62,
                                    AGAIN_NEVER - 6};
  for (size_t i = 0; i < COUNT_OF(delays); i++) {
    again_wheel *wheel = test_malloc(sizeof *wheel);
    again_wheel_init(wheel, 5);
    entry one = {0};
    again_link due;
    again_list_init(&due);
    again_wheel_add(wheel, &one.timer, 5 + delays[i]);
    if (delays[i] > 0) again_wheel_advance(wheel, 5 + delays[i] - 1, &due);
    assert_true(again_list_empty(&due));
    assert_true(again_wheel_next(wheel) == 5 + delays[i]);
    again_wheel_advance(wheel, 5 + delays[i], &due);
    assert_ptr_equal(take(&due), &one);
    assert_true(again_wheel_next(wheel) == AGAIN_NEVER);
    test_free(wheel);
  }
}

static void a_time_that_has_passed_is_due_at_once_and_never_is_not_kept(void **state) {
  (void)state;
  again_wheel *wheel = test_malloc(sizeof *wheel);
  again_wheel_init(wheel, 1000);
  entry late = {0};
  entry never = {0};
  again_link due;
  again_list_init(&due);
  again_wheel_add(wheel, &late.timer, 3);
  again_wheel_add(wheel, &never.timer, AGAIN_NEVER);
  assert_true(again_wheel_next(wheel) == 1000);
  assert_false(again_list_linked(&never.timer.link));
  again_wheel_remove(wheel, &never.timer);
  again_wheel_advance(wheel, 1000, &due);
  assert_ptr_equal(take(&due), &late);
  assert_true(again_list_empty(&due));
  test_free(wheel);
}

static void equal_times_fire_in_the_order_of_adding_whenever_they_were_added(void **state) {
  (void)state;
  again_wheel *wheel = test_malloc(sizeof *wheel);
  again_wheel_init(wheel, 0);
  entry entries[6] = {{.order = 0}};
  static const again_ms added_at[] = {0, 100, 199000, 199990, 199999, 200000};
  again_link due;
  again_list_init(&due);
  for (size_t i = 0; i < COUNT_OF(entries); i++) {
    if (added_at[i] < 200000) again_wheel_advance(wheel, added_at[i], &due);
    again_wheel_add(wheel, &entries[i].timer, 200000);
  }
  again_wheel_advance(wheel, 300000, &due);
  for (size_t i = 0; i < COUNT_OF(entries); i++)
    assert_ptr_equal(take(&due), &entries[i]);
  test_free(wheel);
}

/* Random adds, removes and advances, compared with a plain search over all entries. */
static void it_does_what_a_plain_search_does_over_a_million_steps(void **state) {
  (void)state;
  enum { ENTRIES = 300, STEPS = 1000000 };
  again_wheel *wheel = test_malloc(sizeof *wheel);
  entry *entries = test_calloc(ENTRIES, sizeof *entries);
  again_random random = {42};
  again_ms now = 12345;
  uint64_t order = 0;
  again_wheel_init(wheel, now);
  for (int step = 0; step < STEPS; step++) {
    uint64_t bits = again_random_next(&random);
    entry *one = &entries[(bits >> 32) % ENTRIES];
    if (bits % 8 < 5) {
      again_wheel_remove(wheel, &one->timer);
      /* Delays from 0 to 2^40, small ones as frequent as large ones; some on round times. */
      again_ms delay = again_random_next(&random) >> (24 + bits / 8 % 40);
      again_ms expires = now + delay;
      if (bits % 5 == 0) expires &= ~UINT64_C(63);
      again_wheel_add(wheel, &one->timer, expires);
      one->order = ++order;
    } else if (bits % 8 == 5) {
      again_wheel_remove(wheel, &one->timer);
      one->order = 0;
    } else {
      again_ms next = again_wheel_next(wheel);
      for (int i = 0; i < ENTRIES; i++) {
        again_ms expires = entries[i].timer.expires > now ? entries[i].timer.expires : now;
        if (entries[i].order != 0) assert_true(next <= expires);
      }
      now += again_random_next(&random) >> (24 + bits / 8 % 40);
      again_link due;
      again_list_init(&due);
      again_wheel_advance(wheel, now, &due);
      again_ms last = 0;
      while (!again_list_empty(&due)) {
        entry *fired = take(&due);
        assert_true(fired->order != 0 && fired->timer.expires <= now);
        /* Due before, it may fire with those of the moment at which it was added. */
        assert_true(fired->timer.expires >= last || fired->timer.expires < now);
        if (fired->timer.expires > last) last = fired->timer.expires;
        fired->order = 0;
      }
      for (int i = 0; i < ENTRIES; i++) {
        assert_true(entries[i].order == 0 || entries[i].timer.expires > now);
      }
    }
  }
  test_free(entries);
  test_free(wheel);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_timer_fires_at_its_time_and_not_before),
      cmocka_unit_test(a_time_that_has_passed_is_due_at_once_and_never_is_not_kept),
      cmocka_unit_test(equal_times_fire_in_the_order_of_adding_whenever_they_were_added),
      cmocka_unit_test(it_does_what_a_plain_search_does_over_a_million_steps),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
