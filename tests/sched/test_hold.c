#include "house.h"

static const again_kit_step ok[] = {OK_IN(10)};
static const again_kit_step expired_once[] = {EXPIRED_IN(10), OK_IN(10)};

static void a_closed_topic_probes_with_one_operation_and_resumes_by_itself(void **state) {
  (void)state;
  enum { OPS = 20 };
  house h;
  house_init(&h);
  h.topic.in_flight = 1;
  again_kit_op first = OP(CLOSED_IN(10), CLOSED_IN(10), CLOSED_IN(10), OK_IN(10));
  again_kit_op rest[OPS];
  house_submit(&h, &first, &h.topic);
  for (int i = 0; i < OPS; i++) {
    rest[i] = (again_kit_op)OP_OF(ok);
    house_submit(&h, &rest[i], &h.topic);
  }
  again_kit_run(&h.kit, 1010);
  assert_int_equal(h.held, 1);
  assert_true(again_scope_held(&h.topic));
  assert_int_equal(again_sched_stats(h.kit.sched).held, 1);
  assert_string_equal(h.last, "topic is held: fatal 400 TopicClosed (attempt 1); probed in 1.0s");
  again_kit_run(&h.kit, AGAIN_NEVER);
  static const again_ms expected[] = {1000, 2010, 4020, 8030}; /* 1, 2 and 4 s after the refusals */
  assert_int_equal(first.attempts, 4);
  for (int i = 0; i < 4; i++)
    assert_int_equal(first.attempt_at[i], expected[i]);
  for (int i = 0; i < OPS; i++) {
    assert_int_equal(rest[i].attempts, 1);
    assert_true(rest[i].attempt_at[0] >= 8040); /* none before the topic was open again */
    assert_int_equal(rest[i].result.reason, AGAIN_REASON_OK);
  }
  assert_int_equal(first.result.history[0].reason, AGAIN_REASON_HOLD);
  assert_int_equal(h.held, 1); /* told once, not for every probe */
  assert_int_equal(h.resumed, 1);
  assert_string_equal(h.last, "topic sends again");
  again_kit_fini(&h.kit);
}

static void a_held_topic_does_not_stop_another_and_a_held_account_stops_all(void **state) {
  (void)state;
  house h;
  house_init(&h);
  again_kit_op closed = OP(CLOSED_IN(10), OK_IN(10));
  house_submit(&h, &closed, &h.topic);
  again_kit_run(&h.kit, 1500);
  again_kit_op fine = OP(OK_IN(10));
  house_submit(&h, &fine, &h.other);
  again_kit_run(&h.kit, 1600);
  assert_int_equal(fine.attempt_at[0], 1500);
  again_kit_run(&h.kit, 3000);
  assert_int_equal(closed.result.reason, AGAIN_REASON_OK);

  again_kit_op unpaid = OP(ARREARS_IN(10), OK_IN(10));
  house_submit(&h, &unpaid, &h.topic);
  again_kit_run(&h.kit, 3100);
  assert_true(again_scope_held(&h.account));
  assert_false(again_scope_held(&h.topic));
  again_kit_op waits = OP(OK_IN(10));
  house_submit(&h, &waits, &h.other);
  again_kit_run(&h.kit, 4000);
  assert_int_equal(waits.attempts, 0);
  again_kit_run(&h.kit, AGAIN_NEVER);
  assert_int_equal(waits.result.reason, AGAIN_REASON_OK);
  assert_int_equal(h.kit.most_in_flight, 1); /* the probe was alone */
  again_kit_fini(&h.kit);
}

static void the_probe_of_an_account_may_find_a_closed_topic(void **state) {
  (void)state;
  house h;
  house_init(&h);
  again_kit_op unpaid = OP(ARREARS_IN(10), CLOSED_IN(10), OK_IN(10));
  house_submit(&h, &unpaid, &h.topic);
  again_kit_run(&h.kit, 1500);
  again_kit_op fine = OP(OK_IN(10));
  house_submit(&h, &fine, &h.other);
  again_kit_run(&h.kit, 2100);
  /* Who is told that the topic is closed has got past the account. */
  assert_false(again_scope_held(&h.account));
  assert_true(again_scope_held(&h.topic));
  assert_int_equal(fine.result.reason, AGAIN_REASON_OK);
  again_kit_run(&h.kit, AGAIN_NEVER);
  assert_int_equal(unpaid.result.reason, AGAIN_REASON_OK);
  again_kit_fini(&h.kit);
}

