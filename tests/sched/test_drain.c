#include "fixture.h"

enum { MANY = 5000 };

static const again_kit_step ok[] = {OK_IN(10)};
static const again_kit_step fails[] = {ERROR_500_IN(10)};
static again_kit_op ops[MANY];

/* Operations in every state: waiting for a retry, ready, in flight. */
static void crowd(fixture *f, again_policy *policy) {
  *policy = steady_policy;
  policy->retryable.max_attempts = 0;
  fixture_init(f, policy, NULL);
  for (int i = 0; i < MANY; i++) {
    ops[i] = i % 2 == 0 ? (again_kit_op)OP_OF(fails) : (again_kit_op)OP_OF(ok);
    fixture_submit(f, &ops[i]);
  }
  again_kit_run(&f->kit, 1305);
  again_stats stats = again_sched_stats(f->kit.sched);
  assert_true(stats.in_flight > 0 && stats.retries[AGAIN_CLASS_RETRYABLE] > 0);
}

/* `done` of each was called once; how many ended for this reason. */
static int ended_for(again_reason reason) {
  int count = 0;
  for (int i = 0; i < MANY; i++) {
    assert_int_equal(ops[i].done_count, 1);
    count += ops[i].result.reason == reason;
  }
  return count;
}

static void a_close_brings_everything_back_bit_by_bit(void **state) {
  (void)state;
  fixture f;
  again_policy policy;
  crowd(&f, &policy);
  uint64_t runs = f.kit.runs;
  again_sched_close(f.kit.sched);
  again_kit_run(&f.kit, AGAIN_NEVER);
  assert_int_equal(f.kit.now, 1305);                 /* at once, as far as the clock goes, */
  assert_true(f.kit.runs - runs >= 2 * MANY / 1024); /* but in many runs */
  assert_true(ended_for(AGAIN_REASON_CLOSED) > MANY / 2);
  assert_true(again_sched_idle(f.kit.sched));
  again_kit_fini(&f.kit);
}

static void a_drain_delivers_what_it_can_and_brings_back_the_rest(void **state) {
  (void)state;
  fixture f;
  again_policy policy;
  crowd(&f, &policy);
  again_sched_drain(f.kit.sched, 3000);
  again_kit_op late = OP(OK_IN(10));
  assert_int_equal(again_kit_submit(&f.kit, &late, &f.scope, AGAIN_NEVER), AGAIN_ECLOSING);
  again_kit_run(&f.kit, AGAIN_NEVER);
  assert_true(f.kit.now <= 3000);
  int drained = ended_for(AGAIN_REASON_DRAINED);
  assert_true(drained > MANY / 2 && drained < MANY);
  assert_int_equal(ended_for(AGAIN_REASON_OK) + drained, MANY);
  again_kit_fini(&f.kit);
}

static void no_attempt_begins_while_everything_is_being_ended(void **state) {
  (void)state;
  fixture f;
  again_policy policy;
  crowd(&f, &policy);
  again_sched_close(f.kit.sched);
  uint64_t attempts = again_sched_stats(f.kit.sched).attempts;
  again_kit_run(&f.kit, AGAIN_NEVER);
  assert_int_equal(again_sched_stats(f.kit.sched).attempts, attempts);
  again_kit_fini(&f.kit);
}

static void a_run_does_no_more_than_its_share(void **state) {
  (void)state;
  again_policy policy = steady_policy;
  policy.scope_in_flight = policy.total_in_flight = MANY;
  again_sched_options options = {.work_per_run = 100};
  fixture f;
  fixture_init(&f, &policy, &options);
  for (int i = 0; i < MANY; i++) {
    ops[i] = (again_kit_op)OP_OF(ok);
    fixture_submit(&f, &ops[i]);
  }
  again_sched_run(f.kit.sched, 1000);
  assert_int_equal(again_sched_stats(f.kit.sched).attempts, 100);
  assert_int_equal(again_sched_next(f.kit.sched), 1000); /* there is more to do at once */
  again_sched_run(f.kit.sched, 1000);
  assert_int_equal(again_sched_stats(f.kit.sched).attempts, 200);
  again_kit_run(&f.kit, AGAIN_NEVER);
  assert_int_equal(ended_for(AGAIN_REASON_OK), MANY);
  assert_int_equal(f.kit.now, 1010);
  again_kit_fini(&f.kit);
}

