#include "cases/keys.h"
#include "support.h"
#include <string.h>

static void spans_are_read_and_written_alike(void **state) {
  (void)state;
  static const struct {
    const char *text;
    bool durations;
    uint64_t min;
    uint64_t max;
    const char *written; /* NULL: as it was */
  } rows[] = {
      {"3", false, 3, 3, NULL},
      {"2..5", false, 2, 5, NULL},
      {"4..", false, 4, AGAIN_NEVER, NULL},
      {"..16", false, 0, 16, "0..16"},
      {"2..2", false, 2, 2, "2"},
      {"2s", true, 2000, 2000, NULL},
      {"100ms..400ms", true, 100, 400, NULL},
      {"1s..", true, 1000, AGAIN_NEVER, NULL},
      {"..1m", true, 0, 60000, "0ms..1m"},
      {"2500ms..6250ms", true, 2500, 6250, "2.5s..6.25s"},
      {"1001ms..1010ms", true, 1001, 1010, "1.001s..1.01s"},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    again_span span = {0};
    char text[60];
    if (!again_span_parse(rows[i].text, rows[i].durations, &span)) fail_msg("%s", rows[i].text);
    assert_true(span.given);
    assert_int_equal(span.min, rows[i].min);
    assert_true(span.max == rows[i].max);
    again_span_print(&span, rows[i].durations, text, sizeof text);
    assert_string_equal(text, rows[i].written != NULL ? rows[i].written : rows[i].text);
    again_span back = {0};
    assert_true(again_span_parse(text, rows[i].durations, &back));
    assert_memory_equal(&back, &span, sizeof span);
  }
}

static void what_is_no_span_is_refused(void **state) {
  (void)state;
  static const char *const numbers[] = {
      "", "..", "5..2", "1...2", "a", "1..b", "-1", "+1", "1 ", "1s", "1234567890123456789", "..b"};
  static const char *const durations[] = {"", "..", "2", "5s..1s", "none", "1s..none", "1s...2s"};
  again_span span;
  for (size_t i = 0; i < COUNT_OF(numbers); i++) {
    if (again_span_parse(numbers[i], false, &span)) fail_msg("%s is taken", numbers[i]);
  }
  for (size_t i = 0; i < COUNT_OF(durations); i++) {
    if (again_span_parse(durations[i], true, &span)) fail_msg("%s is taken", durations[i]);
  }
}

static void what_was_seen_must_be_within_what_was_expected(void **state) {
  (void)state;
  const again_span expected = {true, 2, 5};
  again_span seen = {0};
  assert_false(again_span_holds(&expected, &seen)); /* nothing was */
  assert_false(again_span_holds(&(again_span){true, 0, 5}, &seen));
  again_span_add(&seen, 2);
  assert_true(again_span_holds(&expected, &seen));
  again_span_add(&seen, 5);
  assert_true(again_span_holds(&expected, &seen));
  again_span_join(&seen, &(again_span){.given = false, .max = 9});
  assert_true(again_span_holds(&expected, &seen));
  again_span_add(&seen, 6);
  assert_false(again_span_holds(&expected, &seen));
  assert_false(again_span_holds(&expected, &(again_span){true, 1, 3}));
}

static void each_object_has_fewer_keys_than_there_is_room_for(void **state) {
  (void)state;
  for (int object = AGAIN_CASE_IN_FILE; object <= AGAIN_CASE_IN_ALL; object++) {
    const char *names[AGAIN_CASE_KEYS_MAX];
    size_t count = again_case_key_names((again_case_object)object, names);
    assert_in_range(count, 1, AGAIN_CASE_KEYS_MAX - 1);
    for (size_t i = 0; i < count; i++) {
      const again_case_key *key = again_case_key_find((again_case_object)object, names[i]);
      assert_string_equal(key->name, names[i]);
    }
  }
  assert_null(again_case_key_find(AGAIN_CASE_IN_FILE, "seeds"));
}

static void words_fit_into_a_set(void **state) {
  (void)state;
  for (int kind = AGAIN_CASE_KIND_TEXT; kind <= AGAIN_CASE_KIND_EVENT_COUNTS; kind++) {
    size_t count = 0;
    while (again_case_word((again_case_kind)kind, count) != NULL)
      count++;
    assert_in_range(count, 0, 32);
  }
  assert_string_equal(again_case_word(AGAIN_CASE_KIND_CLASSES, AGAIN_CLASS_AUTH), "auth");
  assert_string_equal(again_case_word(AGAIN_CASE_KIND_RESULTS, AGAIN_CASE_WAITING), "waiting");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(spans_are_read_and_written_alike),
      cmocka_unit_test(what_is_no_span_is_refused),
      cmocka_unit_test(what_was_seen_must_be_within_what_was_expected),
      cmocka_unit_test(each_object_has_fewer_keys_than_there_is_room_for),
      cmocka_unit_test(words_fit_into_a_set),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
