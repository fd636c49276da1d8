#include "http/lines.h"
#include "support.h"
#include <again/core.h>
#include <stdio.h>
#include <string.h>

/* All lines, each with a "|" behind it. */
static const char *all(const again_http_lines *lines) {
  static char text[4096];
  text[0] = '\0';
  for (const struct curl_slist *at = lines->list; at != NULL; at = at->next)
    snprintf(text + strlen(text), sizeof text - strlen(text), "%s|", at->data);
  return text;
}

static void lines_are_as_libcurl_wants_them(void **state) {
  (void)state;
  again_http_lines lines = {0};
  assert_string_equal(all(&lines), "");
  assert_int_equal(again_http_lines_add(&lines, "Expect", NULL), 0);
  assert_int_equal(again_http_lines_add(&lines, "Host", "a.example"), 0);
  assert_int_equal(again_http_lines_add(&lines, "X-Empty", ""), 0);
  assert_string_equal(all(&lines), "Expect:|Host: a.example|X-Empty;|");
  again_http_lines_free(&lines);
}

static void memory_is_used_again_and_grows(void **state) {
  (void)state;
  again_http_lines lines = {0};
  char large[2000];
  memset(large, 'x', sizeof large - 1);
  large[sizeof large - 1] = '\0';
  for (int round = 0; round < 3; round++) {
    for (int i = 0; i < 5; i++) {
      const char *value = (i + round) % 3 == 0 ? large : "small";
      assert_int_equal(again_http_lines_add(&lines, "Name", value), 0);
    }
    unsigned count = 0;
    for (const struct curl_slist *at = lines.list; at != NULL; at = at->next) {
      bool is_large = (count++ + (unsigned)round) % 3 == 0;
      assert_int_equal(strlen(at->data), 6 + (is_large ? sizeof large - 1 : 5));
    }
    assert_int_equal(count, 5);
    again_http_lines_clear(&lines);
    assert_null(lines.list);
  }
  again_http_lines_free(&lines);
}

static void what_was_there_is_wiped(void **state) {
  (void)state;
  again_http_lines lines = {0};
  assert_int_equal(again_http_lines_add(&lines, "X-Cls-Token", "secret"), 0);
  const char *text = lines.list->data;
  again_http_lines_clear(&lines);
  for (size_t i = 0; i < sizeof "X-Cls-Token: secret"; i++)
    assert_int_equal(text[i], 0);
  again_http_lines_free(&lines);
}

/* Each character at each place in a text of several words. */
static void control_characters_are_found_wherever_they_stand(void **state) {
  (void)state;
  again_http_lines lines = {0};
  for (size_t at = 0; at < 20; at++) {
    for (int c = 1; c < 256; c++) {
      char text[21] = "abcdefghijklmnopqrst";
      text[at] = (char)c;
      bool wrong = c < ' ' || c == 0x7F;
      int expected = wrong ? AGAIN_EINVAL : 0;
      assert_int_equal(again_http_lines_add(&lines, "Name", text), expected);
      if (c != ':') assert_int_equal(again_http_lines_add(&lines, text, "value"), expected);
      again_http_lines_clear(&lines);
    }
  }
  assert_int_equal(again_http_lines_add(&lines, "", "value"), AGAIN_EINVAL);
  assert_int_equal(again_http_lines_add(&lines, "Na:me", "value"), AGAIN_EINVAL);
  assert_null(lines.list);
  again_http_lines_free(&lines);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(lines_are_as_libcurl_wants_them),
      cmocka_unit_test(memory_is_used_again_and_grows),
      cmocka_unit_test(what_was_there_is_wiped),
      cmocka_unit_test(control_characters_are_found_wherever_they_stand),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
