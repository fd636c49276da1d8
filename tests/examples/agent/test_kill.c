/* The built agent is killed with -9 a hundred times while it ships through faults. The moments are
 * drawn from a fixed seed and measured in progress: so many logs or requests more than before. What
 * was stored is counted from the emulator's record. */
#include "runner.h"
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define ARGS(...) ((const char *const[]){__VA_ARGS__, NULL})

enum {
  KILLS = 100,
  BATCH = 5,
  WINDOW = 4,
  IN_FLIGHT = BATCH * WINDOW, /* lines that the agent may have under way */
  AT_ONCE = 120,              /* lines that are written before a start */
  MOST_MORE = 60              /* stored logs until the next kill */
};

/* The test's own random numbers (xorshift64*, Vigna 2016). */
static uint64_t draw(uint64_t *state, uint64_t below) {
  *state ^= *state >> 12;
  *state ^= *state << 25;
  *state ^= *state >> 27;
  return (*state * UINT64_C(2685821657736338717) >> 33) % below;
}

static void append(const runner *r, unsigned *written, unsigned lines) {
  char path[128];
  FILE *file = fopen(folder_path(&r->folder, "log", path), "a");
  assert_non_null(file);
  for (unsigned i = 0; i < lines; i++)
    fprintf(file, "line %u of the log\n", (*written)++);
  assert_int_equal(fclose(file), 0);
}

/* log -> log.1 -> log.2 .. -> log.9: nothing is removed. */
static void rotate(const runner *r) {
  for (int i = 9; i >= 0; i--) {
    char from[128];
    char to[128];
    char name[16];
    snprintf(name, sizeof name, i > 0 ? "log.%d" : "log", i);
    folder_path(&r->folder, name, from);
    snprintf(name, sizeof name, "log.%d", i + 1);
    folder_path(&r->folder, name, to);
    if (access(from, F_OK) == 0) assert_int_equal(rename(from, to), 0);
  }
  folder_write(&r->folder, "log", "");
}

static void add_fault(const runner *r, const char *text) {
  char why[256];
  if (again_emulator_fault(r->emulator, text, why, sizeof why) != 0) fail_msg("%s", why);
}

/* Waits for so many stored logs and requests, but not for ever: everything may be stored. */
static void wait_for(const runner *r, uint64_t stored, uint64_t requests) {
  for (int i = 0; i < 3000; i++) {
    again_emulator_stats stats = again_emulator_stats_get(r->emulator);
    if (stats.stored >= stored && stats.requests >= requests) return;
    nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
  }
  fail_msg("in 3 seconds and more there was no progress");
}

/* One life: what makes it end is a number of logs, or of requests whatever their answers. */
static void live_and_be_killed(runner *r, uint64_t *seed, const char *const *arguments) {
  again_emulator_stats begin = again_emulator_stats_get(r->emulator);
  uint64_t logs = draw(seed, 2) == 0 ? draw(seed, MOST_MORE) : 0;
  uint64_t requests = logs == 0 ? draw(seed, 20) : 0;
  pid_t pid = runner_start(r, arguments);
  wait_for(r, begin.stored + logs, begin.requests + requests);
  assert_int_equal(kill(pid, SIGKILL), 0);
  assert_int_equal(runner_wait(r, pid), -1);
}

typedef struct account {
  unsigned stored;
  unsigned lost;
  unsigned duplicated;
} account;

static account count_record(const runner *r, unsigned written) {
  unsigned *times = calloc(written, sizeof *times);
  char *record = folder_read(&r->folder, "stored.ndjson");
  assert_non_null(times);
  account sum = {0};
  for (char *at = record; (at = strstr(at, "\"line ")) != NULL; at++) {
    unsigned long number = strtoul(at + 6, NULL, 10);
    assert_true(number < written);
    times[number]++;
    sum.stored++;
  }
  assert_int_equal(count_text(record, "\n"), sum.stored);
  for (unsigned i = 0; i < written; i++) {
    if (times[i] == 0) sum.lost++;
    if (times[i] > 1) sum.duplicated += times[i] - 1;
  }
  free(times);
  free(record);
  return sum;
}

