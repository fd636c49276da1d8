/* The built agent and what changes under it: the credential's file, and SIGHUP. */
#include "runner.h"
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define ARGS(...) ((const char *const[]){__VA_ARGS__, NULL})

static const again_emulator_options quiet = {0};

static void write_credential(const runner *r, const char *id, unsigned mode) {
  char text[128];
  char path[128];
  char aside[128];
  snprintf(text, sizeof text, "# of a test\nsecret_id = %s\nsecret_key = emulator-secret-key\n",
           id);
  folder_write(&r->folder, "aside", text);
  assert_int_equal(chmod(folder_path(&r->folder, "aside", aside), mode), 0);
  assert_int_equal(rename(aside, folder_path(&r->folder, "key", path)), 0);
}

static void wait_said(runner *r, const char *text) {
  for (int i = 0; i < 500 && !runner_has_said(r, text); i++) {
  }
  runner_said(r, text);
}

static unsigned times_said(const runner *r, const char *text) {
  char *err = folder_read(&r->folder, "err");
  unsigned times = count_text(err, text);
  free(err);
  return times;
}

static void end_it(runner *r, pid_t pid, int status) {
  kill(pid, SIGTERM);
  assert_int_equal(runner_wait(r, pid), status);
  runner_fini(r);
}

static void a_credential_comes_from_a_file_that_only_its_owner_can_read(void **state) {
  (void)state;
  runner r;
  runner_init(&r, &quiet);
  r.secret_id = NULL; /* none in the environment */
  runner_lines(&r, "log", 5);
  assert_int_equal(runner_run(&r, ARGS("--topic", "t", "log")), 2);
  runner_said(&r,
              "AGAIN_CLS_SECRET_ID is not set: put the credential into the environment, or name "
              "its file with --credentials");
  assert_int_equal(runner_run(&r, ARGS("--topic", "t", "log", "--credentials", "key")), 2);
  runner_said(&r, "key cannot be read: No such file or directory");
  write_credential(&r, "AKIDEMULATOR", 0640);
  assert_int_equal(runner_run(&r, ARGS("--topic", "t", "log", "--credentials", "key")), 2);
  runner_said(&r, "(mode 0640): run chmod 600, or allow it");
  assert_int_equal(runner_run(&r, ARGS("--topic", "t", "log", "--credentials", "key",
                                       "--allow-readable-credentials")),
                   0);
  runner_lines(&r, "log", 5);
  write_credential(&r, "AKIDEMULATOR", 0600);
  assert_int_equal(runner_run(&r, ARGS("--topic", "t", "log", "--credentials", "key")), 0);
  assert_int_equal(again_emulator_stats_get(r.emulator).stored, 10);
  runner_fini(&r);
}

static void a_refused_credential_is_waited_for_and_taken_from_its_file(void **state) {
  (void)state;
  runner r;
  runner_init(&r, &quiet);
  runner_lines(&r, "log", 5);
  write_credential(&r, "AKIDOLD", 0600);
  pid_t pid = runner_start(
      &r, ARGS("--topic", "t", "log", "--follow", "--linger", "0ms", "--credentials", "key"));
  runner_asked(&r, 1);
  write_credential(&r, "AKIDEMULATOR", 0600);
  runner_stored(&r, 5);
  wait_said(&r, "key: the new credential is in force");
  assert_int_equal(times_said(&r, "emulator-secret-key"), 0);
  end_it(&r, pid, 0);
}

static void sighup_reads_the_policy_at_once_and_a_broken_one_changes_nothing(void **state) {
  (void)state;
  again_emulator_options options = {.script = "[{\"code\":\"InvalidContent\"}]"};
  runner r;
  runner_init(&r, &options);
  runner_lines(&r, "log", 3);
  folder_write(&r.folder, "policy.json",
               "{\"again\": 1, \"retryable\": {\"base\": \"20ms\", \"cap\": \"200ms\"},\n"
               " \"classify\": [{\"code\": \"InvalidContent\", \"class\": \"retryable\"}]}");
  pid_t pid = runner_start(
      &r, ARGS("--topic", "t", "log", "--follow", "--linger", "0ms", "--policy", "policy.json"));
  runner_asked(&r, 1);
  folder_write(&r.folder, "policy.json", "{\"again\": 1, \"retyable\": {}}");
  kill(pid, SIGHUP);
  wait_said(&r, "SIGHUP: what may have changed is read again");
  wait_said(&r, "policy.json:1:14: unknown key \"retyable\"");
  again_emulator_stats then = again_emulator_stats_get(r.emulator);
  runner_asked(&r, (unsigned)then.requests + 3); /* the old one holds; the watch has seen it, too */
  assert_int_equal(times_said(&r, "the old policy stays in force"), 1);
  folder_write(&r.folder, "policy.json", "{\"again\": 1}"); /* fatal again */
  kill(pid, SIGHUP);
  wait_said(&r, "policy.json: the new policy is in force");
  wait_said(&r, "InvalidContent");
  end_it(&r, pid, 1);
}

