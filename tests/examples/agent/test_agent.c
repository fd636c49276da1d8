/* The built agent, from its command line to what the emulator has stored. */
#include "runner.h"
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ARGS(...) ((const char *const[]){__VA_ARGS__, NULL})

static const again_emulator_options quiet = {0};

static uint64_t distinct(const runner *r) {
  return again_emulator_stats_get(r->emulator).distinct;
}

static void every_line_arrives_through_failures_and_a_quota(void **state) {
  (void)state;
  again_emulator_options options = {
      .quota = 100, .burst = 2, .script = "[{\"code\":\"InternalError\",\"share\":0.2}]"};
  runner r;
  runner_init(&r, &options);
  runner_lines(&r, "log", 500);
  assert_int_equal(runner_run(&r, ARGS("--topic", "t", "log", "--batch-lines", "20")), 0);
  again_emulator_stats stats = again_emulator_stats_get(r.emulator);
  assert_int_equal(stats.distinct, 500);
  assert_int_equal(stats.stored, 500);
  assert_true(stats.throttled > 0);
  assert_true(stats.failed_5xx > 0);
  runner_said(&r, "delivered            500");
  runner_fini(&r);
}

static void a_throttled_topic_that_fills_its_memory_does_not_stop_another(void **state) {
  (void)state;
  again_emulator_options options = {.script =
                                        "[{\"code\":\"SpeedQuotaExceed\",\"topic\":\"slow\"}]"};
  runner r;
  runner_init(&r, &options);
  runner_lines(&r, "a", 20000);
  runner_lines(&r, "b", 20000);
  pid_t pid = runner_start(&r, ARGS("--topic", "slow", "a", "--topic", "fast", "b", "--memory",
                                    "256KiB", "--drain", "0ms"));
  runner_stored(&r, 20000);
  kill(pid, SIGTERM);
  assert_int_equal(runner_wait(&r, pid), 3);
  runner_fini(&r);
}

static void the_secret_key_is_written_nowhere(void **state) {
  (void)state;
  again_emulator_options options = {.script = "[{\"code\":\"InternalError\",\"count\":1}]"};
  runner r;
  runner_init(&r, &options);
  runner_lines(&r, "in", 5);
  r.secret_id = "AKIDOTHER"; /* refused, so that there is much to tell */
  folder_write(&r.folder, "policy.json", "{\"again\": 1, \"auth\": {\"max_attempts\": 2}}");
  assert_int_equal(
      runner_run(&r, ARGS("--topic", "t", "-", "--events", "events", "--policy", "policy.json")),
      5);
  static const char *const files[] = {"err", "events", "state/dead-letters.ndjson",
                                      "state/checkpoint.json"};
  for (size_t i = 0; i < COUNT_OF(files); i++) {
    char *text = folder_read(&r.folder, files[i]);
    assert_true(strlen(text) > 0);
    assert_int_equal(count_text(text, "emulator-secret-key"), 0);
    assert_int_equal(count_text(text, "q-signature"), 0);
    free(text);
  }
  runner_fini(&r);
}

static void sigterm_delivers_what_was_read_and_keeps_the_place(void **state) {
  (void)state;
  runner r;
  runner_init(&r, &quiet);
  runner_lines(&r, "log", 30);
  pid_t pid = runner_start(&r, ARGS("--topic", "t", "log", "--follow", "--linger", "20ms"));
  runner_stored(&r, 30);
  runner_lines(&r, "log", 7);
  runner_stored(&r, 37);
  kill(pid, SIGTERM);
  assert_int_equal(runner_wait(&r, pid), 0);
  runner_said(&r, "SIGTERM: delivers what was read, for at most 10s");
  assert_int_equal(runner_run(&r, ARGS("--topic", "t", "log")), 0);
  assert_int_equal(again_emulator_stats_get(r.emulator).stored, 37);
  runner_fini(&r);
}

static void a_policy_that_is_edited_while_it_runs_is_put_in_force(void **state) {
  (void)state;
  again_emulator_options options = {.script = "[{\"code\":\"InvalidContent\"}]"};
  runner r;
  runner_init(&r, &options);
  runner_lines(&r, "log", 3);
  folder_write(&r.folder, "policy.json",
               "{\"again\": 1, \"retryable\": {\"cap\": \"500ms\"},\n"
               " \"classify\": [{\"code\": \"InvalidContent\", \"class\": \"retryable\"}]}");
  pid_t pid = runner_start(&r, ARGS("--topic", "t", "log", "--policy", "policy.json"));
  runner_asked(&r, 3);
  folder_write(&r.folder, "policy.json", "{\"again\": 1, \"retyable\": {}}");
  for (int i = 0; i < 200 && !runner_has_said(&r, "the old policy stays");)
    i++;
  runner_said(&r, "policy.json:1:14: unknown key \"retyable\"");
  folder_write(&r.folder, "policy.json", "{\"again\": 1}"); /* fatal again */
  assert_int_equal(runner_wait(&r, pid), 1);
  runner_said(&r, "policy.json: the new policy is in force");
  runner_fini(&r);
}

