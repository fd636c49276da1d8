#include "emulator/tally.h"
#include "support.h"
#include <stdio.h>
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
    again_tally_answer(&tally, "t", &rows[i].answer, rows[i].by);
  assert_int_equal(tally.stats.requests, 9);
  assert_int_equal(tally.stats.other, 2);
  assert_int_equal(tally.stats.accepted, 2);
  assert_int_equal(tally.stats.throttled, 1);
  assert_int_equal(tally.stats.refused_4xx, 2);
  assert_int_equal(tally.stats.failed_5xx, 2);
  assert_int_equal(tally.stats.faults, 5);
  char *json = again_tally_json(&tally);
  assert_non_null(strstr(json, "\"requests\": 9"));
  assert_non_null(strstr(json, "\"SpeedQuotaExceed\": 2"));
  assert_non_null(strstr(json, "\"TopicClosed\": 1"));
  free(json);
  again_tally_fini(&tally);
}

static void each_topic_has_counters_of_its_own(void **state) {
  (void)state;
  static const again_answer taken = {.status = 200};
  static const again_answer full = {429, "SpeedQuotaExceed", ""};
  again_tally tally = {.stats = {.listening = true}};
  again_tally_answer(&tally, "a", &taken, AGAIN_TALLY_SERVICE);
  again_tally_stored(&tally, "a", 7);
  again_tally_answer(&tally, "b\x1b[2J\xff", &full, AGAIN_TALLY_QUOTA);
  again_tally_broken(&tally, "a");
  again_tally_answer(&tally, "", &full, AGAIN_TALLY_SCRIPT); /* of no topic */
  assert_int_equal(tally.topic_count, 2);
  char *json = again_tally_json(&tally);
  assert_non_null(strstr(json, "\"topics\": { \"a\": { \"requests\": 2, \"accepted\": 1, "
                               "\"throttled\": 0, \"faults\": 1, \"stored\": 7 }, "
                               "\"b?[2J?\": { \"requests\": 1, "));
  free(json);
  assert_int_equal(tally.stats.broken, 1);
  assert_int_equal(tally.stats.faults, 2);
  again_tally_reset(&tally);
  assert_int_equal(tally.stats.requests, 0);
  assert_int_equal(tally.topic_count, 0);
  assert_true(tally.stats.listening);
  json = again_tally_json(&tally);
  assert_non_null(strstr(json, "\"codes\": { }, \"topics\": { }"));
  free(json);
  again_tally_fini(&tally);
}

static void topics_without_end_are_counted_in_the_sums(void **state) {
  (void)state;
  static const again_answer taken = {.status = 200};
  again_tally tally = {0};
  for (int i = 0; i < AGAIN_TALLY_TOPICS_MAX + 100; i++) {
    char name[100];
    snprintf(name, sizeof name, "%d-%060d", i, 0); /* longer than what is kept */
    again_tally_answer(&tally, name, &taken, AGAIN_TALLY_SERVICE);
  }
  assert_int_equal(tally.topic_count, AGAIN_TALLY_TOPICS_MAX);
  assert_int_equal(tally.stats.requests, AGAIN_TALLY_TOPICS_MAX + 100);
  again_tally_fini(&tally);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(answers_are_counted_by_kind_and_code),
      cmocka_unit_test(each_topic_has_counters_of_its_own),
      cmocka_unit_test(topics_without_end_are_counted_in_the_sums),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
