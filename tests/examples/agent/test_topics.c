/* The built agent with several files to several topics, and one policy file for all. */
#include "runner.h"
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define ARGS(...) ((const char *const[]){__VA_ARGS__, NULL})

static again_emulator_topic topic_of(const runner *r, const char *name) {
  again_emulator_topic topics[16];
  size_t count = again_emulator_topics_get(r->emulator, topics, COUNT_OF(topics));
  for (size_t i = 0; i < count && i < COUNT_OF(topics); i++) {
    if (strcmp(topics[i].name, name) == 0) return topics[i];
  }
  fail_msg("the emulator knows no topic %s", name);
  return topics[0];
}

static void each_topic_is_tried_as_the_policy_says_for_it(void **state) {
  (void)state;
  again_emulator_options options = {
      .script = "[{\"code\":\"InternalError\",\"topic\":\"debug\"},"
                " {\"code\":\"InternalError\",\"topic\":\"audit-1\",\"count\":7},"
                " {\"code\":\"InvalidContent\",\"topic\":\"audit-2\",\"count\":2}]"};
  runner r;
  runner_init(&r, &options);
  runner_lines(&r, "a", 10);
  runner_lines(&r, "b", 20);
  runner_lines(&r, "c", 30);
  runner_lines(&r, "d", 40);
  folder_write(&r.folder, "policy.json",
               "{\"again\": 1, \"retryable\": {\"base\": \"5ms\", \"cap\": \"20ms\"},\n"
               " \"topics\": {\n"
               "  \"debug\": {\"retryable\": {\"max_attempts\": 3}},\n"
               "  \"audit-*\": {\"classify\": [{\"code\": \"InvalidContent\", \"class\": "
               "\"retryable\"}]}}}");
  assert_int_equal(
      runner_run(&r, ARGS("--topic", "debug", "a", "--topic", "audit-1", "b", "--topic", "audit-2",
                          "c", "--topic", "plain", "d", "--policy", "policy.json")),
      1);
  assert_int_equal(topic_of(&r, "debug").requests, 3);
  assert_int_equal(topic_of(&r, "debug").stored, 0);
  assert_int_equal(topic_of(&r, "audit-1").requests, 8);
  assert_int_equal(topic_of(&r, "audit-1").stored, 20);
  assert_int_equal(topic_of(&r, "audit-2").requests, 3);
  assert_int_equal(topic_of(&r, "audit-2").stored, 30);
  assert_int_equal(topic_of(&r, "plain").stored, 40);
  char *letters = folder_read(&r.folder, "state/dead-letters.ndjson");
  assert_int_equal(count_text(letters, "\"topic\":\"debug\",\"file\":\"a\""), 10);
  assert_int_equal(count_text(letters, "\n"), 10);
  free(letters);
  runner_fini(&r);
}

static void each_file_goes_on_from_its_own_place(void **state) {
  (void)state;
  again_emulator_options options = {.script =
                                        "[{\"code\":\"SpeedQuotaExceed\",\"topic\":\"slow\"}]"};
  runner r;
  runner_init(&r, &options);
  runner_lines(&r, "a", 50);
  runner_lines(&r, "b", 70);
  const char *const *arguments =
      ARGS("--topic", "slow", "a", "--topic", "fast", "b", "--drain", "1s", "--linger", "0ms");
  pid_t pid = runner_start(&r, arguments);
  runner_stored(&r, 70);
  kill(pid, SIGTERM);
  assert_int_equal(runner_wait(&r, pid), 3);
  again_emulator_script_clear(r.emulator);
  assert_int_equal(runner_run(&r, arguments), 0);
  assert_int_equal(topic_of(&r, "slow").stored, 50);
  assert_int_equal(topic_of(&r, "fast").stored, 70);
  runner_fini(&r);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_topic_is_tried_as_the_policy_says_for_it),
      cmocka_unit_test(each_file_goes_on_from_its_own_place),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
