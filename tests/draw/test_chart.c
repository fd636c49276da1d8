#include "draw/chart.h"
#include "support.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double x[] = {0, 10, 20, 30};
static const double y[] = {1, 7, 3, 5};
static const again_axis seconds = {.title = "since the start", .kind = AGAIN_AXIS_TIME};

static int count(const char *text, const char *part) {
  int found = 0;
  for (; (text = strstr(text, part)) != NULL; text += strlen(part))
    found++;
  return found;
}

static void holds(const char *text, const char *part) {
  if (strstr(text, part) == NULL) fail_msg("no %s in: %s", part, text);
}

/* Every tag is closed, in order; python's parser has a look in test_plot.sh. */
static void is_balanced(const char *text) {
  int depth = 0;
  for (const char *tag = strchr(text, '<'); tag != NULL; tag = strchr(tag + 1, '<')) {
    const char *end = strchr(tag, '>');
    assert_non_null(end);
    if (tag[1] == '/') {
      depth--;
    } else if (end[-1] != '/') {
      depth++;
    }
    assert_true(depth >= 0);
  }
  assert_int_equal(depth, 0);
}

static char *draw(const again_panel *panels, size_t panel_count, unsigned columns) {
  again_chart chart = {.title = "Calls <all> & \"more\"",
                       .subtitle = "A subtitle",
                       .description = "a < b",
                       .panels = panels,
                       .panel_count = panel_count,
                       .columns = columns};
  char *text = again_chart_svg(&chart);
  assert_non_null(text);
  is_balanced(text);
  return text;
}

static void a_chart_has_what_a_reader_needs(void **state) {
  (void)state;
  again_series series = {.name = "a & b", .kind = AGAIN_SERIES_LINE, .x = x, .y = y, .count = 4};
  again_panel panel = {.title = "Rate",
                       .x = &seconds,
                       .y = {.title = "calls/s"},
                       .series = &series,
                       .series_count = 1};
  char *text = draw(&panel, 1, 1);
  holds(text, "<title id=\"again-title\">Calls &lt;all&gt; &amp; &quot;more&quot;</title>");
  holds(text, "<desc id=\"again-desc\">a &lt; b</desc>");
  holds(text, "role=\"img\" aria-labelledby=\"again-title again-desc\"");
  holds(text, ">A subtitle</text>");
  holds(text, ">Rate<tspan");
  holds(text, ">calls/s</tspan>");
  holds(text, ">since the start</text>");
  holds(text, ">a &amp; b</text>");
  holds(text, ">10 s</text>");
  holds(text, ">8</text>"); /* the ticks go beyond the highest value, 7 */
  free(text);
}

static void it_is_legible_in_the_dark_and_refers_to_nothing_outside(void **state) {
  (void)state;
  again_series series = {.name = "a", .kind = AGAIN_SERIES_LINE, .x = x, .y = y, .count = 4};
  again_panel panel = {.title = "Rate", .x = &seconds, .series = &series, .series_count = 1};
  char *text = draw(&panel, 1, 1);
  holds(text, "@media (prefers-color-scheme:dark)");
  holds(text, "stroke:#0072b2;stroke:var(--s0)");
  assert_null(strstr(text, "<script"));
  assert_null(strstr(text, "href"));
  assert_null(strstr(text, "url("));
  assert_null(strstr(text, "@import"));
  assert_int_equal(count(text, "://"), 1); /* the namespace */
  free(text);
}

static void panels_with_the_same_axis_share_its_words(void **state) {
  (void)state;
  again_series series = {.name = "same", .kind = AGAIN_SERIES_LINE, .x = x, .y = y, .count = 4};
  again_panel panels[3] = {
      {.title = "One", .x = &seconds, .series = &series, .series_count = 1},
      {.title = "Two", .x = &seconds, .series = &series, .series_count = 1},
      {.title = "Three", .x = &seconds, .series = &series, .series_count = 1},
  };
  char *text = draw(panels, 3, 1);
  assert_int_equal(count(text, ">20 s</text>"), 1);
  assert_int_equal(count(text, ">same</text>"), 1); /* and one legend */
  free(text);
  again_axis other = seconds;
  panels[2].x = &other;
  text = draw(panels, 3, 1);
  assert_int_equal(count(text, ">20 s</text>"), 2);
  free(text);
  series.name = NULL;
  text = draw(panels, 3, 3);
  assert_int_equal(count(text, ">15 s</text>"), 3); /* beside one another each has its own */
  assert_int_equal(count(text, "same"), 0);
  free(text);
}

