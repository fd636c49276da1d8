/* The built agent and its files over time: restarts, rotation, replacement. */
#include "runner.h"
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

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
  runner_said(&r, "log was replaced: goes on with log");
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
    if (start == 0) runner_said(&r, "log was replaced: first the rest of ");
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
  runner_said(&r, "log is another file now, or was cut: log is read from its beginning");
  folder_write(&r.folder, "new", "another\nfile\n");
  char new_path[128];
  assert_int_equal(
      rename(folder_path(&r.folder, "new", new_path), folder_path(&r.folder, "log", log)), 0);
  assert_int_equal(runner_run(&r, ARGS("--topic", "t", "log")), 0);
  runner_said(&r, "log is another file now, or was cut: log is read from its beginning");
  assert_int_equal(again_emulator_stats_get(r.emulator).stored, 33);
  runner_fini(&r);
}

static void rename_in(const runner *r, const char *from, const char *to) {
  char a[128];
  char b[128];
  assert_int_equal(rename(folder_path(&r->folder, from, a), folder_path(&r->folder, to, b)), 0);
}

/* log.1 -> log.2, log -> log.1, and a new log of one line. */
static void rotate(const runner *r, const char *text) {
  char path[128];
  if (access(folder_path(&r->folder, "log.2", path), F_OK) == 0) rename_in(r, "log.2", "log.3");
  if (access(folder_path(&r->folder, "log.1", path), F_OK) == 0) rename_in(r, "log.1", "log.2");
  rename_in(r, "log", "log.1");
  folder_write(&r->folder, "log", text);
}

/* What logrotate's copytruncate does. */
static void copy_and_cut(const runner *r, const char *copy, const char *text) {
  char *old = folder_read(&r->folder, "log");
  folder_write(&r->folder, copy, old);
  free(old);
  folder_write(&r->folder, "log", text);
}

static void several_rotations_during_an_outage_lose_nothing(void **state) {
  (void)state;
  again_emulator_options options = {.script = "[{\"code\":\"InternalError\",\"count\":1}]"};
  runner r;
  runner_init(&r, &options);
  runner_lines(&r, "log", 40);
  folder_write(&r.folder, "policy.json",
               "{\"again\": 1, \"retryable\": {\"base\": \"2s\", \"jitter\": \"none\"}}");
  pid_t pid = runner_start(
      &r, ARGS("--topic", "t", "log", "--follow", "--linger", "20ms", "--policy", "policy.json"));
  runner_asked(&r, 1);
  rotate(&r, "second\n");
  rotate(&r, "third a\nthird b\n");
  rotate(&r, "fourth\n");
  runner_stored(&r, 44);
  kill(pid, SIGTERM);
  assert_int_equal(runner_wait(&r, pid), 0);
  assert_int_equal(runner_run(&r, ARGS("--topic", "t", "log")), 0);
  assert_int_equal(again_emulator_stats_get(r.emulator).stored, 44);
  runner_fini(&r);
}

static void a_new_file_that_cannot_be_read_is_told_once_and_again_when_it_can(void **state) {
  (void)state;
  runner r;
  char log[128];
  runner_init(&r, &quiet);
  runner_lines(&r, "log", 3);
  pid_t pid = runner_start(&r, ARGS("--topic", "t", "log", "--follow", "--linger", "20ms"));
  runner_stored(&r, 3);
  rename_in(&r, "log", "log.1");
  assert_int_equal(mkdir(folder_path(&r.folder, "log", log), 0777),
                   0); /* root may read all files */
  for (int i = 0; i < 500 && !runner_has_said(&r, "cannot read");)
    i++;
  assert_int_equal(rmdir(log), 0);
  folder_write(&r.folder, "log", "new\n");
  runner_stored(&r, 4);
  kill(pid, SIGTERM);
  assert_int_equal(runner_wait(&r, pid), 0);
  runner_said(&r, "log can be read now");
  char *err = folder_read(&r.folder, "err");
  assert_int_equal(
      count_text(err, "cannot read log: Is a directory; make it readable: until then log waits"),
      1);
  free(err);
  runner_fini(&r);
}

static void several_rotations_between_two_starts_lose_nothing(void **state) {
  (void)state;
  runner r;
  char log[128];
  runner_init(&r, &quiet);
  folder_write(&r.folder, "log.9", "read long ago\n");
  folder_write(&r.folder, "log", "first\n");
  assert_int_equal(runner_run(&r, ARGS("--topic", "t", "log")), 0);
  runner_lines(&r, "log", 5);
  rotate(&r, "second\n");
  rotate(&r, "third\n");
  assert_int_equal(runner_run(&r, ARGS("--topic", "t", "log")), 0);
  assert_int_equal(again_emulator_stats_get(r.emulator).stored, 8);
  runner_said(&r, "log was replaced: first the rest of ");
  /* And when the one that was read last is gone. */
  rotate(&r, "fourth\n");
  rotate(&r, "fifth\n");
  assert_int_equal(unlink(folder_path(&r.folder, "log.2", log)), 0);
  assert_int_equal(runner_run(&r, ARGS("--topic", "t", "log")), 0);
  assert_int_equal(again_emulator_stats_get(r.emulator).stored, 10);
  runner_fini(&r);
}

