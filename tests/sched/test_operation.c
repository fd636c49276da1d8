#include "fixture.h"
#include <string.h>

static void an_operation_that_succeeds_is_delivered_once(void **state) {
  (void)state;
  fixture f;
  fixture_init(&f, &steady_policy, NULL);
  again_kit_op op = OP(OK_IN(20));
  fixture_submit(&f, &op);
  assert_int_equal(op.attempts, 0); /* never inside the caller's own call */
  again_kit_run(&f.kit, AGAIN_NEVER);
  assert_int_equal(op.done_count, 1);
  assert_int_equal(op.result.reason, AGAIN_REASON_OK);
  assert_int_equal(op.result.verdict.error_class, AGAIN_CLASS_OK);
  assert_int_equal(op.result.effect, AGAIN_EFFECT_APPLIED);
  assert_int_equal(op.result.attempts, 1);
  assert_int_equal(op.result.elapsed, 20);
  assert_int_equal(op.done_at, 1020);
  again_kit_fini(&f.kit);
  assert_int_equal(op.done_count, 1);
}

static void a_failing_operation_is_tried_again_after_its_backoff(void **state) {
  (void)state;
  fixture f;
  fixture_init(&f, &steady_policy, NULL);
  again_kit_op op = OP(ERROR_500_IN(10), ERROR_500_IN(10), ERROR_429_IN(10), OK_IN(10));
  fixture_submit(&f, &op);
  again_kit_run(&f.kit, AGAIN_NEVER);
  static const again_ms expected[] = {1000, 1110, 1320, 2330};
  assert_int_equal(op.attempts, COUNT_OF(expected));
  for (size_t i = 0; i < COUNT_OF(expected); i++)
    assert_int_equal(op.attempt_at[i], expected[i]);
  assert_int_equal(op.result.reason, AGAIN_REASON_OK);
  again_kit_fini(&f.kit);
}

static void a_permanent_error_is_surfaced_at_once_with_all_that_is_known(void **state) {
  (void)state;
  fixture f;
  fixture_init(&f, &steady_policy, NULL);
  again_kit_op op =
      OP(ERROR_500_IN(5), TAKES(7, .status = 400, .code = "TopicClosed",
                                .message = "the topic is closed", .request_id = "r-1"));
  fixture_submit(&f, &op);
  again_kit_run(&f.kit, AGAIN_NEVER);
  assert_int_equal(op.done_count, 1);
  assert_int_equal(op.done_at, 1000 + 5 + 100 + 7);
  assert_int_equal(op.result.reason, AGAIN_REASON_FATAL);
  assert_int_equal(op.result.verdict.error_class, AGAIN_CLASS_FATAL);
  assert_int_equal(op.result.status, 400);
  assert_string_equal(op.result.code, "TopicClosed");
  assert_string_equal(op.result.message, "the topic is closed");
  assert_string_equal(op.result.request_id, "r-1");
  assert_int_equal(op.result.attempts, 2);
  assert_int_equal(op.result.effect, AGAIN_EFFECT_MAYBE_APPLIED); /* the 500 may have stored it */
  assert_int_equal(op.result.history_count, 2);
  assert_int_equal(op.result.history[0].status, 500);
  assert_int_equal(op.result.history[0].began, 1000);
  assert_int_equal(op.result.history[0].ended, 1005);
  assert_int_equal(op.result.history[0].error_class, AGAIN_CLASS_RETRYABLE);
  assert_int_equal(op.result.history[0].reason, AGAIN_REASON_BACKOFF);
  assert_int_equal(op.result.history[1].reason, AGAIN_REASON_FATAL);
  again_kit_fini(&f.kit);
}

