#include "cases/fixture.h"
#include <stdlib.h>
#include <string.h>

/* Runs the first case with a seed; `seen` is to be freed. */
static int run_text(const char *text, uint64_t seed, again_case_facts *seen,
                    again_case_trace *trace) {
  fixture f;
  fixture_open(&f, text);
  int error = again_case_run(&f.file.cases[0], seed, seen, trace);
  fixture_close(&f);
  return error;
}

static void attempts_are_seen_one_by_one(void **state) {
  (void)state;
  again_case_facts seen;
  again_case_trace trace;
  assert_int_equal(
      run_text("{\"again\": 1, \"policy\": \"builtin:aws-standard\", \"cases\": [{\"name\": \"n\","
               "\"outcomes\": \"503@9s, 400 SlowDown +50ms, 200\"}]}",
               1, &seen, &trace),
      0);
  assert_int_equal(seen.attempts.min, 3);
  assert_int_equal(seen.list_count, 3);
  const again_case_attempt *first = &seen.list[0];
  assert_int_equal(first->at.min, 0);
  assert_int_equal(first->classes, 1 << AGAIN_CLASS_RETRYABLE);
  assert_int_equal(first->reasons, 1 << AGAIN_REASON_SERVER_HINT);
  assert_int_equal(first->window.min, 9000);
  assert_int_equal(first->window.max, 11250);
  assert_in_range(first->delay.min, 9000, 11250);
  assert_int_equal(first->delay.min, first->delay.max);
  assert_int_equal(seen.list[1].at.min, first->delay.min);
  assert_int_equal(seen.list[1].classes, 1 << AGAIN_CLASS_THROTTLED);
  assert_int_equal(seen.list[2].at.min, first->delay.min + 50 + seen.list[1].delay.min);
  assert_int_equal(seen.list[2].reasons, 1 << AGAIN_REASON_OK);
  assert_false(seen.list[2].window.given);
  assert_int_equal(seen.results, 1 << AGAIN_CASE_DELIVERED);
  assert_int_equal(seen.elapsed.min, seen.list[2].at.min);
  assert_int_equal(seen.all.calls.min, 3);
  assert_int_equal(seen.all.events[AGAIN_EVENT_RETRY].min, 2);
  assert_int_equal(trace.count, 6);
  assert_non_null(strstr(trace.lines[1], "retryable 503 (attempt 1): again in"));
  free(seen.list);
}

static void a_seed_gives_the_same_times_and_another_others(void **state) {
  (void)state;
  static const char text[] =
      "{\"again\": 1, \"cases\": [{\"name\": \"n\", \"outcomes\": \"503 x4, 200\"}]}";
  again_case_facts seen[3];
  again_case_trace trace;
  static const uint64_t seeds[] = {5, 5, 6};
  for (size_t i = 0; i < 3; i++)
    assert_int_equal(run_text(text, seeds[i], &seen[i], &trace), 0);
  assert_int_equal(seen[0].elapsed.min, seen[1].elapsed.min);
  assert_int_not_equal(seen[0].elapsed.min, seen[2].elapsed.min);
  for (size_t i = 0; i < 3; i++)
    free(seen[i].list);
}

static void what_is_not_over_is_waiting_and_not_surfaced_by_the_end_of_the_watch(void **state) {
  (void)state;
  again_case_facts seen;
  again_case_trace trace;
  assert_int_equal(run_text("{\"again\": 1, \"policy\": \"builtin:drop-nothing\", \"cases\": "
                            "[{\"name\": \"n\", \"until\": "
                            "\"1h\", \"operations\": 2, \"outcomes\": \"TopicClosed\"}]}",
                            1, &seen, &trace),
                   0);
  assert_int_equal(seen.results, 1 << AGAIN_CASE_WAITING);
  assert_int_equal(seen.reasons, 0);
  assert_int_equal(seen.all.waiting.min, 2);
  assert_int_equal(seen.all.events[AGAIN_EVENT_SURFACED].max, 0);
  assert_false(seen.elapsed.given);
  for (size_t i = 0; i < COUNT_OF(trace.lines) && i < trace.count; i++)
    assert_null(strstr(trace.lines[i], "surfaced"));
  free(seen.list);
}

