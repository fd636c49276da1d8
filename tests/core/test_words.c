#include "support.h"
#include <again/core.h>
#include <string.h>

typedef const char *(*word_fn)(int value);

#define LOOKUP(kind)                                                                               \
  static const char *kind##_name(int value) {                                                      \
    return again_##kind##_name((again_##kind)value);                                               \
  }                                                                                                \
  static const char *kind##_text(int value) {                                                      \
    return again_##kind##_text((again_##kind)value);                                               \
  }

LOOKUP(class)
LOOKUP(remedy)
LOOKUP(damage)
LOOKUP(effect)
LOOKUP(domain)
LOOKUP(fault)
LOOKUP(shape)
LOOKUP(reason)
LOOKUP(growth)
LOOKUP(jitter)
LOOKUP(origin)

static const struct {
  word_fn name;
  word_fn text;
  int count;
} words[] = {
    {class_name, class_text, AGAIN_CLASS_COUNT},    {remedy_name, remedy_text, AGAIN_REMEDY_COUNT},
    {damage_name, damage_text, AGAIN_DAMAGE_COUNT}, {effect_name, effect_text, AGAIN_EFFECT_COUNT},
    {domain_name, domain_text, AGAIN_DOMAIN_COUNT}, {fault_name, fault_text, AGAIN_FAULT_COUNT},
    {reason_name, reason_text, AGAIN_REASON_COUNT}, {jitter_name, jitter_text, AGAIN_JITTER_COUNT},
    {origin_name, origin_text, AGAIN_ORIGIN_COUNT}, {growth_name, growth_text, AGAIN_GROWTH_COUNT},
    {shape_name, shape_text, AGAIN_SHAPE_COUNT},
};

static void every_word_has_a_name_of_its_own_and_a_sentence(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT_OF(words); i++) {
    for (int value = 0; value < words[i].count; value++) {
      const char *name = words[i].name(value);
      assert_string_not_equal(name, "?");
      assert_true(strlen(words[i].text(value)) > strlen("?"));
      for (int other = 0; other < value; other++) {
        assert_string_not_equal(name, words[i].name(other));
      }
    }
  }
}

static void a_value_out_of_range_is_a_question_mark(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT_OF(words); i++) {
    assert_string_equal(words[i].name(words[i].count), "?");
    assert_string_equal(words[i].text(words[i].count), "?");
    assert_string_equal(words[i].name(-1), "?");
  }
}

static void the_names_are_those_of_the_documents(void **state) {
  (void)state;
  assert_string_equal(again_class_name(AGAIN_CLASS_THROTTLED), "throttled");
  assert_string_equal(again_remedy_name(AGAIN_REMEDY_RESYNC), "resync-clock");
  assert_string_equal(again_damage_name(AGAIN_DAMAGE_TOPIC), "topic");
  assert_string_equal(again_effect_name(AGAIN_EFFECT_MAYBE_APPLIED), "maybe-applied");
  assert_string_equal(again_fault_name(AGAIN_FAULT_TIMEOUT), "timeout");
  assert_string_equal(again_reason_name(AGAIN_REASON_SERVER_HINT), "server-hint");
  assert_string_equal(again_reason_text(AGAIN_REASON_OK), "delivered");
}

static void errors_have_names_and_sentences(void **state) {
  (void)state;
  assert_string_equal(again_error_name(0), "AGAIN_OK");
  assert_string_equal(again_error_text(0), "no error");
  assert_string_equal(again_error_name(AGAIN_ENOMEM), "AGAIN_ENOMEM");
  assert_string_equal(again_error_text(AGAIN_ENOMEM), "out of memory");
  assert_string_equal(again_error_name(-999), "AGAIN_?");
  assert_string_equal(again_error_text(-999), "an unknown error");
#define X(name, value, text) assert_true(AGAIN_##name < 0);
  AGAIN_ERROR_MAP(X)
#undef X
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_word_has_a_name_of_its_own_and_a_sentence),
      cmocka_unit_test(a_value_out_of_range_is_a_question_mark),
      cmocka_unit_test(the_names_are_those_of_the_documents),
      cmocka_unit_test(errors_have_names_and_sentences),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
