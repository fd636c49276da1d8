#include "support.h"
#include <again/policy.h>

static void durations_are_read_in_every_unit(void **state) {
  (void)state;
  static const struct {
    const char *text;
    again_ms ms;
  } rows[] = {
      {"0ms", 0},
      {"250ms", 250},
      {"1.5s", 1500},
      {"0.001s", 1},
      {"10m", 600000},
      {"1.5m", 90000},
      {"2h", 7200000},
      {"0.25d", 21600000},
      {"none", AGAIN_NEVER},
      {"18446744073709551614ms", AGAIN_NEVER - 1},
      {"007s", 7000},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    again_ms ms = 77;
    assert_int_equal(again_duration_parse(rows[i].text, &ms), 0);
    assert_true(ms == rows[i].ms);
  }
}

static void everything_else_is_refused(void **state) {
  (void)state;
  static const char *const bad[] = {
      "",
      "s",
      "10",
      "10 m",
      " 10m",
      "10m ",
      "-1s",
      "+1s",
      "1.s",
      ".5s",
      "0.5ms",
      "1e3s",
      "1,5s",
      "10M",
      "10min",
      "1..5s",
      "1.0001s",
      "None",
      "18446744073709551615ms",
      "18446744073709551616ms",
      "99999999999999999999999s",
      "213503982335d",
      "0.00000000000000000000001s",
  };
  for (size_t i = 0; i < COUNT_OF(bad); i++) {
    again_ms ms = 77;
    assert_int_equal(again_duration_parse(bad[i], &ms), AGAIN_EFORMAT);
    assert_int_equal(ms, 77);
  }
}

static void printing_takes_the_largest_exact_unit_and_reads_back(void **state) {
  (void)state;
  static const struct {
    again_ms ms;
    const char *text;
  } rows[] = {{0, "0ms"},
              {1, "1ms"},
              {1500, "1500ms"},
              {90000, "90s"},
              {600000, "10m"},
              {7200000, "2h"},
              {86400000, "1d"},
              {AGAIN_NEVER, "none"},
              {3600001, "3600001ms"}};
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    char text[24];
    again_ms ms;
    again_duration_print(rows[i].ms, text, sizeof text);
    assert_string_equal(text, rows[i].text);
    assert_int_equal(again_duration_parse(text, &ms), 0);
    assert_true(ms == rows[i].ms);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(durations_are_read_in_every_unit),
      cmocka_unit_test(everything_else_is_refused),
      cmocka_unit_test(printing_takes_the_largest_exact_unit_and_reads_back),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
