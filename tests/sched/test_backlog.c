#include "fixture.h"

static const again_kit_step ok[] = {OK_IN(10)};

typedef struct told {
  unsigned high;
  unsigned low;
  char last[96];
} told;

static void on_event(void *data, const again_event *event) {
  told *t = data;
  bool backlog = event->kind == AGAIN_EVENT_BACKLOG_HIGH || event->kind == AGAIN_EVENT_BACKLOG_LOW;
  t->high += event->kind == AGAIN_EVENT_BACKLOG_HIGH;
  t->low += event->kind == AGAIN_EVENT_BACKLOG_LOW;
  if (backlog) again_explain(event, t->last, sizeof t->last);
}

static int submit(fixture *f, again_kit_op *op, uint64_t bytes) {
  *op = (again_kit_op)OP_OF(ok);
  op->op.bytes = bytes;
  return again_kit_submit(&f->kit, op, &f->scope, AGAIN_NEVER);
}

static void more_than_a_scope_may_have_is_refused_and_taken_when_there_is_room(void **state) {
  (void)state;
  again_policy policy = steady_policy;
  policy.scope_backlog = 3;
  fixture f;
  fixture_init(&f, &policy, NULL);
  again_kit_op ops[4];
  for (int i = 0; i < 3; i++)
    assert_int_equal(submit(&f, &ops[i], 0), 0);
  assert_int_equal(submit(&f, &ops[3], 0), AGAIN_EFULL);
  assert_int_equal(again_sched_stats(f.kit.sched).backlog, 3);
  again_kit_run(&f.kit, AGAIN_NEVER);
  assert_int_equal(ops[3].done_count, 0); /* refused: never done */
  assert_int_equal(submit(&f, &ops[3], 0), 0);
  again_kit_run(&f.kit, AGAIN_NEVER);
  assert_int_equal(ops[3].done_count, 1);
  assert_int_equal(again_sched_stats(f.kit.sched).backlog, 0);
  again_kit_fini(&f.kit);
}

static void bytes_are_limited_as_operations_are(void **state) {
  (void)state;
  again_policy policy = steady_policy;
  policy.scope_backlog_bytes = 1000;
  fixture f;
  fixture_init(&f, &policy, NULL);
  again_kit_op ops[3];
  assert_int_equal(submit(&f, &ops[0], 600), 0);
  assert_int_equal(submit(&f, &ops[1], 401), AGAIN_EFULL);
  assert_int_equal(submit(&f, &ops[1], 400), 0);
  assert_int_equal(again_sched_stats(f.kit.sched).backlog_bytes, 1000);
  ops[0].op.bytes = 5; /* what was taken is given back, whatever the caller does meanwhile */
  again_kit_run(&f.kit, AGAIN_NEVER);
  assert_int_equal(again_sched_stats(f.kit.sched).backlog_bytes, 0);
  assert_int_equal(submit(&f, &ops[2], 1001), AGAIN_EFULL);
  again_kit_fini(&f.kit);
}

static void all_scopes_together_are_limited_too(void **state) {
  (void)state;
  again_policy policy = steady_policy;
  policy.total_backlog = 2;
  fixture f;
  fixture_init(&f, &policy, NULL);
  again_scope other = {.name = "other"};
  assert_int_equal(again_scope_init(&other, f.kit.sched), 0);
  again_kit_op ops[2];
  again_kit_op third = OP(OK_IN(10));
  assert_int_equal(submit(&f, &ops[0], 0), 0);
  assert_int_equal(submit(&f, &ops[1], 0), 0);
  assert_int_equal(again_kit_submit(&f.kit, &third, &other, AGAIN_NEVER), AGAIN_EFULL);
  third.op.beyond_limits = true;
  assert_int_equal(again_kit_submit(&f.kit, &third, &other, AGAIN_NEVER), 0);
  again_kit_run(&f.kit, AGAIN_NEVER);
  again_kit_fini(&f.kit);
}

static void the_limits_of_a_scope_do_not_count_for_the_one_above(void **state) {
  (void)state;
  again_policy policy = steady_policy;
  policy.scope_backlog = 1;
  fixture f;
  fixture_init(&f, &policy, NULL);
  again_scope topics[2] = {{.name = "a", .parent = &f.scope}, {.name = "b", .parent = &f.scope}};
  again_kit_op ops[3] = {OP(OK_IN(10)), OP(OK_IN(10)), OP(OK_IN(10))};
  for (int i = 0; i < 2; i++) {
    assert_int_equal(again_scope_init(&topics[i], f.kit.sched), 0);
    assert_int_equal(again_kit_submit(&f.kit, &ops[i], &topics[i], AGAIN_NEVER), 0);
  }
  assert_int_equal(again_kit_submit(&f.kit, &ops[2], &topics[1], AGAIN_NEVER), AGAIN_EFULL);
  again_kit_run(&f.kit, AGAIN_NEVER);
  again_kit_fini(&f.kit);
}

static void each_mark_is_told_once_on_the_way_up_and_down(void **state) {
  (void)state;
  enum { OPS = 10 };
  told t = {0};
  again_policy policy = steady_policy;
  policy.scope_backlog = OPS;
  policy.scope_in_flight = 1;
  again_sched_options options = {.event = on_event, .data = &t};
  fixture f;
  fixture_init(&f, &policy, &options);
  again_kit_op ops[OPS];
  for (int i = 0; i < 8; i++)
    assert_int_equal(submit(&f, &ops[i], 0), 0);
  assert_int_equal(t.high, 0);
  assert_int_equal(submit(&f, &ops[8], 0), 0);
  assert_int_equal(t.high, 1);
  assert_string_equal(t.last, "scope: the backlog has passed 80 % of a limit");
  assert_int_equal(submit(&f, &ops[9], 0), 0);
  assert_int_equal(t.high, 1);
  again_kit_run(&f.kit, 1040); /* six are left */
  assert_int_equal(t.low, 0);
  again_kit_run(&f.kit, AGAIN_NEVER);
  assert_int_equal(t.high, 1);
  assert_int_equal(t.low, 1);
  again_kit_fini(&f.kit);
}

static void bytes_beyond_all_numbers_are_refused(void **state) {
  (void)state;
  fixture f;
  again_policy policy = steady_policy;
  policy.scope_backlog_bytes = 1000;
  fixture_init(&f, &policy, NULL);
  again_kit_op small = OP(OK_IN(5));
  again_kit_op huge = OP(OK_IN(5));
  small.op.bytes = 10;
  huge.op.bytes = UINT64_MAX - 5;
  fixture_submit(&f, &small);
  assert_int_equal(again_kit_submit(&f.kit, &huge, &f.scope, AGAIN_NEVER), AGAIN_EFULL);
  again_kit_fini(&f.kit);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(more_than_a_scope_may_have_is_refused_and_taken_when_there_is_room),
      cmocka_unit_test(bytes_are_limited_as_operations_are),
      cmocka_unit_test(all_scopes_together_are_limited_too),
      cmocka_unit_test(the_limits_of_a_scope_do_not_count_for_the_one_above),
      cmocka_unit_test(each_mark_is_told_once_on_the_way_up_and_down),
      cmocka_unit_test(bytes_beyond_all_numbers_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
