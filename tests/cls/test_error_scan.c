#include "cls/error_scan.h"
#include "support.h"
#include <stdio.h>
#include <string.h>

static const char usual[] = "{\"errorcode\":\"SpeedQuotaExceed\",\"errormessage\":\"too fast\"}";

static void the_usual_body_is_read_and_everything_else_left_alone(void **state) {
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
      {"{\"errormessage\":\"x\",\"errorcode\":\"A\"}", false},
      {"{\"errorcode\":\"A\",\"errormessage\":\"x\"", false},
      {"{\"errorcode\":\"A\",\"errormessage\":\"x\",\"errorcode\":\"B\"}", false},
      {"{\"errorcode\":\"A\",\"errormessage\":\"x", false},
      {"{\"errorcode\":7,\"errormessage\":\"x\"}", false},
      {"{\"Response\":{}}", false},
      {"", false},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    again_cls_error error = {.code = "untouched"};
    assert_int_equal(again_cls_error_scan(rows[i].body, strlen(rows[i].body), &error),
                     rows[i].read);
    if (!rows[i].read) assert_string_equal(error.code, "untouched");
  }
}

/* Whatever bytes are changed in the usual body: if the scanner takes it, json-c reads the same. */
static void what_it_reads_json_c_reads_alike(void **state) {
  (void)state;
  static const char alphabet[] = " \t\n{}[]\":,\\abAB09.\x7f\x1f\xC3\0";
  again_random random = {7};
  unsigned taken = 0;
  for (int round = 0; round < 200000; round++) {
    char body[sizeof usual];
    memcpy(body, usual, sizeof body);
    for (uint64_t changes = again_random_next(&random) % 4; changes > 0; changes--) {
      body[again_random_next(&random) % (sizeof body - 1)] =
          alphabet[again_random_next(&random) % sizeof alphabet];
    }
    size_t length = sizeof body - 1 - again_random_next(&random) % 2;
    again_cls_error fast = {.code = ""};
    if (!again_cls_error_scan(body, length, &fast)) continue;
    again_cls_error slow;
    taken++;
    assert_true(again_cls_error_parse_json(body, length, &slow));
    assert_string_equal(fast.code, slow.code);
    assert_string_equal(fast.message, slow.message);
    assert_string_equal(fast.request_id, slow.request_id);
  }
  assert_true(taken > 10000);
}

static void a_text_that_does_not_fit_is_left_to_json_c(void **state) {
  (void)state;
  char body[400];
  char text[300];
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
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_usual_body_is_read_and_everything_else_left_alone),
      cmocka_unit_test(what_it_reads_json_c_reads_alike),
      cmocka_unit_test(a_text_that_does_not_fit_is_left_to_json_c),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
