#include "fixture.h"

static const again_kit_step ok[] = {OK_IN(10)};
static const again_kit_step throttled_twice[] = {ERROR_429_IN(10), ERROR_429_IN(10), OK_IN(10)};

static void a_throttled_topic_does_not_slow_another(void **state) {
  (void)state;
  enum { OPS = 50 };
  fixture f;
  fixture_init(&f, &steady_policy, NULL);
  again_scope healthy = {.name = "healthy"};
  assert_int_equal(again_scope_init(&healthy, f.kit.sched), 0);
  again_kit_op throttled[OPS];
  again_kit_op fine[OPS];
  for (int i = 0; i < OPS; i++) {
    throttled[i] = (again_kit_op)OP_OF(throttled_twice);
    assert_int_equal(again_kit_submit(&f.kit, &throttled[i], &f.scope, AGAIN_NEVER), 0);
  }
  for (int i = 0; i < OPS; i++) {
    fine[i] = (again_kit_op)OP_OF(ok);
    assert_int_equal(again_kit_submit(&f.kit, &fine[i], &healthy, AGAIN_NEVER), 0);
  }
  again_kit_run(&f.kit, AGAIN_NEVER);
  /* Four at a time, ten milliseconds each, as if it were alone. */
  assert_int_equal(fine[OPS - 1].done_at, 1000 + (OPS + 3) / 4 * 10);
  for (int i = 0; i < OPS; i++)
    assert_int_equal(throttled[i].result.reason, AGAIN_REASON_OK);
  again_kit_fini(&f.kit);
}

static void turns_go_round_so_that_a_long_queue_does_not_starve_a_short_one(void **state) {
  (void)state;
  again_policy policy = steady_policy;
  policy.scope_in_flight = 8;
  policy.total_in_flight = 2;
  fixture f;
  fixture_init(&f, &policy, NULL);
  again_scope small = {.name = "small"};
  assert_int_equal(again_scope_init(&small, f.kit.sched), 0);
  enum { LONG = 300, SHORT = 3 };
  again_kit_op many[LONG];
  again_kit_op few[SHORT];
  for (int i = 0; i < LONG; i++) {
    many[i] = (again_kit_op)OP_OF(ok);
    fixture_submit(&f, &many[i]);
  }
  for (int i = 0; i < SHORT; i++) {
    few[i] = (again_kit_op)OP_OF(ok);
    assert_int_equal(again_kit_submit(&f.kit, &few[i], &small, AGAIN_NEVER), 0);
  }
  again_kit_run(&f.kit, AGAIN_NEVER);
  for (int i = 0; i < SHORT; i++)
    assert_true(few[i].done_at <= 1000 + 10 * (SHORT + 1));
  again_kit_fini(&f.kit);
}

static void a_scope_can_have_a_policy_of_its_own(void **state) {
  (void)state;
  again_policy strict = steady_policy;
  strict.retryable.max_attempts = 1;
  fixture f;
  fixture_init(&f, &steady_policy, NULL);
  again_scope other = {.name = "strict", .policy = &strict};
  assert_int_equal(again_scope_init(&other, f.kit.sched), 0);
  again_kit_op a = OP(ERROR_500_IN(1), OK_IN(1));
  again_kit_op b = OP(ERROR_500_IN(1), OK_IN(1));
  fixture_submit(&f, &a);
  assert_int_equal(again_kit_submit(&f.kit, &b, &other, AGAIN_NEVER), 0);
  again_kit_run(&f.kit, AGAIN_NEVER);
  assert_int_equal(a.result.reason, AGAIN_REASON_OK);
  assert_int_equal(b.result.reason, AGAIN_REASON_ATTEMPTS);
  again_kit_fini(&f.kit);
}

/* An outage with a thousand operations: the budget lets 500 / 5 retries through at once, and then as
 * many as time allows, so that a fixed pool of them does not starve for ever. */
