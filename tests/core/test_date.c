#include "support.h"
#include <again/core.h>
#include <string.h>

static const int64_t now_1994 = 784111777; /* Sun, 06 Nov 1994 08:49:37 GMT */

static int parse(const char *text, int64_t now, int64_t *seconds) {
  return again_http_date_parse(text, strlen(text), now, seconds);
}

static void the_three_forms_of_rfc_9110_are_read(void **state) {
  (void)state;
  static const char *const forms[] = {
      "Sun, 06 Nov 1994 08:49:37 GMT",
      "Sunday, 06-Nov-94 08:49:37 GMT",
      "Sun Nov  6 08:49:37 1994",
      " Sun, 6 Nov 1994 08:49:37 UTC ",
  };
  for (size_t i = 0; i < COUNT_OF(forms); i++) {
    int64_t seconds = 0;
    assert_int_equal(parse(forms[i], now_1994, &seconds), 0);
    assert_int_equal(seconds, now_1994);
  }
}

static void dates_are_exact_over_the_calendar(void **state) {
  (void)state;
  static const struct {
    const char *text;
    int64_t seconds;
  } rows[] = {
      {"Thu, 01 Jan 1970 00:00:00 GMT", 0},
      {"Wed, 31 Dec 1969 23:59:59 GMT", -1},
      {"Tue, 29 Feb 2000 12:00:00 GMT", 951825600},
      {"Mon, 01 Mar 2100 00:00:00 GMT", INT64_C(4107542400)},
      {"Tue, 19 Jan 2038 03:14:08 GMT", INT64_C(2147483648)},
      {"Fri, 31 Dec 9999 23:59:59 GMT", INT64_C(253402300799)},
      {"Sat, 31 Dec 2016 23:59:60 GMT", 1483228799}, /* a leap second */
      {"Sat, 01 Jan 0000 00:00:00 GMT", INT64_C(-62167219200)},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    int64_t seconds = 0;
    assert_int_equal(parse(rows[i].text, now_1994, &seconds), 0);
    assert_true(seconds == rows[i].seconds);
  }
}

static void a_two_digit_year_is_never_more_than_fifty_years_ahead(void **state) {
  (void)state;
  const int64_t now_2026 = 1795392000;
  int64_t seconds = 0;
  assert_int_equal(parse("Sunday, 06-Nov-94 08:49:37 GMT", now_2026, &seconds), 0);
  assert_int_equal(seconds, now_1994);
  assert_int_equal(parse("Monday, 03-Jun-19 11:30:12 GMT", now_2026, &seconds), 0);
  assert_int_equal(seconds, 1559561412);
  assert_int_equal(parse("Friday, 01-Jan-76 00:00:00 GMT", now_2026, &seconds), 0);
  assert_true(seconds == INT64_C(3345062400)); /* 2076: exactly fifty years */
  assert_int_equal(parse("Saturday, 01-Jan-77 00:00:00 GMT", now_2026, &seconds), 0);
  assert_int_equal(seconds, 220924800); /* 1977 */
  const int64_t now_2098 = INT64_C(4039372800);
  assert_int_equal(parse("Friday, 01-Jan-10 00:00:00 GMT", now_2098, &seconds), 0);
  assert_true(seconds == INT64_C(4417977600)); /* 2110 */
}

static void everything_else_is_refused(void **state) {
  (void)state;
  static const char *const bad[] = {
      "",
      " ",
      "badbadbad",
      "Sun",
      "Sun,",
      "Fri, 32 Dec 1999 23:59:59 GMT",
      "Fri, 00 Dec 1999 23:59:59 GMT",
      "Mon, 29 Feb 1999 00:00:00 GMT",
      "Thu, 29 Feb 2100 00:00:00 GMT",
      "Fri, 31 Dez 1999 23:59:59 GMT",
      "Fri, 31 Dec 1999 24:00:00 GMT",
      "Fri, 31 Dec 1999 23:60:00 GMT",
      "Fri, 31 Dec 1999 23:59:61 GMT",
      "Fri, 31 Dec 1999 23:59:59",
      "Fri, 31 Dec 1999 23:59:59 CET",
      "Fri, 31 Dec 1999 23:59:59 +0100",
      "Fri, 31 Dec 1999 23:59:59 GMT junk",
      "Fri, 31 Dec 99 23:59:59 GMT",
      "Fri, 31-Dec-1999 23:59:59 GMT",
      "Fri, 31 Dec 1999 3:59:59 GMT",
      "Sun Nov  6 08:49:37",
      "Sun Nov 6 08:49:37 94",
      "31 Dec 1999 23:59:59 GMT",
  };
  for (size_t i = 0; i < COUNT_OF(bad); i++) {
    int64_t seconds = 77;
    assert_int_equal(parse(bad[i], now_1994, &seconds), AGAIN_EFORMAT);
    assert_int_equal(seconds, 77);
  }
}

/* The text need not end in NUL, and no byte behind its length is read: a copy of the exact size
 * lets AddressSanitizer watch. */
static void every_prefix_of_a_date_is_refused_without_reading_on(void **state) {
  (void)state;
  static const char *const forms[] = {"Sun, 06 Nov 1994 08:49:37 GMT",
                                      "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"};
  for (size_t i = 0; i < COUNT_OF(forms); i++) {
    for (size_t length = 0; length < strlen(forms[i]); length++) {
      char *copy = test_malloc(length + 1);
      char *text = copy + 1;
      memcpy(text, forms[i], length);
      int64_t seconds;
      assert_int_equal(again_http_date_parse(text, length, now_1994, &seconds), AGAIN_EFORMAT);
      test_free(copy);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_three_forms_of_rfc_9110_are_read),
      cmocka_unit_test(dates_are_exact_over_the_calendar),
      cmocka_unit_test(a_two_digit_year_is_never_more_than_fifty_years_ahead),
      cmocka_unit_test(everything_else_is_refused),
      cmocka_unit_test(every_prefix_of_a_date_is_refused_without_reading_on),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