/* An hour in the lid of a laptop: what became due meanwhile is tried within ten seconds, not at once. */
static void after_a_jump_of_the_clock_retries_are_spread(void **state) {
  (void)state;
  static const again_kit_step fails_once[] = {ERROR_500_IN(0), OK_IN(0)};
  again_policy policy = steady_policy;
  policy.scope_in_flight = policy.total_in_flight = 50;
  fixture f;
  fixture_init(&f, &policy, NULL);
  for (int i = 0; i < 1000; i++) {
    ops[i] = (again_kit_op)OP_OF(fails_once);
    fixture_submit(&f, &ops[i]);
  }
  again_kit_run(&f.kit, 1000);
  assert_int_equal(again_sched_stats(f.kit.sched).waiting, 1000);
  f.kit.now = 3601000;
  again_kit_run(&f.kit, 3601000);
  assert_true(again_sched_stats(f.kit.sched).delivered < 100);
  again_kit_run(&f.kit, 3606000);
  assert_in_range(again_sched_stats(f.kit.sched).delivered, 350, 650);
  again_kit_run(&f.kit, 3611000);
  assert_int_equal(again_sched_stats(f.kit.sched).delivered, 1000);
  again_kit_fini(&f.kit);
}

/* ---- Every state, ended in every way ---------------------------------------------------------- */

typedef enum state { READY, WAITING, FLYING, FLYING_FOR_GOOD, HELD, ORDERED, STATES } state;
typedef enum way { CANCEL, DRAIN_NOW, DRAIN_LATER, CLOSE, CANCEL_INSIDE, CLOSE_INSIDE, WAYS } way;

typedef struct scene {
  fixture f;
  again_kit_op op;
  again_kit_op blocker; /* what fills the scope's room */
  again_op inner;       /* does it from inside a callback */
  way how;
  unsigned inner_done;
} scene;

static void end_it(scene *s, way how) {
  again_sched *sched = s->f.kit.sched;
  if (how == CANCEL) assert_int_equal(again_sched_cancel(sched, &s->op.op), 0);
  if (how == DRAIN_NOW) again_sched_drain(sched, s->f.kit.now);
  if (how == DRAIN_LATER) again_sched_drain(sched, s->f.kit.now + 50);
  if (how == CLOSE) again_sched_close(sched);
}

static void inner_attempt(again_op *op) {
  scene *s = op->data;
  end_it(s, s->how == CANCEL_INSIDE ? CANCEL : CLOSE);
  again_outcome outcome = {.status = 200};
  again_sched_report(s->f.kit.sched, op, &outcome, s->f.kit.now);
}

static void inner_done(again_op *op, const again_result *result) {
  scene *s = op->data;
  (void)result;
  s->inner_done++;
}

static const again_kit_step long_ok[] = {OK_IN(60000)};
static const again_kit_step later_ok[] = {ERROR_500_IN(10), OK_IN(10)};

static void play(scene *s, state where, way how) {
  again_policy policy = steady_policy;
  bool full = where == READY;
  policy.scope_in_flight = full ? 1 : 4;
  *s = (scene){.how = how};
  fixture_init(&s->f, &policy, NULL);
  s->f.scope.ordered = where == ORDERED;
  s->blocker = (again_kit_op)OP_OF(long_ok);
  if (full) fixture_submit(&s->f, &s->blocker);
  s->op = where == WAITING || where == ORDERED ? (again_kit_op)OP_OF(later_ok)
                                               : (again_kit_op)OP_OF(long_ok);
  s->op.no_abort = where == FLYING_FOR_GOOD;
  if (where == HELD) again_scope_hold(&s->f.scope, AGAIN_NEVER);
  fixture_submit(&s->f, &s->op);
  again_kit_run(&s->f.kit, 1020);
  again_scope other = {.name = "other"};
  assert_int_equal(again_scope_init(&other, s->f.kit.sched), 0);
  if (how == CANCEL_INSIDE || how == CLOSE_INSIDE) {
    s->inner = (again_op){.data = s, .attempt = inner_attempt, .done = inner_done};
    assert_int_equal(
        again_sched_submit(s->f.kit.sched, &s->inner, &other, AGAIN_NEVER, s->f.kit.now), 0);
  } else {
    end_it(s, how);
  }
  again_kit_run(&s->f.kit, 100000);
  again_kit_fini(&s->f.kit);
}

