#include "support.h"
#include <again/policy.h>
#include <string.h>

static bool all_fatal(void *data, const again_outcome *outcome, again_verdict *verdict) {
  (void)data;
  verdict->error_class = AGAIN_CLASS_FATAL;
  return outcome->status == 503;
}

static const char text[] = "{\"again\": 1, \"name\": \"mine\", \"retryable\": {\"cap\": \"7s\"},"
                           " \"topics\": {\"audit-*\": {\"retryable\": {\"cap\": \"9s\"}}}}";

static const again_policy *plug(void) {
  static const again_plugin plugin = {all_fatal, NULL, NULL};
  const again_policy *plain;
  const again_policy *plugged;
  assert_int_equal(again_policy_parse("x", text, strlen(text), &plain, NULL), 0);
  assert_int_equal(again_policy_with(plain, &plugin, &plugged), 0);
  again_policy_unref(plain); /* the plugged one keeps it */
  return plugged;
}

static void a_policy_with_a_function_is_the_same_but_for_it(void **state) {
  (void)state;
  again_outcome busy = {.status = 503};
  again_outcome other = {.status = 500};
  const again_policy *plugged = plug();
  assert_string_equal(plugged->name, "mine");
  assert_int_equal(plugged->retryable.backoff.cap, 7000);
  assert_int_equal(again_classify(plugged, NULL, &busy).error_class, AGAIN_CLASS_FATAL);
  assert_int_equal(again_classify(plugged, NULL, &other).error_class, AGAIN_CLASS_RETRYABLE);
  again_policy_unref(plugged);
}

static void the_topics_of_the_file_have_the_function_as_well(void **state) {
  (void)state;
  again_outcome busy = {.status = 503};
  const again_policy *plugged = plug();
  const again_policy *audit = again_policy_for(plugged, "audit-eu");
  assert_int_equal(audit->retryable.backoff.cap, 9000);
  assert_int_equal(again_classify(audit, NULL, &busy).error_class, AGAIN_CLASS_FATAL);
  again_policy_unref(plugged);
}

static void the_built_in_policy_takes_functions_too(void **state) {
  (void)state;
  again_plugin plugin = {all_fatal, NULL, NULL};
  const again_policy *plugged;
  assert_int_equal(again_policy_with(again_policy_default(), &plugin, &plugged), 0);
  assert_false(again_policy_equal(plugged, again_policy_default()));
  const again_policy *same = again_policy_ref(plugged);
  again_policy_unref(plugged);
  assert_int_equal(same->retryable.backoff.cap, again_policy_default()->retryable.backoff.cap);
  again_policy_unref(same);
  assert_int_equal(again_policy_with(NULL, &plugin, &plugged), AGAIN_EINVAL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_policy_with_a_function_is_the_same_but_for_it),
      cmocka_unit_test(the_topics_of_the_file_have_the_function_as_well),
      cmocka_unit_test(the_built_in_policy_takes_functions_too),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
