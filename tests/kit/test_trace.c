#include "fixture.h"

static const again_kit_record *find(const again_kit_trace *trace, again_event_kind kind) {
  for (size_t i = 0; i < trace->count; i++) {
    if (trace->records[i].kind == kind) return &trace->records[i];
  }
  return NULL;
}

static void every_event_and_done_are_recorded_as_values(void **state) {
  (void)state;
  fixture f;
  fixture_init(&f, &kit_policy);
  again_kit_op op = {.op.bytes = 1};
  fixture_play(&f, &op, "503 InternalError +10ms, 200 +20ms");
  static const again_event_kind kinds[] = {AGAIN_EVENT_SUBMITTED, AGAIN_EVENT_ATTEMPT,
                                           AGAIN_EVENT_RETRY,     AGAIN_EVENT_ATTEMPT,
                                           AGAIN_EVENT_DELIVERED, AGAIN_KIT_DONE};
  const again_kit_trace *trace = &f.kit.trace;
  assert_int_equal(trace->count, COUNT_OF(kinds));
  for (size_t i = 0; i < COUNT_OF(kinds); i++) {
    assert_int_equal(trace->records[i].kind, kinds[i]);
    assert_int_equal(trace->records[i].operation, 1);
    assert_int_equal(trace->records[i].final, i >= 4); /* interim and final */
  }
  const again_kit_record *retry = &trace->records[2];
  assert_int_equal(retry->now, 10);
  assert_int_equal(retry->ended, 10);
  assert_int_equal(retry->at, 110);
  assert_int_equal(retry->delay_min, 100);
  assert_int_equal(retry->delay_max, 100);
  assert_int_equal(retry->attempt, 1);
  assert_true(retry->judged);
  assert_int_equal(retry->verdict.error_class, AGAIN_CLASS_RETRYABLE);
  assert_int_equal(retry->reason, AGAIN_REASON_BACKOFF);
  assert_int_equal(retry->status, 503);
  assert_int_equal(retry->effect, AGAIN_EFFECT_MAYBE_APPLIED);
  assert_string_equal(retry->code, "InternalError");
  assert_string_equal(retry->scope, "kit");
  const again_kit_record *end = &trace->records[4];
  assert_int_equal(end->ended, 130);
  assert_int_equal(end->status, 200);
  assert_int_equal(end->reason, AGAIN_REASON_OK);
  assert_int_equal(end->effect, AGAIN_EFFECT_APPLIED);
  fixture_fini(&f);
  assert_int_equal(f.kit.trace.count, 0);
}

static void what_an_operation_pointed_to_may_go(void **state) {
  (void)state;
  again_kit_trace trace = {0};
  {
    char name[64] = "a-scope-with-a-name-that-is-\xC3\xA9\xC3\xA9o-long";
    char code[96];
    memset(code, 'c', sizeof code - 1);
    code[sizeof code - 1] = '\0';
    again_op op = {0};
    again_scope scope = {.name = name};
    again_verdict verdict = {.error_class = AGAIN_CLASS_FATAL, .file = name};
    again_result result = {.reason = AGAIN_REASON_FATAL, .status = 400, .code = code};
    again_event event = {.kind = AGAIN_EVENT_SURFACED, .op = &op, .scope = &scope, .attempt = 1};
    event.verdict = &verdict;
    event.result = &result;
    again_kit_trace_event(&trace, &event);
    memset(name, 'x', sizeof name - 1);
    memset(code, 'x', sizeof code - 1);
  }
  const again_kit_record *record = &trace.records[0];
  assert_string_equal(record->scope,
                      "a-scope-with-a-name-that-is-\xC3\xA9"); /* a whole character */
  assert_int_equal(strlen(record->code), sizeof record->code - 1);
  assert_int_equal(record->code[0], 'c');
  assert_null(record->verdict.file);
  again_kit_trace_clear(&trace);
}