static void the_budget_of_a_scope_is_spent_together_and_refilled_by_time(void **state) {
  (void)state;
  static const again_kit_step failed_once[] = {ERROR_500_IN(1), OK_IN(1)};
  again_policy policy = steady_policy;
  policy.retryable.max_attempts = 0;
  policy.budget = (again_budget_policy){.capacity = 50, .retryable = 5, .refill_pct = 500};
  fixture f;
  fixture_init(&f, &policy, NULL);
  again_scope other = {.name = "other"};
  assert_int_equal(again_scope_init(&other, f.kit.sched), 0);
  enum { OPS = 40 };
  again_kit_op ops[OPS];
  for (int i = 0; i < OPS; i++) {
    ops[i] = (again_kit_op)OP_OF(failed_once);
    fixture_submit(&f, &ops[i]);
  }
  again_kit_op elsewhere = OP_OF(failed_once);
  assert_int_equal(again_kit_submit(&f.kit, &elsewhere, &other, AGAIN_NEVER), 0);
  again_kit_run(&f.kit, AGAIN_NEVER);
  int delivered = 0;
  for (int i = 0; i < OPS; i++) {
    delivered += ops[i].result.reason == AGAIN_REASON_OK;
    if (ops[i].result.reason != AGAIN_REASON_OK) {
      assert_int_equal(ops[i].result.reason, AGAIN_REASON_BUDGET);
    }
  }
  assert_int_equal(delivered, 10);
  assert_int_equal(elsewhere.result.reason, AGAIN_REASON_OK); /* a budget of its own */
  again_kit_run(&f.kit, f.kit.now + 1000);
  again_kit_op later = OP_OF(failed_once);
  fixture_submit(&f, &later);
  again_kit_run(&f.kit, AGAIN_NEVER);
  assert_int_equal(later.result.reason, AGAIN_REASON_OK);
  again_kit_fini(&f.kit);
}

static void a_scope_leaves_only_when_it_is_empty(void **state) {
  (void)state;
  fixture f;
  fixture_init(&f, &steady_policy, NULL);
  again_kit_op op = OP(OK_IN(10));
  fixture_submit(&f, &op);
  assert_int_equal(again_scope_fini(&f.scope), AGAIN_ESTATE);
  again_kit_run(&f.kit, AGAIN_NEVER);
  assert_int_equal(again_scope_fini(&f.scope), 0);
  assert_int_equal(again_scope_fini(&f.scope), AGAIN_ESTATE);
  assert_int_equal(again_kit_submit(&f.kit, &op, &f.scope, AGAIN_NEVER), AGAIN_EINVAL);
  again_kit_fini(&f.kit);
}

static void a_scope_needs_its_memory_and_a_scheduler(void **state) {
  (void)state;
  again_scope scope = {.name = "alone"};
  assert_int_equal(again_scope_init(&scope, NULL), AGAIN_EINVAL);
  assert_int_equal(again_scope_init(NULL, NULL), AGAIN_EINVAL);
}

static const again_kit_step fails_twice[] = {ERROR_500_IN(10), ERROR_500_IN(10), OK_IN(10)};

static void an_ordered_scope_sends_one_at_a_time_and_waits_for_a_retry(void **state) {
  (void)state;
  enum { OPS = 5 };
  fixture f;
  fixture_init(&f, &steady_policy, NULL);
  again_scope stream = {.name = "stream", .ordered = true};
  assert_int_equal(again_scope_init(&stream, f.kit.sched), 0);
  again_kit_op ops[OPS];
  for (int i = 0; i < OPS; i++) {
    ops[i] = i == 1 ? (again_kit_op)OP_OF(fails_twice) : (again_kit_op)OP_OF(ok);
    assert_int_equal(again_kit_submit(&f.kit, &ops[i], &stream, AGAIN_NEVER), 0);
  }
  again_kit_op beside = OP_OF(ok);
  fixture_submit(&f, &beside);
  again_kit_run(&f.kit, AGAIN_NEVER);
  assert_int_equal(beside.attempt_at[0], 1000);
  assert_int_equal(ops[0].attempt_at[0], 1000);
  assert_int_equal(ops[1].attempt_at[0], 1010);
  assert_int_equal(ops[1].attempt_at[1], 1120); /* its backoff: 100 ms */
  assert_int_equal(ops[1].attempt_at[2], 1330); /* 200 ms */
  for (int i = 2; i < OPS; i++) {
    assert_int_equal(ops[i].attempt_at[0], ops[i - 1].done_at);
    assert_int_equal(ops[i].result.reason, AGAIN_REASON_OK);
  }
  again_kit_fini(&f.kit);
}

static void who_waits_behind_a_cancelled_head_goes_on(void **state) {
  (void)state;
  fixture f;
  fixture_init(&f, &steady_policy, NULL);
  f.scope.ordered = true;
  again_kit_op head = OP(ERROR_500_IN(10), OK_IN(10));
  again_kit_op next = OP(OK_IN(10));
  fixture_submit(&f, &head);
  fixture_submit(&f, &next);
  again_kit_run(&f.kit, 1050);
  assert_int_equal(next.attempts, 0);
  assert_int_equal(again_sched_cancel(f.kit.sched, &head.op), 0);
  again_kit_run(&f.kit, AGAIN_NEVER);
  assert_int_equal(next.attempt_at[0], 1050);
  again_kit_fini(&f.kit);
}

