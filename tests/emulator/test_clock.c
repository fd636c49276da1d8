#include "emulator/clock.h"
#include "support.h"
#include <string.h>

static void a_date_is_written_so_that_it_reads_back(void **state) {
  (void)state;
  static const int64_t seconds[] = {0, 784111777, 951782400, 1700000000, 4102444799};
  char date[AGAIN_EMULATOR_DATE_SIZE];
  for (size_t i = 0; i < COUNT_OF(seconds); i++) {
    int64_t read;
    again_emulator_date_print(seconds[i], date);
    assert_int_equal(again_http_date_parse(date, strlen(date), 0, &read), 0);
    assert_int_equal(read, seconds[i]);
  }
  again_emulator_date_print(784111777, date); /* the example of RFC 9110 */
  assert_string_equal(date, "Sun, 06 Nov 1994 08:49:37 GMT");
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(a_date_is_written_so_that_it_reads_back)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
