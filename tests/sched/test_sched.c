#include "fixture.h"
#include <stdlib.h>

enum { MANY = 200 };

static void drain_lets_work_go_on_and_brings_the_rest_back_at_its_deadline(void **state) {
  (void)state;
  fixture f;
  fixture_init(&f, &steady_policy, NULL);
  again_kit_op quick = OP(ERROR_500_IN(10), OK_IN(10));
  again_kit_op stubborn = OP(ERROR_429_IN(10));
  again_kit_op slow = OP(OK_IN(90000));
  fixture_submit(&f, &quick);
  fixture_submit(&f, &stubborn);
  fixture_submit(&f, &slow);
  again_kit_run(&f.kit, 1005);
  again_sched_drain(f.kit.sched, 5000);
  assert_int_equal(again_kit_submit(&f.kit, &quick, &f.scope, AGAIN_NEVER), AGAIN_ECLOSING);
  again_kit_run(&f.kit, AGAIN_NEVER);
  assert_int_equal(quick.result.reason, AGAIN_REASON_OK);
  assert_int_equal(stubborn.result.reason, AGAIN_REASON_DRAINED);
  /* After its second attempt, at 2010, the next would come at 4020, and the one after that too late. */
  assert_int_equal(stubborn.done_at, 4030);
  assert_int_equal(stubborn.attempts, 3);
  assert_string_equal(stubborn.result.code, "SpeedQuotaExceed");
  assert_int_equal(slow.result.reason, AGAIN_REASON_DRAINED);
  assert_int_equal(slow.aborts, 1);
  assert_int_equal(slow.done_at, 5000);
  assert_true(again_sched_idle(f.kit.sched));
  again_kit_fini(&f.kit);
}

static void drain_does_not_wait_for_a_retry_that_would_come_after_it(void **state) {
  (void)state;
  fixture f;
  fixture_init(&f, &steady_policy, NULL);
  again_kit_op op = OP(TAKES(10, .status = 429, .hint = 30000));
  fixture_submit(&f, &op);
  again_kit_run(&f.kit, 1500);
  again_sched_drain(f.kit.sched, 11000);
  again_kit_run(&f.kit, AGAIN_NEVER);
  assert_int_equal(op.done_at, 1500);
  assert_int_equal(op.result.reason, AGAIN_REASON_DRAINED);
  again_kit_fini(&f.kit);
}

static void an_attempt_that_is_aborted_counts_and_may_have_been_applied(void **state) {
  (void)state;
  fixture f;
  fixture_init(&f, &steady_policy, NULL);
  again_kit_op first = OP(OK_IN(90000));
  again_kit_op second = OP(ERROR_500_IN(10), OK_IN(90000));
  fixture_submit(&f, &first);
  fixture_submit(&f, &second);
  again_kit_run(&f.kit, 3000);
  again_sched_close(f.kit.sched);
  again_kit_run(&f.kit, AGAIN_NEVER);
  assert_int_equal(first.result.attempts, 1);
  assert_int_equal(first.result.fault, AGAIN_FAULT_ABORTED);
  assert_int_equal(first.result.verdict.error_class, AGAIN_CLASS_FATAL);
  assert_int_equal(first.result.effect, AGAIN_EFFECT_MAYBE_APPLIED);
  assert_int_equal(first.result.history_count, 1);
  assert_int_equal(first.result.history[0].reason, AGAIN_REASON_CLOSED);
  assert_int_equal(second.result.attempts, 2);
  assert_string_equal(second.result.code, "InternalError"); /* of the answer before */
  assert_int_equal(second.result.verdict.error_class, AGAIN_CLASS_RETRYABLE);
  again_kit_fini(&f.kit);
}

