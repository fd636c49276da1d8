#include "options.h"
#include "support.h"
#include <string.h>

enum { ARGUMENTS_MAX = 12 };

static bool parse(const char *const arguments[ARGUMENTS_MAX], options *parsed, char *why,
                  size_t why_size) {
  char *argv[ARGUMENTS_MAX + 1] = {(char *)(uintptr_t) "again-agent"};
  int argc = 1;
  for (; argc <= ARGUMENTS_MAX && arguments[argc - 1] != NULL; argc++)
    argv[argc] = (char *)(uintptr_t)arguments[argc - 1];
  return options_parse(parsed, argc, argv, why, why_size);
}

#define NEEDED "--endpoint", "http://e", "--topic", "t", "f"

static void what_is_not_given_has_its_documented_default(void **state) {
  (void)state;
  options o;
  char why[256];
  assert_true(parse((const char *const[ARGUMENTS_MAX]){NEEDED}, &o, why, sizeof why));
  assert_string_equal(o.endpoint, "http://e");
  assert_int_equal(o.input_count, 1);
  assert_string_equal(o.inputs[0].topic, "t");
  assert_string_equal(o.inputs[0].path, "f");
  assert_null(o.policy);
  assert_string_equal(o.state, "./again-state");
  assert_int_equal(o.batch_lines, 1000);
  assert_int_equal(o.batch_bytes, 1024 * 1024);
  assert_int_equal(o.linger, 1000);
  assert_int_equal(o.memory, 32 * 1024 * 1024);
  assert_int_equal(o.drain, 10000);
  assert_false(o.follow);
  assert_false(o.quiet);
}

static void numbers_sizes_and_durations_are_read(void **state) {
  (void)state;
  options o;
  char why[256];
  assert_true(
      parse((const char *const[ARGUMENTS_MAX]){NEEDED, "--batch-lines", "7", "--batch-bytes",
                                               "500KiB", "--linger", "1.5s"},
            &o, why, sizeof why));
  assert_int_equal(o.batch_lines, 7);
  assert_int_equal(o.batch_bytes, 500 * 1024);
  assert_int_equal(o.linger, 1500);
}

static void each_mistake_has_its_sentence(void **state) {
  (void)state;
  static const struct {
    const char *arguments[ARGUMENTS_MAX];
    const char *says;
  } rows[] = {
      {{NULL}, "--endpoint URL is missing; see again-agent --help"},
      {{"--endpoint", "http://e"}, "--topic ID FILE is missing; see again-agent --help"},
      {{NEEDED, "--fast"}, "--fast: there is no such option; see again-agent --help"},
      {{"--topic", "t"}, "--topic needs ID FILE behind it"},
      {{NEEDED, "--batch-lines", "0"}, "--batch-lines 0: allowed is 1 to 10000"},
      {{NEEDED, "--batch-lines", "-1"}, "--batch-lines -1: write a whole number"},
      {{NEEDED, "--batch-lines", "99999999999999999999"},
       "--batch-lines 99999999999999999999: write a whole number"},
      {{NEEDED, "--memory", "1GB"}, "--memory 1GB: write a size as 4096, 500KiB or 32MiB"},
      {{NEEDED, "--batch-bytes", "6MiB"}, "--batch-bytes 6MiB: allowed is 1 to 5242880 bytes"},
      {{NEEDED, "--drain", "5"}, "--drain 5: write a duration as 250ms, 1.5s or 2m"},
      {{NEEDED, "--linger", "2h"}, "--linger 2h: allowed is 0 to 3600000 ms"},
      {{NEEDED, "--topic", "t", "f"},
       "--topic t f: the same file for the same topic; give it once"},
      {{NEEDED, "--topic", "a", "-", "--topic", "b", "-"},
       "--topic b -: standard input can be read only once; give it once"},
      {{NEEDED, "--topic", "t", "\xff"}, "--topic t \xff: names must be UTF-8, as CLS keeps them"},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    options o;
    char why[256] = "";
    assert_false(parse(rows[i].arguments, &o, why, sizeof why));
    if (strncmp(why, rows[i].says, strlen(rows[i].says)) != 0) fail_msg("it says: %s", why);
  }
}

static void help_and_version_need_nothing_else(void **state) {
  (void)state;
  options o;
  char why[256];
  assert_true(parse((const char *const[ARGUMENTS_MAX]){"--help"}, &o, why, sizeof why));
  assert_true(o.help);
  assert_true(parse((const char *const[ARGUMENTS_MAX]){"--version"}, &o, why, sizeof why));
  assert_true(o.version);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_is_not_given_has_its_documented_default),
      cmocka_unit_test(numbers_sizes_and_durations_are_read),
      cmocka_unit_test(each_mistake_has_its_sentence),
      cmocka_unit_test(help_and_version_need_nothing_else),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