static void below_an_ordered_scope_there_is_none(void **state) {
  (void)state;
  fixture f;
  fixture_init(&f, &steady_policy, NULL);
  f.scope.ordered = true;
  again_scope below = {.parent = &f.scope};
  assert_int_equal(again_scope_init(&below, f.kit.sched), AGAIN_EINVAL);
  again_scope stranger = {.name = "of no scheduler"};
  below.parent = &stranger;
  assert_int_equal(again_scope_init(&below, f.kit.sched), AGAIN_EINVAL);
  again_kit_fini(&f.kit);
}

/* An account with a queue of its own and three topics, one of them with a thousand waiting. */
static void turns_go_round_at_every_branch(void **state) {
  (void)state;
  enum { LONG = 1000, SHORT = 10 };
  again_policy policy = steady_policy;
  policy.total_in_flight = 1;
  fixture f;
  fixture_init(&f, &policy, NULL);
  again_scope topics[3] = {
      {.name = "a", .parent = &f.scope}, {.name = "b", .parent = &f.scope}, {.name = "outside"}};
  for (int i = 0; i < 3; i++)
    assert_int_equal(again_scope_init(&topics[i], f.kit.sched), 0);
  static again_kit_op many[LONG];
  again_kit_op few[3][SHORT];
  for (int i = 0; i < LONG; i++) {
    many[i] = (again_kit_op)OP_OF(ok);
    assert_int_equal(again_kit_submit(&f.kit, &many[i], &topics[0], AGAIN_NEVER), 0);
  }
  again_scope *others[] = {&topics[1], &topics[2], &f.scope};
  for (int i = 0; i < SHORT; i++) {
    for (int k = 0; k < 3; k++) {
      few[k][i] = (again_kit_op)OP_OF(ok);
      assert_int_equal(again_kit_submit(&f.kit, &few[k][i], others[k], AGAIN_NEVER), 0);
    }
  }
  again_kit_run(&f.kit, AGAIN_NEVER);
  /* Outside has every second turn; a, b and the account's own queue share the others. */
  assert_true(few[1][SHORT - 1].done_at <= 1000 + 10 * (2 * SHORT + 2));
  assert_true(few[0][SHORT - 1].done_at <= 1000 + 10 * (6 * SHORT + 6));
  assert_true(few[2][SHORT - 1].done_at <= 1000 + 10 * (6 * SHORT + 6));
  assert_int_equal(many[LONG - 1].done_at, 1000 + 10 * (LONG + 3 * SHORT));
  again_kit_fini(&f.kit);
}

static again_op *tried[8];
static unsigned tries;

/* The first attempt of all fails inside `attempt`. */
static void answer_at_once(again_op *op) {
  again_outcome outcome = {.status = tries == 0 ? 500 : 200};
  if (tries < COUNT_OF(tried)) tried[tries] = op;
  tries++;
  again_sched_report(op->data, op, &outcome, 0);
}

static void nothing(again_op *op, const again_result *result) {
  (void)op;
  (void)result;
}

static void an_ordered_scope_keeps_its_order_where_attempts_answer_at_once(void **state) {
  (void)state;
  fixture f;
  fixture_init(&f, &steady_policy, NULL);
  again_scope stream = {.name = "stream", .ordered = true};
  again_op ops[3];
  assert_int_equal(again_scope_init(&stream, f.kit.sched), 0);
  tries = 0;
  for (int i = 0; i < 3; i++) {
    ops[i] = (again_op){.data = f.kit.sched, .attempt = answer_at_once, .done = nothing};
    assert_int_equal(again_sched_submit(f.kit.sched, &ops[i], &stream, AGAIN_NEVER, 1000), 0);
  }
  again_kit_run(&f.kit, AGAIN_NEVER);
  assert_int_equal(tries, 4);
  assert_ptr_equal(tried[1], &ops[0]);
  assert_ptr_equal(tried[2], &ops[1]);
  assert_ptr_equal(tried[3], &ops[2]);
  again_kit_fini(&f.kit);
}

static void a_scope_with_a_request_of_the_programs_own_does_not_end(void **state) {
  (void)state;
  fixture f;
  again_outcome fine = {.status = 200};
  fixture_init(&f, &steady_policy, NULL);
  again_scope_began(&f.scope, 1000);
  assert_int_equal(again_scope_fini(&f.scope), AGAIN_ESTATE);
  again_scope_ended(&f.scope, &fine, 1000, 1010);
  assert_int_equal(again_scope_fini(&f.scope), 0);
  again_kit_fini(&f.kit);
}

