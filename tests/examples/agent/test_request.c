#include "request.h"
#include "support.h"
#include <string.h>

static request_state look(const char *text) {
  request asked = {.length = strlen(text)};
  memcpy(asked.text, text, asked.length);
  return request_look(&asked);
}

static void only_a_get_of_the_page_is_answered_with_it(void **state) {
  (void)state;
  static const struct {
    const char *text;
    request_state is;
  } rows[] = {
      {"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n", REQUEST_OK},
      {"GET /metrics?a=b HTTP/1.0\r\n\r\n", REQUEST_OK},
      {"GET /metrics HTTP/1.1\n\n", REQUEST_OK},
      {"GET / HTTP/1.1\r\n\r\n", REQUEST_UNKNOWN},
      {"GET /metricsx HTTP/1.1\r\n\r\n", REQUEST_UNKNOWN},
      {"POST /metrics HTTP/1.1\r\n\r\n", REQUEST_METHOD},
      {"get /metrics HTTP/1.1\r\n\r\n", REQUEST_METHOD},
      {"GET /metrics HTTP/2.0\r\n\r\n", REQUEST_BAD},
      {"GET /metrics\r\n\r\n", REQUEST_BAD},
      {"GET  HTTP/1.1\r\n\r\n", REQUEST_BAD},
      {"GET http://a/metrics HTTP/1.1\r\n\r\n", REQUEST_BAD},
      {" /metrics HTTP/1.1\r\n\r\n", REQUEST_BAD},
      {"\r\n", REQUEST_BAD},
      {"\x16\x03\x01\n", REQUEST_BAD},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    if (look(rows[i].text) != rows[i].is) fail_msg("row %u: %s", (unsigned)i, rows[i].text);
  }
}

static void a_request_is_waited_for_to_its_end_however_it_is_cut(void **state) {
  (void)state;
  static const char text[] = "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n";
  for (size_t length = 0; length < sizeof text - 1; length++) {
    request asked = {.length = length};
    memcpy(asked.text, text, length);
    assert_int_equal(request_look(&asked), REQUEST_PARTIAL);
  }
}

static void one_that_does_not_end_is_too_long(void **state) {
  (void)state;
  request asked = {.length = REQUEST_MAX};
  memset(asked.text, 'a', REQUEST_MAX);
  assert_int_equal(request_look(&asked), REQUEST_LONG);
  memcpy(asked.text, "GET /metrics HTTP/1.1\r\n", 23);
  assert_int_equal(request_look(&asked), REQUEST_LONG);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(only_a_get_of_the_page_is_answered_with_it),
      cmocka_unit_test(a_request_is_waited_for_to_its_end_however_it_is_cut),
      cmocka_unit_test(one_that_does_not_end_is_too_long),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