static void a_clock_that_went_back_makes_no_operation_look_old(void **state) {
  (void)state;
  fixture f;
  fixture_init(&f, &steady_policy, NULL);
  again_kit_op first = OP(OK_IN(0));
  again_kit_op late = OP(OK_IN(0));
  fixture_submit(&f, &first);
  again_kit_run(&f.kit, 20000);
  again_sched_run(f.kit.sched, 20000);
  f.kit.now = 10000; /* ten seconds back */
  assert_int_equal(again_kit_submit(&f.kit, &late, &f.scope, AGAIN_NEVER), 0);
  f.kit.now = 20000;
  again_kit_run(&f.kit, AGAIN_NEVER);
  assert_int_equal(late.result.elapsed, 0);
  again_kit_fini(&f.kit);
}

static void drain_waits_for_what_cannot_be_aborted_without_spinning(void **state) {
  (void)state;
  fixture f;
  fixture_init(&f, &steady_policy, NULL);
  again_kit_op op = OP(ERROR_500_IN(9000));
  op.no_abort = true;
  fixture_submit(&f, &op);
  again_kit_run(&f.kit, 1005);
  again_sched_drain(f.kit.sched, 2000);
  again_kit_run(&f.kit, AGAIN_NEVER);
  assert_int_equal(op.done_at, 10000);
  assert_int_equal(op.result.reason, AGAIN_REASON_DRAINED);
  assert_true(f.kit.runs < 10);
  again_kit_fini(&f.kit);
}

static void close_brings_everything_back_whatever_its_state(void **state) {
  (void)state;
  fixture f;
  fixture_init(&f, &steady_policy, NULL);
  again_kit_op flying = OP(OK_IN(500));
  again_kit_op waiting = OP(ERROR_429_IN(1));
  static const again_kit_step ok[] = {OK_IN(400)};
  again_kit_op ready[MANY];
  fixture_submit(&f, &flying);
  fixture_submit(&f, &waiting);
  for (int i = 0; i < MANY; i++) {
    ready[i] = (again_kit_op)OP_OF(ok);
    fixture_submit(&f, &ready[i]);
  }
  again_kit_run(&f.kit, 1100);
  again_sched_close(f.kit.sched);
  assert_int_equal(flying.done_count, 0);
  assert_int_equal(again_sched_free(f.kit.sched), AGAIN_ESTATE);
  again_kit_run(&f.kit, AGAIN_NEVER);
  assert_int_equal(flying.result.reason, AGAIN_REASON_CLOSED);
  assert_int_equal(flying.aborts, 1);
  assert_int_equal(waiting.result.reason, AGAIN_REASON_CLOSED);
  assert_string_equal(waiting.result.code, "SpeedQuotaExceed");
  for (int i = 0; i < MANY; i++) {
    assert_int_equal(ready[i].done_count, 1);
    assert_int_equal(ready[i].result.reason, AGAIN_REASON_CLOSED);
  }
  assert_int_equal(f.kit.in_flight, 0);
  again_kit_fini(&f.kit);
}

static void attempts_under_way_never_exceed_the_limits(void **state) {
  (void)state;
  fixture f;
  fixture_init(&f, &steady_policy, NULL);
  again_scope others[3] = {{.name = "a"}, {.name = "b"}, {.name = "c", .in_flight = 1}};
  for (int i = 0; i < 3; i++)
    assert_int_equal(again_scope_init(&others[i], f.kit.sched), 0);
  static const again_kit_step steps[] = {ERROR_500_IN(7), OK_IN(11)};
  again_kit_op ops[MANY];
  for (int i = 0; i < MANY; i++) {
    ops[i] = (again_kit_op)OP_OF(steps);
    again_scope *scope = i % 4 == 3 ? &f.scope : &others[i % 4];
    assert_int_equal(again_kit_submit(&f.kit, &ops[i], scope, AGAIN_NEVER), 0);
  }
  again_kit_run(&f.kit, 1003);
  assert_int_equal(f.kit.in_flight, 8); /* total_in_flight */
  assert_int_equal(again_sched_stats(f.kit.sched).in_flight, 8);
  assert_int_equal(others[2].own.in_flight, 1);
  again_kit_run(&f.kit, AGAIN_NEVER);
  assert_int_equal(f.kit.most_in_flight, 8);
  for (int i = 0; i < MANY; i++)
    assert_int_equal(ops[i].result.reason, AGAIN_REASON_OK);
  again_kit_fini(&f.kit);
}