static void every_state_is_ended_in_every_way_exactly_once(void **state_) {
  (void)state_;
  static const again_reason reasons[WAYS] = {AGAIN_REASON_CANCELLED, AGAIN_REASON_DRAINED,
                                             AGAIN_REASON_DRAINED,   AGAIN_REASON_CLOSED,
                                             AGAIN_REASON_CANCELLED, AGAIN_REASON_CLOSED};
  for (state where = 0; where < STATES; where++) {
    for (way how = 0; how < WAYS; how++) {
      static scene s;
      play(&s, where, how);
      bool inside = how == CANCEL_INSIDE || how == CLOSE_INSIDE;
      assert_int_equal(s.op.done_count, 1);
      assert_int_equal(s.inner_done, inside ? 1 : 0);
      /* What cannot be aborted is waited for, and it was delivered. */
      again_reason expected = where == FLYING_FOR_GOOD ? AGAIN_REASON_OK : reasons[how];
      if (s.op.result.reason != expected) {
        fail_msg("state %d, way %d: %s", where, how, again_reason_name(s.op.result.reason));
      }
      assert_int_equal(s.op.aborts, where == FLYING ? 1 : 0);
    }
  }
}

static void what_waits_beyond_a_drain_comes_back_bit_by_bit(void **context) {
  (void)context;
  fixture f;
  again_policy policy = steady_policy;
  again_sched_options options = {.work_per_run = 100};
  policy.scope_in_flight = policy.total_in_flight = MANY;
  policy.retryable.backoff.base = policy.retryable.backoff.cap = 600000;
  fixture_init(&f, &policy, &options);
  for (int i = 0; i < MANY; i++) {
    ops[i] = (again_kit_op)OP_OF(fails);
    fixture_submit(&f, &ops[i]);
  }
  again_kit_run(&f.kit, 1100); /* all wait for ten minutes */
  again_sched_drain(f.kit.sched, 61000);
  uint32_t most = 0;
  while (again_sched_next(f.kit.sched) <= f.kit.now) {
    uint32_t before = again_sched_stats(f.kit.sched).waiting;
    again_sched_run(f.kit.sched, f.kit.now);
    uint32_t ended = before - again_sched_stats(f.kit.sched).waiting;
    if (ended > most) most = ended;
  }
  assert_int_equal(ended_for(AGAIN_REASON_DRAINED), MANY); /* at once, and not at the deadline */
  assert_in_range(most, 1, 100);
  again_kit_fini(&f.kit);
}

static void an_ordered_scope_whose_head_is_late_is_drained_at_once(void **context) {
  (void)context;
  fixture f;
  again_policy policy = steady_policy;
  policy.retryable.backoff.base = policy.retryable.backoff.cap = 600000;
  fixture_init(&f, &policy, NULL);
  f.scope.ordered = true;
  again_kit_op head = OP(ERROR_500_IN(10), OK_IN(10));
  again_kit_op behind = OP(OK_IN(10));
  fixture_submit(&f, &head);
  fixture_submit(&f, &behind);
  again_kit_run(&f.kit, 1100);
  again_sched_drain(f.kit.sched, 61000);
  again_kit_run(&f.kit, AGAIN_NEVER);
  assert_int_equal(head.done_at, 1100);
  assert_int_equal(behind.done_at, 1100);
  assert_int_equal(behind.result.reason, AGAIN_REASON_DRAINED);
  again_kit_fini(&f.kit);
}