static void a_drain_delivers_the_batches_that_wait_for_their_turn_too(void **state) {
  (void)state;
  again_emulator_options options = {.quota = 200, .burst = 1};
  runner r;
  runner_init(&r, &options);
  runner_lines(&r, "log", 300);
  pid_t pid = runner_start(&r, ARGS("--topic", "t", "log", "--follow", "--batch-lines", "5",
                                    "--window", "2", "--drain", "30s"));
  runner_stored(&r, 5);
  kill(pid, SIGTERM);
  assert_int_equal(runner_wait(&r, pid), 0);
  assert_int_equal(distinct(&r), 300);
  runner_fini(&r);
}

static void a_drain_that_is_too_short_leaves_the_rest_for_the_next_start(void **state) {
  (void)state;
  again_emulator_options options = {.script = "[{\"code\":\"InternalError\",\"min_logs\":2}]"};
  runner r;
  runner_init(&r, &options);
  runner_lines(&r, "log", 40);
  pid_t pid = runner_start(&r, ARGS("--topic", "t", "log", "--follow", "--linger", "0ms", "--drain",
                                    "50ms", "--batch-lines", "40"));
  runner_asked(&r, 1);
  kill(pid, SIGTERM);
  assert_int_equal(runner_wait(&r, pid), 3);
  char *letters = folder_read(&r.folder, "state/dead-letters.ndjson");
  assert_string_equal(letters, "");
  free(letters);
  assert_int_equal(runner_run(&r, ARGS("--topic", "t", "log", "--batch-lines", "1")), 0);
  assert_int_equal(distinct(&r), 40);
  runner_fini(&r);
}

static void what_is_refused_for_good_goes_to_the_dead_letters_with_the_reason(void **state) {
  (void)state;
  again_emulator_options options = {.script =
                                        "[{\"code\":\"InvalidContent\",\"topic\":\"closed\"}]"};
  runner r;
  runner_init(&r, &options);
  runner_lines(&r, "good", 30);
  runner_lines(&r, "bad", 20);
  assert_int_equal(runner_run(&r, ARGS("--topic", "open", "good", "--topic", "closed", "bad")), 1);
  assert_int_equal(distinct(&r), 30);
  char *letters = folder_read(&r.folder, "state/dead-letters.ndjson");
  assert_int_equal(count_text(letters, "\n"), 20);
  assert_int_equal(count_text(letters, "\"topic\":\"closed\",\"file\":\"bad\""), 20);
  assert_int_equal(count_text(letters, "\"code\":\"InvalidContent\",\"class\":\"fatal\""), 20);
  assert_int_equal(count_text(letters, "\"line\":\"line 19 of the log\""), 1);
  free(letters);
  runner_said(&r, "InvalidContent");
  assert_int_equal(runner_run(&r, ARGS("--topic", "open", "good", "--topic", "closed", "bad")), 0);
  runner_fini(&r);
}

static void a_full_disk_for_dead_letters_stops_it_with_nothing_lost(void **state) {
  (void)state;
  again_emulator_options options = {.script = "[{\"code\":\"InvalidContent\"}]"};
  runner r;
  runner_init(&r, &options);
  runner_lines(&r, "log", 200);
  r.file_limit = 16; /* 8 KiB: some records fit */
  assert_int_equal(runner_run(&r, ARGS("--topic", "t", "log", "--batch-lines", "10")), 4);
  runner_said(&r, "dead-letters.ndjson: File too large; make room there and start again");
  char *letters = folder_read(&r.folder, "state/dead-letters.ndjson");
  assert_int_equal(letters[strlen(letters) - 1], '\n');
  assert_true(count_text(letters, "\n") < 200);
  free(letters);
  r.file_limit = 0;
  assert_int_equal(runner_run(&r, ARGS("--topic", "t", "log", "--batch-lines", "10")), 1);
  letters = folder_read(&r.folder, "state/dead-letters.ndjson");
  for (int i = 0; i < 200; i++) {
    char line[64];
    snprintf(line, sizeof line, "\"line\":\"line %d of the log\"", i);
    assert_true(count_text(letters, line) >= 1);
  }
  free(letters);
  runner_fini(&r);
}

