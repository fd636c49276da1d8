#include "fixture.h"

/* Both wait for 60 s after a 500; the other scope's operation answers at `answers`. */
static again_ms second_attempt(uint32_t pace_pct, bool hint, bool changes) {
  again_kit kit;
  again_policy policy = steady_policy;
  policy.pace_pct = pace_pct;
  policy.retryable.backoff = (again_backoff){.base = 60000, .cap = 60000};
  const again_kit_step steps[] = {{10, {.status = 503, .hint = hint ? 60000 : 0}},
                                  {10, {.status = 200}}};
  again_kit_op head = {.steps = steps, .step_count = 2};
  again_kit_op behind = OP(OK_IN(10));
  again_scope scope = {.name = "ordered", .ordered = true};
  assert_int_equal(again_kit_init(&kit, &policy, NULL, 1000), 0);
  assert_int_equal(again_scope_init(&scope, kit.sched), 0);
  assert_int_equal(again_kit_submit(&kit, &head, &scope, AGAIN_NEVER), 0);
  assert_int_equal(again_kit_submit(&kit, &behind, &scope, AGAIN_NEVER), 0);
  again_kit_run(&kit, 2000);
  if (changes) again_sched_network_changed(kit.sched, kit.now);
  again_kit_run(&kit, AGAIN_NEVER);
  assert_int_equal(behind.done_count, 1);
  assert_true(behind.attempt_at[0] > head.attempt_at[1]);
  again_ms at = head.attempt_at[1];
  again_kit_fini(&kit);
  return at;
}

static void the_head_of_an_ordered_scope_is_tried_soon_too(void **state) {
  (void)state;
  for (uint32_t pace_pct = 0; pace_pct <= 7; pace_pct += 7) {
    assert_true(second_attempt(pace_pct, false, false) >= 61010);
    assert_true(second_attempt(pace_pct, false, true) <= 3000);
    assert_true(second_attempt(pace_pct, true, true) >= 61010); /* the service asked for that */
  }
}

static void the_end_of_an_outage_wakes_ordered_scopes_below(void **state) {
  (void)state;
  enum { LANES = 16 }; /* the most that are sent at once; with one more the scope only probes */
  again_kit_step steps[LANES][2] = {{ERROR_500_IN(300), OK_IN(10)}};
  again_kit kit;
  again_policy policy = steady_policy;
  policy.pace_pct = 7;
  policy.total_in_flight = 2 * LANES;
  policy.retryable.backoff = (again_backoff){.base = 60000, .cap = 60000};
  again_scope endpoint = {.name = "endpoint", .kind = AGAIN_DAMAGE_ENDPOINT, .in_flight = LANES};
  again_scope lanes[LANES];
  again_kit_op ops[LANES];
  again_kit_op later = OP(OK_IN(10));
  assert_int_equal(again_kit_init(&kit, &policy, NULL, 1000), 0);
  assert_int_equal(again_scope_init(&endpoint, kit.sched), 0);
  for (int i = 0; i < LANES; i++) {
    lanes[i] = (again_scope){.name = "lane", .parent = &endpoint, .ordered = true};
    steps[i][0] = steps[0][0];
    steps[i][0].takes += (again_ms)i * 50; /* for so long nothing is answered */
    steps[i][1] = steps[0][1];
    ops[i] = (again_kit_op)OP_OF(steps[i]);
    assert_int_equal(again_scope_init(&lanes[i], kit.sched), 0);
    assert_int_equal(again_kit_submit(&kit, &ops[i], &lanes[i], AGAIN_NEVER), 0);
  }
  again_kit_run(&kit, 5000);
  again_scope free_lane = {.name = "free", .parent = &endpoint};
  assert_int_equal(again_scope_init(&free_lane, kit.sched), 0);
  assert_int_equal(again_kit_submit(&kit, &later, &free_lane, AGAIN_NEVER), 0); /* the probe */
  again_kit_run(&kit, AGAIN_NEVER);
  for (int i = 0; i < LANES; i++)
    assert_true(ops[i].attempt_at[1] < 30000);
  again_kit_fini(&kit);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_head_of_an_ordered_scope_is_tried_soon_too),
      cmocka_unit_test(the_end_of_an_outage_wakes_ordered_scopes_below),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
