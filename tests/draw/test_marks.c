#include "draw/marks.h"
#include "support.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MANY = 100000 };

static again_frame frame_of(double x_max, double y_max) {
  return (again_frame){.left = 0,
                       .top = 0,
                       .width = 200,
                       .height = 100,
                       .x = {.min = 0, .max = x_max},
                       .y = {.min = 0, .max = y_max}};
}

static char *draw(const again_frame *frame, const again_series *series) {
  again_svg svg = {0};
  again_marks_draw(&svg, frame, series);
  return again_svg_take(&svg);
}

static void holds(char *text, const char *part) {
  if (strstr(text, part) == NULL) fail_msg("no %s in: %s", part, text);
}

static void a_value_stands_where_the_axis_says(void **state) {
  (void)state;
  again_frame frame = {.left = 50,
                       .top = 10,
                       .width = 200,
                       .height = 100,
                       .x = {.min = 10, .max = 20},
                       .y = {.min = 0, .max = 4}};
  assert_true(again_frame_x(&frame, 10) == 50 && again_frame_x(&frame, 15) == 150);
  assert_true(again_frame_y(&frame, 0) == 110 && again_frame_y(&frame, 4) == 10);
  assert_true(again_frame_x(&frame, 99) == 250 && again_frame_y(&frame, 99) == 10);
}

static void lines_go_straight_and_steps_by_the_corner(void **state) {
  (void)state;
  static const double x[] = {0, 5, 10};
  static const double y[] = {0, 10, 5};
  again_frame frame = frame_of(10, 10);
  again_series series = {.kind = AGAIN_SERIES_LINE, .x = x, .y = y, .count = 3};
  char *text = draw(&frame, &series);
  holds(text, "d=\"M0 100L100 0L200 50\"");
  free(text);
  series.kind = AGAIN_SERIES_STEP;
  series.dashed = true;
  series.colour = 2;
  text = draw(&frame, &series);
  holds(text, "class=\"s2 l d2\" d=\"M0 100H100V0H200V50\"");
  free(text);
}

static void a_gap_begins_a_new_line(void **state) {
  (void)state;
  static const double x[] = {0, 2, 4, 6, 8, 10};
  static const double y[] = {5, 5, NAN, 5, NAN, 5};
  again_frame frame = frame_of(10, 10);
  again_series series = {.kind = AGAIN_SERIES_LINE, .x = x, .y = y, .count = 6};
  char *text = draw(&frame, &series);
  holds(text, "M0 50L40 50M120 50h0M200 50h0");
  free(text);
}

/* 100,000 points on 200 pixels, with one that stands out above and one below. */
static void many_points_become_few_and_the_extremes_stay(void **state) {
  (void)state;
  static double x[MANY];
  static double y[MANY];
  static double low[MANY];
  for (int i = 0; i < MANY; i++) {
    x[i] = i;
    y[i] = 50 + i % 7;
    low[i] = 40 - i % 5;
  }
  y[33333] = 99;
  y[66666] = 10;
  low[77777] = 1;
  again_frame frame = frame_of(MANY - 1, 100);
  for (int kind = AGAIN_SERIES_LINE; kind <= AGAIN_SERIES_BARS; kind++) {
    again_series series = {.kind = (again_series_kind)kind, .x = x, .y = y, .count = MANY};
    bool area = kind == AGAIN_SERIES_BAND || kind == AGAIN_SERIES_BARS;
    series.low = area ? low : NULL;
    char *text = draw(&frame, &series);
    assert_in_range(strlen(text), 1000, 20000);
    switch (series.kind) {
    case AGAIN_SERIES_LINE:
      holds(text, "L66.7 1L");   /* 99 of 100, */
      holds(text, "L133.3 90L"); /* 10 of 100 */
      break;
    case AGAIN_SERIES_STEP:
      holds(text, "H66.7V1H");
      holds(text, "H133.3V90H");
      break;
    case AGAIN_SERIES_BAND:
      holds(text, "L66 1L");
      holds(text, "L155 99L");
      break;
    case AGAIN_SERIES_BARS: holds(text, "y=\"1\""); break;
    }
    free(text);
  }
}

static void a_band_runs_forth_above_and_back_below(void **state) {
  (void)state;
  static const double x[] = {0, 5, 10};
  static const double high[] = {4, 10, 8};
  static const double low[] = {0, 2, 6};
  again_frame frame = frame_of(10, 10);
  again_series series = {.kind = AGAIN_SERIES_BAND, .x = x, .y = high, .low = low, .count = 3};
  char *text = draw(&frame, &series);
  holds(text, "d=\"M0 60L100 0L200 20L200 40L100 80L0 100Z\"");
  free(text);
}

/* 60 bars on 200 pixels: each ends where the next begins. */
static void dense_bars_touch(void **state) {
  (void)state;
  static double x[60];
  static double y[60];
  for (int i = 0; i < 60; i++) {
    x[i] = i + 0.5;
    y[i] = 5;
  }
  again_frame frame = frame_of(60, 10);
  again_series series = {.kind = AGAIN_SERIES_BARS, .x = x, .y = y, .count = 60};
  char *text = draw(&frame, &series);
  int end = 0;
  for (const char *at = strstr(text, "x=\""); at != NULL; at = strstr(at + 1, " x=\"")) {
    assert_int_equal(atoi(strchr(at, '"') + 1), end);
    end += atoi(strstr(at, "width=\"") + 7);
  }
  assert_int_equal(end, 200);
  free(text);
}

static void a_bar_of_one_value_can_still_be_seen(void **state) {
  (void)state;
  static const double x[] = {1, 2};
  static const double y[] = {5, 8};
  static const double low[] = {5, 4};
  again_frame frame = frame_of(4, 10);
  again_series series = {.kind = AGAIN_SERIES_BARS, .x = x, .y = y, .low = low, .count = 2};
  char *text = draw(&frame, &series);
  holds(text, "<rect x=\"36\" y=\"49\" width=\"28\" height=\"2\"/>");
  holds(text, "<rect x=\"86\" y=\"20\" width=\"28\" height=\"40\"/>");
  free(text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_value_stands_where_the_axis_says),
      cmocka_unit_test(lines_go_straight_and_steps_by_the_corner),
      cmocka_unit_test(a_gap_begins_a_new_line),
      cmocka_unit_test(many_points_become_few_and_the_extremes_stay),
      cmocka_unit_test(a_band_runs_forth_above_and_back_below),
      cmocka_unit_test(dense_bars_touch),
      cmocka_unit_test(a_bar_of_one_value_can_still_be_seen),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
