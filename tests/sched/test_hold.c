#include "fixture.h"

#define CLOSED_IN(ms)  TAKES(ms, .status = 400, .code = "TopicClosed")
#define ARREARS_IN(ms) TAKES(ms, .status = 403, .code = "AccountArrears")
#define EXPIRED_IN(ms) TAKES(ms, .status = 401, .code = "TokenFailure")

static const again_code codes[] = {
    {"AccountArrears", 403, AGAIN_CLASS_FATAL, AGAIN_REMEDY_HOLD, AGAIN_DAMAGE_ACCOUNT, ""},
    {"TokenFailure", 401, AGAIN_CLASS_AUTH, AGAIN_REMEDY_REFRESH, AGAIN_DAMAGE_CREDENTIAL, ""},
    {"TopicClosed", 400, AGAIN_CLASS_FATAL, AGAIN_REMEDY_HOLD, AGAIN_DAMAGE_TOPIC, ""},
};
static const again_catalogue catalogue = {.codes = codes, .count = COUNT_OF(codes)};

static const again_kit_step ok[] = {OK_IN(10)};
static const again_kit_step expired_once[] = {EXPIRED_IN(10), OK_IN(10)};

/* An account with two topics, and what was told of them. */
typedef struct house {
  again_policy policy;
  again_kit kit;
  again_scope account;
  again_scope topic;
  again_scope other;
  unsigned held;
  unsigned resumed;
  char last[160];
} house;

static void on_event(void *data, const again_event *event) {
  house *h = data;
  h->held += event->kind == AGAIN_EVENT_HELD;
  h->resumed += event->kind == AGAIN_EVENT_RESUMED;
  if (event->kind == AGAIN_EVENT_HELD || event->kind == AGAIN_EVENT_RESUMED) {
    again_explain(event, h->last, sizeof h->last);
  }
}

static void house_init(house *h) {
  *h = (house){.policy = steady_policy};
  h->policy.hold = (again_class_policy){
      {.base = 1000, .cap = 4000, .multiplier_pct = 200, .jitter = AGAIN_JITTER_NONE},
      0,
      AGAIN_NEVER};
  again_sched_options options = {.catalogue = &catalogue, .event = on_event, .data = h};
  assert_int_equal(again_kit_init(&h->kit, &h->policy, &options, 1000), 0);
  h->account = (again_scope){.name = "account", .kind = AGAIN_DAMAGE_ACCOUNT};
  h->topic = (again_scope){.name = "topic", .kind = AGAIN_DAMAGE_TOPIC, .parent = &h->account};
  h->other = (again_scope){.name = "other", .kind = AGAIN_DAMAGE_TOPIC, .parent = &h->account};
  assert_int_equal(again_scope_init(&h->account, h->kit.sched), 0);
  assert_int_equal(again_scope_init(&h->topic, h->kit.sched), 0);
  assert_int_equal(again_scope_init(&h->other, h->kit.sched), 0);
}

static void submit(house *h, again_kit_op *op, again_scope *scope) {
  assert_int_equal(again_kit_submit(&h->kit, op, scope, AGAIN_NEVER), 0);
}

