#include "policy/keys.h"
#include "support.h"
#include <stdlib.h>
#include <string.h>

static uint64_t draw(again_random *random, const again_key *key) {
  uint64_t words = 0;
  while (again_key_word(key, words) != NULL)
    words++;
  if (words > 0) return again_random_scale(again_random_next(random), words - 1);
  if (again_random_next(random) % 4 == 0) {
    if (key->kind == AGAIN_KEY_DURATION_OR_NONE) return AGAIN_NEVER;
    if (key->kind == AGAIN_KEY_COUNT_OR_NONE || key->kind == AGAIN_KEY_SIZE_OR_NONE) return 0;
  }
  return key->least + again_random_scale(again_random_next(random), key->most - key->least);
}

static void make_random(again_random *random, again_policy *policy, again_rule *rules, size_t max) {
  static const again_ms delays[][4] = {{1}, {500, 90000}, {1000, 60000, 604800000}, {9, 8, 7, 6}};
  static const char *const codes[] = {NULL, "A", "AuthFailure.*", "quote\"\\ and \xC3\xA9"};
  for (size_t i = 0; i < again_policy_key_count; i++) {
    again_key_set(&again_policy_keys[i], policy, draw(random, &again_policy_keys[i]));
  }
  again_class_policy *classes[] = {&policy->retryable, &policy->throttled, &policy->auth,
                                   &policy->hold};
  for (size_t i = 0; i < COUNT_OF(classes); i++) {
    again_backoff *backoff = &classes[i]->backoff;
    if (backoff->cap < backoff->base) backoff->cap = backoff->base;
    backoff->list = delays[i];
    backoff->list_count = 0;
    if (backoff->growth == AGAIN_GROWTH_LIST) backoff->list_count = i + 1;
  }
  if (policy->connect_timeout > policy->attempt_timeout) {
    policy->connect_timeout = policy->attempt_timeout;
  }
  policy->name = "random \"policy\"";
  policy->rules = rules;
  policy->rule_count = again_random_next(random) % max;
  for (size_t i = 0; i < policy->rule_count; i++) {
    uint64_t bits = again_random_next(random);
    rules[i] = (again_rule){.code = codes[bits % COUNT_OF(codes)],
                            .fault = (again_fault)(bits / 8 % AGAIN_FAULT_COUNT),
                            .error_class = (again_class)(bits / 256 % AGAIN_CLASS_COUNT),
                            .remedy = (again_remedy)(bits / 4096 % AGAIN_REMEDY_COUNT),
                            .damage = (again_damage)(bits / 65536 % AGAIN_DAMAGE_COUNT)};
    if (bits >> 63 || (rules[i].code == NULL && rules[i].fault == AGAIN_FAULT_NONE)) {
      rules[i].status_min = (uint16_t)(100 + (bits >> 32) % 500);
      rules[i].status_max =
          (uint16_t)(rules[i].status_min + (bits >> 48) % (600u - rules[i].status_min));
    }
  }
}

static void what_is_printed_reads_back_equal(void **state) {
  (void)state;
  again_random random = {5};
  for (int round = 0; round < 500; round++) {
    again_policy policy = {.name = NULL};
    again_rule rules[6];
    make_random(&random, &policy, rules, COUNT_OF(rules));
    char *text = again_policy_print(&policy);
    assert_non_null(text);
    const again_policy *back;
    again_diagnostic diagnostic;
    if (again_policy_parse("printed", text, strlen(text), &back, &diagnostic) != 0) {
      fail_msg("%u:%u: %s in\n%s", diagnostic.line, diagnostic.column, diagnostic.message, text);
    }
    assert_true(again_policy_equal(&policy, back));
    assert_string_equal(back->name, policy.name);
    again_policy_unref(back);
    free(text);
  }
}

static void printing_is_stable(void **state) {
  (void)state;
  char *first = again_policy_print(again_policy_default());
  const again_policy *back;
  assert_int_equal(again_policy_parse("x", first, strlen(first), &back, NULL), 0);
  char *second = again_policy_print(back);
  assert_string_equal(first, second);
  free(first);
  free(second);
  again_policy_unref(back);
}

static void the_manual_names_every_key_and_word(void **state) {
  (void)state;
  char *manual = again_policy_manual();
  assert_non_null(manual);
  for (size_t i = 0; i < again_policy_key_count; i++) {
    char row[64] = "| `";
    strcat(strcat(row, again_policy_keys[i].name), "` |");
    assert_non_null(strstr(manual, row));
    assert_non_null(strstr(manual, again_policy_keys[i].text));
  }
  for (int i = 0; i < AGAIN_CLASS_COUNT; i++) {
    assert_non_null(strstr(manual, again_class_text((again_class)i)));
  }
  for (int i = 1; i < AGAIN_FAULT_COUNT; i++) {
    assert_non_null(strstr(manual, again_fault_text((again_fault)i)));
  }
  free(manual);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_is_printed_reads_back_equal),
      cmocka_unit_test(printing_is_stable),
      cmocka_unit_test(the_manual_names_every_key_and_word),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
