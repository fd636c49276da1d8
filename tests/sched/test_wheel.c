#include "sched/wheel.h"
#include "support.h"
#include <stdlib.h>

enum { ROOM = 64 };

static again_wheel *wheel_at(again_ms now, size_t room) {
  again_wheel *wheel = test_malloc(sizeof *wheel);
  again_wheel_init(wheel, NULL, now);
  assert_int_equal(again_wheel_reserve(wheel, room), 0);
  return wheel;
}

static void drop(again_wheel *wheel) {
  char why[200] = "";
  if (!again_wheel_check(wheel, why, sizeof why)) fail_msg("%s", why);
  again_wheel_fini(wheel);
  test_free(wheel);
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
    again_wheel *wheel = wheel_at(5, 1);
    again_timer one = {.entry = NULL};
    again_wheel_add(wheel, &one, 5 + delays[i]);
    if (delays[i] > 0) assert_null(again_wheel_pop(wheel, 5 + delays[i] - 1));
    assert_true(again_wheel_next(wheel) == 5 + delays[i]);
    assert_true(again_timer_set(&one));
    assert_ptr_equal(again_wheel_pop(wheel, 5 + delays[i]), &one);
    assert_false(again_timer_set(&one));
    assert_true(one.expires == 5 + delays[i]);
    assert_true(again_wheel_next(wheel) == AGAIN_NEVER);
    assert_null(again_wheel_pop(wheel, AGAIN_NEVER));
    drop(wheel);
  }
}

static void a_time_that_has_passed_is_due_at_once_and_never_is_not_kept(void **state) {
  (void)state;
  again_wheel *wheel = wheel_at(1000, 2);
  again_timer late = {.entry = NULL};
  again_timer never = {.entry = NULL};
  again_wheel_add(wheel, &late, 3);
  again_wheel_add(wheel, &never, AGAIN_NEVER);
  assert_true(again_wheel_next(wheel) == 1000);
  assert_false(again_timer_set(&never));
  again_wheel_remove(wheel, &never);
  assert_ptr_equal(again_wheel_pop(wheel, 1000), &late);
  assert_null(again_wheel_pop(wheel, AGAIN_NEVER - 1));
  drop(wheel);
}

static void equal_times_fire_in_the_order_of_adding_whenever_they_were_added(void **state) {
  (void)state;
  again_wheel *wheel = wheel_at(0, 6);
  again_timer timers[6] = {{.entry = NULL}};
  static const again_ms added_at[] = {0, 100, 199000, 199990, 199999, 200000};
  for (size_t i = 0; i < COUNT_OF(timers); i++) {
    if (added_at[i] < 200000) assert_null(again_wheel_pop(wheel, added_at[i]));
    again_wheel_add(wheel, &timers[i], 200000);
  }
  for (size_t i = 0; i < COUNT_OF(timers); i++)
    assert_ptr_equal(again_wheel_pop(wheel, 300000), &timers[i]);
  assert_null(again_wheel_pop(wheel, 300000));
  drop(wheel);
}

static void what_is_added_between_pops_comes_in_its_turn(void **state) {
  (void)state;
  again_wheel *wheel = wheel_at(0, 5);
  again_timer first = {.entry = NULL};
  again_timer same = {.entry = NULL};
  again_timer later = {.entry = NULL};
  again_timer between = {.entry = NULL};
  again_timer passed = {.entry = NULL};
  again_wheel_add(wheel, &first, 100);
  again_wheel_add(wheel, &same, 100);
  again_wheel_add(wheel, &later, 5000);
  assert_ptr_equal(again_wheel_pop(wheel, 9000), &first);
  again_wheel_add(wheel, &between, 3000);
  again_wheel_add(wheel, &passed, 7);
  assert_ptr_equal(again_wheel_pop(wheel, 9000), &same);
  assert_ptr_equal(again_wheel_pop(wheel, 9000), &passed);
  assert_ptr_equal(again_wheel_pop(wheel, 9000), &between);
  assert_ptr_equal(again_wheel_pop(wheel, 9000), &later);
  assert_null(again_wheel_pop(wheel, 9000));
  drop(wheel);
}

static void what_is_taken_out_between_pops_does_not_fire(void **state) {
  (void)state;
  again_wheel *wheel = wheel_at(0, ROOM);
  again_timer timers[ROOM] = {{.entry = NULL}};
  for (size_t i = 0; i < ROOM; i++)
    again_wheel_add(wheel, &timers[i], 70 + i / 40);
  for (size_t i = 0; i < ROOM; i += 2) {
    assert_ptr_equal(again_wheel_pop(wheel, 100), &timers[i]);
    again_wheel_remove(wheel, &timers[i + 1]);
    again_wheel_remove(wheel, &timers[i + 1]); /* it is out: nothing happens */
  }
  assert_null(again_wheel_pop(wheel, 100));
  drop(wheel);
}

static void a_caller_may_stop_and_go_on_later(void **state) {
  (void)state;
  again_wheel *wheel = wheel_at(0, ROOM);
  again_timer timers[ROOM] = {{.entry = NULL}};
  for (size_t i = 0; i < ROOM; i++)
    again_wheel_add(wheel, &timers[i], 500);
  assert_ptr_equal(again_wheel_pop(wheel, 500), &timers[0]);
  assert_true(again_wheel_next(wheel) == 500);
  for (size_t i = 1; i < ROOM; i++)
    assert_ptr_equal(again_wheel_pop(wheel, 500 + i), &timers[i]);
  assert_true(again_wheel_next(wheel) == AGAIN_NEVER);
  drop(wheel);
}