static void an_operation_that_waits_for_its_turn_past_its_deadline_is_surfaced(void **state) {
  (void)state;
  again_policy policy = steady_policy;
  policy.scope_in_flight = 1;
  fixture f;
  fixture_init(&f, &policy, NULL);
  again_kit_op first = OP(OK_IN(500));
  again_kit_op second = OP(OK_IN(500));
  assert_int_equal(again_kit_submit(&f.kit, &first, &f.scope, AGAIN_NEVER), 0);
  assert_int_equal(again_kit_submit(&f.kit, &second, &f.scope, 1300), 0);
  again_kit_run(&f.kit, AGAIN_NEVER);
  assert_int_equal(second.done_at, 1300);
  assert_int_equal(second.attempts, 0);
  assert_int_equal(second.result.attempts, 0);
  assert_int_equal(second.result.reason, AGAIN_REASON_DEADLINE);
  assert_int_equal(first.result.reason, AGAIN_REASON_OK);
  again_kit_fini(&f.kit);
}

static void a_later_deadline_does_not_block_an_earlier_one_behind_it(void **state) {
  (void)state;
  fixture f;
  fixture_init(&f, &steady_policy, NULL);
  again_kit_op patient = OP(ERROR_429_IN(1), OK_IN(1));
  again_kit_op hasty = OP(ERROR_500_IN(1), OK_IN(1));
  fixture_submit(&f, &patient);
  fixture_submit(&f, &hasty);
  again_kit_run(&f.kit, AGAIN_NEVER);
  assert_int_equal(hasty.done_at, 1102);
  assert_int_equal(patient.done_at, 2002);
  again_kit_fini(&f.kit);
}

static void nothing_runs_while_nothing_is_due(void **state) {
  (void)state;
  fixture f;
  fixture_init(&f, &steady_policy, NULL);
  assert_true(again_sched_next(f.kit.sched) == AGAIN_NEVER);
  again_kit_op op = OP(ERROR_429_IN(1), OK_IN(1));
  fixture_submit(&f, &op);
  again_kit_run(&f.kit, AGAIN_NEVER);
  assert_true(f.kit.runs <= 8); /* begin, move down the wheel, begin again, done */
  assert_true(again_sched_next(f.kit.sched) == AGAIN_NEVER);
  again_kit_fini(&f.kit);
}

static void a_clock_that_goes_back_stands_still(void **state) {
  (void)state;
  fixture f;
  fixture_init(&f, &steady_policy, NULL);
  again_kit_op op = OP(ERROR_500_IN(10), OK_IN(10));
  fixture_submit(&f, &op);
  again_kit_run(&f.kit, 1050);
  again_sched_run(f.kit.sched, 3);
  assert_int_equal(op.attempts, 1);
  again_kit_run(&f.kit, AGAIN_NEVER);
  assert_int_equal(op.attempt_at[1], 1110);
  assert_int_equal(op.done_count, 1);
  again_kit_fini(&f.kit);
}

static void granularity_makes_retries_later_never_earlier(void **state) {
  (void)state;
  fixture f;
  again_sched_options options = {.granularity = 1};
  fixture_init(&f, &steady_policy, &options);
  again_kit_op op = OP(TAKES(1, .status = 429, .hint = 3000), OK_IN(1));
  fixture_submit(&f, &op);
  again_kit_run(&f.kit, AGAIN_NEVER);
  assert_int_equal(op.attempt_at[1], 1000 + 1 + 3000 + 1);
  again_kit_fini(&f.kit);
}