static void a_closed_topic_probes_with_one_operation_and_resumes_by_itself(void **state) {
  (void)state;
  enum { OPS = 20 };
  house h;
  house_init(&h);
  h.topic.in_flight = 1;
  again_kit_op first = OP(CLOSED_IN(10), CLOSED_IN(10), CLOSED_IN(10), OK_IN(10));
  again_kit_op rest[OPS];
  submit(&h, &first, &h.topic);
  for (int i = 0; i < OPS; i++) {
    rest[i] = (again_kit_op)OP_OF(ok);
    submit(&h, &rest[i], &h.topic);
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
  submit(&h, &closed, &h.topic);
  again_kit_run(&h.kit, 1500);
  again_kit_op fine = OP(OK_IN(10));
  submit(&h, &fine, &h.other);
  again_kit_run(&h.kit, 1600);
  assert_int_equal(fine.attempt_at[0], 1500);
  again_kit_run(&h.kit, 3000);
  assert_int_equal(closed.result.reason, AGAIN_REASON_OK);

  again_kit_op unpaid = OP(ARREARS_IN(10), OK_IN(10));
  submit(&h, &unpaid, &h.topic);
  again_kit_run(&h.kit, 3100);
  assert_true(again_scope_held(&h.account));
  assert_false(again_scope_held(&h.topic));
  again_kit_op waits = OP(OK_IN(10));
  submit(&h, &waits, &h.other);
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
  submit(&h, &unpaid, &h.topic);
  again_kit_run(&h.kit, 1500);
  again_kit_op fine = OP(OK_IN(10));
  submit(&h, &fine, &h.other);
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
  submit(&h, &op, &h.topic);
  again_kit_run(&h.kit, 1500);
  submit(&h, &next, &h.topic);
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
  submit(&h, &a, &h.topic);
  submit(&h, &b, &h.topic);
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
  submit(&h, &next, &h.topic);
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
  submit(&h, &op, &h.topic);
  again_kit_run(&h.kit, 1100);
  submit(&h, &next, &h.topic);
  again_kit_run(&h.kit, 2100);
  assert_int_equal(op.attempts, 2);
  assert_int_equal(again_sched_cancel(h.kit.sched, &op.op), 0);
  again_kit_run(&h.kit, AGAIN_NEVER);
  assert_int_equal(next.attempt_at[0], 2100);
  assert_int_equal(next.result.reason, AGAIN_REASON_OK);
  assert_int_equal(h.resumed, 1);
  again_kit_fini(&h.kit);
}

static void a_scope_held_by_hand_sends_again_when_it_is_resumed(void **state) {
  (void)state;
  house h;
  house_init(&h);
  again_scope_hold(&h.account, AGAIN_NEVER);
  assert_string_equal(h.last, "account is held: by hand");
  again_kit_op op = OP(OK_IN(10));
  submit(&h, &op, &h.topic);
  again_kit_run(&h.kit, 90000);
  assert_int_equal(op.attempts, 0);
  again_scope_resume(&h.account);
  again_kit_run(&h.kit, AGAIN_NEVER);
  assert_int_equal(op.attempt_at[0], 90000);
  assert_int_equal(h.resumed, 1);
  again_scope_resume(&h.account); /* nothing is held: nothing is told */
  assert_int_equal(h.resumed, 1);

  again_scope_hold(&h.account, 95000);
  again_kit_op probe = OP(OK_IN(10));
  submit(&h, &probe, &h.topic);
  again_kit_run(&h.kit, AGAIN_NEVER);
  assert_int_equal(probe.attempt_at[0], 95000);
  assert_int_equal(h.resumed, 2);
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
    submit(&h, &ops[i], &h.topic);
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
  submit(&h, &op, &h.topic);
  again_kit_run(&h.kit, 1100);
  submit(&h, &behind, &h.topic);
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
  submit(&h, &op, &h.topic);
  again_kit_run(&h.kit, 1100);
  assert_int_equal(again_sched_cancel(h.kit.sched, &op.op), 0);
  again_kit_run(&h.kit, AGAIN_NEVER);
  assert_int_equal(h.kit.now, 1100);
  assert_int_equal(again_sched_next(h.kit.sched), AGAIN_NEVER);
  again_kit_run(&h.kit, 9000);
  again_kit_op late = OP(OK_IN(10));
  submit(&h, &late, &h.topic);
  again_kit_run(&h.kit, AGAIN_NEVER);
  assert_int_equal(late.attempt_at[0], 9000);
  again_kit_fini(&h.kit);
}

static void requests_of_a_programs_own_are_held_and_probe_at_growing_intervals(void **state) {
  (void)state;
  house h;
  house_init(&h);
  again_outcome closed = {.status = 400, .code = "TopicClosed"};
  again_ms now = 1000;
  again_ms before = 0;
  for (int i = 0; i < 6; i++) {
    again_scope_began(&h.topic, now);
    again_scope_ended(&h.topic, &closed, now, now + 5);
    again_ms next = again_scope_when(&h.topic, now + 5);
    assert_true(again_scope_held(&h.topic));
    assert_true(next - now > before || next - now >= h.policy.hold.backoff.cap);
    assert_true(next > now + 5);
    before = next - now;
    now = next;
  }
  again_kit_fini(&h.kit);
}

static void a_hold_by_hand_is_not_ended_by_a_probe_that_flies(void **state) {
  (void)state;
  house h;
  house_init(&h);
  again_kit_op op = OP(CLOSED_IN(10), OK_IN(500));
  submit(&h, &op, &h.topic);
  again_kit_run(&h.kit, 2100); /* the probe is under way */
  assert_int_equal(op.attempts, 2);
  again_scope_hold(&h.topic, AGAIN_NEVER);
  again_kit_run(&h.kit, 10000);
  assert_int_equal(op.result.reason, AGAIN_REASON_OK);
  assert_true(again_scope_held(&h.topic));
  again_kit_fini(&h.kit);
}

static void a_policy_without_holds_ends_those_that_outcomes_began(void **state) {
  (void)state;
  house h;
  house_init(&h);
  again_kit_op op = OP(CLOSED_IN(10), OK_IN(10));
  submit(&h, &op, &h.topic);
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
      cmocka_unit_test(a_scope_held_by_hand_sends_again_when_it_is_resumed),
      cmocka_unit_test(who_was_refused_for_credentials_goes_when_the_scope_does),
      cmocka_unit_test(a_drain_does_not_wait_for_a_probe_that_comes_after_it),
      cmocka_unit_test(a_held_scope_in_which_nothing_waits_keeps_no_timer),
      cmocka_unit_test(requests_of_a_programs_own_are_held_and_probe_at_growing_intervals),
      cmocka_unit_test(a_hold_by_hand_is_not_ended_by_a_probe_that_flies),
      cmocka_unit_test(a_policy_without_holds_ends_those_that_outcomes_began),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
