#include "draw/heading.h"
#include "support.h"
#include <stdlib.h>
#include <string.h>

static again_series named(const char *name, unsigned colour) {
  return (again_series){.name = name, .kind = AGAIN_SERIES_LINE, .colour = colour};
}

static char *draw(const again_panel *panel, double width) {
  again_svg svg = {0};
  again_heading_draw(&svg, panel, 10, 100, width, true);
  return again_svg_take(&svg);
}

static void holds(const char *text, const char *part) {
  if (strstr(text, part) == NULL) fail_msg("no %s in: %s", part, text);
}

/* In letters of 11 px "four" is 22.44 wide, "more" 29.04: an entry has 22 before that, and 16 behind it. */
static void a_legend_stands_beside_the_title_where_there_is_room(void **state) {
  (void)state;
  again_series series[] = {named("four", 0), named("more", 1)};
  again_panel panel = {
      .title = "Title", .y = {.title = "1/s"}, .series = series, .series_count = 2};
  assert_int_equal(again_heading_lines(&panel, 400, true), 1);
  char *text = draw(&panel, 400);
  holds(text, "x=\"10\" y=\"100\">Title<tspan");
  holds(text, "x=\"320.5\" y=\"100\">four</text>"); /* 410 - 60.44 - 67.04 + 16 + 22 */
  holds(text, "x=\"381\" y=\"100\">more</text>");
  free(text);
}

static void and_below_it_in_as_many_lines_as_it_takes(void **state) {
  (void)state;
  again_series series[] = {named("four", 0), named("more", 1), named("than", 2), named(NULL, 3)};
  again_panel panel = {.title = "Title", .series = series, .series_count = 4};
  assert_int_equal(again_heading_lines(&panel, 130, true), 3);
  assert_int_equal(again_heading_lines(&panel, 130, false), 1);
  char *text = draw(&panel, 130);
  holds(text, "x=\"32\" y=\"117\">four</text>");
  holds(text, "x=\"92.4\" y=\"117\">more</text>");
  holds(text, "x=\"32\" y=\"134\">than</text>");
  free(text);
}

static void a_name_that_is_wider_than_the_panel_is_cut(void **state) {
  (void)state;
  again_series series[] = {named("a-policy-with-a-very-long-name.json", 0)};
  again_panel panel = {.title = "Another title that is too long for its panel",
                       .y = {.title = "unit"},
                       .series = series,
                       .series_count = 1};
  assert_int_equal(again_heading_lines(&panel, 120, true), 2);
  char *text = draw(&panel, 120);
  holds(text, ">a-policy-with-a-\xe2\x80\xa6</text>");
  holds(text, ">Another title th\xe2\x80\xa6</text>");
  assert_null(strstr(text, "unit"));
  free(text);
}

static void a_legend_covers_another_whose_entries_it_has(void **state) {
  (void)state;
  again_series one[] = {named("a", 0), named("b", 1), named("more", 2)};
  again_series two[] = {named("b", 1), named(NULL, 0), named("a", 0)};
  again_panel a = {.series = one, .series_count = 3};
  again_panel b = {.series = two, .series_count = 3};
  assert_true(again_heading_covers(&a, &b));
  assert_false(again_heading_covers(&b, &a));
  two[0].colour = 2;
  assert_false(again_heading_covers(&a, &b));
  two[0] = named("c", 1);
  assert_false(again_heading_covers(&a, &b));
  two[0] = named("b", 1);
  two[0].dashed = true;
  assert_false(again_heading_covers(&a, &b));
  two[0] = named("b", 1);
  two[0].kind = AGAIN_SERIES_BAND;
  assert_false(again_heading_covers(&a, &b));
  b.series_count = 0;
  assert_true(again_heading_covers(&a, &b));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_legend_stands_beside_the_title_where_there_is_room),
      cmocka_unit_test(and_below_it_in_as_many_lines_as_it_takes),
      cmocka_unit_test(a_name_that_is_wider_than_the_panel_is_cut),
      cmocka_unit_test(a_legend_covers_another_whose_entries_it_has),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
