#include "fixture.h"
#include <stdio.h>
#include <string.h>

typedef struct log {
  again_event_kind kinds[64];
  char lines[64][200];
  size_t count;
} log;

static void remember(void *data, const again_event *event) {
  log *seen = data;
  assert_true(seen->count < COUNT_OF(seen->kinds));
  seen->kinds[seen->count] = event->kind;
  again_explain(event, seen->lines[seen->count], sizeof *seen->lines);
  seen->count++;
}

static void every_event_can_be_told_in_one_line(void **state) {
  (void)state;
  log seen = {.count = 0};
  fixture f;
  again_sched_options options = {.event = remember, .data = &seen};
  fixture_init(&f, &steady_policy, &options);
  again_kit_op op =
      OP(ERROR_500_IN(10), TAKES(10, .status = 429, .hint = 70000),
         TAKES(10, .fault = AGAIN_FAULT_CONNECT, .code = "CURLE_COULDNT_CONNECT"), OK_IN(10));
  fixture_submit(&f, &op);
  again_kit_run(&f.kit, AGAIN_NEVER);
  again_kit_op closed = OP(ERROR_400_IN(10));
  fixture_submit(&f, &closed);
  again_kit_run(&f.kit, AGAIN_NEVER);
  again_kit_op unwanted = OP(OK_IN(10));
  fixture_submit(&f, &unwanted);
  again_sched_cancel(f.kit.sched, &unwanted.op);
  again_kit_run(&f.kit, AGAIN_NEVER);
  static const struct {
    again_event_kind kind;
    const char *line;
  } expected[] = {
      {AGAIN_EVENT_SUBMITTED, "submitted (attempt 0)"},
      {AGAIN_EVENT_ATTEMPT, "attempt (attempt 1)"},
      {AGAIN_EVENT_RETRY, "retryable 500 InternalError (attempt 1): again in 100ms, "
                          "waits for its backoff"},
      {AGAIN_EVENT_ATTEMPT, "attempt (attempt 2)"},
      {AGAIN_EVENT_RETRY,
       "throttled 429 (attempt 2): again in 1m00s, waits as long as the service asked"},
      {AGAIN_EVENT_ATTEMPT, "attempt (attempt 3)"},
      {AGAIN_EVENT_RETRY, "retryable CURLE_COULDNT_CONNECT (attempt 3): again in 200ms, "
                          "waits for its backoff"},
      {AGAIN_EVENT_ATTEMPT, "attempt (attempt 4)"},
      {AGAIN_EVENT_DELIVERED, "ok 200 (attempt 4): delivered"},
      {AGAIN_EVENT_SUBMITTED, "submitted (attempt 0)"},
      {AGAIN_EVENT_ATTEMPT, "attempt (attempt 1)"},
      {AGAIN_EVENT_SURFACED, "fatal 400 TopicClosed (attempt 1): surfaced, "
                             "another attempt would be refused as well"},
      {AGAIN_EVENT_SUBMITTED, "submitted (attempt 0)"},
      {AGAIN_EVENT_SURFACED, "not attempted: surfaced, cancelled by the caller"},
  };
  assert_int_equal(seen.count, COUNT_OF(expected));
  for (size_t i = 0; i < seen.count; i++) {
    assert_int_equal(seen.kinds[i], expected[i].kind);
    assert_string_equal(seen.lines[i], expected[i].line);
  }
  again_kit_fini(&f.kit);
}

static void durations_are_told_as_people_say_them(void **state) {
  (void)state;
  static const struct {
    again_ms delay;
    const char *said;
  } rows[] = {{0, "0ms"},        {999, "999ms"},     {1000, "1.0s"},
              {1399, "1.3s"},    {59999, "59.9s"},   {60000, "1m00s"},
              {125000, "2m05s"}, {3600000, "1h00m"}, {12000000, "3h20m"}};
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    again_op op = {0};
    again_verdict verdict = {.error_class = AGAIN_CLASS_RETRYABLE};
    again_decision decision = {.retry = true, .at = 500 + rows[i].delay};
    again_result result = {.reason = AGAIN_REASON_BACKOFF, .status = 500, .code = ""};
    again_event event = {.kind = AGAIN_EVENT_RETRY,
                         .now = 500,
                         .op = &op,
                         .attempt = 1,
                         .verdict = &verdict,
                         .decision = &decision,
                         .result = &result};
    char line[200];
    char expected[200];
    snprintf(expected, sizeof expected,
             "retryable 500 (attempt 1): again in %s, waits for its backoff", rows[i].said);
    assert_string_equal(again_explain(&event, line, sizeof line), expected);
    assert_int_equal(strlen(again_explain(&event, line, 10)), 9);
  }
}

static void events_have_names_and_sentences(void **state) {
  (void)state;
  assert_string_equal(again_event_name(AGAIN_EVENT_RETRY), "retry");
  assert_string_equal(again_event_text(AGAIN_EVENT_DELIVERED), "the operation succeeded");
  assert_string_equal(again_event_name(AGAIN_EVENT_COUNT), "?");
  assert_string_equal(again_event_text(AGAIN_EVENT_COUNT), "?");
}

static void what_the_service_or_a_name_says_cannot_begin_another_line(void **state) {
  (void)state;
  fixture f;
  char line[200];
  log seen = {.count = 0};
  again_sched_options options = {.event = remember, .data = &seen};
  fixture_init(&f, &steady_policy, &options);
  again_kit_op op = OP(TAKES(5, .status = 400, .code = "Bad\nERROR forged", .message = "a\tb"));
  fixture_submit(&f, &op);
  again_kit_run(&f.kit, AGAIN_NEVER);
  assert_string_equal(op.result.code, "Bad ERROR forged");
  assert_string_equal(op.result.message, "a b");
  assert_null(strchr(seen.lines[seen.count - 1], '\n'));
  again_scope odd = {.name = "topic\nERROR forged"};
  again_event event = {.kind = AGAIN_EVENT_PACED, .scope = &odd};
  assert_null(strchr(again_explain(&event, line, sizeof line), '\n'));
  again_kit_fini(&f.kit);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_event_can_be_told_in_one_line),
      cmocka_unit_test(durations_are_told_as_people_say_them),
      cmocka_unit_test(events_have_names_and_sentences),
      cmocka_unit_test(what_the_service_or_a_name_says_cannot_begin_another_line),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