static void lines_of_standard_input_that_a_full_disk_loses_are_counted(void **state) {
  (void)state;
  again_emulator_options options = {.script = "[{\"code\":\"InvalidContent\"}]"};
  runner r;
  runner_init(&r, &options);
  runner_lines(&r, "in", 200);
  r.file_limit = 16;
  assert_int_equal(runner_run(&r, ARGS("--topic", "t", "-", "--batch-lines", "10")), 4);
  runner_said(&r, "lines read           200");
  runner_said(&r, "not settled            0\nlost ");
  runner_said(&r, "standard input cannot be read again");
  runner_fini(&r);
}

static void standard_input_is_read_and_a_last_line_without_newline_counts(void **state) {
  (void)state;
  runner r;
  runner_init(&r, &quiet);
  folder_write(&r.folder, "in", "one\ntwo\n\nlast");
  assert_int_equal(runner_run(&r, ARGS("--topic", "t", "-")), 0);
  assert_int_equal(distinct(&r), 4);
  runner_fini(&r);
}

static void a_starter_that_closed_the_standard_streams_does_no_harm(void **state) {
  (void)state;
  runner r;
  runner_init(&r, &quiet);
  runner_lines(&r, "log", 5);
  r.no_streams = true;
  assert_int_equal(runner_run(&r, ARGS("--topic", "t", "log")), 0);
  assert_int_equal(distinct(&r), 5);
  runner_fini(&r);
}

static void events_tell_programs_what_happens(void **state) {
  (void)state;
  again_emulator_options options = {.script = "[{\"code\":\"InternalError\",\"count\":2}]"};
  runner r;
  runner_init(&r, &options);
  runner_lines(&r, "log", 10);
  assert_int_equal(runner_run(&r, ARGS("--topic", "t", "log", "--events", "events", "--quiet")), 0);
  char *events = folder_read(&r.folder, "events");
  assert_int_equal(count_text(events, "\"event\":\"decision\""), 2);
  assert_int_equal(count_text(events, "retryable 500 InternalError (attempt 1): again in "), 1);
  assert_int_equal(count_text(events,
                              "\"class\":\"retryable\",\"code\":\"InternalError\",\"status\":"
                              "500,\"attempt\":1,\"reason\":\"backoff\""),
                   1);
  assert_int_equal(count_text(events, "\"final\":true"), 1);
  assert_non_null(strstr(events, "\"read\":10,\"delivered\":10,\"refused\":0"));
  free(events);
  char *err = folder_read(&r.folder, "err");
  assert_string_equal(err, "");
  free(err);
  runner_fini(&r);
}

static void what_the_service_says_cannot_drive_the_terminal(void **state) {
  (void)state;
  again_emulator_options options = {.script =
                                        "[{\"status\":400,\"body\":\"{\\\"errorcode\\\":\\\"X\\\","
                                        "\\\"errormessage\\\":\\\"a\xC2\x9B"
                                        "31m\xE2\x80\xAE"
                                        "b\\\"}\"}]"};
  runner r;
  runner_init(&r, &options);
  runner_lines(&r, "log", 1);
  assert_int_equal(runner_run(&r, ARGS("--topic", "t", "log")), 1);
  runner_said(&r, "a\\u{009B}31m\\u{202E}b");
  runner_fini(&r);
}

static void each_thing_missing_is_named_in_one_line(void **state) {
  (void)state;
  runner r;
  runner_init(&r, &quiet);
  runner_lines(&r, "log", 1);
  folder_write(&r.folder, "bad.json", "{\n  \"again\": 1,\n  \"retyable\": {}\n}\n");
  static const struct {
    const char *arguments[8];
    const char *says;
    int status;
  } rows[] = {
      {{"--topic", "t", "missing"},
       "again-agent: cannot read missing: No such file or directory; check the path",
       2},
      {{"--topic", "t", "/"}, "again-agent: cannot read /: ", 2},
      {{"--topic", "t", "log", "--policy", "nope.json"}, "again-agent: nope.json: ", 2},
      {{"--topic", "t", "log", "--policy", "bad.json"},
       "again-agent: bad.json:3:3: unknown key \"retyable\"",
       2},
      {{"--topic", "t", "log", "--endpoint", "ftp://x"},
       "again-agent: the endpoint \"ftp://x\" ",
       2},
      {{"--topic", "t", "log", "--endpoint", "http://example.com"},
       "again-agent: the endpoint \"http://example.com\" would send the signature unencrypted",
       2},
      {{"--topic", "t", "log", "--events", "no/events"},
       "again-agent: cannot write no/events: ",
       2},
      {{"--topic", "t", "log", "--state", "log/x"},
       "again-agent: cannot make the folder log/x: ",
       4},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    int status = runner_run(&r, rows[i].arguments);
    runner_said(&r, rows[i].says);
    char *err = folder_read(&r.folder, "err");
    if (status != rows[i].status || count_text(err, "\n") != 1) fail_msg("%d: %s", status, err);
    free(err);
  }
  r.secret_id = NULL;
  assert_int_equal(runner_run(&r, ARGS("--topic", "t", "log")), 2);
  runner_said(&r, "AGAIN_CLS_SECRET_ID is not set: put the credential into the environment");
  assert_int_equal(again_emulator_stats_get(r.emulator).requests, 0);
  runner_fini(&r);
}