/* A file whose name is a link into another folder: the watch does not see what happens there. */
static void link_to(const runner *r, const char *name, const char *text) {
  char path[128];
  char target[128];
  snprintf(target, sizeof target, "elsewhere/%s", name);
  mkdir(folder_path(&r->folder, "elsewhere", path), 0700);
  folder_write(&r->folder, target, text);
  assert_int_equal(chmod(folder_path(&r->folder, target, path), 0600), 0);
  assert_int_equal(symlink(target, folder_path(&r->folder, name, path)), 0);
}

static void sighup_reads_what_no_watch_sees(void **state) {
  (void)state;
  runner r;
  runner_init(&r, &quiet);
  runner_lines(&r, "log", 5);
  link_to(&r, "key", "secret_id = AKIDEMULATOR\nsecret_key = emulator-secret-key\n");
  link_to(&r, "policy.json", "{\"again\": 1}");
  pid_t pid = runner_start(&r, ARGS("--topic", "t", "log", "--follow", "--linger", "0ms",
                                    "--credentials", "key", "--policy", "policy.json"));
  runner_stored(&r, 5);
  folder_write(&r.folder, "elsewhere/key",
               "secret_id = AKIDEMULATOR\nsecret_key = emulator-secret-key\ntoken = new\n");
  folder_write(&r.folder, "elsewhere/policy.json",
               "{\"again\": 1, \"retryable\": {\"base\": \"7s\"}}");
  kill(pid, SIGHUP);
  wait_said(&r, "key: the new credential is in force");
  wait_said(&r, "policy.json: the new policy is in force");
  end_it(&r, pid, 0);
}

static void sighup_changes_a_credential_and_keeps_it_if_the_new_one_is_wrong(void **state) {
  (void)state;
  runner r;
  runner_init(&r, &quiet);
  runner_lines(&r, "log", 5);
  write_credential(&r, "AKIDEMULATOR", 0600);
  pid_t pid = runner_start(
      &r, ARGS("--topic", "t", "log", "--follow", "--linger", "0ms", "--credentials", "key"));
  runner_stored(&r, 5);
  write_credential(&r, "AKIDOTHER", 0644);
  kill(pid, SIGHUP);
  wait_said(&r, "run chmod 600, or allow it; the old credential stays in force");
  runner_lines(&r, "log", 8); /* 3 more that are new */
  runner_stored_in_all(&r, 13);
  assert_int_equal(times_said(&r, "the old credential stays in force"), 1);
  end_it(&r, pid, 0);
}

static void sighup_opens_the_file_of_the_events_anew(void **state) {
  (void)state;
  runner r;
  char path[128];
  char moved[128];
  runner_init(&r, &quiet);
  runner_lines(&r, "log", 5);
  pid_t pid = runner_start(
      &r, ARGS("--topic", "t", "log", "--follow", "--linger", "0ms", "--events", "events"));
  runner_stored(&r, 5);
  assert_int_equal(
      rename(folder_path(&r.folder, "events", path), folder_path(&r.folder, "events.1", moved)), 0);
  kill(pid, SIGHUP);
  wait_said(&r, "SIGHUP");
  kill(pid, SIGTERM);
  assert_int_equal(runner_wait(&r, pid), 0);
  char *events = folder_read(&r.folder, "events");
  assert_int_equal(count_text(events, "\"final\":true"), 1);
  free(events);
  runner_fini(&r);
}

static void a_manager_is_told_when_it_is_ready_reads_again_and_stops(void **state) {
  (void)state;
  runner r;
  struct sockaddr_un at = {.sun_family = AF_UNIX};
  static const char *const expected[] = {"READY=1", "RELOADING=1\n", "READY=1", "STOPPING=1"};
  runner_init(&r, &quiet);
  runner_lines(&r, "log", 5);
  char path[128];
  folder_path(&r.folder, "notify", path);
  assert_true(strlen(path) < sizeof at.sun_path);
  memcpy(at.sun_path, path, strlen(path));
  int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
  assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
  assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){.tv_sec = 20},
                              sizeof(struct timeval)),
                   0);
  setenv("NOTIFY_SOCKET", path, 1);
  pid_t pid = runner_start(&r, ARGS("--topic", "t", "log", "--follow", "--linger", "0ms"));
  unsetenv("NOTIFY_SOCKET");
  for (size_t i = 0; i < COUNT_OF(expected); i++) {
    char told[256] = "";
    assert_true(recv(fd, told, sizeof told - 1, 0) > 0);
    if (strncmp(told, expected[i], strlen(expected[i])) != 0) fail_msg("it says %s", told);
    if (i == 0) kill(pid, SIGHUP);
    if (i == 2) runner_stored(&r, 5); /* before that it would leave something for the next start */
    if (i == 2) kill(pid, SIGTERM);
  }
  assert_int_equal(runner_wait(&r, pid), 0);
  close(fd);
  runner_fini(&r);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_credential_comes_from_a_file_that_only_its_owner_can_read),
      cmocka_unit_test(a_refused_credential_is_waited_for_and_taken_from_its_file),
      cmocka_unit_test(sighup_reads_the_policy_at_once_and_a_broken_one_changes_nothing),
      cmocka_unit_test(sighup_reads_what_no_watch_sees),
      cmocka_unit_test(sighup_changes_a_credential_and_keeps_it_if_the_new_one_is_wrong),
      cmocka_unit_test(a_manager_is_told_when_it_is_ready_reads_again_and_stops),
      cmocka_unit_test(sighup_opens_the_file_of_the_events_anew),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