static void a_hundred_kills_lose_no_line_and_repeat_only_what_was_in_flight(void **state) {
  (void)state;
  static const char *const faults[] = {"429 share=0.1", "InternalError share=0.1",
                                       "reset share=0.05"};
  folder scratch;
  char record[128];
  folder_make(&scratch);
  again_emulator_options options = {.record = folder_path(&scratch, "stored.ndjson", record),
                                    .faults = faults,
                                    .fault_count = COUNT_OF(faults),
                                    .seed = 11};
  runner r;
  runner_init(&r, &options);
  folder_write(&r.folder, "policy.json",
               "{\"again\": 1,\n"
               " \"retryable\": {\"base\": \"5ms\", \"cap\": \"50ms\"},\n"
               " \"throttled\": {\"base\": \"5ms\", \"cap\": \"50ms\"},\n"
               " \"hold\": {\"base\": \"20ms\", \"cap\": \"50ms\"}}");
  const char *const *arguments =
      ARGS("--topic", "t", "log", "--policy", "policy.json", "--follow", "--batch-lines", "5",
           "--window", "4", "--linger", "0ms", "--quiet", "--seed", "7");
  uint64_t seed = 20240131;
  unsigned written = 0;
  for (int life = 0; life < KILLS; life++) {
    append(&r, &written, AT_ONCE);
    if (life % 10 == 4) rotate(&r);
    if (life % 10 == 4) append(&r, &written, 1);
    if (life % 10 == 7) add_fault(&r, "refuse for=150ms");
    live_and_be_killed(&r, &seed, arguments);
  }
  assert_int_equal(runner_run(&r, ARGS("--topic", "t", "log", "--policy", "policy.json")), 0);
  assert_int_equal(runner_run(&r, ARGS("--topic", "t", "log", "--policy", "policy.json")), 0);
  char *letters = folder_read(&r.folder, "state/dead-letters.ndjson");
  assert_string_equal(letters, "");
  free(letters);
  again_emulator_stats stats = again_emulator_stats_get(r.emulator);
  assert_true(stats.failed_5xx > 0 && stats.refused_4xx > 0 && stats.broken > 0);
  runner_fini(&r); /* the record is whole now */
  r.folder = scratch;
  account sum = count_record(&r, written);
  print_message("kills %d  lines sent %u  stored %u  lost %u  duplicated %u (at most %d)\n", KILLS,
                written, sum.stored, sum.lost, sum.duplicated, KILLS * IN_FLIGHT);
  folder_remove(&scratch);
  assert_int_equal(sum.lost, 0);
  assert_int_equal(sum.stored, written + sum.duplicated);
  assert_true(sum.duplicated <= KILLS * IN_FLIGHT);
}

/* Of 10 lines of 18 bytes and 90 of 19, the first 5 are stuck, and the others settle behind them. */
static void what_was_delivered_behind_a_batch_that_is_stuck_is_not_sent_twice(void **state) {
  (void)state;
  again_emulator_options options = {
      .script = "[{\"code\":\"InternalError\",\"contains\":\"line 2 of\"}]"};
  const char *const *arguments = ARGS("--topic", "t", "log", "--batch-lines", "5", "--window", "2");
  runner r;
  runner_init(&r, &options);
  runner_lines(&r, "log", 100);
  pid_t pid = runner_start(&r, arguments);
  bool noted = false;
  for (int i = 0; i < 1000 && !noted; i++) {
    runner_has_said(&r, ""); /* waits a little */
    char *saved = folder_read(&r.folder, "state/checkpoint.json");
    noted = strstr(saved, "1890") != NULL;
    free(saved);
  }
  assert_true(noted);
  assert_int_equal(kill(pid, SIGKILL), 0);
  assert_int_equal(runner_wait(&r, pid), -1);
  assert_int_equal(again_emulator_stats_get(r.emulator).stored, 95);
  again_emulator_script_clear(r.emulator);
  assert_int_equal(runner_run(&r, arguments), 0);
  assert_int_equal(again_emulator_stats_get(r.emulator).stored, 100);
  assert_int_equal(again_emulator_stats_get(r.emulator).distinct, 100);
  runner_fini(&r);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_was_delivered_behind_a_batch_that_is_stuck_is_not_sent_twice),
      cmocka_unit_test(a_hundred_kills_lose_no_line_and_repeat_only_what_was_in_flight),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
