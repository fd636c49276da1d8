/* The built agent and its bounds: it ends when it is told to, whatever it waits for, and keeps to its
 * window. */
#include "runner.h"
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ARGS(...) ((const char *const[]){__VA_ARGS__, NULL})

static const again_emulator_options quiet = {0};

/* A pipe in the folder that is full, and read only by the test. */
static int full_pipe(const runner *r, const char *name) {
  char path[128];
  char filling[4096];
  assert_int_equal(mkfifo(folder_path(&r->folder, name, path), 0666), 0);
  int fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
  assert_true(fd >= 0);
  memset(filling, '\n', sizeof filling);
  while (write(fd, filling, sizeof filling) > 0) {
  }
  return fd;
}

static void events_that_nobody_reads_do_not_keep_it_from_ending(void **state) {
  (void)state;
  runner r;
  runner_init(&r, &quiet);
  runner_lines(&r, "log", 10);
  int reader = full_pipe(&r, "events");
  pid_t pid = runner_start(
      &r, ARGS("--topic", "t", "log", "--follow", "--linger", "0ms", "--events", "events"));
  runner_stored(&r, 10);
  kill(pid, SIGTERM);
  assert_int_equal(runner_wait(&r, pid), 0);
  runner_said(&r, " events were left out: nothing reads them");
  close(reader);
  runner_fini(&r);
}

/* Reads until the text has come, as far as 20 seconds bring it. */
static bool comes(runner *r, int reader, const char *text) {
  static char seen[256 * 1024];
  size_t length = 0;
  for (int i = 0; i < 1000; i++) {
    ssize_t got = read(reader, seen + length, sizeof seen - 1 - length);
    if (got > 0 && seen[0] == '\n') got = 0; /* the filling */
    if (got > 0) length += (size_t)got;
    seen[length] = '\0';
    if (strstr(seen, text) != NULL) return true;
    if (got <= 0) runner_has_said(r, ""); /* waits a little */
  }
  return false;
}

static void a_reader_that_comes_late_is_told_how_many_events_it_missed(void **state) {
  (void)state;
  runner r;
  runner_init(&r, &quiet);
  runner_lines(&r, "log", 10);
  int reader = full_pipe(&r, "events");
  pid_t pid = runner_start(
      &r, ARGS("--topic", "t", "log", "--follow", "--linger", "0ms", "--events", "events"));
  runner_stored(&r, 10);
  runner_lines(&r, "log", 5);
  runner_stored_in_all(&r, 15);
  assert_true(comes(&r, reader, "{\"event\":\"dropped\",\"count\":"));
  assert_true(comes(&r, reader, "\"delivered\":15"));
  kill(pid, SIGTERM);
  assert_true(comes(&r, reader, "\"final\":true"));
  assert_int_equal(runner_wait(&r, pid), 0);
  close(reader);
  runner_fini(&r);
}

/* Lines of the kernel's messages, a device whose end waits; 0: there is no such device here. */
static unsigned kernel_lines(void) {
  char record[8192];
  unsigned lines = 0;
  int device = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  for (ssize_t got = 1; device >= 0 && got > 0;) {
    got = read(device, record, sizeof record);
    for (ssize_t i = 0; i < got; i++)
      lines += record[i] == '\n';
  }
  if (device >= 0) close(device);
  return lines;
}

static void a_device_that_gives_nothing_does_not_keep_it_from_ending(void **state) {
  (void)state;
  runner r;
  char path[128];
  unsigned lines = kernel_lines();
  if (lines == 0) skip();
  runner_init(&r, &quiet);
  assert_int_equal(symlink("/dev/kmsg", folder_path(&r.folder, "in", path)), 0);
  pid_t pid = runner_start(&r, ARGS("--topic", "t", "-", "--linger", "0ms"));
  runner_stored_in_all(&r, lines); /* now the next read is under way */
  kill(pid, SIGTERM);
  assert_int_equal(runner_wait(&r, pid), 3);
  runner_said(&r, "-: a read does not come back; it is given up");
  runner_fini(&r);
}

static void no_more_batches_than_the_window_are_on_their_way(void **state) {
  (void)state;
  again_emulator_options options = {.script = "[{\"code\":\"InternalError\"}]"};
  runner r;
  runner_init(&r, &options);
  runner_lines(&r, "log", 20);
  folder_write(&r.folder, "policy.json", "{\"again\": 1, \"retryable\": {\"cap\": \"500ms\"}}");
  pid_t pid = runner_start(&r, ARGS("--topic", "t", "log", "--follow", "--batch-lines", "1",
                                    "--window", "3", "--events", "events", "--policy",
                                    "policy.json", "--drain", "0ms"));
  runner_asked(&r, 12);
  kill(pid, SIGKILL); /* a drain sends all */
  assert_int_equal(runner_wait(&r, pid), -1);
  char *events = folder_read(&r.folder, "events");
  assert_int_equal(count_text(events, "\"attempt\":1,"), 3);
  free(events);
  runner_fini(&r);
}

static void a_second_signal_ends_it_at_once_and_keeps_the_place(void **state) {
  (void)state;
  again_emulator_options options = {.script = "[{\"code\":\"InternalError\",\"min_logs\":2}]"};
  runner r;
  runner_init(&r, &options);
  runner_lines(&r, "log", 30);
  pid_t pid =
      runner_start(&r, ARGS("--topic", "t", "log", "--follow", "--linger", "0ms", "--drain", "1h"));
  runner_asked(&r, 1);
  kill(pid, SIGTERM);
  for (int i = 0; i < 500 && !runner_has_said(&r, "SIGTERM: delivers"); i++) {
  }
  kill(pid, SIGINT);
  assert_int_equal(runner_wait(&r, pid), 3);
  runner_said(&r, "a second signal: ends at once");
  char *letters = folder_read(&r.folder, "state/dead-letters.ndjson");
  assert_string_equal(letters, "");
  free(letters);
  assert_int_equal(runner_run(&r, ARGS("--topic", "t", "log", "--batch-lines", "1")), 0);
  assert_int_equal(again_emulator_stats_get(r.emulator).distinct, 30);
  runner_fini(&r);
}

static void a_policy_with_a_small_backlog_is_kept_to(void **state) {
  (void)state;
  runner r;
  runner_init(&r, &quiet);
  runner_lines(&r, "log", 200);
  folder_write(&r.folder, "small.json", "{\"again\": 1, \"backlog\": {\"operations\": 2}}");
  assert_int_equal(runner_run(&r, ARGS("--topic", "a", "log", "--topic", "b", "log",
                                       "--batch-lines", "5", "--policy", "small.json")),
                   0);
  assert_int_equal(again_emulator_stats_get(r.emulator).stored, 400);
  folder_write(&r.folder, "tiny.json", "{\"again\": 1, \"backlog\": {\"bytes\": \"10B\"}}");
  assert_int_not_equal(runner_run(&r, ARGS("--topic", "c", "log", "--policy", "tiny.json")), 0);
  runner_said(&r, "the backlog is full");
  runner_fini(&r);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_policy_with_a_small_backlog_is_kept_to),
      cmocka_unit_test(events_that_nobody_reads_do_not_keep_it_from_ending),
      cmocka_unit_test(a_reader_that_comes_late_is_told_how_many_events_it_missed),
      cmocka_unit_test(a_device_that_gives_nothing_does_not_keep_it_from_ending),
      cmocka_unit_test(no_more_batches_than_the_window_are_on_their_way),
      cmocka_unit_test(a_second_signal_ends_it_at_once_and_keeps_the_place),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
