#include "support.h"
#include <again/core.h>
#include <string.h>

typedef struct row {
  const char *text;
  int error;
  again_ms hint;
} row;

static void check(const row *rows, size_t count, int64_t now) {
  for (size_t i = 0; i < count; i++) {
    again_ms hint = 77;
    assert_int_equal(again_retry_after_parse(rows[i].text, strlen(rows[i].text), now, &hint),
                     rows[i].error);
    assert_true(hint == (rows[i].error == 0 ? rows[i].hint : 77));
  }
}

/* Source: hashicorp/go-retryablehttp client_test.go. */
static void values_of_go_retryablehttp_are_read_alike(void **state) {
  (void)state;
  static const row rows[] = {
      {"2", 0, 2000},
      {"Fri, 31 Dec 1999 23:59:59 GMT", 0, 2000},
      {"Fri, 31 Dec 1999 23:59:00 GMT", 0, 0}, /* past */
      {"", AGAIN_EFORMAT, 0},
      {"-2", AGAIN_EFORMAT, 0},
      {"Fri, 32 Dec 1999 23:59:59 GMT", AGAIN_EFORMAT, 0},
      {"badbadbad", AGAIN_EFORMAT, 0},
  };
  check(rows, COUNT_OF(rows), 946684797); /* Fri, 31 Dec 1999 23:59:57 GMT */
}

/* Source: urllib3 test_retry.py. It gives "no sleep" for the present moment; so do we, as 0. */
static void values_of_urllib3_are_read_alike(void **state) {
  (void)state;
  static const row rows[] = {
      {"3600", 0, 3600000},
      {"Mon, 3 Jun 2019 12:00:00 UTC", 0, 3600000},
      {"Mon, 3 Jun 2019 11:00:00 UTC", 0, 0},
      {"Mon, 03 Jun 2019 11:30:12 GMT", 0, 1812000},
      {"Monday, 03-Jun-19 11:30:12 GMT", 0, 1812000},
      {"Mon Jun  3 11:30:12 2019", 0, 1812000},
  };
  check(rows, COUNT_OF(rows), 1559559600); /* Mon, 03 Jun 2019 11:00:00 GMT */
}

static void huge_values_saturate_and_garbage_is_refused(void **state) {
  (void)state;
  static const row rows[] = {
      {"0", 0, 0},
      {" 5\t", 0, 5000},
      {"9223372037", 0, UINT64_C(9223372037000)},
      {"18446744073709551", 0, UINT64_C(18446744073709551000)},
      {"18446744073709552", 0, AGAIN_NEVER - 1},
      {"18446744073709551616", 0, AGAIN_NEVER - 1},
      {"99999999999999999999999999999999999999", 0, AGAIN_NEVER - 1},
      {"Tue, 31 Dec 9999 23:59:59 GMT", 0, UINT64_C(253402300799000)},
      {"1.5", AGAIN_EFORMAT, 0},
      {"+5", AGAIN_EFORMAT, 0},
      {"5s", AGAIN_EFORMAT, 0},
      {"5 5", AGAIN_EFORMAT, 0},
      {"0x10", AGAIN_EFORMAT, 0},
      {" ", AGAIN_EFORMAT, 0},
  };
  check(rows, COUNT_OF(rows), 0);
}

static void each_header_is_read_in_its_own_unit(void **state) {
  (void)state;
  static const struct {
    again_hint_kind kind;
    const char *text;
    int error;
    again_ms hint;
  } rows[] = {
      {AGAIN_HINT_RETRY_AFTER, "2", 0, 2000},
      {AGAIN_HINT_RETRY_AFTER_MS, "1500", 0, 1500},
      {AGAIN_HINT_MS_RETRY_AFTER_MS, " 7 ", 0, 7},
      {AGAIN_HINT_AMZ_RETRY_AFTER, "0", 0, 0},
      {AGAIN_HINT_AMZ_RETRY_AFTER, "-5", AGAIN_EFORMAT, 0},
      {AGAIN_HINT_AMZ_RETRY_AFTER, "1.5", AGAIN_EFORMAT, 0},
      {AGAIN_HINT_RETRY_AFTER_MS, "99999999999999999999999", 0, AGAIN_NEVER - 1},
      {AGAIN_HINT_RATELIMIT_RESET, "30", 0, 30000},
      {AGAIN_HINT_RATELIMIT_RESET, "1700000060", 0, 60000},
      {AGAIN_HINT_RATELIMIT_RESET, "1600000000", 0, 0},
      {AGAIN_HINT_RATELIMIT_RESET, "18446744073709551615", 0, AGAIN_NEVER - 1},
      {AGAIN_HINT_RATELIMIT_RESET, "soon", AGAIN_EFORMAT, 0},
      {AGAIN_HINT_RATELIMIT, "\"default\";r=0;t=30", 0, 30000},
      {AGAIN_HINT_RATELIMIT, "\"p\"; r=0; t=5, \"q\";r=0;t=900", 0, 5000},
      {AGAIN_HINT_RATELIMIT, "\"default\";r=50;t=30", 0, 0},
      {AGAIN_HINT_RATELIMIT, "\"default\";r=0", AGAIN_EFORMAT, 0},
      {AGAIN_HINT_RATELIMIT, "\"default\";t=30", AGAIN_EFORMAT, 0},
      {AGAIN_HINT_RATELIMIT, "\"default\";r=x;t=30", AGAIN_EFORMAT, 0},
      {AGAIN_HINT_RATELIMIT, ";", AGAIN_EFORMAT, 0},
      {AGAIN_HINT_RATELIMIT, "", AGAIN_EFORMAT, 0},
      {AGAIN_HINT_COUNT, "2", AGAIN_EFORMAT, 0},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    again_ms hint = 77;
    int error =
        again_hint_parse(rows[i].kind, rows[i].text, strlen(rows[i].text), 1700000000, &hint);
    if (error != rows[i].error || hint != (error == 0 ? rows[i].hint : 77)) {
      fail_msg("%s %s: %d", again_hint_kind_name(rows[i].kind), rows[i].text, error);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(values_of_go_retryablehttp_are_read_alike),
      cmocka_unit_test(values_of_urllib3_are_read_alike),
      cmocka_unit_test(huge_values_saturate_and_garbage_is_refused),
      cmocka_unit_test(each_header_is_read_in_its_own_unit),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