static void a_file_that_was_compressed_before_it_was_read_is_named(void **state) {
  (void)state;
  runner r;
  runner_init(&r, &quiet);
  folder_write(&r.folder, "log", "first\n");
  assert_int_equal(runner_run(&r, ARGS("--topic", "t", "log")), 0);
  rotate(&r, "second\n");
  rotate(&r, "third\n");
  rename_in(&r, "log.1", "log.1.gz");
  assert_int_equal(runner_run(&r, ARGS("--topic", "t", "log")), 0);
  runner_said(&r, "log.1.gz was written meanwhile, but cannot be read (compressed");
  assert_int_equal(again_emulator_stats_get(r.emulator).stored, 2);
  runner_fini(&r);
}

static void
a_file_that_was_cut_and_has_grown_past_its_place_is_read_from_its_beginning(void **state) {
  (void)state;
  runner r;
  runner_init(&r, &quiet);
  folder_write(&r.folder, "log", "a long first line\n");
  assert_int_equal(runner_run(&r, ARGS("--topic", "t", "log")), 0);
  folder_write(&r.folder, "log", "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n");
  assert_int_equal(runner_run(&r, ARGS("--topic", "t", "log")), 0);
  assert_int_equal(again_emulator_stats_get(r.emulator).stored, 11);
  pid_t pid = runner_start(&r, ARGS("--topic", "t", "log", "--follow", "--linger", "20ms"));
  runner_lines(&r, "log", 2); /* it is being followed when these are there */
  runner_stored_in_all(&r, 13);
  folder_write(&r.folder, "log",
               "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl\nm\nn\nthe rest of it, which "
               "makes it longer than all that was there before\n");
  runner_stored_in_all(&r, 28);
  kill(pid, SIGTERM);
  assert_int_equal(runner_wait(&r, pid), 0);
  assert_int_equal(again_emulator_stats_get(r.emulator).stored, 28);
  runner_fini(&r);
}

static void what_was_not_read_of_a_file_that_was_cut_is_found_in_its_copy(void **state) {
  (void)state;
  runner r;
  runner_init(&r, &quiet);
  folder_write(&r.folder, "log", "first\n");
  assert_int_equal(runner_run(&r, ARGS("--topic", "t", "log")), 0);
  runner_lines(&r, "log", 5);
  copy_and_cut(&r, "log.1", "second\n");
  rename_in(&r, "log.1", "log.2");
  copy_and_cut(&r, "log.1", "third, longer than the first and the second\n");
  assert_int_equal(runner_run(&r, ARGS("--topic", "t", "log")), 0);
  assert_int_equal(distinct(&r), 8);
  assert_int_equal(again_emulator_stats_get(r.emulator).stored, 8);
  runner_fini(&r);
}

static void files_that_are_cut_during_an_outage_lose_nothing(void **state) {
  (void)state;
  again_emulator_options options = {.script = "[{\"code\":\"InternalError\",\"count\":1}]"};
  runner r;
  runner_init(&r, &options);
  runner_lines(&r, "log", 40);
  folder_write(&r.folder, "policy.json",
               "{\"again\": 1, \"retryable\": {\"base\": \"2s\", \"jitter\": \"none\"}}");
  pid_t pid = runner_start(
      &r, ARGS("--topic", "t", "log", "--follow", "--linger", "20ms", "--policy", "policy.json"));
  runner_asked(&r, 1);
  runner_lines(&r, "log", 5);
  copy_and_cut(&r, "log.1", "second a\nsecond b\n");
  rename_in(&r, "log.1", "log.2");
  copy_and_cut(&r, "log.1", "third\n");
  runner_stored_in_all(&r, 48);
  kill(pid, SIGTERM);
  assert_int_equal(runner_wait(&r, pid), 0);
  assert_int_equal(again_emulator_stats_get(r.emulator).stored, 48);
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
      cmocka_unit_test(several_rotations_during_an_outage_lose_nothing),
      cmocka_unit_test(a_new_file_that_cannot_be_read_is_told_once_and_again_when_it_can),
      cmocka_unit_test(several_rotations_between_two_starts_lose_nothing),
      cmocka_unit_test(a_file_that_was_compressed_before_it_was_read_is_named),
      cmocka_unit_test(a_file_that_was_cut_and_has_grown_past_its_place_is_read_from_its_beginning),
      cmocka_unit_test(what_was_not_read_of_a_file_that_was_cut_is_found_in_its_copy),
      cmocka_unit_test(files_that_are_cut_during_an_outage_lose_nothing),
      cmocka_unit_test(kill_minus_9_loses_nothing),
      cmocka_unit_test(the_next_start_continues_behind_what_is_settled),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
