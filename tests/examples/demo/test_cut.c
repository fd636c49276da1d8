#include "cut.h"
#include "folder.h"
#include <stdlib.h>

static void a_log_is_cut_behind_a_line_and_nothing_is_lost(void **state) {
  (void)state;
  static const struct {
    const char *text;
    uint64_t lines;
    uint64_t first_lines;
    const char *first;
    const char *rest;
  } rows[] = {
      {"a\nb\nc\n", 3, 2, "a\nb\n", "c\n"},
      {"a\nb\nc", 3, 2, "a\nb\n", "c"},
      {"a\n\n\nd", 4, 1, "a\n", "\n\nd"},
      {"a\n", 1, 5, "a\n", ""},
      {"", 0, 1, "", ""},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    folder f;
    folder_make(&f);
    folder_write(&f, "log", rows[i].text);
    char path[128];
    char first[128];
    char rest[128];
    char why[256];
    uint64_t lines = 0;
    folder_path(&f, "log", path);
    assert_true(cut_count(path, &lines, why, sizeof why));
    assert_int_equal(lines, rows[i].lines);
    assert_true(cut_file(path, rows[i].first_lines, folder_path(&f, "first", first),
                         folder_path(&f, "rest", rest), why, sizeof why));
    char *got = folder_read(&f, "first");
    assert_string_equal(got, rows[i].first);
    free(got);
    got = folder_read(&f, "rest");
    assert_string_equal(got, rows[i].rest);
    free(got);
    folder_remove(&f);
  }
}

static void what_cannot_be_read_or_written_is_named(void **state) {
  (void)state;
  char why[256];
  uint64_t lines;
  assert_false(cut_count("/no/such", &lines, why, sizeof why));
  assert_string_equal(why, "cannot read /no/such: No such file or directory");
  assert_false(cut_file("/etc/passwd", 1, "/dev/full", "/dev/null", why, sizeof why));
  assert_string_equal(why, "cannot copy /etc/passwd: No space left on device");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_log_is_cut_behind_a_line_and_nothing_is_lost),
      cmocka_unit_test(what_cannot_be_read_or_written_is_named),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
