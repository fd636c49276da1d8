#include "policy/keys.h"
#include "support.h"
#include <string.h>

static void every_key_has_a_default_within_its_range(void **state) {
  (void)state;
  for (size_t i = 0; i < again_policy_key_count; i++) {
    const again_key *key = &again_policy_keys[i];
    bool counts = key->kind == AGAIN_KEY_COUNT_OR_NONE || key->kind == AGAIN_KEY_SIZE_OR_NONE;
    bool none = counts && key->standard == 0;
    none = none || (key->kind == AGAIN_KEY_DURATION_OR_NONE && key->standard == AGAIN_NEVER);
    assert_true(again_key_word(key, key->standard) != NULL || none ||
                (key->standard >= key->least && key->standard <= key->most));
    assert_true(again_key_get(key, again_policy_default()) == key->standard);
    assert_true(strlen(key->text) > 10);
    assert_true(strlen(again_key_kind_text(key->kind)) > 10);
    for (size_t j = 0; j < i; j++) {
      assert_false(strcmp(key->section, again_policy_keys[j].section) == 0 &&
                   strcmp(key->name, again_policy_keys[j].name) == 0);
    }
  }
}

static void each_key_sets_its_own_field_and_no_other(void **state) {
  (void)state;
  for (size_t i = 0; i < again_policy_key_count; i++) {
    again_policy policy = *again_policy_default();
    const again_key *key = &again_policy_keys[i];
    uint64_t value = key->standard != 1 ? 1 : key->kind == AGAIN_KEY_FLAG ? 0 : 2;
    again_key_set(key, &policy, value);
    for (size_t j = 0; j < again_policy_key_count; j++) {
      uint64_t expected = i == j ? value : again_policy_keys[j].standard;
      assert_true(again_key_get(&again_policy_keys[j], &policy) == expected);
    }
  }
}

static void values_print_as_a_file_writes_them(void **state) {
  (void)state;
  static const struct {
    again_key_kind kind;
    uint64_t value;
    const char *text;
  } rows[] = {
      {AGAIN_KEY_DURATION, 1500, "\"1500ms\""},
      {AGAIN_KEY_DURATION, 0, "\"0ms\""},
      {AGAIN_KEY_DURATION_OR_NONE, AGAIN_NEVER, "\"none\""},
      {AGAIN_KEY_COUNT, 16, "16"},
      {AGAIN_KEY_COUNT_OR_NONE, 0, "\"none\""},
      {AGAIN_KEY_COUNT_OR_NONE, 6, "6"},
      {AGAIN_KEY_FACTOR, 200, "2"},
      {AGAIN_KEY_FACTOR, 150, "1.5"},
      {AGAIN_KEY_FACTOR, 1000, "10"},
      {AGAIN_KEY_RATIO, 25, "0.25"},
      {AGAIN_KEY_RATIO, 5, "0.05"},
      {AGAIN_KEY_RATIO, 0, "0"},
      {AGAIN_KEY_JITTER, AGAIN_JITTER_EQUAL, "\"equal\""},
      {AGAIN_KEY_GROWTH, AGAIN_GROWTH_FIBONACCI, "\"fibonacci\""},
      {AGAIN_KEY_SIZE_OR_NONE, 0, "\"none\""},
      {AGAIN_KEY_SIZE_OR_NONE, 65536, "\"64KiB\""},
      {AGAIN_KEY_RATE, 50, "\"0.5/s\""},
      {AGAIN_KEY_FLAG, 1, "true"},
      {AGAIN_KEY_FLAG, 0, "false"},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    again_key key = {.kind = rows[i].kind};
    char text[40];
    again_key_print(&key, rows[i].value, text, sizeof text);
    assert_string_equal(text, rows[i].text);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_key_has_a_default_within_its_range),
      cmocka_unit_test(each_key_sets_its_own_field_and_no_other),
      cmocka_unit_test(values_print_as_a_file_writes_them),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