/* Refused for what is not the lines' fault: nothing becomes a dead letter, all is sent later. */
static void expect_blocked(runner *r, const char *says) {
  runner_lines(r, "log", 20000);
  folder_write(&r->folder, "policy.json", "{\"again\": 1, \"auth\": {\"max_attempts\": 1}}");
  assert_int_equal(
      runner_run(r, ARGS("--topic", "t", "log", "--policy", "policy.json", "--follow")), 5);
  runner_said(r, says);
  char *err = folder_read(&r->folder, "err");
  assert_int_equal(count_text(err, "put it right and start again"), 1);
  free(err);
  char *letters = folder_read(&r->folder, "state/dead-letters.ndjson");
  assert_string_equal(letters, "");
  free(letters);
  assert_int_equal(distinct(r), 0);
}

static void a_wrong_credential_stops_it_and_the_lines_stay_in_the_file(void **state) {
  (void)state;
  runner r;
  runner_init(&r, &quiet);
  r.secret_id = "AKIDOTHER";
  expect_blocked(&r, "topic t: auth 401 AuthFailure.SecretIdNotFound");
  runner_said(&r, "; that concerns the credential, not these lines: put it right and start again");
  r.secret_id = "AKIDEMULATOR";
  assert_int_equal(runner_run(&r, ARGS("--topic", "t", "log")), 0);
  assert_int_equal(distinct(&r), 20000);
  runner_fini(&r);
}

static void a_redirect_stops_it_and_the_lines_stay_in_the_file(void **state) {
  (void)state;
  again_emulator_options options = {.script = "[{\"body\":\"\",\"status\":302}]"};
  runner r;
  runner_init(&r, &options);
  expect_blocked(&r, "; that concerns the endpoint, not these lines: put it right and start again");
  runner_fini(&r);
}

static void what_the_policy_gives_up_on_goes_to_the_dead_letters(void **state) {
  (void)state;
  again_emulator_options options = {.script = "[{\"code\":\"InternalError\",\"count\":1}]"};
  runner r;
  runner_init(&r, &options);
  runner_lines(&r, "log", 4);
  folder_write(&r.folder, "policy.json", "{\"again\": 1, \"retryable\": {\"max_attempts\": 1}}");
  assert_int_equal(
      runner_run(&r, ARGS("--topic", "t", "log", "--policy", "policy.json", "--batch-lines", "2")),
      1);
  assert_int_equal(distinct(&r), 2);
  runner_fini(&r);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_line_arrives_through_failures_and_a_quota),
      cmocka_unit_test(a_throttled_topic_that_fills_its_memory_does_not_stop_another),
      cmocka_unit_test(the_secret_key_is_written_nowhere),
      cmocka_unit_test(sigterm_delivers_what_was_read_and_keeps_the_place),
      cmocka_unit_test(a_policy_that_is_edited_while_it_runs_is_put_in_force),
      cmocka_unit_test(a_drain_delivers_the_batches_that_wait_for_their_turn_too),
      cmocka_unit_test(a_drain_that_is_too_short_leaves_the_rest_for_the_next_start),
      cmocka_unit_test(what_is_refused_for_good_goes_to_the_dead_letters_with_the_reason),
      cmocka_unit_test(a_full_disk_for_dead_letters_stops_it_with_nothing_lost),
      cmocka_unit_test(lines_of_standard_input_that_a_full_disk_loses_are_counted),
      cmocka_unit_test(standard_input_is_read_and_a_last_line_without_newline_counts),
      cmocka_unit_test(a_starter_that_closed_the_standard_streams_does_no_harm),
      cmocka_unit_test(events_tell_programs_what_happens),
      cmocka_unit_test(what_the_service_says_cannot_drive_the_terminal),
      cmocka_unit_test(each_thing_missing_is_named_in_one_line),
      cmocka_unit_test(a_wrong_credential_stops_it_and_the_lines_stay_in_the_file),
      cmocka_unit_test(a_redirect_stops_it_and_the_lines_stay_in_the_file),
      cmocka_unit_test(what_the_policy_gives_up_on_goes_to_the_dead_letters),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
