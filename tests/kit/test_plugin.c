/* Policies with functions of the program, as users test theirs. */
#include "fixture.h"
#include <again/policy.h>

static bool teapots_are_busy(void *data, const again_outcome *outcome, again_verdict *verdict) {
  ++*(unsigned *)data;
  if (outcome->status != 418) return false;
  *verdict = (again_verdict){.error_class = AGAIN_CLASS_RETRYABLE, .damage = AGAIN_DAMAGE_BATCH};
  return true;
}

static again_window longer_each_time(void *data, const again_verdict *verdict,
                                     const again_progress *progress, const again_backoff *numbers) {
  (void)data;
  (void)verdict;
  again_ms delay = numbers->base * 10 * progress->attempts;
  return (again_window){delay, delay + 5};
}

static void functions_of_a_policy_decide_in_the_kit_as_they_do_in_production(void **state) {
  (void)state;
  unsigned asked = 0;
  again_plugin plugin = {teapots_are_busy, longer_each_time, &asked};
  again_policy policy = kit_policy;
  policy.plugin = plugin;
  fixture f;
  fixture_init(&f, &policy);
  again_kit_op op = {0};
  fixture_play(&f, &op, "418, 418, 503, 200");
  assert_int_equal(asked, 4);
  again_kit_assert_class(&f.kit, &op, 1, AGAIN_CLASS_RETRYABLE);
  again_kit_assert_delay(&f.kit, &op, 1, 1000, 1005);
  again_kit_assert_delay(&f.kit, &op, 2, 2000, 2005);
  again_kit_assert_delay(&f.kit, &op, 3, 3000, 3005);
  again_kit_assert_ended(&f.kit, &op, AGAIN_REASON_OK);
  fixture_fini(&f);
}

static void functions_of_one_rule_leave_the_rest_as_it_is(void **state) {
  (void)state;
  again_plugin plugin = {NULL, longer_each_time, NULL};
  again_rule rule = {.status_min = 503,
                     .status_max = 503,
                     .error_class = AGAIN_CLASS_RETRYABLE,
                     .damage = AGAIN_DAMAGE_BATCH,
                     .plugin = &plugin};
  again_policy policy = kit_policy;
  policy.rules = &rule;
  policy.rule_count = 1;
  fixture f;
  fixture_init(&f, &policy);
  again_kit_op op = {0};
  fixture_play(&f, &op, "503, 500, 200");
  again_kit_assert_delay(&f.kit, &op, 1, 1000, 1005);
  again_kit_assert_delay(&f.kit, &op, 2, 200, 200);
  fixture_fini(&f);
}

static void a_policy_from_a_text_takes_functions_too(void **state) {
  (void)state;
  static const char text[] =
      "{\"again\": 1, \"retryable\": {\"base\": \"1s\", \"max_attempts\": 3}}";
  unsigned asked = 0;
  again_plugin plugin = {teapots_are_busy, longer_each_time, &asked};
  const again_policy *plain;
  const again_policy *policy;
  assert_int_equal(again_policy_parse("text", text, strlen(text), &plain, NULL), 0);
  assert_int_equal(again_policy_with(plain, &plugin, &policy), 0);
  again_policy_unref(plain);
  fixture f;
  fixture_init(&f, policy);
  again_kit_op op = {0};
  fixture_play(&f, &op, "418");
  again_kit_assert_attempts(&f.kit, &op, 3);
  again_kit_assert_delay(&f.kit, &op, 2, 20000, 20005);
  again_kit_assert_ended(&f.kit, &op, AGAIN_REASON_ATTEMPTS);
  fixture_fini(&f);
  again_policy_unref(policy);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(functions_of_a_policy_decide_in_the_kit_as_they_do_in_production),
      cmocka_unit_test(functions_of_one_rule_leave_the_rest_as_it_is),
      cmocka_unit_test(a_policy_from_a_text_takes_functions_too),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