static void the_history_keeps_the_first_and_the_latest_attempts(void **state) {
  (void)state;
  fixture f;
  fixture_init(&f, &steady_policy, NULL);
  again_kit_op op = OP(TAKES(1, .fault = AGAIN_FAULT_CONNECT), ERROR_429_IN(1));
  assert_int_equal(again_kit_submit(&f.kit, &op, &f.scope, 1000 + 100000), 0);
  again_kit_run(&f.kit, AGAIN_NEVER);
  assert_int_equal(op.result.reason, AGAIN_REASON_DEADLINE);
  assert_true(op.result.attempts > AGAIN_HISTORY_MAX);
  assert_int_equal(op.result.history_count, AGAIN_HISTORY_MAX);
  assert_int_equal(op.result.history[0].fault, AGAIN_FAULT_CONNECT);
  assert_int_equal(op.result.history[0].began, 1000);
  for (size_t i = 1; i < AGAIN_HISTORY_MAX; i++) {
    size_t attempt = op.result.attempts - AGAIN_HISTORY_MAX + i;
    assert_int_equal(op.result.history[i].began, op.attempt_at[attempt]);
  }
  again_kit_fini(&f.kit);
}

static void long_texts_are_cut_between_characters(void **state) {
  (void)state;
  char text[1024] = "x";
  for (size_t i = 1; i + 2 < sizeof text; i += 2)
    memcpy(text + i, "\xC3\xA9", 3);
  fixture f;
  fixture_init(&f, &steady_policy, NULL);
  again_kit_op op = OP(TAKES(1, .status = 400, .code = text, .message = text, .request_id = text));
  fixture_submit(&f, &op);
  again_kit_run(&f.kit, AGAIN_NEVER);
  const char *const kept[] = {op.result.code, op.result.message, op.result.request_id};
  for (size_t i = 0; i < COUNT_OF(kept); i++) {
    size_t length = strlen(kept[i]);
    assert_true(length >= 40 && length % 2 == 1);
    assert_memory_equal(kept[i], text, length);
  }
  again_kit_fini(&f.kit);
}

static void a_submit_is_refused_whole_or_taken(void **state) {
  (void)state;
  fixture f;
  fixture_init(&f, &steady_policy, NULL);
  again_op empty = {0};
  assert_int_equal(again_sched_submit(f.kit.sched, &empty, &f.scope, AGAIN_NEVER, 1000),
                   AGAIN_EINVAL);
  again_scope stranger = {.name = "of no scheduler"};
  again_kit_op op = OP(OK_IN(1));
  assert_int_equal(again_kit_submit(&f.kit, &op, &stranger, AGAIN_NEVER), AGAIN_EINVAL);
  again_sched_drain(f.kit.sched, AGAIN_NEVER);
  assert_int_equal(again_kit_submit(&f.kit, &op, &f.scope, AGAIN_NEVER), AGAIN_ECLOSING);
  again_kit_fini(&f.kit);
  assert_int_equal(op.done_count, 0);
}

static void a_report_without_an_attempt_under_way_is_refused(void **state) {
  (void)state;
  fixture f;
  fixture_init(&f, &steady_policy, NULL);
  again_kit_op op = OP(OK_IN(1));
  again_outcome outcome = {.status = 200};
  fixture_submit(&f, &op);
  assert_int_equal(again_sched_report(f.kit.sched, &op.op, &outcome, 1000), AGAIN_ESTATE);
  again_kit_run(&f.kit, AGAIN_NEVER);
  assert_int_equal(again_sched_report(f.kit.sched, &op.op, &outcome, 1000), AGAIN_ESTATE);
  assert_int_equal(op.done_count, 1);
  again_kit_fini(&f.kit);
}

