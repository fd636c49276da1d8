#include "policy/slip.h"
#include "support.h"
#include <string.h>

/* The text, where a parser stops in it, where that points at, and the words. */
static void the_commonest_slips_are_told_in_words(void **state) {
  (void)state;
  static const struct {
    const char *text;
    size_t at;
    size_t points;
    const char *words;
  } cases[] = {
      {"{\"a\": 1,\n}", 9, 7, "remove this comma: nothing follows it but \"}\""},
      {"[1, ]", 4, 2, "remove this comma: nothing follows it but \"]\""},
      {"{'a': 1}", 1, 1, "double quotes"},
      {"{ // why\n}", 2, 2, "a comment is a key of its own"},
      {"# why", 0, 0, "a comment is a key of its own"},
      {"{\"a\": 1 \"b\": 2}", 8, 8, "is missing before this"},
      {"{\"a\" \"b\"}", 5, 5, "is missing before this"},
      {"{\"a\": True}", 6, 6, "true, false and null are small"},
      {"{\"a\": \"b\n\"}", 8, 8, "a closing quote is missing in this line"},
      {"{\"a\": ;}", 6, 6, "unexpected character ';'"},
      {"}", 0, 0, "unexpected character '}'"},
      {"{\xC3\xA4}", 1, 1, "unexpected byte 0xC3"},
      {"{\x01}", 1, 1, "unexpected byte 0x01"},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    char message[160];
    size_t points = again_slip_describe(cases[i].text, cases[i].at, message, sizeof message);
    if (points != cases[i].points || strstr(message, cases[i].words) == NULL ||
        strncmp(message, "not valid JSON: ", 16) != 0) {
      fail_msg("%s: %s, at %zu", cases[i].text, message, points);
    }
  }
}

static void words_that_are_too_long_are_cut(void **state) {
  (void)state;
  char message[10];
  again_slip_describe("{'a': 1}", 1, message, sizeof message);
  assert_string_equal(message, "not valid");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_commonest_slips_are_told_in_words),
      cmocka_unit_test(words_that_are_too_long_are_cut),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
