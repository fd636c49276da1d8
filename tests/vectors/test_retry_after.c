/* Retry-After values that other clients test. */
#include "vectors.h"
#include <string.h>

typedef struct row {
  const char *text;
  int error;
  again_ms hint;
} row;

static void check(vector_id id, const row *rows, size_t count, int64_t now) {
  for (size_t i = 0; i < count; i++) {
    again_ms hint = 77;
    assert_int_equal(again_retry_after_parse(rows[i].text, strlen(rows[i].text), now, &hint),
                     rows[i].error);
    assert_true(hint == (rows[i].error == 0 ? rows[i].hint : 77));
    vector_holds(id);
  }
}

/* Source: go-retryablehttp client_test.go. */
static void go_retryablehttp_reads_them_alike(void **state) {
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
  check(VECTOR_retry_after_go, rows, COUNT_OF(rows), 946684797); /* Fri, 31 Dec 1999 23:59:57 GMT */

  /* Its row without the header has nothing to parse: the outcome has no hint, and the backoff counts. */
  again_verdict verdict = {.error_class = AGAIN_CLASS_THROTTLED};
  again_policy policy = {
      .throttled = {.backoff = {.base = 9, .cap = 9}, .max_elapsed = AGAIN_NEVER},
      .hint_cap = 1000};
  again_progress progress = {.attempts = 1, .class_attempts = {1, 1, 1}, .deadline = AGAIN_NEVER};
  again_outcome outcome = {.status = 429};
  assert_int_equal(again_decide(&policy, &verdict, &outcome, &progress, 0, 5).reason,
                   AGAIN_REASON_BACKOFF);
  vector_holds(VECTOR_retry_after_go);
}

/* Source: urllib3 test/test_retry.py. It expects no sleep for the present moment; so do we: 0. Its
 * zone "UTC" is not in RFC 9110, which knows GMT only; we read both. */
static void urllib3_reads_them_alike(void **state) {
  (void)state;
  static const row rows[] = {
      {"3600", 0, 3600000},
      {"Mon, 3 Jun 2019 12:00:00 UTC", 0, 3600000},
      {"Mon, 3 Jun 2019 11:00:00 UTC", 0, 0},
      {"Mon, 03 Jun 2019 11:30:12 GMT", 0, 1812000},
      {"Monday, 03-Jun-19 11:30:12 GMT", 0, 1812000},
      {"Mon Jun  3 11:30:12 2019", 0, 1812000},
  };
  check(VECTOR_retry_after_urllib3, rows, COUNT_OF(rows), 1559559600); /* 11:00:00 of that day */
}

int vectors_retry_after(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(go_retryablehttp_reads_them_alike),
      cmocka_unit_test(urllib3_reads_them_alike),
  };
  return cmocka_run_group_tests_name("Retry-After", tests, NULL, NULL);
}
