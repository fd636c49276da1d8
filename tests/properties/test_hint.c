/* Hints, whatever the text. Dates are written by the C library and read by ours. */
#include "arbitrary.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TEXT_MAX = 96 };

/* The text stands at the very end of this: reading behind it is seen by a sanitizer. */
static char *block;

static int make_block(void **state) {
  (void)state;
  block = malloc(TEXT_MAX);
  return block == NULL;
}

static int free_block(void **state) {
  (void)state;
  free(block);
  return 0;
}

static int parse(again_hint_kind kind, const char *value, size_t length, int64_t now,
                 again_ms *hint) {
  char *at = block + TEXT_MAX - length;
  memcpy(at, value, length);
  return again_hint_parse(kind, at, length, now, hint);
}

/* Whitespace around a value does not count. */
static size_t pad(again_random *random, char *padded, const char *value) {
  int before = (int)any_up_to(random, 2);
  int after = (int)any_up_to(random, 2);
  return (size_t)snprintf(padded, TEXT_MAX, "%*s%s%*s", before, "", value, after, "");
}

static again_ms saturated(again_ms hint) {
  return hint < AGAIN_NEVER ? hint : AGAIN_NEVER - 1;
}

enum { NUMBERS = 200000, DATES = 100000, GARBAGE = 400000 };

static void every_number_is_read_in_the_unit_of_its_header(void **state) {
  (void)state;
  FOR_CASES(random, NUMBERS) {
    char digits[TEXT_MAX];
    char value[TEXT_MAX];
    uint64_t number = any_number(&random);
    bool huge = any_one_in(&random, 16);
    int zeros = (int)any_up_to(&random, 2);
    snprintf(digits, sizeof digits, "%.*s%" PRIu64 "%s", zeros, "00", number,
             huge ? "99999999999999999999" : "");
    again_ms expected = saturated(huge ? AGAIN_NEVER : number);
    again_ms hint = 77;
    size_t length = pad(&random, value, digits);
    HOLDS(parse(AGAIN_HINT_RETRY_AFTER_MS, value, length, 0, &hint) == 0 && hint == expected);
    HOLDS(parse(AGAIN_HINT_AMZ_RETRY_AFTER, value, length, 0, &hint) == 0 && hint == expected);
    expected = saturated(huge ? AGAIN_NEVER : model_times(number, 1000));
    HOLDS(parse(AGAIN_HINT_RETRY_AFTER, value, length, 0, &hint) == 0 && hint == expected);
    length = (size_t)snprintf(value, sizeof value, "\"p\";r=0;t=%s", digits);
    HOLDS(parse(AGAIN_HINT_RATELIMIT, value, length, 0, &hint) == 0 && hint == expected);

    hint = 77;
    length = (size_t)snprintf(value, sizeof value, "-%s", digits);
    HOLDS(parse(AGAIN_HINT_RETRY_AFTER, value, length, 0, &hint) == AGAIN_EFORMAT && hint == 77);
  }
}

static size_t print_date(char *value, size_t form, const struct tm *parts) {
  if (form == 0) return strftime(value, TEXT_MAX, "%a, %d %b %Y %H:%M:%S GMT", parts);
  if (form == 1) return strftime(value, TEXT_MAX, "%a %b %e %H:%M:%S %Y", parts);
  size_t length = strftime(value, TEXT_MAX, "%A, %d-%b-%Y %H:%M:%S GMT", parts);
  char *year = strrchr(value, '-') + 1;
  memmove(year, year + 2, strlen(year) - 1); /* of the year two digits, and the end of the text */
  return length - 2;
}

static void every_date_is_read_back_in_its_three_forms(void **state) {
  (void)state;
  enum { FROM_YEAR_1000 = 30610224, UP_TO_9999 = 253402300 }; /* in thousands of seconds */
  FOR_CASES(random, DATES) {
    time_t date = (time_t)any_up_to(&random, (FROM_YEAR_1000 + UP_TO_9999) * UINT64_C(1000)) -
                  (time_t)FROM_YEAR_1000 * 1000;
    size_t form = (size_t)any_up_to(&random, 2);
    int64_t now = (int64_t)date + (int64_t)any_up_to(&random, 1000000) - 500000;
    if (form == 2) { /* two digits of a year: this century */
      date = (time_t)any_up_to(&random, 4000000000);
      now = (int64_t)date + (int64_t)any_up_to(&random, 49 * UINT64_C(31556952) * 2) -
            49 * INT64_C(31556952);
      if (now < 0) now = (int64_t)date;
    }
    struct tm parts;
    char value[TEXT_MAX];
    assert_non_null(gmtime_r(&date, &parts));
    size_t length = print_date(value, form, &parts);
    int64_t seconds = -1;
    HOLDS(again_http_date_parse(value, length, now, &seconds) == 0);
    HOLDS(seconds == (int64_t)date);
    again_ms hint = 77;
    HOLDS(parse(AGAIN_HINT_RETRY_AFTER, value, length, now, &hint) == 0);
    HOLDS(hint == (seconds > now ? (again_ms)(seconds - now) * 1000 : 0));
  }
}

/* Pieces of what is valid, in any order. */
static size_t any_text(again_random *random, char *value) {
  static const char *const pieces[] = {
      "0",   "31",  "Fri",  ",",    " ",    "Dec", "1999", "23:59:59",
      "GMT", "-",   ";r=0", ";t=5", ";r=1", ":",   "\t",   "99999999999999999999",
      "Mon", "Feb", "29",   "60",   "UTC",  "",    "1.5",  "\"p\""};
  size_t length = 0;
  for (uint64_t i = any_up_to(random, 8); i > 0; i--) {
    const char *piece = pieces[any_up_to(random, COUNT_OF(pieces) - 1)];
    size_t more = strlen(piece);
    if (length + more > TEXT_MAX) break;
    memcpy(value + length, piece, more);
    length += more;
  }
  if (length > 0 && any_one_in(random, 4))
    value[any_up_to(random, length - 1)] = (char)any_up_to(random, 127);
  return length;
}

static void any_text_gives_a_duration_or_is_refused_and_left_alone(void **state) {
  (void)state;
  uint64_t accepted = 0;
  FOR_CASES(random, GARBAGE) {
    char value[TEXT_MAX];
    size_t length = any_text(&random, value);
    again_hint_kind kind = (again_hint_kind)any_up_to(&random, AGAIN_HINT_COUNT);
    int64_t now = (int64_t)(any_number(&random) / 2);
    again_ms hint = 77;
    int error = parse(kind, value, length, now, &hint);
    HOLDS(error == 0 || error == AGAIN_EFORMAT);
    HOLDS(error == 0 ? hint != AGAIN_NEVER : hint == 77);
    accepted += error == 0;
    again_ms twin = 77;
    HOLDS(parse(kind, value, length, now, &twin) == error && twin == hint);
    HOLDS(kind != AGAIN_HINT_COUNT || error != 0);
  }
  assert_true(accepted > GARBAGE / 50);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_number_is_read_in_the_unit_of_its_header),
      cmocka_unit_test(every_date_is_read_back_in_its_three_forms),
      cmocka_unit_test(any_text_gives_a_duration_or_is_refused_and_left_alone),
  };
  return cmocka_run_group_tests(tests, make_block, free_block);
}
