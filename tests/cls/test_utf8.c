#include "cls/utf8.h"
#include "support.h"
#include <again/cls.h>
#include <string.h>

static void only_what_the_standard_allows_is_a_character(void **state) {
  (void)state;
  static const struct {
    const char *text;
    size_t length;
  } rows[] = {
      {"a", 1},
      {"\xC2\x80", 2},
      {"\xE2\x82\xAC", 3},
      {"\xF0\x9F\x98\x80", 4},
      {"\xED\x9F\xBF", 3},
      {"\xF4\x8F\xBF\xBF", 4},
      {"\x80", 0},
      {"\xC0\x80", 0},
      {"\xC1\xBF", 0},
      {"\xC3", 0},
      {"\xC3"
       "a",
       0},
      {"\xE0\x9F\xBF", 0},
      {"\xED\xA0\x80", 0},
      {"\xE2\x82", 0},
      {"\xF0\x8F\xBF\xBF", 0},
      {"\xF4\x90\x80\x80", 0},
      {"\xF5\x80\x80\x80", 0},
      {"\xFF", 0},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    assert_int_equal(again_utf8_length(rows[i].text, strlen(rows[i].text)), rows[i].length);
  }
  assert_int_equal(again_utf8_length("", 1), 0); /* a NUL would end the string */
}

static void each_wrong_byte_becomes_a_replacement_character(void **state) {
  (void)state;
  static const struct {
    const char *text;
    const char *repaired;
  } rows[] = {
      {"", ""},
      {"caf\xC3\xA9", "caf\xC3\xA9"},
      {"caf\xE9!", "caf\xEF\xBF\xBD!"},
      {"\xE2\x82", "\xEF\xBF\xBD\xEF\xBF\xBD"},
      {"\xFF\xFE", "\xEF\xBF\xBD\xEF\xBF\xBD"},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    char out[32];
    size_t length = strlen(rows[i].text);
    size_t repaired = again_utf8_repaired_length(rows[i].text, length);
    assert_int_equal(repaired, strlen(rows[i].repaired));
    again_utf8_repair(rows[i].text, length, out);
    assert_memory_equal(out, rows[i].repaired, repaired);
  }
}

static void a_nul_is_replaced_so_that_nothing_behind_it_is_lost(void **state) {
  (void)state;
  char out[8];
  assert_int_equal(again_utf8_repaired_length("a\0b", 3), 5);
  again_utf8_repair("a\0b", 3, out);
  assert_memory_equal(out,
                      "a\xEF\xBF\xBD"
                      "b",
                      5);
  assert_false(again_cls_text_valid("a\0b", 3));
  assert_true(again_cls_text_valid("caf\xC3\xA9", 5));
}

static void a_text_is_valid_if_repairing_would_not_change_it(void **state) {
  (void)state;
  static const char *const pieces[] = {
      "a", "\x7f", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\x80", "\xFF"};
  /* Each piece, and a NUL, at every place of texts of all lengths around those of words. */
  for (size_t length = 1; length <= 100; length++) {
    for (size_t at = 0; at < length; at++) {
      for (size_t i = 0; i <= COUNT_OF(pieces); i++) {
        char text[128];
        memset(text, 'x', sizeof text);
        const char *piece = i < COUNT_OF(pieces) ? pieces[i] : "\0";
        size_t size = i < COUNT_OF(pieces) ? strlen(piece) : 1;
        if (at + size > length) size = length - at;
        memcpy(text + at, piece, size);
        bool valid = again_utf8_repaired_length(text, length) == length;
        if (again_cls_text_valid(text, length) != valid) {
          fail_msg("length %zu, piece %zu at %zu: it is %d", length, i, at, valid);
        }
      }
    }
  }
  assert_true(again_cls_text_valid("", 0));
}

static void a_text_is_cut_so_that_it_fits_when_repaired(void **state) {
  (void)state;
  static const struct {
    const char *text;
    size_t max;
    size_t kept;
  } rows[] = {
      {"abc", 3, 3},      {"abc", 2, 2},      {"a\xE2\x82\xAC", 3, 1}, {"a\xE2\x82\xAC", 4, 4},
      {"\xFF\xFF", 5, 1}, {"\xFF\xFF", 6, 2}, {"\xFF", 2, 0},          {"", 5, 0},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    assert_int_equal(again_utf8_fit(rows[i].text, strlen(rows[i].text), rows[i].max), rows[i].kept);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(only_what_the_standard_allows_is_a_character),
      cmocka_unit_test(each_wrong_byte_becomes_a_replacement_character),
      cmocka_unit_test(a_nul_is_replaced_so_that_nothing_behind_it_is_lost),
      cmocka_unit_test(a_text_is_valid_if_repairing_would_not_change_it),
      cmocka_unit_test(a_text_is_cut_so_that_it_fits_when_repaired),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