static void cancelling_brings_an_operation_back_from_every_state(void **state) {
  (void)state;
  static const struct {
    again_ms at;
    uint32_t attempts;
    uint32_t aborts;
    again_ms done_at;
  } rows[] = {
      {1000, 0, 0, 1000}, /* submitted, not yet begun */
      {1010, 1, 1, 1010}, /* in flight */
      {1070, 1, 0, 1070}, /* waiting for its retry */
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    fixture f;
    fixture_init(&f, &steady_policy, NULL);
    again_kit_op op = OP(ERROR_500_IN(50), OK_IN(50));
    fixture_submit(&f, &op);
    if (rows[i].at > 1000) again_kit_run(&f.kit, rows[i].at);
    assert_int_equal(again_sched_cancel(f.kit.sched, &op.op), 0);
    assert_int_equal(again_sched_cancel(f.kit.sched, &op.op), 0);
    assert_int_equal(op.done_count, 0); /* not inside the caller's own call */
    again_kit_run(&f.kit, AGAIN_NEVER);
    assert_int_equal(op.done_count, 1);
    assert_int_equal(op.result.reason, AGAIN_REASON_CANCELLED);
    assert_int_equal(op.attempts, rows[i].attempts);
    assert_int_equal(op.aborts, rows[i].aborts);
    assert_int_equal(op.done_at, rows[i].done_at);
    assert_int_equal(again_sched_cancel(f.kit.sched, &op.op), AGAIN_ESTATE);
    assert_true(again_sched_idle(f.kit.sched));
    again_kit_fini(&f.kit);
  }
}

static void a_cancelled_attempt_that_cannot_be_aborted_ends_with_its_report(void **state) {
  (void)state;
  static const struct {
    again_kit_step step;
    again_reason reason;
  } rows[] = {
      {ERROR_500_IN(50), AGAIN_REASON_CANCELLED},
      {OK_IN(50), AGAIN_REASON_OK}, /* it was delivered: saying otherwise would be a lie */
      {ERROR_400_IN(50), AGAIN_REASON_FATAL},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    fixture f;
    fixture_init(&f, &steady_policy, NULL);
    again_kit_op op = {.steps = &rows[i].step, .step_count = 1, .no_abort = true};
    fixture_submit(&f, &op);
    again_kit_run(&f.kit, 1010);
    assert_int_equal(again_sched_cancel(f.kit.sched, &op.op), 0);
    again_kit_run(&f.kit, 1049);
    assert_int_equal(op.done_count, 0);
    again_kit_run(&f.kit, AGAIN_NEVER);
    assert_int_equal(op.done_count, 1);
    assert_int_equal(op.done_at, 1050);
    assert_int_equal(op.result.reason, rows[i].reason);
    again_kit_fini(&f.kit);
  }
}

static void an_abort_leaves_the_effect_open(void **state) {
  (void)state;
  fixture f;
  fixture_init(&f, &steady_policy, NULL);
  again_kit_op op = OP(OK_IN(50));
  fixture_submit(&f, &op);
  again_kit_run(&f.kit, 1010);
  again_sched_cancel(f.kit.sched, &op.op);
  again_kit_run(&f.kit, AGAIN_NEVER);
  assert_int_equal(op.result.effect, AGAIN_EFFECT_MAYBE_APPLIED);
  again_kit_fini(&f.kit);
}

static void the_deadline_of_one_attempt_is_the_earlier_of_timeout_and_deadline(void **state) {
  (void)state;
  fixture f;
  fixture_init(&f, &steady_policy, NULL);
  again_kit_op timed = OP(OK_IN(50));
  again_kit_op dated = OP(OK_IN(50));
  assert_int_equal(again_kit_submit(&f.kit, &timed, &f.scope, AGAIN_NEVER), 0);
  assert_int_equal(again_kit_submit(&f.kit, &dated, &f.scope, 3000), 0);
  again_kit_run(&f.kit, 1000);
  assert_int_equal(again_op_attempt_deadline(&timed.op), 6000);
  assert_int_equal(again_op_attempt_deadline(&dated.op), 3000);
  assert_int_equal(again_op_attempt(&timed.op), 1);
  assert_ptr_equal(again_op_policy(&timed.op), &steady_policy);
  assert_ptr_equal(again_op_scope(&timed.op), &f.scope);
  again_kit_fini(&f.kit);
}

static void the_policy_gives_a_deadline_to_operations_without_one(void **state) {
  (void)state;
  again_policy policy = steady_policy;
  policy.operation_deadline = 4000;
  fixture f;
  fixture_init(&f, &policy, NULL);
  again_kit_op op = OP(ERROR_429_IN(1));
  fixture_submit(&f, &op);
  again_kit_run(&f.kit, AGAIN_NEVER);
  assert_int_equal(op.result.reason, AGAIN_REASON_DEADLINE);
  assert_true(op.done_at < 5000);
  again_kit_fini(&f.kit);
}