static void operations_are_numbered_also_where_memory_is_used_again(void **state) {
  (void)state;
  fixture f;
  fixture_init(&f, &kit_policy);
  enum { COUNT = 300 };
  static again_kit_op ops[COUNT];
  memset(ops, 0, sizeof ops);
  for (uint32_t i = 0; i < COUNT; i++) {
    ops[i].script = "200 +1ms";
    assert_int_equal(again_kit_trace_operation(&f.kit.trace, &ops[i]), 0);
    assert_int_equal(again_kit_submit(&f.kit, &ops[i], NULL, AGAIN_NEVER), 0);
  }
  again_kit_run(&f.kit, AGAIN_NEVER);
  for (uint32_t i = 0; i < COUNT; i++)
    assert_int_equal(again_kit_trace_operation(&f.kit.trace, &ops[i]), i + 1);
  assert_int_equal(f.kit.trace.operations, COUNT);
  ops[7] = (again_kit_op){0};
  fixture_play(&f, &ops[7], "400");
  assert_int_equal(again_kit_trace_operation(&f.kit.trace, &ops[7]), COUNT + 1);
  assert_int_equal(again_kit_trace_end(&f.kit.trace, 8)->reason, AGAIN_REASON_OK);
  assert_int_equal(again_kit_trace_end(&f.kit.trace, COUNT + 1)->reason, AGAIN_REASON_FATAL);
  fixture_fini(&f);
}

static void the_record_of_an_attempt_and_of_the_end_are_found(void **state) {
  (void)state;
  fixture f;
  fixture_init(&f, &kit_policy);
  again_kit_op op = {0};
  fixture_play(&f, &op, "503, 429, 400");
  const again_kit_trace *trace = &f.kit.trace;
  assert_int_equal(again_kit_trace_attempt(trace, 1, 1)->status, 503);
  assert_int_equal(again_kit_trace_attempt(trace, 1, 2)->status, 429);
  assert_int_equal(again_kit_trace_attempt(trace, 1, 3)->kind, AGAIN_EVENT_SURFACED);
  assert_null(again_kit_trace_attempt(trace, 1, 4));
  assert_null(again_kit_trace_attempt(trace, 2, 1));
  assert_ptr_equal(again_kit_trace_end(trace, 1), again_kit_trace_attempt(trace, 1, 3));
  assert_null(again_kit_trace_end(trace, 2));
  fixture_fini(&f);
}

static void
an_operation_that_is_cancelled_while_it_waits_ends_without_another_attempt(void **state) {
  (void)state;
  fixture f;
  fixture_init(&f, &kit_policy);
  again_kit_op op = {.script = "503 +5ms"};
  assert_int_equal(again_kit_submit(&f.kit, &op, NULL, AGAIN_NEVER), 0);
  again_kit_run(&f.kit, 50);
  assert_int_equal(again_sched_cancel(f.kit.sched, &op.op), 0);
  again_kit_run(&f.kit, AGAIN_NEVER);
  assert_int_equal(again_kit_trace_attempt(&f.kit.trace, 1, 1)->kind, AGAIN_EVENT_RETRY);
  const again_kit_record *end = again_kit_trace_end(&f.kit.trace, 1);
  assert_int_equal(end->kind, AGAIN_EVENT_SURFACED);
  assert_int_equal(end->now, 50);
  assert_int_equal(end->ended, 5);
  fixture_fini(&f);
}

static void an_operation_without_an_attempt_has_an_end_and_no_attempt(void **state) {
  (void)state;
  fixture f;
  fixture_init(&f, &kit_policy);
  again_kit_op op = {.script = "200"};
  assert_int_equal(again_kit_submit(&f.kit, &op, NULL, AGAIN_NEVER), 0);
  assert_int_equal(again_sched_cancel(f.kit.sched, &op.op), 0);
  again_kit_run(&f.kit, AGAIN_NEVER);
  assert_int_equal(again_kit_trace_end(&f.kit.trace, 1)->reason, AGAIN_REASON_CANCELLED);
  assert_false(again_kit_trace_end(&f.kit.trace, 1)->judged);
  assert_null(again_kit_trace_attempt(&f.kit.trace, 1, 0));
  assert_null(again_kit_trace_attempt(&f.kit.trace, 1, 1));
  fixture_fini(&f);
}

