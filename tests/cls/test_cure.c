#include "cls/cure.h"
#include "support.h"
#include <string.h>

static const again_cure_rules repair = {AGAIN_CLS_REPAIR, AGAIN_CLS_REPAIR, AGAIN_CLS_REPAIR};
static const again_cure_rules refuse = {AGAIN_CLS_REFUSE, AGAIN_CLS_REFUSE, AGAIN_CLS_REFUSE};

static void keys_lose_what_the_service_refuses(void **state) {
  (void)state;
  static const struct {
    const char *key;
    size_t length;
    const char *cured;
    bool renamed;
    bool repaired;
  } rows[] = {
      {"key", 3, "key", false, false},
      {"a_b", 3, "a_b", false, false},
      {"_key", 4, "key", true, false},
      {"__FILENAME__", 12, "FILENAME__", true, false},
      {"", 0, "unnamed", true, false},
      {"___", 3, "unnamed", true, false},
      {"k\xff", 2, "k\xEF\xBF\xBD", false, true},
      {"_k\0y", 4, "k\xEF\xBF\xBDy", true, true},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    again_cls_field field = {rows[i].key, rows[i].length, "v", 1};
    again_cure cure;
    uint8_t out[32];
    assert_int_equal(again_cure_key(&repair, &field, &cure), 0);
    assert_int_equal(cure.cured_length, strlen(rows[i].cured));
    assert_ptr_equal(again_cure_write(&cure, out), out + cure.cured_length);
    assert_memory_equal(out, rows[i].cured, cure.cured_length);
    assert_int_equal(cure.renamed, rows[i].renamed);
    assert_int_equal(cure.repaired, rows[i].repaired);
    bool healthy = !rows[i].renamed && !rows[i].repaired;
    assert_int_equal(again_cure_healthy(&field), healthy);
    assert_int_equal(again_cure_key(&refuse, &field, &cure), healthy ? 0 : AGAIN_EINVAL);
  }
}

/* A value of `length` bytes: `unit` again and again. */
static again_cls_field value_of(char *room, size_t length, const char *unit) {
  size_t size = strlen(unit);
  for (size_t i = 0; i < length; i++)
    room[i] = unit[i % size];
  return (again_cls_field){"k", 1, room, length};
}

static void a_value_is_truncated_before_a_character_and_marked(void **state) {
  (void)state;
  static const struct {
    size_t length;
    const char *unit;
    bool truncated;
  } rows[] = {
      {AGAIN_CLS_VALUE_MAX, "x", false},
      {AGAIN_CLS_VALUE_MAX + 1, "x", true},
      {AGAIN_CLS_VALUE_MAX + 2, "\xE2\x82\xAC", true}, /* one byte short of a whole number */
      {AGAIN_CLS_VALUE_MAX / 3, "\xff", false},
      {AGAIN_CLS_VALUE_MAX / 2, "\xff", true}, /* repairing makes it too large */
  };
  char *room = test_malloc(AGAIN_CLS_VALUE_MAX + 16);
  char *out = test_malloc(AGAIN_CLS_VALUE_MAX + 16);
  size_t mark = strlen(AGAIN_CLS_CUT_MARK);
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    again_cls_field field = value_of(room, rows[i].length, rows[i].unit);
    again_cure cure;
    assert_int_equal(again_cure_value(&repair, &field, &cure), 0);
    assert_int_equal(cure.truncated, rows[i].truncated);
    again_cure_write(&cure, (uint8_t *)out);
    assert_true(cure.cured_length <= AGAIN_CLS_VALUE_MAX);
    assert_true(again_cls_text_valid(out, cure.cured_length));
    if (!rows[i].truncated) continue;
    assert_true(cure.cured_length + 4 > AGAIN_CLS_VALUE_MAX); /* no more than needed is lost */
    assert_memory_equal(out + cure.cured_length - mark, AGAIN_CLS_CUT_MARK, mark);
    again_cure_rules large_refused = {AGAIN_CLS_REPAIR, AGAIN_CLS_REPAIR, AGAIN_CLS_REFUSE};
    assert_int_equal(again_cure_value(&large_refused, &field, &cure), AGAIN_ELIMIT);
  }
  test_free(room);
  test_free(out);
}

static void bytes_that_are_no_utf8_are_refused_where_that_is_the_rule(void **state) {
  (void)state;
  again_cure cure;
  again_cls_field broken = {"k", 1, "caf\xE9", 4};
  assert_int_equal(again_cure_value(&refuse, &broken, &cure), AGAIN_EINVAL);
  assert_int_equal(again_cure_value(&repair, &broken, &cure), 0);
  assert_true(cure.repaired);
}

static void the_defaults_refuse_keys_and_large_values_and_repair_texts(void **state) {
  (void)state;
  again_cure_rules rules = again_cure_rules_of(&(again_cls_batch_options){.source = NULL});
  assert_int_equal(rules.keys, AGAIN_CLS_REFUSE);
  assert_int_equal(rules.texts, AGAIN_CLS_REPAIR);
  assert_int_equal(rules.values, AGAIN_CLS_REFUSE);
  again_cls_batch_options options = {.bad_keys = AGAIN_CLS_REPAIR, .bad_texts = AGAIN_CLS_REFUSE};
  rules = again_cure_rules_of(&options);
  assert_int_equal(rules.keys, AGAIN_CLS_REPAIR);
  assert_int_equal(rules.texts, AGAIN_CLS_REFUSE);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(keys_lose_what_the_service_refuses),
      cmocka_unit_test(a_value_is_truncated_before_a_character_and_marked),
      cmocka_unit_test(bytes_that_are_no_utf8_are_refused_where_that_is_the_rule),
      cmocka_unit_test(the_defaults_refuse_keys_and_large_values_and_repair_texts),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