static unsigned came_back;

static void free_too_early(again_op *op, const again_result *result) {
  (void)result;
  came_back++;
  assert_int_equal(again_sched_idle(op->data), came_back == 2);
  assert_int_equal(again_sched_free(op->data), AGAIN_ESTATE);
}

static void never(again_op *op) {
  (void)op;
}

static void a_scheduler_is_not_freed_inside_its_callbacks(void **state) {
  (void)state;
  again_sched *sched;
  again_sched_options options = {.policy = &steady_policy};
  again_scope scope = {.name = "topic"};
  again_op ops[2];
  assert_int_equal(again_sched_new(&options, 0, &sched), 0);
  assert_int_equal(again_scope_init(&scope, sched), 0);
  for (int i = 0; i < 2; i++) {
    ops[i] = (again_op){.data = sched, .attempt = never, .done = free_too_early};
    assert_int_equal(again_sched_submit(sched, &ops[i], &scope, AGAIN_NEVER, 0), 0);
    assert_int_equal(again_sched_cancel(sched, &ops[i]), 0);
  }
  again_sched_run(sched, 0);
  assert_int_equal(came_back, 2);
  assert_int_equal(again_sched_free(sched), 0);
}

static void no_attempt_begins_after_its_deadline_when_the_loop_was_late(void **state) {
  (void)state;
  enum { EACH = 16 };
  fixture f;
  static const again_kit_step fails_once[] = {ERROR_500_IN(1), OK_IN(1)};
  static const again_kit_step ok[] = {OK_IN(1)};
  again_scope other = {.name = "other"};
  again_kit_op waiting[EACH], ready[EACH];
  again_sched_options options = {.work_per_run = 4}; /* what waits uses it up */
  fixture_init(&f, &steady_policy, &options);
  assert_int_equal(again_scope_init(&other, f.kit.sched), 0);
  again_scope_hold(&other, AGAIN_NEVER);
  for (int i = 0; i < EACH; i++) {
    waiting[i] = (again_kit_op)OP_OF(fails_once);
    ready[i] = (again_kit_op)OP_OF(ok);
    fixture_submit(&f, &waiting[i]);
    assert_int_equal(again_kit_submit(&f.kit, &ready[i], &other, 9000), 0);
  }
  again_kit_run(&f.kit, 1005);
  again_scope_resume(&other);
  f.kit.now = 9000;
  again_kit_run(&f.kit, AGAIN_NEVER);
  for (int i = 0; i < EACH; i++) {
    assert_int_equal(ready[i].attempts, 0);
    assert_int_equal(ready[i].result.reason, AGAIN_REASON_DEADLINE);
    assert_int_equal(ready[i].done_count, 1);
  }
  again_kit_fini(&f.kit);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_operation_that_succeeds_is_delivered_once),
      cmocka_unit_test(a_failing_operation_is_tried_again_after_its_backoff),
      cmocka_unit_test(a_permanent_error_is_surfaced_at_once_with_all_that_is_known),
      cmocka_unit_test(the_history_keeps_the_first_and_the_latest_attempts),
      cmocka_unit_test(long_texts_are_cut_between_characters),
      cmocka_unit_test(a_submit_is_refused_whole_or_taken),
      cmocka_unit_test(a_report_without_an_attempt_under_way_is_refused),
      cmocka_unit_test(cancelling_brings_an_operation_back_from_every_state),
      cmocka_unit_test(a_cancelled_attempt_that_cannot_be_aborted_ends_with_its_report),
      cmocka_unit_test(an_abort_leaves_the_effect_open),
      cmocka_unit_test(the_deadline_of_one_attempt_is_the_earlier_of_timeout_and_deadline),
      cmocka_unit_test(the_policy_gives_a_deadline_to_operations_without_one),
      cmocka_unit_test(a_scheduler_is_not_freed_inside_its_callbacks),
      cmocka_unit_test(no_attempt_begins_after_its_deadline_when_the_loop_was_late),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
