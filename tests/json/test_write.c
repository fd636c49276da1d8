#include "support.h"
#include "json/write.h"
#include <math.h>
#include <stdlib.h>

static void assert_text(json_object *root, bool for_people, const char *expected) {
  char *text = again_json_text(root, for_people);
  assert_non_null(text);
  assert_string_equal(text, expected);
  free(text);
}

static void numbers_have_the_digits_that_mean_something(void **state) {
  (void)state;
  const double values[] = {0, 1, 0.1, 1.0 / 3, 1e9, -2.5, NAN, INFINITY};
  assert_text(again_json_numbers(values, COUNT_OF(values)), false,
              "[0,1,0.1,0.333333,1e+09,-2.5,null,null]\n");
  assert_null(again_json_number(NAN));
}

static void a_text_is_one_line_or_for_people(void **state) {
  (void)state;
  for (int people = 0; people < 2; people++) {
    json_object *root = json_object_new_object();
    json_object_object_add(root, "path", json_object_new_string("a/b"));
    json_object_object_add(root, "n", json_object_new_int(1));
    assert_text(root, people == 1,
                people == 1 ? "{\n  \"path\": \"a/b\",\n  \"n\": 1\n}\n"
                            : "{\"path\":\"a/b\",\"n\":1}\n");
  }
}

static void nothing_has_no_text(void **state) {
  (void)state;
  assert_null(again_json_text(NULL, false));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(numbers_have_the_digits_that_mean_something),
      cmocka_unit_test(a_text_is_one_line_or_for_people),
      cmocka_unit_test(nothing_has_no_text),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
