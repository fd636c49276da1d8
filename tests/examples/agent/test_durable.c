/* In which order things reach the disk: the linker sends these calls here first. */
#include "agent.h"
#include "folder.h"
#include <again/emulator.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char trace[64 * 1024];

static void note(const char *what, const char *path) {
  const char *slash = strrchr(path, '/');
  size_t used = strlen(trace);
  snprintf(trace + used, sizeof trace - used, "%s %s\n", what, slash != NULL ? slash + 1 : path);
}

static void note_fd(const char *what, int fd) {
  char link[64];
  char path[256] = "";
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  if (readlink(link, path, sizeof path - 1) > 0) note(what, path);
}

int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __wrap_fsync(int fd) {
  note_fd("sync", fd);
  return __real_fsync(fd);
}

int __real_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to) {
  note("rename", to);
  return __real_rename(from, to);
}

ssize_t __real_write(int fd, const void *bytes, size_t length);
ssize_t __wrap_write(int fd, const void *bytes, size_t length);
ssize_t __wrap_write(int fd, const void *bytes, size_t length) {
  note_fd("write", fd);
  return __real_write(fd, bytes, length);
}

static void a_checkpoint_is_on_the_disk_before_it_takes_the_name(void **state) {
  (void)state;
  folder f;
  char why[512];
  checkpoint *opened = NULL;
  folder_make(&f);
  assert_true(checkpoint_open(f.path, &opened, why, sizeof why));
  trace[0] = '\0';
  assert_true(checkpoint_write(opened, why, sizeof why));
  char expected[256];
  snprintf(expected, sizeof expected,
           "write checkpoint.json.new\nwrite checkpoint.json.new\nsync checkpoint.json.new\n"
           "rename checkpoint.json\nsync %s\n",
           strrchr(f.path, '/') + 1);
  assert_string_equal(trace, expected);
  checkpoint_close(opened);
  folder_remove(&f);
}

/* The agent in this process, with a topic that refuses all lines. */
static void run_agent(const folder *f) {
  char log[128];
  char state_folder[128];
  char endpoint[64];
  char why[512];
  again_emulator *emulator = NULL;
  again_emulator_options closed = {.script = "[{\"code\":\"InvalidContent\"}]"};
  assert_int_equal(again_emulator_start(&closed, &emulator, why, sizeof why), 0);
  snprintf(endpoint, sizeof endpoint, "http://127.0.0.1:%u",
           (unsigned)again_emulator_port(emulator));
  setenv("AGAIN_CLS_SECRET_ID", "AKIDEMULATOR", 1);
  setenv("AGAIN_CLS_SECRET_KEY", "emulator-secret-key", 1);
  unsetenv("AGAIN_CLS_TOKEN");
  const char *arguments[] = {"again-agent",
                             "--endpoint",
                             endpoint,
                             "--quiet",
                             "--topic",
                             "t",
                             folder_path(f, "log", log),
                             "--state",
                             folder_path(f, "state", state_folder),
                             "--batch-lines",
                             "2"};
  agent *self = calloc(1, sizeof *self);
  assert_non_null(self);
  assert_true(options_parse(&self->options, COUNT_OF(arguments), (char **)(uintptr_t)arguments, why,
                            sizeof why));
  curl_global_init(CURL_GLOBAL_DEFAULT);
  if (agent_open(self, why, sizeof why) != 0) fail_msg("%s", why);
  assert_int_equal(agent_run(self), AGENT_DEAD_LETTERS);
  agent_close(self);
  free(self);
  curl_global_cleanup();
  assert_int_equal(again_emulator_stop(emulator), 0);
}

static void dead_letters_are_on_the_disk_before_the_checkpoint_moves_past_them(void **state) {
  (void)state;
  folder f;
  folder_make(&f);
  folder_write(&f, "log", "one\ntwo\nthree\nfour\nfive\n");
  trace[0] = '\0';
  run_agent(&f);
  unsigned written = 0;
  unsigned unsynced = 0;
  unsigned renamed = 0;
  for (char *call = strtok(trace, "\n"); call != NULL; call = strtok(NULL, "\n")) {
    if (strcmp(call, "write dead-letters.ndjson") == 0) {
      written++;
      unsynced++;
    }
    if (strcmp(call, "sync dead-letters.ndjson") == 0) unsynced = 0;
    if (strcmp(call, "rename checkpoint.json") == 0) {
      assert_int_equal(unsynced, 0);
      renamed++;
    }
  }
  assert_true(written >= 5);
  assert_true(renamed >= 2); /* at the start, and at the end */
  assert_int_equal(unsynced, 0);
  folder_remove(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_checkpoint_is_on_the_disk_before_it_takes_the_name),
      cmocka_unit_test(dead_letters_are_on_the_disk_before_the_checkpoint_moves_past_them),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
