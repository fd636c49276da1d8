#include "emulator/tally.h"
#include "support.h"
#include <stdlib.h>
#include <string.h>

static void answers_are_counted_by_kind_and_code(void **state) {
  (void)state;
  static const struct {
    again_answer answer;
    bool by_quota;
  } rows[] = {
      {{.status = 200}, false},
      {{.status = 200}, false},
      {{429, "SpeedQuotaExceed", ""}, true},
      {{429, "SpeedQuotaExceed", ""}, false}, /* by the script */
      {{400, "TopicClosed", ""}, false},
      {{500, "InternalError", ""}, false},
      {{.status = 503}, false},
  };
  again_tally tally = {0};
  for (size_t i = 0; i < COUNT_OF(rows); i++)
    again_tally_answer(&tally, &rows[i].answer, rows[i].by_quota);
  assert_int_equal(tally.stats.requests, 7);
  assert_int_equal(tally.stats.accepted, 2);
  assert_int_equal(tally.stats.throttled, 1);
  assert_int_equal(tally.stats.refused_4xx, 2);
  assert_int_equal(tally.stats.failed_5xx, 2);
  char *json = again_tally_json(&tally);
  assert_non_null(strstr(json, "\"requests\": 7"));
  assert_non_null(strstr(json, "\"SpeedQuotaExceed\": 2"));
  assert_non_null(strstr(json, "\"TopicClosed\": 1"));
  free(json);
  again_tally_fini(&tally);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(answers_are_counted_by_kind_and_code)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
