#include "cls/error_scan.h"
#include "support.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usual[] = "{\"errorcode\":\"SpeedQuotaExceed\",\"errormessage\":\"too fast\"}";
static const char reversed[] =
    "{\"errormessage\": \"too fast\", \"errorcode\": \"SpeedQuotaExceed\"}";
static const char nested[] =
    "{\"Response\":{\"Error\":{\"Code\":\"AuthFailure.SignatureExpire\",\"Message\":\"the "
    "signature "
    "has expired\"},\"RequestId\":\"e2c42b7a-5b1b-4f0e-9d3c-6a4b9c0d1e2f\"}}";

static void the_usual_bodies_are_read_and_everything_else_left_alone(void **state) {
  (void)state;
  static const struct {
    const char *body;
    bool read;
  } rows[] = {
      {usual, true},
      {" {\n \"errorcode\" : \"A.B\" ,\t\"errormessage\":\"\" }\r\n", true},
      {"{\"errorcode\":\"A\",\"errormessage\":\"x\"} trailing", false},
      {"{\"errorcode\":\"A\",\"errormessage\":\"x\"}//", false},
      {"{\"errorcode\":\"A\",\"errormessage\":\"caf\xC3\xA9\"}", false},
      {"{\"errorcode\":\"A\",\"errormessage\":\"say \\\"x\\\"\"}", false},
      {"{\"errorcode\":\"\",\"errormessage\":\"x\"}", false},
      {"{\"errorcode\":\"A\"}", false},
      {reversed, true},
      {"{\"errormessage\":\"x\"}", false},
      {"{\"errormessage\":\"x\",\"errorcode\":\"\"}", false},
      {"{\"errormessage\":\"x\",\"errormessage\":\"y\"}", false},
      {"{\"errorcode\":\"A\n\",\"errormessage\":\"x\"}", false},
      {"{\"errorcode\":\"A\",\"errormessage\":\"\x7F\"}", false},
      {nested, true},
      {"{ \"Response\" : { \"Error\" : { \"Code\" : \"A\" , \"Message\" : \"\" } , \"RequestId\" : "
       "\"\" } }",
       true},
      {"{\"Response\":{\"Error\":{\"Code\":\"\",\"Message\":\"\"},\"RequestId\":\"\"}}", false},
      {"{\"Response\":{\"Error\":{\"Code\":\"A\",\"Message\":\"\"},\"RequestId\":\"\"}", false},
      {"{\"Response\":{\"Error\":{\"Code\":\"A\",\"Message\":\"\"}}}", false},
      {"{\"errorcode\":\"A\",\"errormessage\":\"x\"", false},
      {"{\"errorcode\":\"A\",\"errormessage\":\"x\",\"errorcode\":\"B\"}", false},
      {"{\"errorcode\":\"A\",\"errormessage\":\"x", false},
      {"{\"errorcode\":7,\"errormessage\":\"x\"}", false},
      {"{\"Response\":{}}", false},
      {"", false},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    again_cls_error error;
    assert_int_equal(again_cls_error_scan(rows[i].body, strlen(rows[i].body), &error),
                     rows[i].read);
  }
}

static bool read_alike(const char *body, size_t length) {
  again_cls_error fast;
  again_cls_error slow;
  memset(&fast, '?', sizeof fast);
  if (!again_cls_error_scan(body, length, &fast)) return false;
  assert_true(again_cls_error_parse_json(body, length, &slow));
  assert_string_equal(fast.code, slow.code);
  assert_string_equal(fast.message, slow.message);
  assert_string_equal(fast.request_id, slow.request_id);
  return true;
}

/* Whatever bytes are changed in a usual body: if the scanner takes it, json-c reads the same. */
static void what_it_reads_json_c_reads_alike(void **state) {
  (void)state;
  static const char alphabet[] = " \t\n{}[]\":,\\abAB09.\x7f\x1f\xC3\0";
  static const char *const bodies[] = {usual, reversed, nested};
  again_random random = {7};
  for (size_t i = 0; i < COUNT_OF(bodies); i++) {
    size_t whole = strlen(bodies[i]);
    unsigned taken = 0;
    for (int round = 0; round < 100000; round++) {
      char body[sizeof nested];
      memcpy(body, bodies[i], whole);
      for (uint64_t changes = again_random_next(&random) % 4; changes > 0; changes--)
        body[again_random_next(&random) % whole] =
            alphabet[again_random_next(&random) % sizeof alphabet];
      taken += read_alike(body, whole - again_random_next(&random) % 2);
    }
    assert_true(taken > 5000);
  }
}

/* Every byte at every place of a message of every length, and in place of the quote after it; in
 * memory that ends where the body ends. */
static void each_byte_is_judged_wherever_it_stands(void **state) {
  (void)state;
  static const char before[] = "{\"errorcode\":\"A\",\"errormessage\":\"";
  for (size_t length = 0; length < 72; length++) {
    size_t size = sizeof before - 1 + length + 2;
    char *body = malloc(size);
    assert_non_null(body);
    for (size_t at = 0; at <= length; at++) {
      for (int byte = 0; byte < 256; byte++) {
        memcpy(body, before, sizeof before - 1);
        memset(body + sizeof before - 1, 'x', length);
        memcpy(body + size - 2, "\"}", 2);
        body[sizeof before - 1 + at] = (char)byte;
        bool plain = byte >= ' ' && byte <= '~' && byte != '"' && byte != '\\';
        again_cls_error error;
        bool read = again_cls_error_scan(body, size, &error);
        assert_int_equal(read, at < length ? plain : byte == '"');
      }
    }
    free(body);
  }
}

/* Beyond this many bytes json-c is not asked either. */
static void a_body_that_is_too_long_is_not_read(void **state) {
  (void)state;
  static char body[AGAIN_CLS_ERROR_BODY_MAX + 1];
  memset(body, ' ', sizeof body);
  memcpy(body, usual, sizeof usual - 1);
  assert_true(read_alike(body, sizeof body - 1));
  again_cls_error error;
  assert_false(again_cls_error_scan(body, sizeof body, &error));
  assert_false(again_cls_error_parse(body, sizeof body, &error));
}

static void a_text_that_does_not_fit_is_left_to_json_c(void **state) {
  (void)state;
  char body[600];
  char text[500];
  memset(text, 'x', sizeof text);
  again_cls_error error;
  snprintf(body, sizeof body, "{\"errorcode\":\"%.63s\",\"errormessage\":\"%.255s\"}", text, text);
  assert_true(again_cls_error_scan(body, strlen(body), &error));
  assert_int_equal(strlen(error.code), 63);
  assert_int_equal(strlen(error.message), 255);
  snprintf(body, sizeof body, "{\"errorcode\":\"%.64s\",\"errormessage\":\"%.10s\"}", text, text);
  assert_false(again_cls_error_scan(body, strlen(body), &error));
  snprintf(body, sizeof body, "{\"errorcode\":\"%.10s\",\"errormessage\":\"%.256s\"}", text, text);
  assert_false(again_cls_error_scan(body, strlen(body), &error));
  snprintf(body, sizeof body, "{\"errorcode\":\"A\",\"errormessage\":\"%.480s\"}", text);
  assert_false(again_cls_error_scan(body, strlen(body), &error));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_usual_bodies_are_read_and_everything_else_left_alone),
      cmocka_unit_test(what_it_reads_json_c_reads_alike),
      cmocka_unit_test(each_byte_is_judged_wherever_it_stands),
      cmocka_unit_test(a_body_that_is_too_long_is_not_read),
      cmocka_unit_test(a_text_that_does_not_fit_is_left_to_json_c),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
