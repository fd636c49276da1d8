#include "support.h"
#include "terminal.h"
#include <string.h>

static void what_a_terminal_would_act_on_is_shown_instead(void **state) {
  (void)state;
  static const struct {
    const char *text;
    const char *shown;
  } rows[] = {
      {"plain, caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80",
       "plain, caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80"},
      {"\x1B[2J\r\n\x7F", "\\x1B[2J\\x0D\\x0A\\x7F"},
      {"\xC2\x9B"
       "31m",
       "\\u{009B}31m"}, /* CSI of C1 */
      {"a\xE2\x80\xAE"
       "b\xE2\x81\xA6"
       "c\xD8\x9C",
       "a\\u{202E}b\\u{2066}c\\u{061C}"},
      {"\x9B"
       "31m",
       "\\x9B31m"}, /* the same as one byte */
      {"\xE2\x82", "\\xE2\\x82"},
      {"\xF0\x9F\x98", "\\xF0\\x9F\\x98"},
      {"", ""},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    char out[128];
    assert_string_equal(terminal_escape(rows[i].text, out, sizeof out), rows[i].shown);
  }
}

static void what_is_too_long_is_cut_between_characters(void **state) {
  (void)state;
  char out[8];
  assert_string_equal(terminal_escape("abcdef\xC3\xA9", out, sizeof out), "abcdef");
  assert_string_equal(terminal_escape("abcd\x1B", out, sizeof out), "abcd");
  assert_string_equal(terminal_escape("abc\x1B", out, sizeof out), "abc\\x1B");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_a_terminal_would_act_on_is_shown_instead),
      cmocka_unit_test(what_is_too_long_is_cut_between_characters),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
