#include "fixture.h"

static void the_next_decision_is_made_by_the_new_policy(void **state) {
  (void)state;
  fixture f;
  fixture_init(&f, &steady_policy, NULL);
  again_policy slow = steady_policy;
  slow.retryable.backoff.base = slow.retryable.backoff.cap = 5000;
  again_kit_op op = OP(ERROR_500_IN(0), ERROR_500_IN(0), OK_IN(0));
  fixture_submit(&f, &op);
  again_kit_run(&f.kit, 1050); /* the first retry waits for 1100 */
  again_sched_set_policy(f.kit.sched, &slow);
  again_kit_run(&f.kit, AGAIN_NEVER);
  assert_int_equal(op.attempt_at[1], 1100);        /* a time that was set stays */
  assert_int_equal(op.attempt_at[2], 1100 + 5000); /* the next is the new policy's */
  assert_int_equal(op.result.reason, AGAIN_REASON_OK);
  again_kit_fini(&f.kit);
}

static void nothing_refers_to_the_old_policy_afterwards(void **state) {
  (void)state;
  static const again_rule rule = {
      .code = "InternalError", .error_class = AGAIN_CLASS_RETRYABLE, .file = "old.json", .line = 3};
  enum { OPS = 12 };
  fixture f;
  again_policy *old = test_malloc(sizeof *old);
  *old = steady_policy;
  old->rules = &rule;
  old->rule_count = 1;
  fixture_init(&f, old, NULL);
  again_kit_op ops[OPS]; /* more than may fly at once: waiting, flying and ready ones */
  static const again_kit_step steps[] = {ERROR_500_IN(10), ERROR_500_IN(500), OK_IN(10)};
  for (int i = 0; i < OPS; i++) {
    ops[i] = (again_kit_op)OP_OF(steps);
    fixture_submit(&f, &ops[i]);
  }
  again_kit_run(&f.kit, 1125);
  again_sched_set_policy(f.kit.sched, &steady_policy);
  for (int i = 0; i < OPS; i++)
    assert_null(ops[i].op.own.result.verdict.file);
  *old = (again_policy){0};
  test_free(old);
  again_kit_run(&f.kit, AGAIN_NEVER);
  for (int i = 0; i < OPS; i++)
    assert_int_equal(ops[i].result.reason, AGAIN_REASON_OK);
  again_kit_fini(&f.kit);
}

static void a_higher_limit_is_used_at_once_and_a_policy_of_its_own_is_kept(void **state) {
  (void)state;
  fixture f;
  fixture_init(&f, &steady_policy, NULL);
  again_policy own = steady_policy;
  own.scope_in_flight = 1;
  again_scope other = {.name = "own", .policy = &own};
  assert_int_equal(again_scope_init(&other, f.kit.sched), 0);
  again_policy wide = steady_policy;
  wide.scope_in_flight = 10;
  wide.total_in_flight = 100;
  static const again_kit_step slow[] = {OK_IN(1000)};
  again_kit_op ops[10];
  again_kit_op others[3];
  for (int i = 0; i < 10; i++) {
    ops[i] = (again_kit_op)OP_OF(slow);
    fixture_submit(&f, &ops[i]);
  }
  for (int i = 0; i < 3; i++) {
    others[i] = (again_kit_op)OP_OF(slow);
    assert_int_equal(again_kit_submit(&f.kit, &others[i], &other, AGAIN_NEVER), 0);
  }
  again_kit_run(&f.kit, 1001);
  assert_int_equal(f.kit.in_flight, 4 + 1);
  again_sched_set_policy(f.kit.sched, &wide);
  assert_ptr_equal(again_op_policy(&others[2].op), &own);
  assert_ptr_equal(again_op_policy(&ops[9].op), &wide);
  again_kit_run(&f.kit, 1002);
  assert_int_equal(f.kit.in_flight, 10 + 1);
  again_kit_run(&f.kit, AGAIN_NEVER);
  again_kit_fini(&f.kit);
}

static void a_budget_keeps_the_fraction_to_which_it_is_filled(void **state) {
  (void)state;
  again_policy small = steady_policy;
  small.budget = (again_budget_policy){.capacity = 100, .retryable = 25};
  again_policy large = small;
  large.budget.capacity = 1000;
  fixture f;
  fixture_init(&f, &small, NULL);
  again_kit_op op = OP(ERROR_500_IN(0), OK_IN(1000));
  fixture_submit(&f, &op);
  again_kit_run(&f.kit, 1200);
  assert_int_equal(again_scope_tokens(&f.scope), 75);
  again_sched_set_policy(f.kit.sched, &large);
  assert_int_equal(again_scope_tokens(&f.scope), 750);
  again_sched_set_policy(f.kit.sched, &steady_policy); /* none */
  again_sched_set_policy(f.kit.sched, &small);
  assert_int_equal(again_scope_tokens(&f.scope), 100);
  again_kit_run(&f.kit, AGAIN_NEVER);
  again_kit_fini(&f.kit);
}