static void the_same_seed_gives_the_same_times(void **state) {
  (void)state;
  again_policy policy = steady_policy;
  policy.retryable.backoff.jitter = AGAIN_JITTER_FULL;
  policy.retryable.max_attempts = 0;
  again_ms times[3][5];
  for (uint64_t run = 0; run < 3; run++) {
    fixture f;
    again_sched_options options = {.seed = run == 2 ? 99 : 7};
    fixture_init(&f, &policy, &options);
    again_kit_op op =
        OP(ERROR_500_IN(1), ERROR_500_IN(1), ERROR_500_IN(1), ERROR_500_IN(1), OK_IN(1));
    fixture_submit(&f, &op);
    again_kit_run(&f.kit, AGAIN_NEVER);
    for (int i = 0; i < 5; i++)
      times[run][i] = op.attempt_at[i];
    again_kit_fini(&f.kit);
  }
  assert_memory_equal(times[0], times[1], sizeof times[0]);
  assert_memory_not_equal(times[0], times[2], sizeof times[0]);
}

/* An operation whose done submits it again, a hundred times: each in a run of its own. */
typedef struct chain {
  again_kit *kit;
  again_op op;
  again_scope *scope;
  uint64_t last_run;
  int rounds;
} chain;

static void chain_attempt(again_op *op) {
  chain *c = op->data;
  again_outcome outcome = {.status = 200};
  assert_true(c->kit->runs > c->last_run);
  c->last_run = c->kit->runs;
  assert_int_equal(again_sched_report(c->kit->sched, op, &outcome, c->kit->now), 0);
}

static void chain_done(again_op *op, const again_result *result) {
  chain *c = op->data;
  assert_int_equal(result->reason, AGAIN_REASON_OK);
  if (++c->rounds < 100) {
    assert_int_equal(again_sched_submit(c->kit->sched, op, c->scope, AGAIN_NEVER, c->kit->now), 0);
  }
}

static void what_callbacks_submit_waits_for_the_next_run(void **state) {
  (void)state;
  fixture f;
  fixture_init(&f, &steady_policy, NULL);
  chain c = {.kit = &f.kit, .scope = &f.scope};
  c.op = (again_op){.data = &c, .attempt = chain_attempt, .done = chain_done};
  assert_int_equal(again_sched_submit(f.kit.sched, &c.op, &f.scope, AGAIN_NEVER, 1000), 0);
  again_kit_run(&f.kit, AGAIN_NEVER);
  assert_int_equal(c.rounds, 100);
  assert_int_equal(f.kit.now, 1000);
  again_kit_fini(&f.kit);
}

/* From inside done: cancel everything else, then close. */
static again_kit_op *victims;
static again_sched *victims_sched;

static void cancel_all(again_op *op, const again_result *result) {
  (void)op;
  (void)result;
  for (int i = 0; i < 3; i++)
    again_sched_cancel(victims_sched, &victims[i].op);
  again_sched_close(victims_sched);
}

static void attempt_and_report_ok(again_op *op) {
  again_outcome outcome = {.status = 200};
  again_sched_report(victims_sched, op, &outcome, 1500);
}

static void callbacks_may_cancel_and_close(void **state) {
  (void)state;
  fixture f;
  fixture_init(&f, &steady_policy, NULL);
  again_kit_op ops[3] = {OP(OK_IN(5000)), OP(ERROR_429_IN(1)), OP(OK_IN(9000))};
  victims = ops;
  victims_sched = f.kit.sched;
  for (int i = 0; i < 3; i++)
    fixture_submit(&f, &ops[i]);
  again_kit_run(&f.kit, 1500);
  again_op killer = {.attempt = attempt_and_report_ok, .done = cancel_all};
  assert_int_equal(again_sched_submit(f.kit.sched, &killer, &f.scope, AGAIN_NEVER, 1500), 0);
  again_kit_run(&f.kit, AGAIN_NEVER);
  for (int i = 0; i < 3; i++) {
    assert_int_equal(ops[i].done_count, 1);
    assert_int_equal(ops[i].result.reason, AGAIN_REASON_CANCELLED);
  }
  again_kit_fini(&f.kit);
}

