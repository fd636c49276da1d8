#include "support.h"
#include <again/core.h>

static const again_policy audit = {.name = "audit"};
static const again_policy rest = {.name = "rest"};
static const again_override overrides[] = {
    {"audit-eu", &rest}, {"audit-*", &audit}, {"", &audit}, {"b*", &rest}};
static const again_policy policy = {
    .name = "policy", .overrides = overrides, .override_count = COUNT_OF(overrides)};

static void the_first_name_that_fits_decides(void **state) {
  (void)state;
  assert_ptr_equal(again_policy_for(&policy, "audit-eu"), &rest);
  assert_ptr_equal(again_policy_for(&policy, "audit-us"), &audit);
  assert_ptr_equal(again_policy_for(&policy, "audit-"), &audit);
  assert_ptr_equal(again_policy_for(&policy, "b"), &rest);
}

static void a_topic_that_none_fits_has_the_policy_itself(void **state) {
  (void)state;
  assert_ptr_equal(again_policy_for(&policy, "audit"), &policy);
  assert_ptr_equal(again_policy_for(&policy, "x-audit-us"), &policy);
  assert_ptr_equal(again_policy_for(&policy, NULL), &policy);
  assert_ptr_equal(again_policy_for(&rest, "audit-us"), &rest);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_first_name_that_fits_decides),
      cmocka_unit_test(a_topic_that_none_fits_has_the_policy_itself),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