static void a_program_of_its_own_waits_for_the_head_of_an_ordered_scope(void **state) {
  (void)state;
  fixture f;
  fixture_init(&f, &steady_policy, NULL);
  again_scope ordered = {.name = "ordered", .ordered = true};
  assert_int_equal(again_scope_init(&ordered, f.kit.sched), 0);
  again_kit_op op = OP(ERROR_500_IN(10), OK_IN(10));
  assert_int_equal(again_kit_submit(&f.kit, &op, &ordered, AGAIN_NEVER), 0);
  again_kit_run(&f.kit, 1020);
  assert_int_equal(again_scope_when(&ordered, 1020), 1010 + 100);
  again_kit_run(&f.kit, AGAIN_NEVER);
  assert_int_equal(again_scope_when(&ordered, f.kit.now), f.kit.now);
  again_kit_fini(&f.kit);
}

static void the_policys_limit_is_for_scopes_with_none_below(void **state) {
  (void)state;
  enum { OPS = 6 };
  fixture f;
  fixture_init(&f, &steady_policy, NULL); /* 4 in flight in a scope */
  static const again_kit_step slow[] = {OK_IN(100)};
  again_kit_op ops[OPS];
  for (int i = 0; i < OPS; i++) {
    ops[i] = (again_kit_op)OP_OF(slow);
    fixture_submit(&f, &ops[i]);
  }
  again_kit_run(&f.kit, 1000);
  assert_int_equal(f.kit.in_flight, 4);
  again_scope below = {.name = "below", .parent = &f.scope};
  assert_int_equal(again_scope_init(&below, f.kit.sched), 0);
  again_kit_run(&f.kit, 1001);
  assert_int_equal(f.kit.in_flight, OPS); /* at once, not at the next event */
  again_kit_fini(&f.kit);
}

static void a_success_gives_back_what_its_retries_cost_or_else_the_refund(void **state) {
  (void)state;
  fixture f;
  again_policy policy = steady_policy;
  policy.budget = (again_budget_policy){.capacity = 100, .retryable = 50, .refund = 7};
  fixture_init(&f, &policy, NULL);
  again_kit_op spends = OP(ERROR_500_IN(10), ERROR_400_IN(10));
  again_kit_op pays = OP(ERROR_500_IN(10), OK_IN(10));
  again_kit_op free_retry = OP(ERROR_429_IN(10), OK_IN(10)); /* throttled: costs nothing here */
  fixture_submit(&f, &spends);
  again_kit_run(&f.kit, AGAIN_NEVER);
  assert_int_equal(again_scope_tokens(&f.scope), 50);
  fixture_submit(&f, &pays);
  again_kit_run(&f.kit, AGAIN_NEVER);
  assert_int_equal(again_scope_tokens(&f.scope), 50);
  fixture_submit(&f, &free_retry);
  again_kit_run(&f.kit, AGAIN_NEVER);
  assert_int_equal(free_retry.attempts, 2);
  assert_int_equal(again_scope_tokens(&f.scope), 57);
  again_kit_fini(&f.kit);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_throttled_topic_does_not_slow_another),
      cmocka_unit_test(turns_go_round_so_that_a_long_queue_does_not_starve_a_short_one),
      cmocka_unit_test(a_scope_can_have_a_policy_of_its_own),
      cmocka_unit_test(the_budget_of_a_scope_is_spent_together_and_refilled_by_time),
      cmocka_unit_test(an_ordered_scope_sends_one_at_a_time_and_waits_for_a_retry),
      cmocka_unit_test(who_waits_behind_a_cancelled_head_goes_on),
      cmocka_unit_test(below_an_ordered_scope_there_is_none),
      cmocka_unit_test(turns_go_round_at_every_branch),
      cmocka_unit_test(a_scope_leaves_only_when_it_is_empty),
      cmocka_unit_test(a_scope_needs_its_memory_and_a_scheduler),
      cmocka_unit_test(an_ordered_scope_keeps_its_order_where_attempts_answer_at_once),
      cmocka_unit_test(a_scope_with_a_request_of_the_programs_own_does_not_end),
      cmocka_unit_test(a_program_of_its_own_waits_for_the_head_of_an_ordered_scope),
      cmocka_unit_test(the_policys_limit_is_for_scopes_with_none_below),
      cmocka_unit_test(a_success_gives_back_what_its_retries_cost_or_else_the_refund),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