static void an_axis_is_as_long_as_the_values_of_all_its_panels(void **state) {
  (void)state;
  static const double early[] = {0, 5};
  static const double late[] = {80, 100};
  again_series series[2] = {
      {.kind = AGAIN_SERIES_LINE, .colour = 0, .x = early, .y = y, .count = 2},
      {.kind = AGAIN_SERIES_LINE, .colour = 1, .x = late, .y = y, .count = 2}};
  again_panel panels[2] = {
      {.title = "One", .x = &seconds, .series = &series[0], .series_count = 1},
      {.title = "Two", .x = &seconds, .series = &series[1], .series_count = 1},
  };
  char *text = draw(panels, 2, 1);
  /* From 68 to 734: 5 of 100 is at 101.3, and 80 at 600.8. */
  holds(text, "<path class=\"s0 l\" d=\"M68 ");
  holds(text, "L101.3 ");
  holds(text, "<path class=\"s1 l\" d=\"M600.8 ");
  holds(text, "L734 ");
  free(text);
}

static void without_values_there_is_a_note_or_an_empty_panel(void **state) {
  (void)state;
  static const double none[] = {NAN};
  again_series series = {.kind = AGAIN_SERIES_LINE, .x = none, .y = none, .count = 1};
  again_panel panels[3] = {{.title = "Empty", .x = &seconds},
                           {.title = "Gap", .x = &seconds, .series = &series, .series_count = 1},
                           {.title = "Said", .x = &seconds, .note = "nothing happened"}};
  char *text = draw(panels, 3, 2);
  holds(text, ">nothing happened</text>");
  assert_null(strstr(text, "nan"));
  assert_null(strstr(text, "inf"));
  free(text);
}

static void a_long_subtitle_has_several_lines_and_what_is_below_makes_room(void **state) {
  (void)state;
  static const char words[] = "20 agents, load 50 % for 1m; quota 1000/s, burst 100; latency 20ms; "
                              "Retry-After 1s and up to "
                              "half more; 30 % 500 from 20s to 40s; 503 30s to 40s; seed 7";
  again_panel panel = {.title = "Rate", .x = &seconds};
  again_chart chart = {
      .title = "Long", .subtitle = words, .description = "", .panels = &panel, .panel_count = 1};
  char *text = again_chart_svg(&chart);
  assert_non_null(text);
  is_balanced(text);
  assert_null(strstr(text, "\xe2\x80\xa6")); /* nothing is cut */
  holds(text, " y=\"51\">20 agents, load");
  holds(text, " y=\"68\">40s; 503 30s to 40s; seed 7</text>");
  holds(text, " y=\"98\">Rate");
  free(text);
  chart.subtitle = "One line";
  text = again_chart_svg(&chart);
  assert_non_null(text);
  holds(text, " y=\"81\">Rate");
  free(text);
}

static void an_axis_that_goes_on_says_so_at_its_last_tick(void **state) {
  (void)state;
  again_axis axis = {.kind = AGAIN_AXIS_WHOLE, .min = 0.5, .max = 4.5, .open = true};
  again_series series = {.kind = AGAIN_SERIES_BARS, .x = x, .y = y, .count = 4};
  again_panel panel = {.title = "Bars", .x = &axis, .series = &series, .series_count = 1};
  char *text = draw(&panel, 1, 1);
  holds(text, ">3</text>");
  holds(text, ">4+</text>");
  free(text);
  axis.open = false;
  text = draw(&panel, 1, 1);
  assert_null(strstr(text, "+</text>"));
  free(text);
}

static void the_same_chart_gives_the_same_bytes(void **state) {
  (void)state;
  again_series series = {.name = "a", .kind = AGAIN_SERIES_BARS, .x = x, .y = y, .count = 4};
  again_panel panel = {.title = "Rate", .x = &seconds, .series = &series, .series_count = 1};
  char *one = draw(&panel, 1, 1);
  char *two = draw(&panel, 1, 1);
  assert_string_equal(one, two);
  free(one);
  free(two);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_chart_has_what_a_reader_needs),
      cmocka_unit_test(it_is_legible_in_the_dark_and_refers_to_nothing_outside),
      cmocka_unit_test(panels_with_the_same_axis_share_its_words),
      cmocka_unit_test(an_axis_is_as_long_as_the_values_of_all_its_panels),
      cmocka_unit_test(without_values_there_is_a_note_or_an_empty_panel),
      cmocka_unit_test(a_long_subtitle_has_several_lines_and_what_is_below_makes_room),
      cmocka_unit_test(an_axis_that_goes_on_says_so_at_its_last_tick),
      cmocka_unit_test(the_same_chart_gives_the_same_bytes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
