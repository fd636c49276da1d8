#include "runner.h"
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ARGUMENTS_MAX = 32 };

void runner_init(runner *r, const again_emulator_options *options) {
  char why[256];
  memset(r, 0, sizeof *r);
  folder_make(&r->folder);
  if (again_emulator_start(options, &r->emulator, why, sizeof why) != 0) fail_msg("%s", why);
  snprintf(r->endpoint, sizeof r->endpoint, "http://127.0.0.1:%u",
           (unsigned)again_emulator_port(r->emulator));
  r->secret_id = "AKIDEMULATOR";
}

void runner_fini(runner *r) {
  assert_int_equal(again_emulator_stop(r->emulator), 0);
  folder_remove(&r->folder);
}

void runner_lines(runner *r, const char *name, int lines) {
  char path[128];
  FILE *file = fopen(folder_path(&r->folder, name, path), "a");
  assert_non_null(file);
  for (int i = 0; i < lines; i++)
    fprintf(file, "line %d of the log\n", i);
  assert_int_equal(fclose(file), 0);
}

/* In the child: nothing here may come back. */
static void become_agent(const runner *r, const char *const *arguments) {
  char *argv[ARGUMENTS_MAX] = {(char *)(uintptr_t)AGENT, (char *)(uintptr_t) "--state",
                               (char *)(uintptr_t) "state", (char *)(uintptr_t) "--endpoint",
                               (char *)(uintptr_t)r->endpoint};
  for (int i = 5; *arguments != NULL && i < ARGUMENTS_MAX - 1; i++)
    argv[i] = (char *)(uintptr_t)*arguments++;
  if (chdir(r->folder.path) != 0) _exit(99);
  int err = open("err", O_WRONLY | O_CREAT | O_TRUNC, 0666);
  int in = open("in", O_RDONLY);
  dup2(in >= 0 ? in : open("/dev/null", O_RDONLY), 0);
  dup2(err, 1);
  dup2(err, 2);
  unsetenv("AGAIN_CLS_SECRET_ID");
  if (r->secret_id != NULL) setenv("AGAIN_CLS_SECRET_ID", r->secret_id, 1);
  setenv("AGAIN_CLS_SECRET_KEY", "emulator-secret-key", 1);
  unsetenv("AGAIN_CLS_TOKEN");
  if (r->file_limit > 0) {
    struct rlimit limit = {r->file_limit * 512, r->file_limit * 512};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  for (int fd = 0; fd < 3 && r->no_streams; fd++)
    close(fd);
  execv(AGENT, argv);
  _exit(98);
}

pid_t runner_start(runner *r, const char *const *arguments) {
  pid_t pid = fork();
  assert_true(pid >= 0);
  if (pid == 0) become_agent(r, arguments);
  return pid;
}

static void pause_ms(long ms) {
  nanosleep(&(struct timespec){.tv_nsec = ms * 1000000}, NULL);
}

int runner_wait(runner *r, pid_t pid) {
  int status;
  for (int i = 0; i < 6000; i++) {
    if (waitpid(pid, &status, WNOHANG) == pid) {
      return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }
    pause_ms(10);
  }
  kill(pid, SIGKILL);
  waitpid(pid, &status, 0);
  char *err = folder_read(&r->folder, "err");
  fail_msg("the agent did not end in 60 seconds; it said: %s", err);
  return -1;
}

int runner_run(runner *r, const char *const *arguments) {
  return runner_wait(r, runner_start(r, arguments));
}

static void wait_stats(runner *r, uint64_t distinct, uint64_t stored, uint64_t requests) {
  again_emulator_stats stats = {0};
  for (int i = 0; i < 4000; i++) {
    stats = again_emulator_stats_get(r->emulator);
    if (stats.distinct >= distinct && stats.stored >= stored && stats.requests >= requests) return;
    pause_ms(5);
  }
  fail_msg("in 20 seconds only %u distinct logs, %u in all, came in %u requests",
           (unsigned)stats.distinct, (unsigned)stats.stored, (unsigned)stats.requests);
}

void runner_stored(runner *r, unsigned logs) {
  wait_stats(r, logs, 0, 0);
}

void runner_stored_in_all(runner *r, unsigned logs) {
  wait_stats(r, 0, logs, 0);
}

void runner_asked(runner *r, unsigned requests) {
  wait_stats(r, 0, 0, requests);
}

void runner_said(runner *r, const char *text) {
  char *err = folder_read(&r->folder, "err");
  if (strstr(err, text) == NULL) fail_msg("the agent does not say \"%s\" but: %s", text, err);
  free(err);
}

bool runner_has_said(runner *r, const char *text) {
  pause_ms(20);
  char *err = folder_read(&r->folder, "err");
  bool said = strstr(err, text) != NULL;
  free(err);
  return said;
}