static void a_probe_that_fails_otherwise_says_nothing_and_the_next_one_is_put_off(void **state) {
  (void)state;
  house h;
  house_init(&h);
  again_kit_op op = OP(CLOSED_IN(10), ERROR_500_IN(10), OK_IN(10));
  again_kit_op next = OP(CLOSED_IN(10), OK_IN(10));
  house_submit(&h, &op, &h.topic);
  again_kit_run(&h.kit, 1500);
  house_submit(&h, &next, &h.topic);
  again_kit_run(&h.kit, 2100); /* the probe at 2010 met a 500 and waits for its own backoff */
  assert_true(again_scope_held(&h.topic));
  again_kit_run(&h.kit, AGAIN_NEVER);
  assert_int_equal(op.attempt_at[1], 2010);
  assert_int_equal(next.attempt_at[0], 4020); /* 2 s after it */
  assert_int_equal(next.result.reason, AGAIN_REASON_OK);
  assert_int_equal(op.result.reason, AGAIN_REASON_OK);
  assert_int_equal(h.held, 1);
  again_kit_fini(&h.kit);
}

static void what_was_under_way_when_a_topic_closed_keeps_waiting_with_it(void **state) {
  (void)state;
  house h;
  house_init(&h);
  again_kit_op a = OP(CLOSED_IN(10), OK_IN(10));
  again_kit_op b = OP(CLOSED_IN(20), OK_IN(10));
  house_submit(&h, &a, &h.topic);
  house_submit(&h, &b, &h.topic);
  again_kit_run(&h.kit, AGAIN_NEVER);
  assert_int_equal(h.held, 1);
  assert_int_equal(a.attempts + b.attempts, 4);
  assert_int_equal(h.kit.most_in_flight, 2);
  assert_int_equal(a.result.reason, AGAIN_REASON_OK);
  assert_int_equal(b.result.reason, AGAIN_REASON_OK);
  again_kit_fini(&h.kit);
}

static void what_waits_in_a_held_scope_keeps_its_deadline(void **state) {
  (void)state;
  house h;
  house_init(&h);
  again_kit_op op = OP(CLOSED_IN(10));
  again_kit_op waits = OP(OK_IN(10));
  assert_int_equal(again_kit_submit(&h.kit, &op, &h.topic, 60000), 0);
  again_kit_run(&h.kit, 1100);
  assert_int_equal(again_kit_submit(&h.kit, &waits, &h.topic, 1900), 0);
  again_kit_run(&h.kit, AGAIN_NEVER);
  assert_int_equal(waits.result.reason, AGAIN_REASON_DEADLINE);
  assert_int_equal(waits.done_at, 1900);
  assert_int_equal(waits.attempts, 0);
  assert_int_equal(op.result.reason, AGAIN_REASON_DEADLINE);
  assert_true(op.attempts > 10);
  again_kit_fini(&h.kit);
}

static void an_operation_that_would_be_held_too_long_is_surfaced_and_holds_nothing(void **state) {
  (void)state;
  house h;
  house_init(&h);
  again_kit_op op = OP(CLOSED_IN(10));
  again_kit_op next = OP(OK_IN(10));
  assert_int_equal(again_kit_submit(&h.kit, &op, &h.topic, 1500), 0);
  again_kit_run(&h.kit, 1100);
  assert_int_equal(op.result.reason, AGAIN_REASON_DEADLINE);
  assert_false(again_scope_held(&h.topic));
  house_submit(&h, &next, &h.topic);
  again_kit_run(&h.kit, AGAIN_NEVER);
  assert_int_equal(next.attempt_at[0], 1100);
  again_kit_fini(&h.kit);
}

static void a_probe_that_is_cancelled_leaves_its_place_to_the_next(void **state) {
  (void)state;
  house h;
  house_init(&h);
  again_kit_op op = OP(CLOSED_IN(10), OK_IN(500));
  again_kit_op next = OP(OK_IN(10));
  house_submit(&h, &op, &h.topic);
  again_kit_run(&h.kit, 1100);
  house_submit(&h, &next, &h.topic);
  again_kit_run(&h.kit, 2100);
  assert_int_equal(op.attempts, 2);
  assert_int_equal(again_sched_cancel(h.kit.sched, &op.op), 0);
  again_kit_run(&h.kit, AGAIN_NEVER);
  assert_int_equal(next.attempt_at[0], 2100);
  assert_int_equal(next.result.reason, AGAIN_REASON_OK);
  assert_int_equal(h.resumed, 1);
  again_kit_fini(&h.kit);
}

