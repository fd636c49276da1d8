/* The built agent and its files over time: restarts, rotation, replacement. */
#include "runner.h"
#include <signal.h>

#define ARGS(...) ((const char *const[]){__VA_ARGS__, NULL})

static const again_emulator_options quiet = {0};

static uint64_t distinct(const runner *r) {
  return again_emulator_stats_get(r->emulator).distinct;
}

static void a_rotated_file_is_read_to_its_end_and_then_the_new_one(void **state) {
  (void)state;
  runner r;
  char log[128];
  char old[128];
  runner_init(&r, &quiet);
  runner_lines(&r, "log", 30);
  pid_t pid = runner_start(&r, ARGS("--topic", "t", "log", "--follow", "--linger", "20ms"));
  runner_stored(&r, 30);
  runner_lines(&r, "log", 40); /* just before it is moved away */
  assert_int_equal(rename(folder_path(&r.folder, "log", log), folder_path(&r.folder, "old", old)),
                   0);
  runner_lines(&r, "log", 50);
  runner_stored_in_all(&r, 120);
  folder_write(&r.folder, "log", "cut\n"); /* the same file, shorter than before */
  runner_stored_in_all(&r, 121);
  kill(pid, SIGTERM);
  assert_int_equal(runner_wait(&r, pid), 0);
  runner_said(&r, "log was replaced: read from its beginning");
  runner_fini(&r);
}

static void the_rest_of_a_file_that_was_rotated_between_two_starts_is_found(void **state) {
  (void)state;
  again_emulator_options options = {.script = "[{\"code\":\"InternalError\",\"min_logs\":2}]"};
  runner r;
  char log[128];
  char old[128];
  runner_init(&r, &options);
  runner_lines(&r, "log", 40);
  pid_t pid = runner_start(&r, ARGS("--topic", "t", "log", "--drain", "0ms"));
  runner_asked(&r, 1);
  kill(pid, SIGTERM);
  assert_int_equal(runner_wait(&r, pid), 3);
  assert_int_equal(rename(folder_path(&r.folder, "log", log), folder_path(&r.folder, "log.1", old)),
                   0);
  folder_write(&r.folder, "log", "new\n");
  for (int start = 0; start < 2; start++) { /* and only once */
    assert_int_equal(runner_run(&r, ARGS("--topic", "t", "log", "--batch-lines", "1")), 0);
    assert_int_equal(again_emulator_stats_get(r.emulator).stored, 41);
    if (start == 0)
      runner_said(&r, "log is another file now: read from its beginning; the rest of");
  }
  runner_fini(&r);
}

static void a_file_that_was_replaced_between_two_starts_is_read_from_its_beginning(void **state) {
  (void)state;
  runner r;
  char log[128];
  runner_init(&r, &quiet);
  runner_lines(&r, "log", 30);
  assert_int_equal(runner_run(&r, ARGS("--topic", "t", "log")), 0);
  folder_write(&r.folder, "log", "short\n");
  assert_int_equal(runner_run(&r, ARGS("--topic", "t", "log")), 0);
  runner_said(&r, "log is shorter than what was read of it: read from its beginning");
  folder_write(&r.folder, "new", "another\nfile\n");
  char new_path[128];
  assert_int_equal(
      rename(folder_path(&r.folder, "new", new_path), folder_path(&r.folder, "log", log)), 0);
  assert_int_equal(runner_run(&r, ARGS("--topic", "t", "log")), 0);
  runner_said(&r, "log is another file now: read from its beginning");
  assert_int_equal(again_emulator_stats_get(r.emulator).stored, 33);
  runner_fini(&r);
}

static void kill_minus_9_loses_nothing(void **state) {
  (void)state;
  again_emulator_options options = {.quota = 400, .burst = 1};
  runner r;
  runner_init(&r, &options);
  runner_lines(&r, "log", 1500);
  for (unsigned round = 1; round <= 4; round++) {
    pid_t pid = runner_start(&r, ARGS("--topic", "t", "log", "--batch-lines", "5"));
    runner_stored(&r, round * 100);
    kill(pid, SIGKILL);
    assert_int_equal(runner_wait(&r, pid), -1);
  }
  assert_int_equal(runner_run(&r, ARGS("--topic", "t", "log", "--batch-lines", "5")), 0);
  assert_int_equal(distinct(&r), 1500);
  runner_fini(&r);
}

static void the_next_start_continues_behind_what_is_settled(void **state) {
  (void)state;
  runner r;
  runner_init(&r, &quiet);
  runner_lines(&r, "log", 100);
  assert_int_equal(runner_run(&r, ARGS("--topic", "t", "log")), 0);
  assert_int_equal(runner_run(&r, ARGS("--topic", "t", "log")), 0);
  assert_int_equal(again_emulator_stats_get(r.emulator).stored, 100);
  runner_lines(&r, "log", 50);
  assert_int_equal(runner_run(&r, ARGS("--topic", "t", "log")), 0);
  assert_int_equal(again_emulator_stats_get(r.emulator).stored, 150);
  runner_fini(&r);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_rotated_file_is_read_to_its_end_and_then_the_new_one),
      cmocka_unit_test(the_rest_of_a_file_that_was_rotated_between_two_starts_is_found),
      cmocka_unit_test(a_file_that_was_replaced_between_two_starts_is_read_from_its_beginning),
      cmocka_unit_test(kill_minus_9_loses_nothing),
      cmocka_unit_test(the_next_start_continues_behind_what_is_settled),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
