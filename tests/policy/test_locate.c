#include "policy/locate.h"
#include "support.h"
#include <string.h>

static const char text[] =
    "{ \"a\": 1,\n  \"b\": {\"c\\\"d\": [10, {\"e\": \"}]\"}, [ ] ],\n \"f\":2}}";

static size_t at(const char *piece) {
  return (size_t)(strstr(text, piece) - text);
}

static void keys_and_values_are_found_by_their_path(void **state) {
  (void)state;
  again_path top = {.count = 0};
  again_path b = again_path_key(top, "b");
  again_path list = again_path_key(b, "c\\\"d");
  assert_int_equal(again_locate(text, top, false), 0);
  assert_int_equal(again_locate(text, again_path_key(top, "a"), true), at("\"a\""));
  assert_int_equal(again_locate(text, again_path_key(top, "a"), false), at("1,"));
  assert_int_equal(again_locate(text, b, false), at("{\"c"));
  assert_int_equal(again_locate(text, again_path_key(b, "f"), true), at("\"f\""));
  assert_int_equal(again_locate(text, again_path_index(list, 0), false), at("10"));
  assert_int_equal(again_locate(text, again_path_index(list, 1), true), at("{\"e"));
  assert_int_equal(again_locate(text, again_path_key(again_path_index(list, 1), "e"), false),
                   at("\"}]"));
  assert_int_equal(again_locate(text, again_path_index(list, 2), false), at("[ ]"));
}

static void a_key_that_stands_twice_is_found_in_its_own_object_only(void **state) {
  (void)state;
  size_t offset = 0;
  size_t length = 0;
  assert_false(again_locate_duplicate(text, &offset, &length));
  assert_false(again_locate_duplicate("{\"a\":{\"a\":1},\"b\":{\"a\":1}}", &offset, &length));
  assert_false(again_locate_duplicate("{\"//\":\"a\",\"//\":\"b\"}", &offset, &length));
  assert_false(again_locate_duplicate("{}", &offset, &length));
  assert_true(again_locate_duplicate("[{\"x\":1, \"ab\":{}, \"ab\":2}]", &offset, &length));
  assert_int_equal(offset, 18);
  assert_int_equal(length, 2);
  assert_true(again_locate_duplicate("{\"o\":{\"p\":1,\"q\":\"{\",\"p\":3}}", &offset, &length));
  assert_int_equal(offset, 20);
}

static void characters_foreign_to_json_are_found_outside_strings(void **state) {
  (void)state;
  static const struct {
    const char *text;
    int offset; /* -1: none */
  } rows[] = {
      {"{\"a'\": [true, false, null, -1.5e+3]}", -1},
      {"{'a': 1}", 1},
      {"[NaN]", 1},
      {"// x\n{}", 0},
      {"\"a\\\"'\"", -1},
      {"\"open ' end", -1},
      {"\"x\\", -1},
      {"", -1},
      {"\"a\" ;", 4},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    size_t offset;
    assert_int_equal(again_locate_foreign(rows[i].text, &offset), rows[i].offset >= 0);
    if (rows[i].offset >= 0) assert_int_equal(offset, rows[i].offset);
  }
}

static void lines_and_columns_count_from_one(void **state) {
  (void)state;
  uint32_t line;
  uint32_t column;
  again_locate_line(text, 0, &line, &column);
  assert_true(line == 1 && column == 1);
  again_locate_line(text, at("\"b\""), &line, &column);
  assert_true(line == 2 && column == 3);
  again_locate_line("\n\n\nx", 3, &line, &column);
  assert_true(line == 4 && column == 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(keys_and_values_are_found_by_their_path),
      cmocka_unit_test(a_key_that_stands_twice_is_found_in_its_own_object_only),
      cmocka_unit_test(characters_foreign_to_json_are_found_outside_strings),
      cmocka_unit_test(lines_and_columns_count_from_one),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
