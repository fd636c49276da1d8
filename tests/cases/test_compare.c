#include "cases/keys.h"
#include "support.h"
#include <string.h>

static const again_case_attempt throttled = {.classes = 1 << AGAIN_CLASS_THROTTLED,
                                             .reasons = 1 << AGAIN_REASON_BACKOFF,
                                             .delay = {true, 120, 380},
                                             .window = {true, 1, 400}};

static again_case_facts seen_facts(again_case_attempt *list) {
  *list = throttled;
  return (again_case_facts){.attempts = {true, 1, 1},
                            .list = list,
                            .list_count = 1,
                            .results = 1 << AGAIN_CASE_DELIVERED,
                            .reasons = 1 << AGAIN_REASON_OK,
                            .effects = 1 << AGAIN_EFFECT_APPLIED | 1 << AGAIN_EFFECT_NOT_APPLIED,
                            .elapsed = {true, 10, 20}};
}

/* Compares; the last row goes to `row`. */
static bool compare(const again_case_facts *expected, again_case_row *row) {
  again_case_attempt list;
  again_case_facts seen = seen_facts(&list);
  again_case_row rows[16];
  bool same = false;
  size_t count = again_case_compare(expected, &seen, rows, COUNT_OF(rows), &same);
  assert_in_range(count, 0, COUNT_OF(rows));
  if (count > 0) *row = rows[count - 1];
  bool all = true;
  for (size_t i = 0; i < count; i++)
    all = all && rows[i].same;
  assert_int_equal(all, same);
  return same;
}

static void nothing_expected_is_nothing_to_compare(void **state) {
  (void)state;
  again_case_row row = {.key = "untouched"};
  const again_case_facts expected = {0};
  assert_true(compare(&expected, &row));
  assert_string_equal(row.key, "untouched");
}

static void a_delay_must_lie_within_and_a_window_be_equal(void **state) {
  (void)state;
  static const struct {
    again_span delay;
    again_span window;
    bool same;
  } rows[] = {
      {{true, 100, 400}, {0}, true},       {{true, 120, 380}, {0}, true},
      {{true, 121, 400}, {0}, false},      {{true, 100, 379}, {0}, false},
      {{0}, {true, 1, 400}, true},         {{0}, {true, 0, 400}, false},
      {{0}, {true, 1, 401}, false},        {{0}, {true, 2, 400}, false},
      {{true, 0, AGAIN_NEVER}, {0}, true}, {{0}, {true, 1, AGAIN_NEVER}, false},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    again_case_row row = {0};
    again_case_attempt list = {.delay = rows[i].delay, .window = rows[i].window};
    const again_case_facts expected = {.list = &list, .list_count = 1};
    if (compare(&expected, &row) != rows[i].same)
      fail_msg("row %zu: %s: expected %s, got %s", i, row.key, row.expected, row.got);
    assert_string_equal(row.where, "attempt 1");
  }
}

static void all_words_seen_must_be_expected(void **state) {
  (void)state;
  again_case_row row = {0};
  again_case_facts expected = {.reasons = 1 << AGAIN_REASON_OK | 1 << AGAIN_REASON_BUDGET};
  assert_true(compare(&expected, &row));
  assert_string_equal(row.expected, "ok or budget");
  assert_string_equal(row.got, "ok");
  expected.reasons = 1 << AGAIN_REASON_BUDGET;
  assert_false(compare(&expected, &row));
  expected = (again_case_facts){.effects = 1 << AGAIN_EFFECT_APPLIED}; /* another was seen, too */
  assert_false(compare(&expected, &row));
  assert_string_equal(row.got, "not-applied or applied");
  again_case_attempt list = {.remedies = 1 << AGAIN_REMEDY_NONE}; /* of which nothing was seen */
  expected = (again_case_facts){.list = &list, .list_count = 1};
  assert_false(compare(&expected, &row));
  assert_string_equal(row.got, "-");
}

static void an_attempt_that_was_not_made_is_missed(void **state) {
  (void)state;
  again_case_row row = {0};
  again_case_attempt list[2] = {throttled, {.classes = 1 << AGAIN_CLASS_OK}};
  again_case_facts expected = {.list = list, .list_count = 2};
  assert_false(compare(&expected, &row));
  assert_string_equal(row.where, "attempt 2");
  assert_string_equal(row.got, "-");
  expected = (again_case_facts){.attempts = {true, 2, 2}};
  assert_false(compare(&expected, &row));
  expected.attempts.min = 1;
  assert_true(compare(&expected, &row));
}

static void counts_are_compared_by_their_words(void **state) {
  (void)state;
  again_case_row row = {0};
  again_case_facts expected = {0};
  expected.all.events[AGAIN_EVENT_HELD] = (again_span){true, 1, 1};
  assert_false(compare(&expected, &row));
  assert_string_equal(row.where, "all");
  assert_string_equal(row.key, "events.held");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(nothing_expected_is_nothing_to_compare),
      cmocka_unit_test(a_delay_must_lie_within_and_a_window_be_equal),
      cmocka_unit_test(all_words_seen_must_be_expected),
      cmocka_unit_test(an_attempt_that_was_not_made_is_missed),
      cmocka_unit_test(counts_are_compared_by_their_words),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
