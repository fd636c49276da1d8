#include "child.h"
#include "support.h"

static void the_stream_is_taken_into_account(void **state) {
  (void)state;
  child_state s = {0};
  child_take(&s, "{\"event\":\"status\",\"t_ms\":1200,\"read\":10,\"delivered\":6,\"refused\":1,"
                 "\"waiting\":2,\"in_flight\":1,\"calls\":9,\"batches\":3,\"retries\":{"
                 "\"retryable\":4,\"throttled\":5,\"auth\":1},\"final\":true}");
  assert_int_equal(s.elapsed_ms, 1200);
  assert_int_equal(s.read, 10);
  assert_int_equal(s.delivered, 6);
  assert_int_equal(s.refused, 1);
  assert_int_equal(s.waiting, 2);
  assert_int_equal(s.in_flight, 1);
  assert_int_equal(s.calls, 9);
  assert_int_equal(s.batches, 3);
  assert_int_equal(s.retryable, 4);
  assert_int_equal(s.throttled, 5);
  assert_int_equal(s.auth, 1);
  assert_true(s.final);
}

static void the_last_decisions_are_kept_and_failed_connections_counted(void **state) {
  (void)state;
  child_state s = {0};
  for (int i = 0; i < CHILD_DECISIONS + 2; i++) {
    char line[200];
    snprintf(
        line, sizeof line,
        "{\"event\":\"decision\",\"t_ms\":%d,\"topic\":\"t\",\"kind\":\"retry\",\"code\":\"%s\","
        "\"text\":\"retryable 500 InternalError (attempt 1): again in 1s\"}",
        i, i < 3 ? "CURLE_COULDNT_CONNECT" : "InternalError");
    child_take(&s, line);
  }
  assert_int_equal(s.decision_count, CHILD_DECISIONS + 2);
  assert_int_equal(s.unconnected, 3);
  assert_int_equal(s.decisions[1].ms, CHILD_DECISIONS + 1);
  assert_string_equal(s.decisions[1].text,
                      "t: retryable 500 InternalError (attempt 1): again in 1s");
}

static void refusals_for_the_same_reason_are_added_up(void **state) {
  (void)state;
  child_state s = {0};
  static const char closed[] =
      "{\"event\":\"refused\",\"code\":\"TopicClosed\",\"class\":\"fatal\","
      "\"reason\":\"fatal\",\"lines\":7}";
  static const char late[] = "{\"event\":\"refused\",\"code\":\"InternalError\",\"class\":"
                             "\"retryable\",\"reason\":\"elapsed\",\"lines\":1}";
  child_take(&s, closed);
  child_take(&s, late);
  child_take(&s, closed);
  assert_int_equal(s.refusal_count, 2);
  assert_string_equal(s.refusals[0].code, "TopicClosed");
  assert_int_equal(s.refusals[0].lines, 14);
  assert_string_equal(s.refusals[1].reason, "elapsed");
}

static void what_is_no_event_changes_nothing(void **state) {
  (void)state;
  static const char *const lines[] = {"", "garbage", "[]", "{}", "{\"event\":7}", "null"};
  for (size_t i = 0; i < COUNT_OF(lines); i++) {
    child_state s = {0};
    child_state none = {0};
    child_take(&s, lines[i]);
    assert_memory_equal(&s, &none, sizeof s);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_stream_is_taken_into_account),
      cmocka_unit_test(the_last_decisions_are_kept_and_failed_connections_counted),
      cmocka_unit_test(refusals_for_the_same_reason_are_added_up),
      cmocka_unit_test(what_is_no_event_changes_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
