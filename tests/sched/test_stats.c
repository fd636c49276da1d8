#include "fixture.h"

static void what_happens_is_counted_for_the_scope_and_for_all(void **state) {
  (void)state;
  fixture f;
  fixture_init(&f, &steady_policy, NULL);
  again_scope other = {.name = "other"};
  assert_int_equal(again_scope_init(&other, f.kit.sched), 0);
  again_kit_op a = OP(ERROR_500_IN(5), ERROR_429_IN(5), OK_IN(5));
  again_kit_op b = OP(ERROR_400_IN(5));
  again_kit_op c = OP(OK_IN(5));
  fixture_submit(&f, &a);
  fixture_submit(&f, &b);
  assert_int_equal(again_kit_submit(&f.kit, &c, &other, AGAIN_NEVER), 0);
  again_kit_run(&f.kit, AGAIN_NEVER);
  again_stats own = again_scope_stats(&f.scope);
  again_stats all = again_sched_stats(f.kit.sched);
  assert_int_equal(own.submitted, 2);
  assert_int_equal(all.submitted, 3);
  assert_int_equal(own.attempts, 4);
  assert_int_equal(own.delivered, 1);
  assert_int_equal(own.surfaced, 1);
  assert_int_equal(own.retries[AGAIN_CLASS_RETRYABLE], 1);
  assert_int_equal(own.retries[AGAIN_CLASS_THROTTLED], 1);
  assert_int_equal(own.stops[AGAIN_REASON_FATAL], 1);
  assert_int_equal(own.delays[7], 1);  /* 100 ms: at most 128 */
  assert_int_equal(own.delays[10], 1); /* 1000 ms: at most 1024 */
  assert_int_equal(own.delay_ms, 1100);
  assert_int_equal(own.tries[0], 1); /* one attempt */
  assert_int_equal(own.tries[2], 1); /* three: at most four */
  assert_int_equal(own.tries_sum, 4);
  assert_int_equal(all.tries[0], 2);
  assert_int_equal(all.attempts, 5);
  assert_int_equal(all.delay_ms, 1100);
  again_kit_fini(&f.kit);
}

static void gauges_show_what_is_there_now(void **state) {
  (void)state;
  fixture f;
  again_policy policy = steady_policy;
  policy.scope_in_flight = 2;
  fixture_init(&f, &policy, NULL);
  again_kit_op ops[3] = {OP(OK_IN(50)), OP(OK_IN(50)), OP(OK_IN(50))};
  for (int i = 0; i < 3; i++) {
    ops[i].op.bytes = 100;
    fixture_submit(&f, &ops[i]);
  }
  again_kit_run(&f.kit, 1010);
  again_stats own = again_scope_stats(&f.scope);
  assert_int_equal(own.in_flight, 2);
  assert_int_equal(own.waiting, 1);
  assert_int_equal(own.backlog, 3);
  assert_int_equal(own.backlog_bytes, 300);
  assert_int_equal(own.held, 0);
  again_scope_hold(&f.scope, AGAIN_NEVER);
  assert_int_equal(again_scope_stats(&f.scope).held, 1);
  again_scope_resume(&f.scope);
  again_kit_run(&f.kit, AGAIN_NEVER);
  own = again_scope_stats(&f.scope);
  assert_int_equal(own.in_flight + own.waiting + own.backlog + own.backlog_bytes, 0);
  again_kit_fini(&f.kit);
}

static void the_last_bucket_takes_what_is_beyond_all(void **state) {
  (void)state;
  again_policy policy = steady_policy;
  policy.hint_cap = 7200000;
  fixture f;
  fixture_init(&f, &policy, NULL);
  again_kit_op op = OP(TAKES(1, .status = 503, .hint = 7200000), OK_IN(1));
  fixture_submit(&f, &op);
  again_kit_run(&f.kit, AGAIN_NEVER);
  assert_int_equal(again_scope_stats(&f.scope).delays[AGAIN_DELAY_BUCKETS - 1], 1);
  again_kit_fini(&f.kit);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_happens_is_counted_for_the_scope_and_for_all),
      cmocka_unit_test(gauges_show_what_is_there_now),
      cmocka_unit_test(the_last_bucket_takes_what_is_beyond_all),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