/* What a scheduler does for each operation that goes through: its deadline is set and taken back.
 * Others wait in the same far slot meanwhile. */
static void a_million_deadlines_that_are_taken_back_need_no_memory(void **state) {
  (void)state;
  enum { WAIT = 40, PAIRS = 1000000 };
  again_wheel *wheel = wheel_at(1, WAIT + 1);
  again_timer waiting[WAIT] = {{.entry = NULL}};
  again_timer passing = {.entry = NULL};
  size_t bytes = wheel->pool.bytes;
  for (size_t i = 0; i < WAIT; i++)
    again_wheel_add(wheel, &waiting[i], 3600000);
  for (int i = 0; i < PAIRS; i++) {
    again_wheel_add(wheel, &passing, 3600000);
    again_wheel_remove(wheel, &passing);
  }
  assert_int_equal(wheel->pool.bytes, bytes);
  for (size_t i = 0; i < WAIT; i++)
    assert_ptr_equal(again_wheel_pop(wheel, 3600000), &waiting[i]);
  drop(wheel);
}

/* All slots are occupied, and all chunks are used for holes: then each timer that is added has to find
 * room. */
static void what_is_reserved_is_enough_where_holes_are_everywhere(void **state) {
  (void)state;
  enum { EACH = 2 * AGAIN_CHUNK_ENTRIES, ROUNDS = 20 };
  size_t slots = AGAIN_WHEEL_MOST_OCCUPIED - 1; /* one is that of the wheel's time */
  size_t count = slots * EACH;
  again_wheel *wheel = wheel_at(0, count);
  again_timer *timers = test_calloc(count, sizeof *timers);
  again_random random = {7};
  size_t most = 0;
  for (int round = 0; round < ROUNDS; round++) {
    for (size_t i = 0; i < count; i++) {
      size_t level = i % slots / (AGAIN_WHEEL_SLOTS - 1);
      again_ms slot = 1 + i % slots % (AGAIN_WHEEL_SLOTS - 1);
      if (!again_timer_set(&timers[i])) again_wheel_add(wheel, &timers[i], slot << (6 * level));
    }
    if (wheel->pool.used > most) most = wheel->pool.used;
    char why[200] = "";
    if (!again_wheel_check(wheel, why, sizeof why)) fail_msg("%s", why);
    for (size_t i = 0; i < count; i++) {
      if (again_random_next(&random) % 8 < 3) again_wheel_remove(wheel, &timers[i]);
    }
  }
  assert_true(most + 1 >= wheel->pool.chunks);
  again_ms last = 0;
  for (const again_timer *timer; (timer = again_wheel_pop(wheel, AGAIN_NEVER)) != NULL;) {
    assert_true(timer->expires >= last);
    last = timer->expires;
  }
  assert_int_equal(wheel->count, 0);
  drop(wheel);
  test_free(timers);
}

static void room_grows_by_a_quarter_and_what_is_too_much_is_refused(void **state) {
  (void)state;
  again_wheel *wheel = wheel_at(0, 1000);
  size_t bytes = wheel->pool.bytes;
  assert_int_equal(again_wheel_reserve(wheel, 1000), 0);
  assert_int_equal(wheel->pool.bytes, bytes);
  assert_int_equal(again_wheel_reserve(wheel, 1001), 0);
  assert_int_equal(wheel->reserved, 1250);
  bytes = wheel->pool.bytes;
  assert_int_equal(again_wheel_reserve(wheel, SIZE_MAX), AGAIN_ENOMEM);
  assert_int_equal(wheel->reserved, 1250);
  assert_int_equal(wheel->pool.bytes, bytes);
  drop(wheel);
}

static void a_wheel_can_be_left_with_timers_in_it(void **state) {
  (void)state;
  again_wheel *wheel = wheel_at(0, 1);
  again_timer one = {.entry = NULL};
  again_wheel_add(wheel, &one, 77);
  again_wheel_fini(wheel);
  assert_true(again_wheel_next(wheel) == AGAIN_NEVER);
  drop(wheel);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_timer_fires_at_its_time_and_not_before),
      cmocka_unit_test(a_time_that_has_passed_is_due_at_once_and_never_is_not_kept),
      cmocka_unit_test(equal_times_fire_in_the_order_of_adding_whenever_they_were_added),
      cmocka_unit_test(what_is_added_between_pops_comes_in_its_turn),
      cmocka_unit_test(what_is_taken_out_between_pops_does_not_fire),
      cmocka_unit_test(a_caller_may_stop_and_go_on_later),
      cmocka_unit_test(a_million_deadlines_that_are_taken_back_need_no_memory),
      cmocka_unit_test(what_is_reserved_is_enough_where_holes_are_everywhere),
      cmocka_unit_test(room_grows_by_a_quarter_and_what_is_too_much_is_refused),
      cmocka_unit_test(a_wheel_can_be_left_with_timers_in_it),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