static void who_was_refused_for_credentials_goes_when_the_scope_does(void **state) {
  (void)state;
  enum { OPS = 3 };
  house h;
  house_init(&h);
  again_kit_op ops[OPS];
  for (int i = 0; i < OPS; i++) {
    ops[i] = (again_kit_op)OP_OF(expired_once);
    house_submit(&h, &ops[i], &h.topic);
  }
  again_kit_run(&h.kit, 1005);
  again_scope_hold(&h.account, AGAIN_NEVER); /* somebody fetches new ones */
  again_kit_run(&h.kit, 5000);
  for (int i = 0; i < OPS; i++) {
    assert_int_equal(ops[i].attempts, 1);
    assert_int_equal(ops[i].op.own.result.reason, AGAIN_REASON_HOLD);
  }
  again_scope_resume(&h.account);
  again_kit_run(&h.kit, AGAIN_NEVER);
  for (int i = 0; i < OPS; i++) {
    assert_int_equal(ops[i].attempt_at[1], 5000);
    assert_int_equal(ops[i].result.reason, AGAIN_REASON_OK);
  }
  again_kit_fini(&h.kit);
}

static void a_drain_does_not_wait_for_a_probe_that_comes_after_it(void **state) {
  (void)state;
  house h;
  house_init(&h);
  again_kit_op op = OP(CLOSED_IN(10), OK_IN(10));
  again_kit_op behind = OP(OK_IN(10));
  house_submit(&h, &op, &h.topic);
  again_kit_run(&h.kit, 1100);
  house_submit(&h, &behind, &h.topic);
  again_sched_drain(h.kit.sched, 1900); /* the probe would be at 2010 */
  again_kit_run(&h.kit, 1100);
  assert_int_equal(op.result.reason, AGAIN_REASON_DRAINED);
  assert_int_equal(behind.result.reason, AGAIN_REASON_DRAINED);
  assert_int_equal(op.done_at, 1100);
  again_kit_fini(&h.kit);
}

static void a_held_scope_in_which_nothing_waits_keeps_no_timer(void **state) {
  (void)state;
  house h;
  house_init(&h);
  again_kit_op op = OP(CLOSED_IN(10), OK_IN(10));
  house_submit(&h, &op, &h.topic);
  again_kit_run(&h.kit, 1100);
  assert_int_equal(again_sched_cancel(h.kit.sched, &op.op), 0);
  again_kit_run(&h.kit, AGAIN_NEVER);
  assert_int_equal(h.kit.now, 1100);
  assert_int_equal(again_sched_next(h.kit.sched), AGAIN_NEVER);
  again_kit_run(&h.kit, 9000);
  again_kit_op late = OP(OK_IN(10));
  house_submit(&h, &late, &h.topic);
  again_kit_run(&h.kit, AGAIN_NEVER);
  assert_int_equal(late.attempt_at[0], 9000);
  again_kit_fini(&h.kit);
}

static void a_policy_without_holds_ends_those_that_outcomes_began(void **state) {
  (void)state;
  house h;
  house_init(&h);
  again_kit_op op = OP(CLOSED_IN(10), OK_IN(10));
  house_submit(&h, &op, &h.topic);
  again_scope_hold(&h.other, AGAIN_NEVER);
  again_kit_run(&h.kit, 1500);
  assert_true(again_scope_held(&h.topic));
  again_sched_set_policy(h.kit.sched, &steady_policy);
  assert_false(again_scope_held(&h.topic));
  assert_true(again_scope_held(&h.other)); /* by hand */
  again_kit_run(&h.kit, AGAIN_NEVER);
  assert_int_equal(op.attempt_at[1], 1500);
  again_kit_fini(&h.kit);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_closed_topic_probes_with_one_operation_and_resumes_by_itself),
      cmocka_unit_test(a_held_topic_does_not_stop_another_and_a_held_account_stops_all),
      cmocka_unit_test(the_probe_of_an_account_may_find_a_closed_topic),
      cmocka_unit_test(a_probe_that_fails_otherwise_says_nothing_and_the_next_one_is_put_off),
      cmocka_unit_test(what_was_under_way_when_a_topic_closed_keeps_waiting_with_it),
      cmocka_unit_test(what_waits_in_a_held_scope_keeps_its_deadline),
      cmocka_unit_test(an_operation_that_would_be_held_too_long_is_surfaced_and_holds_nothing),
      cmocka_unit_test(a_probe_that_is_cancelled_leaves_its_place_to_the_next),
      cmocka_unit_test(who_was_refused_for_credentials_goes_when_the_scope_does),
      cmocka_unit_test(a_drain_does_not_wait_for_a_probe_that_comes_after_it),
      cmocka_unit_test(a_held_scope_in_which_nothing_waits_keeps_no_timer),
      cmocka_unit_test(a_policy_without_holds_ends_those_that_outcomes_began),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
