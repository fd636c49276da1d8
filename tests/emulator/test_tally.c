#include "emulator/tally.h"
#include "support.h"
#include <stdlib.h>
#include <string.h>

static void answers_are_counted_by_kind_and_code(void **state) {
  (void)state;
  static const struct {
    again_answer answer;
    again_tally_by by;
  } rows[] = {
      {{.status = 200}, AGAIN_TALLY_SERVICE},
      {{.status = 200}, AGAIN_TALLY_SERVICE},
      {{.status = 200}, AGAIN_TALLY_SCRIPT}, /* not stored */
      {{.status = 302}, AGAIN_TALLY_SCRIPT},
      {{429, "SpeedQuotaExceed", ""}, AGAIN_TALLY_QUOTA},
      {{429, "SpeedQuotaExceed", ""}, AGAIN_TALLY_SCRIPT},
      {{400, "TopicClosed", ""}, AGAIN_TALLY_SERVICE},
      {{500, "InternalError", ""}, AGAIN_TALLY_SCRIPT},
      {{.status = 503}, AGAIN_TALLY_SCRIPT},
  };
  again_tally tally = {0};
  for (size_t i = 0; i < COUNT_OF(rows); i++)
    again_tally_answer(&tally, &rows[i].answer, rows[i].by);
  assert_int_equal(tally.stats.requests, 9);
  assert_int_equal(tally.stats.other, 2);
  assert_int_equal(tally.stats.accepted, 2);
  assert_int_equal(tally.stats.throttled, 1);
  assert_int_equal(tally.stats.refused_4xx, 2);
  assert_int_equal(tally.stats.failed_5xx, 2);
  char *json = again_tally_json(&tally);
  assert_non_null(strstr(json, "\"requests\": 9"));
  assert_non_null(strstr(json, "\"SpeedQuotaExceed\": 2"));
  assert_non_null(strstr(json, "\"TopicClosed\": 1"));
  free(json);
  again_tally_fini(&tally);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(answers_are_counted_by_kind_and_code)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
