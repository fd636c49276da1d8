#include "support.h"
#include <again/policy.h>
#include <string.h>

static void rates_are_read_as_people_write_them(void **state) {
  (void)state;
  static const struct {
    const char *text;
    uint32_t rate_pct;
    const char *printed;
  } rows[] = {
      {"500/s", 50000, "500/s"}, {"0/s", 0, "0/s"},
      {"0.5/s", 50, "0.5/s"},    {"0.25/s", 25, "0.25/s"},
      {"30/m", 50, "0.5/s"},     {"36/h", 1, "0.01/s"},
      {"1.50/s", 150, "1.5/s"},  {"0.01/s", 1, "0.01/s"},
      {"1.05/s", 105, "1.05/s"}, {"42949672.95/s", UINT32_MAX, "42949672.95/s"},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    uint32_t rate = 7;
    char text[24];
    assert_int_equal(again_rate_parse(rows[i].text, &rate), 0);
    assert_int_equal(rate, rows[i].rate_pct);
    again_rate_print(rate, text, sizeof text);
    assert_string_equal(text, rows[i].printed);
    assert_int_equal(again_rate_parse(text, &rate), 0);
    assert_int_equal(rate, rows[i].rate_pct);
  }
}

static void what_is_no_rate_is_refused(void **state) {
  (void)state;
  static const char *const rows[] = {"",        "5",       "/s",
                                     "5/",      "5/d",     "-5/s",
                                     "5 /s",    "5/s ",    ".5/s",
                                     "5./s",    "1/m",     "1/h",
                                     "0.001/s", "1e3/s",   "42949672.96/s",
                                     "none",    "1.2.3/s", "99999999999999999999/s"};
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    uint32_t rate = 7;
    if (again_rate_parse(rows[i], &rate) != AGAIN_EFORMAT || rate != 7) fail_msg("%s", rows[i]);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rates_are_read_as_people_write_them),
      cmocka_unit_test(what_is_no_rate_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
