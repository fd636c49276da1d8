#include "sched/slots.h"
#include "support.h"
#include <stdlib.h>

enum { MANY = 100 };

typedef struct fixture {
  again_pool pool;
  again_slot slot;
  again_timer timers[MANY];
} fixture;

static int set_up(void **state) {
  fixture *f = test_calloc(1, sizeof *f);
  if (again_pool_reserve(&f->pool, 20) != 0) return -1;
  *state = f;
  return 0;
}

static int tear_down(void **state) {
  fixture *f = *state;
  again_pool_fini(&f->pool);
  test_free(f);
  return 0;
}

static void append(fixture *f, size_t from, size_t to) {
  for (size_t i = from; i < to; i++)
    again_slot_append(&f->slot, &f->pool, &f->timers[i]);
}

static void a_slot_gives_out_what_was_put_in_in_order(void **state) {
  fixture *f = *state;
  append(f, 0, MANY);
  assert_int_equal(f->slot.chunks, (MANY + AGAIN_CHUNK_ENTRIES - 1) / AGAIN_CHUNK_ENTRIES);
  for (size_t i = 0; i < MANY; i++)
    assert_ptr_equal(again_slot_pop(&f->slot, &f->pool), &f->timers[i]);
  assert_int_equal(f->pool.used, 0);
}

static void an_empty_slot_holds_no_chunk(void **state) {
  fixture *f = *state;
  append(f, 0, 20);
  for (size_t i = 0; i < 20; i++)
    again_slot_remove(&f->slot, &f->pool, &f->timers[i]);
  assert_int_equal(f->pool.used, 0);
  assert_null(f->slot.head);
  append(f, 0, 1);
  assert_ptr_equal(again_slot_pop(&f->slot, &f->pool), &f->timers[0]);
  assert_int_equal(f->pool.used, 0);
}

static void squeezing_takes_out_the_holes_and_keeps_the_order(void **state) {
  fixture *f = *state;
  append(f, 0, 90);
  assert_int_equal(f->slot.chunks, 6);
  assert_false(again_slot_crowded(&f->slot));
  size_t left = 90;
  for (size_t i = 0; i < 90; i++) {
    if (i % 3 == 1) continue;
    again_slot_remove(&f->slot, &f->pool, &f->timers[i]);
    left--;
    assert_int_equal(again_slot_crowded(&f->slot), 5 * AGAIN_CHUNK_ENTRIES * 2 >= 3 * left);
  }
  again_slot_squeeze(&f->slot, &f->pool);
  assert_int_equal(f->slot.chunks, 2);
  assert_int_equal(f->pool.used, 2);
  assert_false(again_slot_crowded(&f->slot));
  for (size_t i = 1; i < 90; i += 3)
    assert_ptr_equal(again_slot_pop(&f->slot, &f->pool), &f->timers[i]);
  assert_int_equal(f->pool.used, 0);
}

static void a_slot_that_fires_can_take_more_and_lose_some(void **state) {
  fixture *f = *state;
  append(f, 0, 40);
  for (size_t i = 0; i < 20; i++)
    assert_ptr_equal(again_slot_pop(&f->slot, &f->pool), &f->timers[i]);
  append(f, 40, 80);
  for (size_t i = 20; i < 78; i++)
    again_slot_remove(&f->slot, &f->pool, &f->timers[i]);
  assert_true(again_slot_crowded(&f->slot));
  again_slot_squeeze(&f->slot, &f->pool);
  assert_int_equal(f->slot.chunks, 1);
  assert_ptr_equal(again_slot_pop(&f->slot, &f->pool), &f->timers[78]);
  assert_ptr_equal(again_slot_pop(&f->slot, &f->pool), &f->timers[79]);
  assert_int_equal(f->pool.used, 0);
}

static void chunks_begin_on_cache_lines_and_are_used_again(void **state) {
  fixture *f = *state;
  append(f, 0, MANY);
  for (const again_chunk *chunk = f->slot.head; chunk != NULL; chunk = chunk->next)
    assert_int_equal((uintptr_t)chunk % AGAIN_CHUNK_ALIGN, 0);
  const again_chunk *fresh = f->pool.filling->fresh;
  while (f->slot.live > 0)
    again_slot_pop(&f->slot, &f->pool);
  append(f, 0, MANY);
  assert_ptr_equal(f->pool.filling->fresh, fresh);
}

static void a_pool_grows_without_moving_what_is_there(void **state) {
  fixture *f = *state;
  append(f, 0, 20);
  size_t bytes = f->pool.bytes;
  assert_int_equal(again_pool_reserve(&f->pool, 10), 0);
  assert_int_equal(f->pool.bytes, bytes);
  assert_int_equal(again_pool_reserve(&f->pool, 21), 0);
  assert_int_equal(f->pool.chunks, 21);
  assert_true(f->pool.bytes > bytes);
  assert_int_equal(again_pool_reserve(&f->pool, SIZE_MAX), AGAIN_ENOMEM);
  assert_int_equal(f->pool.chunks, 21);
  again_slot slots[21] = {{.live = 0}};
  again_timer each[21] = {{.entry = NULL}};
  for (size_t i = 0; i < 19; i++)
    again_slot_append(&slots[i], &f->pool, &each[i]);
  assert_int_equal(f->pool.used, 21);
  for (size_t i = 0; i < 20; i++)
    assert_ptr_equal(again_slot_pop(&f->slot, &f->pool), &f->timers[i]);
}

int main(void) {
#define SLOTS(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
  const struct CMUnitTest tests[] = {
      SLOTS(a_slot_gives_out_what_was_put_in_in_order),
      SLOTS(an_empty_slot_holds_no_chunk),
      SLOTS(squeezing_takes_out_the_holes_and_keeps_the_order),
      SLOTS(a_slot_that_fires_can_take_more_and_lose_some),
      SLOTS(chunks_begin_on_cache_lines_and_are_used_again),
      SLOTS(a_pool_grows_without_moving_what_is_there),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
