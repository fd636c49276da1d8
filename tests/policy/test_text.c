#include "policy/text.h"
#include "support.h"
#include <stdlib.h>
#include <string.h>

static void a_text_grows_as_far_as_it_must(void **state) {
  (void)state;
  again_text text = again_text_new();
  for (int i = 0; i < 5000; i++)
    again_text_add(&text, "%d,", i % 10);
  assert_int_equal(text.length, 10000);
  assert_int_equal(strlen(text.text), 10000);
  assert_memory_equal(text.text + 9980, "0,1,2,3,4,5,6,7,8,9,", 20);
  free(text.text);
}

static void a_string_is_quoted_as_json_wants_it(void **state) {
  (void)state;
  again_text text = again_text_new();
  again_text_string(&text, "a\"b\\c/\n");
  assert_string_equal(text.text, "\"a\\\"b\\\\c/\\n\"");
  free(text.text);
}

static void after_a_failure_nothing_more_is_added(void **state) {
  (void)state;
  again_text text = {0};
  again_text_add(&text, "%s", "x");
  again_text_string(&text, "y");
  assert_null(text.text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_text_grows_as_far_as_it_must),
      cmocka_unit_test(a_string_is_quoted_as_json_wants_it),
      cmocka_unit_test(after_a_failure_nothing_more_is_added),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