static void many_scopes_are_drained_and_closed_bit_by_bit(void **context) {
  (void)context;
  enum { SCOPES = 3000, EACH_RUN = 10 };
  static again_scope scopes[SCOPES];
  for (int close = 0; close <= 1; close++) {
    fixture f;
    again_sched_options options = {.work_per_run = EACH_RUN};
    fixture_init(&f, &steady_policy, &options);
    for (int i = 0; i < SCOPES; i++) {
      scopes[i] = (again_scope){.name = "one of many"};
      assert_int_equal(again_scope_init(&scopes[i], f.kit.sched), 0);
      again_scope_hold(&scopes[i], AGAIN_NEVER);
      ops[i] = (again_kit_op)OP_OF(ok);
      if (i % 3 != 0) continue; /* most are empty */
      assert_int_equal(again_kit_submit(&f.kit, &ops[i], &scopes[i], AGAIN_NEVER), 0);
    }
    uint64_t runs = f.kit.runs;
    if (close) again_sched_close(f.kit.sched);
    if (!close) again_sched_drain(f.kit.sched, f.kit.now + 10);
    while (f.kit.runs < runs + SCOPES / EACH_RUN / 2)
      again_sched_run(f.kit.sched, f.kit.now += again_sched_next(f.kit.sched) > f.kit.now ? 10 : 0),
          f.kit.runs++;
    assert_false(again_sched_idle(f.kit.sched)); /* a run does no more than its share */
    again_kit_run(&f.kit, AGAIN_NEVER);
    for (int i = 0; i < SCOPES; i += 3)
      assert_int_equal(ops[i].result.reason, close ? AGAIN_REASON_CLOSED : AGAIN_REASON_DRAINED);
    again_kit_fini(&f.kit);
  }
}

static again_scope *left_scope;

static void leaves(again_op *op, const again_result *result) {
  (void)op;
  (void)result;
  assert_int_equal(again_scope_fini(left_scope), 0);
}

static void a_scope_may_leave_while_others_are_being_ended(void **context) {
  (void)context;
  fixture f;
  again_sched_options options = {.work_per_run = 1};
  fixture_init(&f, &steady_policy, &options);
  again_scope second = {.name = "second"};
  again_scope third = {.name = "third"};
  assert_int_equal(again_scope_init(&second, f.kit.sched), 0);
  assert_int_equal(again_scope_init(&third, f.kit.sched), 0);
  again_op in_second = {.attempt = inner_attempt, .done = leaves};
  again_kit_op in_third = OP_OF(ok);
  again_scope_hold(&second, AGAIN_NEVER);
  again_scope_hold(&third, AGAIN_NEVER);
  left_scope = &second;
  assert_int_equal(again_sched_submit(f.kit.sched, &in_second, &second, AGAIN_NEVER, f.kit.now), 0);
  assert_int_equal(again_kit_submit(&f.kit, &in_third, &third, AGAIN_NEVER), 0);
  again_sched_close(f.kit.sched);
  again_kit_run(&f.kit, AGAIN_NEVER);
  assert_int_equal(in_third.done_count, 1);
  again_kit_fini(&f.kit);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_state_is_ended_in_every_way_exactly_once),
      cmocka_unit_test(a_close_brings_everything_back_bit_by_bit),
      cmocka_unit_test(a_drain_delivers_what_it_can_and_brings_back_the_rest),
      cmocka_unit_test(no_attempt_begins_while_everything_is_being_ended),
      cmocka_unit_test(a_run_does_no_more_than_its_share),
      cmocka_unit_test(after_a_jump_of_the_clock_retries_are_spread),
      cmocka_unit_test(what_waits_beyond_a_drain_comes_back_bit_by_bit),
      cmocka_unit_test(an_ordered_scope_whose_head_is_late_is_drained_at_once),
      cmocka_unit_test(many_scopes_are_drained_and_closed_bit_by_bit),
      cmocka_unit_test(a_scope_may_leave_while_others_are_being_ended),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