static void operations_come_one_by_one_where_there_is_an_interval(void **state) {
  (void)state;
  again_case_facts seen;
  again_case_trace trace;
  assert_int_equal(
      run_text("{\"again\": 1, \"cases\": [{\"name\": \"n\", \"operations\": 5, \"interval\": "
               "\"10s\", \"outcomes\": \"200 +1s\"}]}",
               1, &seen, &trace),
      0);
  assert_int_equal(seen.all.elapsed.min, 41000);
  assert_int_equal(seen.all.in_flight.min, 1);
  assert_int_equal(seen.all.rate.min, 1);
  assert_int_equal(seen.elapsed.max, 1000);
  assert_int_equal(seen.all.delivered.min, 5);
  free(seen.list);
}

static void a_deadline_counts_from_each_submit(void **state) {
  (void)state;
  again_case_facts seen;
  again_case_trace trace;
  assert_int_equal(
      run_text("{\"again\": 1, \"cases\": [{\"name\": \"n\", \"operations\": 3, \"interval\": "
               "\"1m\", \"deadline\": \"5s\", \"outcomes\": \"503\"}]}",
               1, &seen, &trace),
      0);
  assert_int_equal(seen.reasons, 1 << AGAIN_REASON_DEADLINE);
  assert_in_range(seen.elapsed.min, 1, 5000);
  assert_in_range(seen.elapsed.max, 1, 5000);
  assert_int_equal(seen.all.reasons[AGAIN_REASON_DEADLINE].min, 3);
  free(seen.list);
}

/* The topic is held; the operation that does not probe is surfaced at its deadline, long after its attempt. */
static void what_is_surfaced_while_it_waits_keeps_what_its_attempt_was(void **state) {
  (void)state;
  again_case_facts seen;
  again_case_trace trace;
  assert_int_equal(
      run_text("{\"again\": 1, \"policy\": \"builtin:aws-standard\", \"cases\": [{\"name\": \"n\","
               "\"operations\": 2, \"deadline\": \"45s\", \"outcomes\": \"TopicClosed +100ms\"}]}",
               1, &seen, &trace),
      0);
  assert_int_equal(seen.results, 1 << AGAIN_CASE_SURFACED);
  assert_int_equal(seen.all.reasons[AGAIN_REASON_DEADLINE].min +
                       seen.all.reasons[AGAIN_REASON_ALL_ATTEMPTS].min,
                   2);
  assert_int_equal(seen.attempts.min, 1);
  assert_int_equal(seen.list[0].reasons, 1 << AGAIN_REASON_HOLD);
  free(seen.list);
}

static void a_long_trace_keeps_its_beginning_and_its_end(void **state) {
  (void)state;
  again_case_facts seen;
  again_case_trace trace;
  assert_int_equal(
      run_text("{\"again\": 1, \"cases\": [{\"name\": \"n\", \"outcomes\": \"503 x50, 200\"}]}", 1,
               &seen, &trace),
      0);
  size_t last =
      AGAIN_CASES_TRACE_HEAD + (trace.count - 1 - AGAIN_CASES_TRACE_HEAD) % AGAIN_CASES_TRACE_TAIL;
  assert_true(trace.count > 100);
  assert_non_null(strstr(trace.lines[0], "0ms  attempt 1"));
  assert_non_null(strstr(trace.lines[last], "ok 200 (attempt 51): delivered"));
  free(seen.list);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(attempts_are_seen_one_by_one),
      cmocka_unit_test(a_seed_gives_the_same_times_and_another_others),
      cmocka_unit_test(what_is_not_over_is_waiting_and_not_surfaced_by_the_end_of_the_watch),
      cmocka_unit_test(operations_come_one_by_one_where_there_is_an_interval),
      cmocka_unit_test(a_deadline_counts_from_each_submit),
      cmocka_unit_test(what_is_surfaced_while_it_waits_keeps_what_its_attempt_was),
      cmocka_unit_test(a_long_trace_keeps_its_beginning_and_its_end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