static void on_event(void *data, const again_event *event) {
  if (event->kind == AGAIN_EVENT_RELOADED) again_explain(event, data, 96);
}

static void a_reload_is_told_and_a_topic_gets_its_override(void **state) {
  (void)state;
  char line[96] = "";
  again_policy quick = steady_policy;
  quick.retryable.backoff.base = 7;
  again_override override = {"audit-*", &quick};
  again_policy with_topics = steady_policy;
  with_topics.overrides = &override;
  with_topics.override_count = 1;
  again_sched_options options = {.event = on_event, .data = line};
  fixture f;
  fixture_init(&f, &steady_policy, &options);
  again_scope topic = {.name = "audit-1", .kind = AGAIN_DAMAGE_TOPIC, .parent = &f.scope};
  assert_int_equal(again_scope_init(&topic, f.kit.sched), 0);
  again_kit_op op = OP(ERROR_500_IN(0), OK_IN(0));
  again_kit_op above = OP(ERROR_500_IN(0), OK_IN(0));
  again_sched_set_policy(f.kit.sched, &with_topics);
  assert_string_equal(line, "all scopes: another policy is in force");
  assert_int_equal(again_kit_submit(&f.kit, &op, &topic, AGAIN_NEVER), 0);
  fixture_submit(&f, &above);
  again_kit_run(&f.kit, AGAIN_NEVER);
  assert_int_equal(op.attempt_at[1], 1007);
  assert_int_equal(above.attempt_at[1], 1100);
  again_kit_fini(&f.kit);
}

/* Puts another policy in force, frees the old one, and looks at the one that the next one has. */
typedef struct swap {
  again_sched *sched;
  again_policy *old;
  unsigned calls;
} swap;

static void hang(again_op *op) {
  (void)op;
}

static void swap_policy(swap *s) {
  if (s->calls++ > 0) return;
  again_sched_set_policy(s->sched, &steady_policy);
  test_free(s->old);
}

static void swap_in_done(again_op *op, const again_result *result) {
  (void)result;
  swap_policy(op->data);
  assert_string_equal(again_op_policy(op)->name, "steady");
}

static void swap_in_abort(again_op *op) {
  swap *s = op->data;
  again_outcome late = {.status = 500};
  swap_policy(s);
  if (s->calls > 1) again_sched_report(s->sched, op, &late, 1000);
}

static void run_swap(again_abort_fn abort) {
  swap s = {.old = test_malloc(sizeof(again_policy))};
  again_sched_options options = {.policy = s.old};
  again_scope scope = {.name = "topic"};
  again_op ops[3];
  *s.old = steady_policy;
  s.old->name = "old";
  assert_int_equal(again_sched_new(&options, 1000, &s.sched), 0);
  assert_int_equal(again_scope_init(&scope, s.sched), 0);
  for (int i = 0; i < 3; i++) {
    ops[i] = (again_op){.data = &s, .attempt = hang, .abort = abort, .done = swap_in_done};
    assert_int_equal(again_sched_submit(s.sched, &ops[i], &scope, AGAIN_NEVER, 1000), 0);
  }
  if (abort != NULL) again_sched_run(s.sched, 1000); /* they fly */
  for (int i = 0; i < 3; i++)
    again_sched_cancel(s.sched, &ops[i]);
  again_sched_run(s.sched, 1000);
  assert_true(s.calls >= 3);
  assert_int_equal(again_sched_free(s.sched), 0);
}

static void a_reload_inside_a_callback_reaches_those_whose_turn_comes_after_it(void **state) {
  (void)state;
  run_swap(NULL);
  run_swap(swap_in_abort);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_next_decision_is_made_by_the_new_policy),
      cmocka_unit_test(nothing_refers_to_the_old_policy_afterwards),
      cmocka_unit_test(a_higher_limit_is_used_at_once_and_a_policy_of_its_own_is_kept),
      cmocka_unit_test(a_reload_is_told_and_a_topic_gets_its_override),
      cmocka_unit_test(a_budget_keeps_the_fraction_to_which_it_is_filled),
      cmocka_unit_test(a_reload_inside_a_callback_reaches_those_whose_turn_comes_after_it),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
