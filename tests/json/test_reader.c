#include "folder.h"
#include "support.h"
#include "json/reader.h"
#include <string.h>

/* Reads a text; `wrong` is what is said. */
static again_json_reader read_text(const char *text, again_diagnostic *wrong) {
  *wrong = (again_diagnostic){0};
  again_json_reader reader = {.wrong = wrong};
  again_json_reader_parse(&reader, text, strlen(text));
  return reader;
}

static void the_first_mistake_is_told_with_its_place(void **state) {
  (void)state;
  again_diagnostic wrong;
  again_json_reader reader = read_text("{\n  \"a\": 1,\n  \"b\": \"x\"}", &wrong);
  assert_int_equal(reader.error, 0);
  const again_json *b = again_json_member(reader.root, "b");
  assert_false(again_json_fail_kind(&reader, "b", "a number", b));
  assert_false(again_json_fail(&reader, 0, "something else"));
  assert_int_equal(reader.error, AGAIN_EFORMAT);
  assert_int_equal(wrong.line, 3);
  assert_int_equal(wrong.column, 8);
  assert_string_equal(wrong.message, "\"b\" must be a number, not the text \"x\"");
  again_json_reader_end(&reader);
}

static void a_word_that_is_not_known_is_answered_with_those_that_are(void **state) {
  (void)state;
  static const char *const words[] = {"bucket", "leaky", "window"};
  again_diagnostic wrong;
  again_json_reader reader = read_text("{}", &wrong);
  again_json_fail_word(&reader, 0, "kind", "windw", words, 3);
  assert_string_equal(wrong.message, "unknown kind \"windw\": did you mean \"window\"?");
  reader.error = 0;
  again_json_fail_word(&reader, 0, "kind", "sliding", words, 3);
  assert_string_equal(wrong.message,
                      "unknown kind \"sliding\": say \"bucket\", \"leaky\" or \"window\"");
  again_json_reader_end(&reader);
}

static void numbers_and_durations_are_held_to_their_limits(void **state) {
  (void)state;
  again_diagnostic wrong;
  again_json_reader reader =
      read_text("{\"n\": 7, \"d\": \"1.5s\", \"x\": -1, \"never\": \"none\"}", &wrong);
  uint64_t number = 0;
  again_ms duration = 0;
  const again_json *n = again_json_member(reader.root, "n");
  const again_json *x = again_json_member(reader.root, "x");
  assert_true(again_json_read_count(&reader, "n", 1, 7, n, &number));
  assert_int_equal(number, 7);
  assert_true(again_json_read_duration(&reader, "d", "a duration",
                                       again_json_member(reader.root, "d"), &duration));
  assert_int_equal(duration, 1500);
  assert_false(again_json_read_count(&reader, "n", 8, 9, n, &number));
  assert_string_equal(wrong.message, "\"n\" must be a whole number from 8 to 9, not the number 7");
  reader.error = 0;
  assert_false(again_json_read_count(&reader, "x", 1, 9, x, &number));
  reader.error = 0;
  assert_false(again_json_read_duration(&reader, "never", "a duration",
                                        again_json_member(reader.root, "never"), &duration));
  assert_int_equal(number, 7);
  assert_int_equal(duration, 1500);
  again_json_reader_end(&reader);
}

static void a_file_is_read_whole_or_not_at_all(void **state) {
  (void)state;
  folder f;
  char path[128];
  again_diagnostic wrong = {0};
  again_json_reader reader = {.wrong = &wrong};
  folder_make(&f);
  folder_write(&f, "a.json", "[1, 2]");
  folder_path(&f, "a.json", path);
  assert_int_equal(again_json_reader_load(&reader, path, 6, "at most 6"), 0);
  assert_int_equal(reader.root->count, 2);
  again_json_reader_end(&reader);
  reader = (again_json_reader){.wrong = &wrong};
  assert_int_equal(again_json_reader_load(&reader, path, 5, "at most 5"), AGAIN_EFORMAT);
  assert_string_equal(wrong.message, "too long: at most 5");
  assert_int_equal(wrong.line, 0);
  again_json_reader_end(&reader);
  reader = (again_json_reader){.wrong = &wrong};
  folder_remove(&f);
  assert_int_equal(again_json_reader_load(&reader, path, 5, "at most 5"), AGAIN_EIO);
  assert_string_equal(wrong.message, "cannot be opened: No such file or directory");
  again_json_reader_end(&reader);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_first_mistake_is_told_with_its_place),
      cmocka_unit_test(a_word_that_is_not_known_is_answered_with_those_that_are),
      cmocka_unit_test(numbers_and_durations_are_held_to_their_limits),
      cmocka_unit_test(a_file_is_read_whole_or_not_at_all),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
