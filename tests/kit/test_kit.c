#include "support.h"
#include <again/kit.h>

static const again_policy policy = {
    .name = "kit",
    .retryable = {{.base = 100, .cap = 1000, .multiplier_pct = 200, .jitter = AGAIN_JITTER_NONE},
                  0,
                  AGAIN_NEVER},
    .attempt_timeout = 5000,
    .connect_timeout = 1000,
    .operation_deadline = AGAIN_NEVER,
    .scope_in_flight = 2,
    .total_in_flight = 2,
};

static const again_kit_step ok[] = {{.takes = 10, .outcome = {.status = 200}}};
static const again_kit_step twice[] = {{.takes = 10, .outcome = {.status = 500}},
                                       {.takes = 20, .outcome = {.status = 500}},
                                       {.takes = 30, .outcome = {.status = 200}}};

static void the_script_is_followed_step_by_step(void **state) {
  (void)state;
  again_kit kit;
  assert_int_equal(again_kit_init(&kit, &policy, NULL, 50), 0);
  again_scope scope = {.name = "s"};
  assert_int_equal(again_scope_init(&scope, kit.sched), 0);
  again_kit_op op = {.steps = twice, .step_count = COUNT_OF(twice)};
  assert_int_equal(again_kit_submit(&kit, &op, &scope, AGAIN_NEVER), 0);
  assert_int_equal(again_kit_run(&kit, AGAIN_NEVER), 50 + 10 + 100 + 20 + 200 + 30);
  assert_int_equal(op.attempts, 3);
  assert_int_equal(op.attempt_at[1], 160);
  assert_int_equal(op.attempt_at[2], 380);
  assert_int_equal(op.done_count, 1);
  again_kit_fini(&kit);
}

static void the_clock_stops_where_it_is_told_to(void **state) {
  (void)state;
  again_kit kit;
  assert_int_equal(again_kit_init(&kit, &policy, NULL, 0), 0);
  again_scope scope = {.name = "s"};
  assert_int_equal(again_scope_init(&scope, kit.sched), 0);
  assert_int_equal(again_kit_run(&kit, 77), 77);
  again_kit_op op = {.steps = ok, .step_count = 1};
  assert_int_equal(again_kit_submit(&kit, &op, &scope, AGAIN_NEVER), 0);
  assert_int_equal(again_kit_run(&kit, 80), 80);
  assert_int_equal(op.attempts, 1);
  assert_int_equal(op.done_count, 0);
  assert_int_equal(kit.in_flight, 1);
  assert_int_equal(again_kit_run(&kit, 87), 87);
  assert_int_equal(op.done_count, 1);
  assert_int_equal(kit.in_flight, 0);
  again_kit_fini(&kit);
}

static void attempts_end_in_the_order_of_their_times(void **state) {
  (void)state;
  again_kit kit;
  assert_int_equal(again_kit_init(&kit, &policy, NULL, 0), 0);
  again_scope scope = {.name = "s"};
  assert_int_equal(again_scope_init(&scope, kit.sched), 0);
  static const again_kit_step slow[] = {{.takes = 100, .outcome = {.status = 200}}};
  again_kit_op ops[4] = {{.steps = slow, .step_count = 1},
                         {.steps = ok, .step_count = 1},
                         {.steps = slow, .step_count = 1},
                         {.steps = ok, .step_count = 1}};
  for (int i = 0; i < 4; i++) {
    assert_int_equal(again_kit_submit(&kit, &ops[i], &scope, AGAIN_NEVER), 0);
  }
  again_kit_run(&kit, AGAIN_NEVER);
  static const again_ms expected[] = {100, 10, 110, 110};
  for (int i = 0; i < 4; i++)
    assert_int_equal(ops[i].done_at, expected[i]);
  assert_int_equal(kit.most_in_flight, 2);
  again_kit_fini(&kit);
}

static void what_is_left_comes_back_at_the_end(void **state) {
  (void)state;
  again_kit kit;
  assert_int_equal(again_kit_init(&kit, &policy, NULL, 0), 0);
  again_scope scope = {.name = "s"};
  assert_int_equal(again_scope_init(&scope, kit.sched), 0);
  again_kit_op op = {.steps = ok, .step_count = 1};
  assert_int_equal(again_kit_submit(&kit, &op, &scope, AGAIN_NEVER), 0);
  again_kit_run(&kit, 3);
  again_kit_fini(&kit);
  assert_int_equal(op.done_count, 1);
  assert_int_equal(op.aborts, 1);
  assert_int_equal(op.result.reason, AGAIN_REASON_CLOSED);
}

static void an_operation_without_a_script_is_refused(void **state) {
  (void)state;
  again_kit kit;
  assert_int_equal(again_kit_init(&kit, &policy, NULL, 0), 0);
  again_scope scope = {.name = "s"};
  assert_int_equal(again_scope_init(&scope, kit.sched), 0);
  again_kit_op op = {.step_count = 0};
  assert_int_equal(again_kit_submit(&kit, &op, &scope, AGAIN_NEVER), AGAIN_EINVAL);
  again_kit_fini(&kit);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_script_is_followed_step_by_step),
      cmocka_unit_test(the_clock_stops_where_it_is_told_to),
      cmocka_unit_test(attempts_end_in_the_order_of_their_times),
      cmocka_unit_test(what_is_left_comes_back_at_the_end),
      cmocka_unit_test(an_operation_without_a_script_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