/* Random outcomes, cancels, drains, deadlines: done comes exactly once for every submit. */
static void done_comes_exactly_once_whatever_happens(void **state) {
  (void)state;
  enum { ROUNDS = 300, OPS = 100 };
  static const again_kit_step outcomes[] = {OK_IN(3),        ERROR_500_IN(5), ERROR_429_IN(2),
                                            ERROR_400_IN(1), OK_IN(0),        ERROR_500_IN(0)};
  again_random random = {11};
  for (int round = 0; round < ROUNDS; round++) {
    fixture f;
    again_policy policy = steady_policy;
    policy.retryable.backoff.jitter = AGAIN_JITTER_FULL;
    again_sched_options options = {.seed = (uint64_t)round};
    fixture_init(&f, &policy, &options);
    again_kit_step steps[OPS][4];
    again_kit_op ops[OPS];
    for (int i = 0; i < OPS; i++) {
      for (int k = 0; k < 4; k++) {
        steps[i][k] = outcomes[again_random_next(&random) % COUNT_OF(outcomes)];
      }
      steps[i][3] = outcomes[0]; /* being throttled would go on for ever */
      ops[i] = (again_kit_op){
          .steps = steps[i], .step_count = 4, .no_abort = again_random_next(&random) % 4 == 0};
      uint64_t bits = again_random_next(&random);
      again_ms deadline = bits % 3 == 0 ? f.kit.now + bits / 3 % 3000 : AGAIN_NEVER;
      assert_int_equal(again_kit_submit(&f.kit, &ops[i], &f.scope, deadline), 0);
      if (bits % 5 == 0) again_kit_run(&f.kit, f.kit.now + bits / 5 % 300);
      if (bits % 7 == 0) again_sched_cancel(f.kit.sched, &ops[bits / 7 % (uint64_t)(i + 1)].op);
    }
    uint64_t end = again_random_next(&random) % 3;
    if (end == 0) again_sched_drain(f.kit.sched, f.kit.now + 1000);
    if (end == 1) again_sched_close(f.kit.sched);
    again_kit_run(&f.kit, AGAIN_NEVER);
    again_stats stats = again_sched_stats(f.kit.sched);
    for (int i = 0; i < OPS; i++)
      assert_int_equal(ops[i].done_count, 1);
    assert_int_equal(stats.submitted, OPS);
    assert_int_equal(stats.delivered + stats.surfaced, OPS);
    assert_int_equal(stats.waiting + stats.in_flight, 0);
    assert_int_equal(f.kit.in_flight, 0);
    again_kit_fini(&f.kit);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(drain_lets_work_go_on_and_brings_the_rest_back_at_its_deadline),
      cmocka_unit_test(drain_does_not_wait_for_a_retry_that_would_come_after_it),
      cmocka_unit_test(an_attempt_that_is_aborted_counts_and_may_have_been_applied),
      cmocka_unit_test(a_clock_that_went_back_makes_no_operation_look_old),
      cmocka_unit_test(drain_waits_for_what_cannot_be_aborted_without_spinning),
      cmocka_unit_test(close_brings_everything_back_whatever_its_state),
      cmocka_unit_test(attempts_under_way_never_exceed_the_limits),
      cmocka_unit_test(an_operation_that_waits_for_its_turn_past_its_deadline_is_surfaced),
      cmocka_unit_test(a_later_deadline_does_not_block_an_earlier_one_behind_it),
      cmocka_unit_test(nothing_runs_while_nothing_is_due),
      cmocka_unit_test(a_clock_that_goes_back_stands_still),
      cmocka_unit_test(granularity_makes_retries_later_never_earlier),
      cmocka_unit_test(the_same_seed_gives_the_same_times),
      cmocka_unit_test(what_callbacks_submit_waits_for_the_next_run),
      cmocka_unit_test(callbacks_may_cancel_and_close),
      cmocka_unit_test(done_comes_exactly_once_whatever_happens),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
