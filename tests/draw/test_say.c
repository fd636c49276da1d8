#include "draw/say.h"
#include "support.h"
#include <string.h>

static void a_wait_is_said_without_the_fractions_that_do_not_matter(void **state) {
  (void)state;
  static const struct {
    again_ms wait;
    const char *text;
  } cases[] = {
      {0, "0.0s"},        {500, "0.5s"},      {59999, "60.0s"},
      {60000, "1m00s"},   {90000, "1m30s"},   {3599999, "59m59s"},
      {3600000, "1h00m"}, {7500000, "2h05m"}, {AGAIN_NEVER, "no end"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char text[24];
    again_say_wait(cases[i].wait, text);
    assert_string_equal(text, cases[i].text);
  }
}

static const char *bar(double from, double to, double full, int cells, bool utf8) {
  static char text[100];
  again_say_bar(from, to, full, cells, utf8, text);
  return text;
}

static void a_bar_is_at_least_a_stroke_and_at_most_its_cells(void **state) {
  (void)state;
  assert_string_equal(bar(0, 4, 8, 8, false), "####    ");
  assert_string_equal(bar(2, 4, 8, 8, false), "  ##    ");
  assert_string_equal(bar(0, 0, 8, 8, false), "#       ");
  assert_string_equal(bar(8, 8, 8, 8, false), "       #");
  assert_string_equal(bar(0, 99, 8, 8, false), "########");
  assert_string_equal(bar(0, 0, 0, 4, false), "#   ");
}

static void a_bar_of_unicode_shows_eighths_of_a_cell(void **state) {
  (void)state;
  assert_string_equal(bar(0, 2.5, 8, 8, true), "██▌     ");
  assert_string_equal(bar(0, 0, 8, 8, true), "▏       ");
  assert_string_equal(bar(0, 8, 8, 8, true), "████████");
}

static void a_height_rises_with_its_value_and_stays_between_nothing_and_full(void **state) {
  (void)state;
  assert_string_equal(again_say_height(0, 8, true), " ");
  assert_string_equal(again_say_height(0.001, 8, true), "▁");
  assert_string_equal(again_say_height(4, 8, true), "▄");
  assert_string_equal(again_say_height(9, 8, true), "█");
  assert_string_equal(again_say_height(-1, 8, true), " ");
  assert_string_equal(again_say_height(4, 8, false), "=");
  assert_string_equal(again_say_height(8, 8, false), "#");
  assert_string_equal(again_say_height(1, 0, false), " ");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_wait_is_said_without_the_fractions_that_do_not_matter),
      cmocka_unit_test(a_bar_is_at_least_a_stroke_and_at_most_its_cells),
      cmocka_unit_test(a_bar_of_unicode_shows_eighths_of_a_cell),
      cmocka_unit_test(a_height_rises_with_its_value_and_stays_between_nothing_and_full),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
