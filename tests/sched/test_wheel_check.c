/* Each test breaks one thing in a sound wheel and reads what the checker says about it. */
#include "sched/wheel.h"
#include "support.h"
#include <string.h>

enum { COUNT = 40, LEVEL = 1, SLOT = 2, INDEX = LEVEL * AGAIN_WHEEL_SLOTS + SLOT };

typedef struct fixture {
  again_wheel wheel;
  again_timer timers[COUNT];
  again_slot *slot;
} fixture;

/* All timers in one slot of three chunks. */
static int set_up(void **state) {
  fixture *f = test_calloc(1, sizeof *f);
  again_wheel_init(&f->wheel, NULL, 5);
  if (again_wheel_reserve(&f->wheel, COUNT) != 0) return -1;
  for (size_t i = 0; i < COUNT; i++)
    again_wheel_add(&f->wheel, &f->timers[i], 128 + i);
  f->slot = &f->wheel.slots[INDEX];
  *state = f;
  return 0;
}

static int tear_down(void **state) {
  fixture *f = *state;
  again_pool_fini(&f->wheel.pool);
  test_free(f);
  return 0;
}

static void expect(const fixture *f, const char *words) {
  char why[200] = "";
  assert_false(again_wheel_check(&f->wheel, why, sizeof why));
  if (strstr(why, words) == NULL) fail_msg("it says \"%s\", not \"%s\"", why, words);
}

static void a_sound_wheel_is_sound(void **state) {
  fixture *f = *state;
  char why[200] = "";
  assert_true(again_wheel_check(&f->wheel, why, sizeof why));
  assert_string_equal(why, "");
  assert_int_equal(f->slot->chunks, 3);
}

static void a_bit_that_is_wrong(void **state) {
  fixture *f = *state;
  f->wheel.occupied[LEVEL] = 0;
  expect(f, "level 1, slot 2: its occupied bit is 0, not 1");
}

static void a_bit_without_timers(void **state) {
  fixture *f = *state;
  f->wheel.occupied[10] |= 2;
  expect(f, "level 10, slot 1: its occupied bit is 1, not 0");
}

static void an_empty_slot_that_is_not_clear(void **state) {
  fixture *f = *state;
  f->wheel.slots[3].chunks = 1;
  expect(f, "level 0, slot 3: chunks of an empty slot is 1, not 0");
  f->wheel.slots[3].chunks = 0;
  f->wheel.slots[3].head = f->slot->head;
  expect(f, "the head or tail of an empty slot");
  f->wheel.slots[3].head = NULL;
  f->wheel.slots[3].first = 1;
  expect(f, "first of an empty slot is 1");
}

static void counts_of_a_slot_that_are_wrong(void **state) {
  fixture *f = *state;
  f->slot->live++;
  expect(f, "level 1, slot 2: live is 41, not 40");
  f->slot->live--;
  f->slot->chunks--;
  expect(f, "chunks is 2, not 3");
  f->slot->chunks++;
  f->slot->fill = 0;
  expect(f, "fill is 0");
  f->slot->fill = 10;
  f->slot->first = 1;
  expect(f, "first, away from the wheel's time, is 1, not 0");
  f->slot->first = AGAIN_CHUNK_ENTRIES + 1;
  expect(f, "first is 16");
}

static void a_tail_that_is_not_the_last_chunk(void **state) {
  fixture *f = *state;
  f->slot->tail = f->slot->head;
  f->slot->fill = AGAIN_CHUNK_ENTRIES;
  again_timer *stale[5] = {NULL};
  memcpy(&f->slot->head->next->next->entries[10], stale, sizeof stale);
  expect(f, "its tail being its last chunk");
}

static void a_timer_that_does_not_know_its_entry(void **state) {
  fixture *f = *state;
  f->timers[7].entry++;
  expect(f, "the timer for 135 does not know its entry");
}

static void a_timer_in_the_wrong_slot(void **state) {
  fixture *f = *state;
  f->timers[7].expires = 5000;
  expect(f, "at 5 the timer for 5000 is in level 1, slot 2, not 2, 1");
  f->timers[7].expires = AGAIN_NEVER;
  expect(f, "a timer for never is in the wheel");
}

static void counts_of_the_wheel_that_are_wrong(void **state) {
  fixture *f = *state;
  f->wheel.count++;
  expect(f, "the wheel counts 41 timers, but 40 are in it");
  f->wheel.count--;
  f->wheel.reserved = 39;
  expect(f, "40 timers are in the wheel; 39 are reserved");
  f->wheel.reserved = 100000;
  expect(f, "for 100000 timers there are only");
}

static void chunks_that_are_lost_or_used_twice(void **state) {
  fixture *f = *state;
  again_pool *pool = &f->wheel.pool;
  pool->used++;
  expect(f, "4 chunks are counted as used, but 3 are in slots");
  pool->used--;
  pool->filling->fresh++;
  expect(f, "3 are used, 0 free and");
  again_chunk *lost = pool->filling->fresh - 1;
  lost->next = lost;
  pool->free = lost;
  expect(f, "the free chunks form a circle");
  pool->free = NULL;
}

static void a_chunk_that_the_slot_does_not_count(void **state) {
  fixture *f = *state;
  again_chunk *extra = f->wheel.pool.filling->fresh;
  extra->next = NULL;
  f->slot->tail->next = extra;
  expect(f, "chunks is 3, not 4");
}

int main(void) {
#define BROKEN(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
  const struct CMUnitTest tests[] = {
      BROKEN(a_sound_wheel_is_sound),
      BROKEN(a_bit_that_is_wrong),
      BROKEN(a_bit_without_timers),
      BROKEN(an_empty_slot_that_is_not_clear),
      BROKEN(counts_of_a_slot_that_are_wrong),
      BROKEN(a_tail_that_is_not_the_last_chunk),
      BROKEN(a_timer_that_does_not_know_its_entry),
      BROKEN(a_timer_in_the_wrong_slot),
      BROKEN(counts_of_the_wheel_that_are_wrong),
      BROKEN(chunks_that_are_lost_or_used_twice),
      BROKEN(a_chunk_that_the_slot_does_not_count),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
