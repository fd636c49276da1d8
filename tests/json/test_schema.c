#include "support.h"
#include "json/schema.h"
#include <stdlib.h>
#include <string.h>

static void parts_are_put_together_and_written_as_text(void **state) {
  (void)state;
  bool whole = true;
  json_object *root = again_schema_typed("object", &whole);
  again_schema_put(root, "a", again_schema_count(1, 9, &whole), &whole);
  again_schema_put(root, "b", again_schema_pattern("^x/$", &whole), &whole);
  assert_true(whole);
  char *text = again_schema_text(root, "things", whole);
  assert_non_null(strstr(text, "\"maximum\": 9"));
  assert_non_null(strstr(text, "\"pattern\": \"^x/$\""));
  assert_non_null(strstr(text, "\"title\": \"things\""));
  assert_int_equal(text[strlen(text) - 1], '\n');
  free(text);
}

static void what_is_missing_makes_no_text(void **state) {
  (void)state;
  bool whole = true;
  json_object *root = again_schema_typed("object", &whole);
  again_schema_put(root, "a", NULL, &whole); /* there was no memory for it */
  assert_false(whole);
  assert_null(again_schema_text(root, "things", whole));
  whole = true;
  again_schema_push(NULL, again_schema_typed("object", &whole), &whole);
  assert_false(whole);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(parts_are_put_together_and_written_as_text),
      cmocka_unit_test(what_is_missing_makes_no_text),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
