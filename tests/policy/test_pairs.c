#include "bad.h"

#define KEY(text) "{\"again\": 1, " text "}"

static void numbers_that_do_not_fit_together_are_refused(void **state) {
  (void)state;
  static const bad rows[] = {
      {KEY("\"auth\": {\"growth\": \"list\"}"), 1, 22, "go together"},
      {KEY("\"auth\": {\"delays\": [\"1s\"], \"growth\": \"linear\"}"), 1, 22, "go together"},
      {KEY("\"auth\": {\"cap\": \"10ms\"}"), 1, 30,
       "\"cap\" 10ms is below \"base\" 1s (not in this file): change one"},
      {KEY("\"auth\": {\"base\": \"2m\"}"), 1, 31,
       "\"cap\" 1m (not in this file) is below \"base\" 2m: change one"},
      {KEY("\"auth\": {\"base\": \"9s\", \"cap\": \"8s\"}"), 1, 44,
       "\"cap\" 8s is below \"base\" 9s"},
      {KEY("\"hold\": {\"cap\": \"1s\"}"), 1, 30, "\"cap\" 1s is below \"base\" 10s"},
      {KEY("\"topics\": {\"a\": {\"auth\": {\"cap\": \"10ms\"}}}"), 1, 47,
       "\"cap\" 10ms is below \"base\" 1s"},
      {KEY("\"attempt\": {\"timeout\": \"4s\"}"), 1, 37,
       "\"connect_timeout\" 5s (not in this file) is above"},
  };
  check_bad(rows, COUNT_OF(rows));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(numbers_that_do_not_fit_together_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
