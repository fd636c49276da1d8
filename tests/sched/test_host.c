#include "fixture.h"
#include <stdio.h>

/* A scheduler with a scope on borrowed memory; the first error. */
static int live(again_kit_memory *memory) {
  again_sched_options options = {.policy = &steady_policy, .allocator = &memory->allocator};
  again_sched *sched;
  again_scope scope = {.name = "topic"};
  int error = again_sched_new(&options, 0, &sched);
  if (error != 0) return error;
  error = again_scope_init(&scope, sched);
  again_sched_free(sched);
  return error;
}

static void a_scheduler_lives_on_borrowed_memory_and_gives_all_of_it_back(void **state) {
  (void)state;
  again_kit_memory memory;
  again_kit_memory_init(&memory);
  assert_int_equal(live(&memory), 0);
  assert_true(memory.calls >= 2);
  assert_int_equal(memory.blocks, 0);
}

static void without_memory_there_is_an_error_and_nothing_leaks(void **state) {
  (void)state;
  uint64_t n = 1;
  for (;; n++) {
    again_kit_memory memory;
    again_kit_memory_init(&memory);
    memory.fail_at = n;
    memory.fail_on = true;
    int error = live(&memory);
    assert_int_equal(memory.blocks, 0);
    if (error == 0) break;
    assert_int_equal(error, AGAIN_ENOMEM);
  }
  assert_true(n > 2);
}

static void without_an_allocator_memory_is_the_c_librarys(void **state) {
  (void)state;
  again_allocator none = {NULL, NULL};
  char *memory = again_resize(NULL, NULL, 8);
  assert_non_null(memory);
  memory = again_resize(&none, memory, 16);
  assert_non_null(memory);
  memory[15] = 'x';
  assert_null(again_resize(&none, memory, 0));
}

typedef struct lines {
  int count;
  again_log_level level[16];
  char last[401];
} lines;

static void on_line(void *data, again_log_level level, const char *line) {
  lines *l = data;
  if (l->count < 16) l->level[l->count] = level;
  l->count++;
  snprintf(l->last, sizeof l->last, "%s", line);
}

static void run_logged(lines *l, again_log_level least) {
  again_sched_options options = {.log = {on_line, l, least}};
  fixture f;
  fixture_init(&f, &steady_policy, &options);
  again_kit_op op = OP(ERROR_500_IN(5), ERROR_400_IN(5));
  fixture_submit(&f, &op);
  again_kit_run(&f.kit, AGAIN_NEVER);
  again_kit_fini(&f.kit);
}

static void the_log_gets_each_event_in_words_with_its_level(void **state) {
  (void)state;
  static const again_log_level wanted[] = {AGAIN_LOG_DEBUG, AGAIN_LOG_DEBUG, AGAIN_LOG_INFO,
                                           AGAIN_LOG_DEBUG, AGAIN_LOG_ERROR};
  lines l = {.count = 0};
  run_logged(&l, AGAIN_LOG_DEBUG);
  assert_int_equal(l.count, 5);
  for (int i = 0; i < 5; i++)
    assert_int_equal(l.level[i], wanted[i]);
  assert_string_equal(l.last, "fatal 400 TopicClosed (attempt 2): surfaced, another attempt would "
                              "be refused as well");
}

static void the_log_gets_nothing_below_the_level_it_wants(void **state) {
  (void)state;
  lines l = {.count = 0};
  run_logged(&l, AGAIN_LOG_WARNING);
  assert_int_equal(l.count, 1);
  assert_int_equal(l.level[0], AGAIN_LOG_ERROR);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_scheduler_lives_on_borrowed_memory_and_gives_all_of_it_back),
      cmocka_unit_test(without_memory_there_is_an_error_and_nothing_leaks),
      cmocka_unit_test(without_an_allocator_memory_is_the_c_librarys),
      cmocka_unit_test(the_log_gets_each_event_in_words_with_its_level),
      cmocka_unit_test(the_log_gets_nothing_below_the_level_it_wants),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