static void events_of_scopes_have_no_operation(void **state) {
  (void)state;
  fixture f;
  fixture_init(&f, &kit_policy);
  again_kit_op op = {0};
  fixture_play(&f, &op, "200");
  again_scope_hold(&f.kit.scope, 777);
  again_scope_resume(&f.kit.scope);
  again_sched_set_policy(f.kit.sched, &kit_policy);
  const again_kit_record *held = find(&f.kit.trace, AGAIN_EVENT_HELD);
  assert_int_equal(held->operation, 0);
  assert_int_equal(held->at, 777);
  assert_string_equal(held->scope, "kit");
  assert_non_null(find(&f.kit.trace, AGAIN_EVENT_RESUMED));
  assert_string_equal(find(&f.kit.trace, AGAIN_EVENT_RELOADED)->scope, "");
  fixture_fini(&f);
}

static void traces_are_equal_where_every_value_is(void **state) {
  (void)state;
  fixture f[3];
  again_kit_op ops[3] = {0};
  for (size_t i = 0; i < COUNT_OF(f); i++) {
    fixture_init(&f[i], &kit_policy);
    fixture_play(&f[i], &ops[i], i < 2 ? "503 A, 200" : "503 A, 200 +1ms");
  }
  assert_true(again_kit_trace_equal(&f[0].kit.trace, &f[1].kit.trace));
  assert_false(again_kit_trace_equal(&f[0].kit.trace, &f[2].kit.trace));
#define DIFFER(change)                                                                             \
  do {                                                                                             \
    again_kit_record *record = &f[1].kit.trace.records[2];                                         \
    again_kit_record kept = *record;                                                               \
    change;                                                                                        \
    assert_false(again_kit_trace_equal(&f[0].kit.trace, &f[1].kit.trace));                         \
    *record = kept;                                                                                \
  } while (0)
  DIFFER(record->kind = AGAIN_EVENT_HELD);
  DIFFER(record->final = true);
  DIFFER(record->judged = false);
  DIFFER(record->now++);
  DIFFER(record->operation++);
  DIFFER(record->attempt++);
  DIFFER(record->reason = AGAIN_REASON_PACE);
  DIFFER(record->ended++);
  DIFFER(record->at++);
  DIFFER(record->delay_min++);
  DIFFER(record->delay_max++);
  DIFFER(record->fault = AGAIN_FAULT_TLS);
  DIFFER(record->status++);
  DIFFER(record->effect = AGAIN_EFFECT_APPLIED);
  DIFFER(record->verdict.error_class = AGAIN_CLASS_AUTH);
  DIFFER(record->verdict.remedy = AGAIN_REMEDY_SPLIT);
  DIFFER(record->verdict.damage = AGAIN_DAMAGE_ACCOUNT);
  DIFFER(record->verdict.origin = AGAIN_ORIGIN_POLICY);
  DIFFER(record->verdict.rule++);
  DIFFER(record->code[0] = 'B');
  DIFFER(record->scope[0] = 'B');
#undef DIFFER
  assert_true(again_kit_trace_equal(&f[0].kit.trace, &f[1].kit.trace));
  f[1].kit.trace.count--;
  assert_false(again_kit_trace_equal(&f[0].kit.trace, &f[1].kit.trace));
  for (size_t i = 0; i < COUNT_OF(f); i++)
    fixture_fini(&f[i]);
}

static void a_paused_trace_records_nothing(void **state) {
  (void)state;
  fixture f;
  fixture_init(&f, &kit_policy);
  f.kit.trace.paused = true;
  again_kit_op op = {0};
  fixture_play(&f, &op, "200");
  assert_int_equal(op.done_count, 1);
  assert_int_equal(f.kit.trace.count, 0);
  again_kit_trace_clear(&f.kit.trace);
  assert_true(f.kit.trace.paused);
  fixture_fini(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_event_and_done_are_recorded_as_values),
      cmocka_unit_test(what_an_operation_pointed_to_may_go),
      cmocka_unit_test(operations_are_numbered_also_where_memory_is_used_again),
      cmocka_unit_test(the_record_of_an_attempt_and_of_the_end_are_found),
      cmocka_unit_test(an_operation_that_is_cancelled_while_it_waits_ends_without_another_attempt),
      cmocka_unit_test(an_operation_without_an_attempt_has_an_end_and_no_attempt),
      cmocka_unit_test(events_of_scopes_have_no_operation),
      cmocka_unit_test(traces_are_equal_where_every_value_is),
      cmocka_unit_test(a_paused_trace_records_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
