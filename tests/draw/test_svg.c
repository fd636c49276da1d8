#include "draw/svg.h"
#include "support.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void gives(again_svg *svg, const char *expected) {
  char *text = again_svg_take(svg);
  assert_non_null(text);
  assert_string_equal(text, expected);
  free(text);
}

static void numbers_have_one_decimal_and_no_more_than_they_need(void **state) {
  (void)state;
  static const struct {
    double number;
    const char *text;
  } cases[] = {{0, "0"},
               {12, "12"},
               {12.5, "12.5"},
               {0.05, "0.1"},
               {-0.04, "0"},
               {-0.3, "-0.3"},
               {-12.25, "-12.3"},
               {99.96, "100"},
               {NAN, "0"},
               {1e300, "1000000000"},
               {-INFINITY, "-1000000000"}};
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    again_svg svg = {0};
    again_svg_number(&svg, cases[i].number);
    gives(&svg, cases[i].text);
  }
}

static void texts_are_escaped(void **state) {
  (void)state;
  again_svg svg = {0};
  again_svg_text(&svg, "a<b> & \"c\" 'd' \xc3\xa9 \xe2\x89\xa5 \xf0\x9f\x98\x80");
  gives(&svg, "a&lt;b&gt; &amp; &quot;c&quot; 'd' \xc3\xa9 \xe2\x89\xa5 \xf0\x9f\x98\x80");
}

static void what_xml_cannot_hold_is_replaced(void **state) {
  (void)state;
  static const char *const bad[] = {
      "\x01",         "\x1b", "\x80", /* control characters, a byte from the middle */
      "\xff",                         /* no byte of UTF-8 */
      "\xef\xbf\xbf",                 /* U+FFFF */
  };
  for (size_t i = 0; i < COUNT_OF(bad); i++) {
    again_svg svg = {0};
    again_svg_text(&svg, bad[i]);
    char *text = again_svg_take(&svg);
    assert_memory_equal(text, "\xef\xbf\xbd", 3);
    assert_null(strstr(text, bad[i]));
    free(text);
  }
  static const char *const broken[] = {"\xc3",         "\xc3(",        "\xc0\xaf",
                                       "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                                       "\xf0\x9f\x98"};
  for (size_t i = 0; i < COUNT_OF(broken); i++) {
    again_svg svg = {0};
    again_svg_text(&svg, broken[i]);
    char *text = again_svg_take(&svg);
    assert_memory_equal(text, "\xef\xbf\xbd", 3);
    assert_null(strchr(text, broken[i][0]));
    free(text);
  }
}

static void a_long_text_is_held_whole(void **state) {
  (void)state;
  again_svg svg = {0};
  for (int i = 0; i < 10000; i++)
    again_svg_markup(&svg, "<%d>", i % 10);
  char *text = again_svg_take(&svg);
  assert_int_equal(strlen(text), 30000);
  assert_memory_equal(text + 29997, "<9>", 4);
  free(text);
}

static void what_is_too_wide_is_cut_at_a_character(void **state) {
  (void)state;
  /* Of 10 px an a is 6.2 wide, a b 6.4, a c 5.5, a d 6.4, an e 6.2; a letter with an accent 6.5. */
  assert_true(again_svg_width("\xc3\xa9\xc3\xa9", 10) == 13 && again_svg_width(NULL, 10) == 0);
  assert_true(again_svg_width("mmm", 10) > 3 * again_svg_width("i", 10));
  again_svg svg = {0};
  again_svg_text_within(&svg, "abcde", 10, 30.7);
  gives(&svg, "abcde");
  again_svg_text_within(&svg, "ab\xc3\xa9&efgh", 10, 37);
  gives(&svg, "ab\xc3\xa9&amp;\xe2\x80\xa6");
  again_svg_label(&svg, "t", 1, 2.5, "abcdef", 10, 17);
  gives(&svg, "<text class=\"t\" x=\"1\" y=\"2.5\">a\xe2\x80\xa6</text>\n");
}

static void a_paragraph_is_broken_at_blanks(void **state) {
  (void)state;
  again_svg svg = {0};
  /* "aa aa" is 28 wide in letters of 10 px. */
  assert_int_equal(again_svg_paragraph(&svg, "t", 1, 20, 15, " aa aa a&a ", 10, 28), 2);
  gives(&svg, "<text class=\"t\" x=\"1\" y=\"20\">aa aa</text>\n"
              "<text class=\"t\" x=\"1\" y=\"35\">a&amp;a</text>\n");
  assert_int_equal(again_svg_paragraph(&svg, "t", 1, 20, 15, "aa aa", 10, 27), 2);
  gives(&svg, "<text class=\"t\" x=\"1\" y=\"20\">aa</text>\n"
              "<text class=\"t\" x=\"1\" y=\"35\">aa</text>\n");
  assert_int_equal(again_svg_paragraph(&svg, "t", 1, 20, 15, "aaaaaa a", 10, 28), 2);
  gives(&svg, "<text class=\"t\" x=\"1\" y=\"20\">aa\xe2\x80\xa6</text>\n"
              "<text class=\"t\" x=\"1\" y=\"35\">a</text>\n");
  assert_int_equal(again_svg_paragraph(&svg, "t", 1, 20, 15, "", 10, 28), 0);
  assert_null(again_svg_take(&svg));
}

static void one_is_put_behind_another(void **state) {
  (void)state;
  again_svg a = {0};
  again_svg b = {0};
  again_svg_join(&a, &b);
  again_svg_attribute(&a, "x", 1.5);
  again_svg_markup(&b, "%s", "/>");
  again_svg_join(&a, &b);
  assert_null(b.text);
  gives(&a, " x=\"1.5\"/>");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(numbers_have_one_decimal_and_no_more_than_they_need),
      cmocka_unit_test(texts_are_escaped),
      cmocka_unit_test(what_xml_cannot_hold_is_replaced),
      cmocka_unit_test(a_long_text_is_held_whole),
      cmocka_unit_test(what_is_too_wide_is_cut_at_a_character),
      cmocka_unit_test(a_paragraph_is_broken_at_blanks),
      cmocka_unit_test(one_is_put_behind_another),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
