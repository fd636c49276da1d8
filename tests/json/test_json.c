#include "support.h"
#include "json/json.h"
#include <stdlib.h>
#include <string.h>

static again_json *read_text(const char *text) {
  again_json *root = NULL;
  again_diagnostic wrong = {0};
  int error = again_json_read(text, strlen(text), &root, &wrong);
  if (error != 0) fail_msg("%s\n  gave %d: %s", text, error, wrong.message);
  return root;
}

static void every_kind_is_read_with_its_place(void **state) {
  (void)state;
  static const char text[] = " {\"a\": [1, -2, 1.5, 18446744073709551615, 18446744073709551616],\n "
                             " \"b\\u00e9\" : \"x\\\"\\n\","
                             "\"c\":{}, \"d\":true,\"e\":false, \"f\": null } ";
  again_json *root = read_text(text);
  assert_int_equal(root->kind, AGAIN_JSON_OBJECT);
  assert_int_equal(root->count, 6);
  assert_int_equal(root->at, 1);
  assert_int_equal(root->end, sizeof text - 2);
  const again_json *list = root->first;
  assert_string_equal(list->key, "a");
  assert_int_equal(text[list->key_at], '"');
  assert_int_equal(text[list->at], '[');
  assert_int_equal(text[list->end - 1], ']');
  assert_int_equal(list->count, 5);
  static const bool whole[] = {true, false, false, true, false};
  size_t i = 0;
  for (const again_json *at = list->first; at != NULL; at = at->next, i++) {
    assert_int_equal(at->kind, AGAIN_JSON_NUMBER);
    assert_int_equal(at->whole, whole[i]);
  }
  assert_int_equal(list->first->number, 1);
  const again_json *string = list->next;
  assert_string_equal(string->key, "b\xc3\xa9");
  assert_string_equal(string->text, "x\"\n");
  assert_int_equal(string->next->count, 0);
  assert_true(again_json_member(root, "d")->flag);
  assert_false(again_json_member(root, "e")->flag);
  assert_int_equal(again_json_member(root, "f")->kind, AGAIN_JSON_NULL);
  assert_null(again_json_member(root, "g"));
  again_json_free(root);
}

static void of_equal_members_the_last_one_is_found(void **state) {
  (void)state;
  again_json *root = read_text("{\"a\": 1, \"a\": 2}");
  assert_int_equal(again_json_member(root, "a")->number, 2);
  again_json_free(root);
}

static void what_is_no_json_is_refused_with_its_place(void **state) {
  (void)state;
  static const struct {
    const char *text;
    uint32_t line;
    uint32_t column;
    const char *says;
  } rows[] = {
      {"", 1, 1, "the file ends in the middle of a value"},
      {"{\n\"a\": ", 2, 6, "the file ends in the middle of a value"},
      {"[1,]", 1, 3, "remove this comma"},
      {"[1] x", 1, 5, "not valid JSON"},
      {"{}{}", 1, 3, "not valid JSON"},
      {"[1] \n []", 2, 2, "not valid JSON"},
      {"{'a': 1}", 1, 2, "a name stands in double quotes"},
      {"[\n 'a']", 2, 2, "not valid JSON"},
      {"[NaN]", 1, 2, "a value was expected"},
      {"[TRUE]", 1, 2, "not valid JSON"},
      {"[\"\xff\"]", 1, 3, "this text is not UTF-8"},
      {"[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]", 1, 0, "nested too deep"},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    again_json *root = NULL;
    again_diagnostic wrong = {0};
    int error = again_json_read(rows[i].text, strlen(rows[i].text), &root, &wrong);
    bool there =
        wrong.line == rows[i].line && (wrong.column == rows[i].column || rows[i].column == 0);
    if (error != AGAIN_EFORMAT || !there || strstr(wrong.message, rows[i].says) == NULL) {
      fail_msg("%s\n  gave %d, %u:%u: %s", rows[i].text, error, wrong.line, wrong.column,
               wrong.message);
    }
  }
}

static void a_nul_byte_is_refused(void **state) {
  (void)state;
  static const char text[] = "[1]\0";
  again_json *root = NULL;
  again_diagnostic wrong = {0};
  assert_int_equal(again_json_read(text, 4, &root, &wrong), AGAIN_EFORMAT);
  assert_int_equal(wrong.column, 4);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_kind_is_read_with_its_place),
      cmocka_unit_test(of_equal_members_the_last_one_is_found),
      cmocka_unit_test(what_is_no_json_is_refused_with_its_place),
      cmocka_unit_test(a_nul_byte_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
