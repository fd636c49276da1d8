#include "policy/near.h"
#include "support.h"

static const again_code codes[] = {
    {.name = "QuotaExceed"}, {.name = "Topic.*"}, {.name = "TopicClosed"}};
static const again_catalogue catalogue = {.codes = codes, .count = COUNT_OF(codes)};

static void the_code_that_was_meant_is_found(void **state) {
  (void)state;
  assert_string_equal(again_near_code(&catalogue, "TopicClozed"), "TopicClosed");
  assert_string_equal(again_near_code(&catalogue, "quotaExceed"), "QuotaExceed");
}

static void what_is_known_or_far_from_all_is_left_alone(void **state) {
  (void)state;
  assert_null(again_near_code(&catalogue, "TopicClosed"));
  assert_null(again_near_code(&catalogue, "Topic.Gone")); /* of the family */
  assert_null(again_near_code(&catalogue, "Topik.*"));
  assert_null(again_near_code(&catalogue, "Whatever"));
  assert_null(again_near_code(&(again_catalogue){.count = 0}, "TopicClosed"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_code_that_was_meant_is_found),
      cmocka_unit_test(what_is_known_or_far_from_all_is_left_alone),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
