#include "fixture.h"
#include <stdlib.h>

static void *take(again_kit_memory *memory, void *address, size_t size) {
  return memory->allocator.resize(memory->allocator.data, address, size);
}

static void memory_is_given_and_taken_back(void **state) {
  (void)state;
  again_kit_memory memory;
  again_kit_memory_init(&memory);
  char *a = take(&memory, NULL, 10);
  char *b = take(&memory, NULL, 20);
  assert_int_equal((uintptr_t)a % _Alignof(max_align_t), 0);
  memset(a, 'a', 10);
  memset(b, 'b', 20);
  char *larger = take(&memory, a, 1000);
  assert_ptr_not_equal(larger, a);
  assert_memory_equal(larger, "aaaaaaaaaa", 10);
  char *smaller = take(&memory, larger, 5);
  assert_memory_equal(smaller, "aaaaa", 5);
  assert_int_equal(memory.blocks, 2);
  assert_int_equal(memory.bytes, 25);
  assert_int_equal(memory.most_bytes, 10 + 20 + 1000);
  assert_int_equal(memory.calls, 4);
  assert_null(take(&memory, NULL, 0));
  assert_null(take(&memory, smaller, 0));
  assert_null(take(&memory, b, 0));
  assert_int_equal(memory.calls, 4);
  assert_true(again_kit_assert_no_leaks(&memory));
}

static void the_nth_call_fails_and_leaves_what_was_there(void **state) {
  (void)state;
  again_kit_memory memory;
  again_kit_memory_init(&memory);
  memory.fail_at = 2;
  char *kept = take(&memory, NULL, 4);
  memcpy(kept, "kept", 4);
  assert_null(take(&memory, kept, 8));
  assert_memory_equal(kept, "kept", 4);
  assert_int_equal(memory.failed, 1);
  char *third = take(&memory, NULL, 4);
  assert_non_null(third);
  memory.fail_on = true;
  assert_null(take(&memory, NULL, 4));
  assert_null(take(&memory, third, 5));
  assert_null(take(&memory, NULL, SIZE_MAX));
  assert_int_equal(memory.failed, 4);
  memory.fail_at = 0;
  assert_null(take(&memory, NULL, SIZE_MAX));
  take(&memory, kept, 0);
  take(&memory, third, 0);
  assert_true(again_kit_assert_no_leaks(&memory));
}

static void what_was_not_freed_is_named_and_freed(void **state) {
  (void)state;
  caught c = {0};
  again_kit_memory memory;
  again_kit_memory_init(&memory);
  memory.fail = (again_kit_fail){catch_it, &c};
  take(&memory, NULL, 16);
  take(&memory, take(&memory, NULL, 5), 0);
  take(&memory, NULL, 32);
  assert_false(again_kit_assert_no_leaks(&memory));
  assert_int_equal(c.count, 1);
  assert_true(strstr(c.file, "test_memory.c") != NULL);
  assert_string_equal(c.text, "2 blocks of memory, 48 bytes, were not freed:\n"
                              "  32 bytes of call 3\n"
                              "  16 bytes of call 1\n");
  assert_true(again_kit_assert_no_leaks(&memory)); /* and AddressSanitizer agrees */
}

static void a_report_is_cut_to_its_room(void **state) {
  (void)state;
  again_kit_memory memory;
  char text[8];
  again_kit_memory_init(&memory);
  for (int i = 0; i < 100; i++)
    take(&memory, NULL, 8);
  assert_int_equal(again_kit_memory_report(&memory, text, sizeof text), 100);
  assert_string_equal(text, "  8 byt");
  assert_int_equal(again_kit_memory_report(&memory, NULL, 0), 100);
  caught c = {0};
  memory.fail = (again_kit_fail){catch_it, &c};
  assert_false(again_kit_assert_no_leaks(&memory));
  assert_true(strlen(c.text) > 1000);
}

static void strange_memory_and_memory_freed_twice_is_told(void **state) {
  (void)state;
  caught c = {0};
  again_kit_memory memory;
  again_kit_memory_init(&memory);
  memory.fail = (again_kit_fail){catch_it, &c};
  char strange[64];
  assert_null(take(&memory, strange, 0));
  assert_int_equal(c.count, 1);
  char *block = take(&memory, NULL, 8);
  take(&memory, block, 0);
  assert_null(take(&memory, block, 0));
  assert_int_equal(c.count, 2);
  assert_null(take(&memory, block, 9));
  assert_int_equal(c.count, 3);
  assert_string_equal(c.text,
                      "memory is freed or resized that this allocator did not give, or that "
                      "was freed before\n");
  assert_true(again_kit_assert_no_leaks(&memory));
}

/* A scheduler with many operations, with as much memory as there is. Returns whether all were taken. */
static bool live(again_kit_memory *memory) {
  again_kit kit;
  again_kit_op ops[40] = {0};
  bool all = true;
  again_sched_options options = {.allocator = &memory->allocator};
  if (again_kit_init(&kit, &kit_policy, &options, 0) != 0) return false;
  for (size_t i = 0; i < COUNT_OF(ops); i++) {
    ops[i].script = "503 +5ms, reset, 200 +7ms";
    int error = again_kit_submit(&kit, &ops[i], NULL, AGAIN_NEVER);
    assert_true(error == 0 || error == AGAIN_ENOMEM);
    if (error != 0) all = false;
  }
  again_kit_run(&kit, AGAIN_NEVER);
  for (size_t i = 0; i < COUNT_OF(ops); i++)
    assert_true(ops[i].done_count <= 1);
  again_kit_fini(&kit);
  return all;
}

static void a_scheduler_lives_with_any_call_that_fails_and_gives_all_back(void **state) {
  (void)state;
  for (int on = 0; on < 2; on++) {
    uint64_t n = 1;
    for (;; n++) {
      again_kit_memory memory;
      again_kit_memory_init(&memory);
      memory.fail_at = n;
      memory.fail_on = on == 1;
      bool all = live(&memory);
      assert_true(again_kit_assert_no_leaks(&memory));
      if (memory.failed == 0) {
        assert_true(all);
        break;
      }
    }
    assert_true(n > 3);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(memory_is_given_and_taken_back),
      cmocka_unit_test(the_nth_call_fails_and_leaves_what_was_there),
      cmocka_unit_test(what_was_not_freed_is_named_and_freed),
      cmocka_unit_test(a_report_is_cut_to_its_room),
      cmocka_unit_test(strange_memory_and_memory_freed_twice_is_told),
      cmocka_unit_test(a_scheduler_lives_with_any_call_that_fails_and_gives_all_back),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
