#include "draw/ticks.h"
#include "support.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

/* The words at all ticks, with blanks between them. */
static void say(const again_ticks *ticks, char *text, size_t size) {
  text[0] = '\0';
  for (int i = 0; i < ticks->count; i++) {
    char label[AGAIN_TICKS_LABEL];
    again_ticks_label(ticks, ticks->at[i], label);
    size_t used = strlen(text);
    snprintf(text + used, size - used, "%s%s", used > 0 ? ", " : "", label);
  }
}

static void ticks_are_round_and_in_one_unit(void **state) {
  (void)state;
  static const struct {
    again_axis_kind kind;
    double min;
    double max;
    int wanted;
    const char *labels;
  } cases[] = {
      {AGAIN_AXIS_NUMBER, 0, 1, 4, "0, 0.5, 1.0"},
      {AGAIN_AXIS_NUMBER, 0, 97, 5, "0, 20, 40, 60, 80, 100"},
      {AGAIN_AXIS_NUMBER, -3, 3, 3, "-4, -2, 0, 2, 4"},
      {AGAIN_AXIS_NUMBER, 0, 5000, 5, "0, 1000, 2000, 3000, 4000, 5000"},
      {AGAIN_AXIS_NUMBER, 0, 43000, 4, "0, 20k, 40k, 60k"},
      {AGAIN_AXIS_NUMBER, 0, 1.9e6, 2, "0, 1M, 2M"},
      {AGAIN_AXIS_WHOLE, 0, 2, 8, "0, 1, 2"},
      {AGAIN_AXIS_TIME, 0, 0.4, 4, "0, 100 ms, 200 ms, 300 ms, 400 ms"},
      {AGAIN_AXIS_TIME, 0, 1.8, 4, "0, 0.5 s, 1.0 s, 1.5 s, 2.0 s"},
      {AGAIN_AXIS_TIME, 0, 30, 4, "0, 10 s, 20 s, 30 s"},
      {AGAIN_AXIS_TIME, 0, 90, 6, "0, 15 s, 30 s, 45 s, 60 s, 75 s, 90 s"},
      {AGAIN_AXIS_TIME, 0, 1800, 3, "0, 10 min, 20 min, 30 min"},
      {AGAIN_AXIS_TIME, 0, 5400, 4, "0, 30 min, 60 min, 90 min"},
      {AGAIN_AXIS_TIME, 0, 86400, 4, "0, 6 h, 12 h, 18 h, 24 h"},
      {AGAIN_AXIS_TIME, 0, 7 * 86400, 4, "0, 2 d, 4 d, 6 d, 8 d"},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    char text[512];
    again_ticks ticks =
        again_ticks_make(cases[i].kind, cases[i].min, cases[i].max, cases[i].wanted, true);
    say(&ticks, text, sizeof text);
    assert_string_equal(text, cases[i].labels);
    assert_true(ticks.min <= cases[i].min && ticks.max >= cases[i].max);
  }
}

static void an_axis_that_is_not_lengthened_keeps_its_ends(void **state) {
  (void)state;
  again_ticks ticks = again_ticks_make(AGAIN_AXIS_TIME, 3, 47, 4, false);
  char text[128];
  say(&ticks, text, sizeof text);
  assert_string_equal(text, "15 s, 30 s, 45 s");
  assert_true(ticks.min == 3 && ticks.max == 47);
}

static void whatever_the_range_the_ticks_are_few_and_within_it(void **state) {
  (void)state;
  static const double values[] = {0,     1e-9, 1e-3, 0.7, 1,        59,  61,    3599,
                                  86401, 1e7,  1e12, -5,  INFINITY, NAN, 1e300, -1e300};
  for (size_t a = 0; a < COUNT_OF(values); a++) {
    for (size_t b = 0; b < COUNT_OF(values); b++) {
      for (int kind = AGAIN_AXIS_NUMBER; kind <= AGAIN_AXIS_TIME; kind++) {
        for (int extend = 0; extend < 2; extend++) {
          again_ticks ticks =
              again_ticks_make((again_axis_kind)kind, values[a], values[b], 5, extend == 1);
          if (!(ticks.max > ticks.min)) fail_msg("%g %g %d %d", values[a], values[b], kind, extend);
          assert_in_range(ticks.count, 0, 8);
          for (int i = 0; i < ticks.count; i++) {
            char label[AGAIN_TICKS_LABEL] = "";
            double slack = ticks.step * 1e-6;
            assert_true(ticks.at[i] >= ticks.min - slack && ticks.at[i] <= ticks.max + slack);
            again_ticks_label(&ticks, ticks.at[i], label);
            assert_true(label[0] != '\0');
          }
        }
      }
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(ticks_are_round_and_in_one_unit),
      cmocka_unit_test(an_axis_that_is_not_lengthened_keeps_its_ends),
      cmocka_unit_test(whatever_the_range_the_ticks_are_few_and_within_it),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
