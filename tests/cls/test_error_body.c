#include "support.h"
#include <again/cls.h>
#include <string.h>

static void both_shapes_are_read(void **state) {
  (void)state;
  again_cls_error error;
  static const char upload[] =
      "{\"errorcode\":\"TopicClosed\",\"errormessage\":\"topic is closed\"}";
  assert_true(again_cls_error_parse(upload, strlen(upload), &error));
  assert_string_equal(error.code, "TopicClosed");
  assert_string_equal(error.message, "topic is closed");
  assert_string_equal(error.request_id, "");
  static const char api3[] = "{\"Response\":{\"Error\":{\"Code\":\"AuthFailure.TokenFailure\","
                             "\"Message\":\"no\"},\"RequestId\":\"abc-1\"}}";
  assert_true(again_cls_error_parse(api3, strlen(api3), &error));
  assert_string_equal(error.code, "AuthFailure.TokenFailure");
  assert_string_equal(error.message, "no");
  assert_string_equal(error.request_id, "abc-1");
}

static void whatever_else_comes_says_nothing(void **state) {
  (void)state;
  static const struct {
    const char *body;
    size_t length;
  } rows[] = {
#define BODY(text) {text, sizeof text - 1}
      BODY(""),
      BODY("<html><body>502 Bad Gateway</body></html>"),
      BODY("{\"errorcode\":\"Topic"),
      BODY("{\"errorcode\":\"TopicClosed\""),
      BODY("{}"),
      BODY("[]"),
      BODY("null"),
      BODY("\"TopicClosed\""),
      BODY("{\"errorcode\":7}"),
      BODY("{\"errorcode\":null}"),
      BODY("{\"errorcode\":\"\"}"),
      BODY("{\"errorcode\":{\"a\":1}}"),
      BODY("{\"errormessage\":\"only a message\"}"),
      BODY("{\"Response\":7}"),
      BODY("{\"Response\":{\"RequestId\":\"x\"}}"),
      BODY("{\"Response\":{\"Error\":[]}}"),
      BODY("{\"Response\":{\"Error\":{\"Code\":5}}}"),
      BODY("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["),
      BODY("\0\0\0\0"),
      BODY("\xff\xfe{\"errorcode\":\"A\"}"),
#undef BODY
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    again_cls_error error;
    memset(&error, 'x', sizeof error);
    assert_false(again_cls_error_parse(rows[i].body, rows[i].length, &error));
    assert_string_equal(error.code, "");
    assert_string_equal(error.message, "");
    assert_string_equal(error.request_id, "");
  }
}

static void texts_are_valid_cut_and_without_control_characters(void **state) {
  (void)state;
  again_cls_error error;
  static const char odd[] =
      "{\"errorcode\":\"A\\u0000B\\n\xff\",\"errormessage\":\"line\\r\\nline\x7f\"}";
  assert_true(again_cls_error_parse(odd, strlen(odd), &error));
  assert_string_equal(error.code, "A B  ");
  assert_string_equal(error.message, "line  line ");
  char body[2000] = "{\"errorcode\":\"C\",\"errormessage\":\"x";
  for (int i = 0; i < 600; i++)
    strcat(body, "\xC3\xA9");
  strcat(body, "\"}");
  assert_true(again_cls_error_parse(body, strlen(body), &error));
  assert_int_equal(strlen(error.message), 255);
}

static void a_huge_body_says_nothing(void **state) {
  (void)state;
  size_t size = 1 << 20;
  char *body = test_malloc(size);
  memset(body, ' ', size);
  memcpy(body, "{\"errorcode\":\"A\"}", 17);
  again_cls_error error;
  assert_false(again_cls_error_parse(body, size, &error));
  assert_true(again_cls_error_parse(body, 17, &error));
  test_free(body);
}

/* A hundred thousand damaged bodies: no crash, no read beyond the end (AddressSanitizer watches an
 * exact copy), and always valid text. */
static void no_damage_to_a_body_does_harm(void **state) {
  (void)state;
  static const char *const seeds[] = {
      "{\"errorcode\":\"SpeedQuotaExceed\",\"errormessage\":\"too \\u00e9 \\\"fast\\\"\"}",
      "{\"Response\":{\"Error\":{\"Code\":\"A.B\",\"Message\":\"m\"},\"RequestId\":\"r\"},\"x\":[1,"
      "2.5e3]}",
  };
  again_random random = {99};
  for (int i = 0; i < 100000; i++) {
    const char *seed = seeds[i % 2];
    size_t length = strlen(seed);
    if (i % 3 == 0) length = again_random_next(&random) % (length + 1);
    char *body = test_malloc(length + 1);
    memcpy(body, seed, length);
    for (uint64_t k = again_random_next(&random) % 4; k > 0 && length > 0; k--) {
      body[again_random_next(&random) % length] = (char)again_random_next(&random);
    }
    again_cls_error error;
    bool found = again_cls_error_parse(body, length, &error);
    assert_int_equal(found, error.code[0] != '\0');
    for (const char *c = error.message; *c != '\0'; c++)
      assert_true((unsigned char)*c >= ' ');
    test_free(body);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(both_shapes_are_read),
      cmocka_unit_test(whatever_else_comes_says_nothing),
      cmocka_unit_test(texts_are_valid_cut_and_without_control_characters),
      cmocka_unit_test(a_huge_body_says_nothing),
      cmocka_unit_test(no_damage_to_a_body_does_harm),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
