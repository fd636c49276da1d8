#include "fixture.h"

enum { OPS = 400, LATENCY = 20 };

/* A service with a quota: so many calls in each second of virtual time, by token bucket. */
typedef struct service {
  again_policy policy;
  again_sched *sched;
  again_scope scope;
  again_ms now;
  again_random random;
  double rate;
  double burst;
  double tokens;
  again_ms filled;
  again_ms hint;
  bool down;
  unsigned calls;
  unsigned refused;
  unsigned failed;
  unsigned delivered;
  unsigned surfaced;
  unsigned paced; /* events */
  unsigned ups;
  unsigned downs;
  unsigned hinted_early; /* attempts before the hint of their refusal had passed */
  again_op ops[OPS];
  again_ms not_before[OPS];
  struct {
    again_op *op;
    again_outcome outcome;
    again_ms at;
  } answers[OPS]; /* on their way, a ring */
  unsigned first;
  unsigned last;
} service;

static void on_attempt(again_op *op) {
  service *s = op->data;
  size_t index = (size_t)(op - s->ops);
  s->calls++;
  if (s->now < s->not_before[index]) s->hinted_early++;
  s->tokens += (double)(s->now - s->filled) * s->rate / 1000;
  s->filled = s->now;
  if (s->tokens > s->burst) s->tokens = s->burst;
  again_outcome outcome = {.status = 200};
  if (s->down) {
    outcome = (again_outcome){.fault = AGAIN_FAULT_CONNECT};
    s->failed++;
  } else if (s->tokens < 1) {
    outcome = (again_outcome){.status = 429, .hint = s->hint};
    s->refused++;
    s->not_before[index] = s->now + LATENCY + s->hint;
  } else {
    s->tokens -= 1;
  }
  unsigned slot = s->last++ % OPS;
  s->answers[slot].op = op;
  s->answers[slot].outcome = outcome;
  s->answers[slot].at = s->now + LATENCY;
}

static void on_done(again_op *op, const again_result *result) {
  service *s = op->data;
  s->delivered += result->reason == AGAIN_REASON_OK;
  s->surfaced += result->reason != AGAIN_REASON_OK;
}

static void on_event(void *data, const again_event *event) {
  service *s = data;
  s->paced += event->kind == AGAIN_EVENT_PACED;
  s->downs += event->kind == AGAIN_EVENT_DOWN;
  s->ups += event->kind == AGAIN_EVENT_UP;
}

static void service_init(service *s, double rate) {
  *s = (service){.policy = steady_policy, .rate = rate, .burst = 10, .tokens = 10, .now = 1000};
  s->filled = s->now;
  s->policy.pace_pct = 7;
  s->policy.retryable.max_attempts = 0;
  s->policy.retryable.backoff.cap = 30000;
  s->policy.scope_in_flight = 32;
  s->policy.total_in_flight = 64;
  again_sched_options options = {.policy = &s->policy, .seed = 7, .event = on_event, .data = s};
  assert_int_equal(again_sched_new(&options, s->now, &s->sched), 0);
  s->scope.name = "scope";
  assert_int_equal(again_scope_init(&s->scope, s->sched), 0);
}

static void submit(service *s, unsigned from, unsigned count) {
  for (unsigned i = from; i < from + count; i++) {
    s->ops[i] = (again_op){.data = s, .attempt = on_attempt, .done = on_done};
    assert_int_equal(again_sched_submit(s->sched, &s->ops[i], &s->scope, AGAIN_NEVER, s->now), 0);
  }
}

/* Lets time pass until `until`, or until nothing is left. */
static void run(service *s, again_ms until) {
  for (;;) {
    again_ms next = again_sched_next(s->sched);
    again_ms answer = s->first < s->last ? s->answers[s->first % OPS].at : AGAIN_NEVER;
    if (answer < next) next = answer;
    if (next == AGAIN_NEVER || next > until) break;
    if (next > s->now) s->now = next;
    for (; s->first < s->last && s->answers[s->first % OPS].at <= s->now; s->first++) {
      unsigned slot = s->first % OPS;
      again_sched_report(s->sched, s->answers[slot].op, &s->answers[slot].outcome, s->now);
    }
    again_sched_run(s->sched, s->now);
  }
  if (until != AGAIN_NEVER) s->now = until;
}

static void service_fini(service *s) {
  again_sched_close(s->sched);
  run(s, AGAIN_NEVER);
  assert_int_equal(again_sched_free(s->sched), 0);
}

static void a_backlog_against_a_quota_is_sent_at_its_pace_with_few_refusals(void **state) {
  (void)state;
  static service s;
  service_init(&s, 50);
  s.scope.more = true;
  submit(&s, 0, OPS);
  run(&s, AGAIN_NEVER);
  assert_int_equal(s.delivered, OPS);
  assert_int_equal(s.paced, 1);
  /* 390 of them at 50/s are 7.8 s; a backoff of each operation wastes more calls than it delivers. */
  assert_true(s.refused <= 30);
  assert_true(s.now - 1000 <= 7800 * 3 / 2);
  assert_int_equal(again_pacer_state_of(&s.scope.own.pacer), AGAIN_PACER_PACED);
  assert_in_range(again_scope_stats(&s.scope).rate_milli, 10000, 100000); /* 50/s is right */
  service_fini(&s);
}

/* A limiter that lets one through every 5 ms and none besides. The queue grows bit by bit, as that of a
 * program that reads as it sends. */
static void a_bunch_that_is_refused_does_not_say_what_the_rate_is(void **state) {
  (void)state;
  static service s;
  service_init(&s, 200);
  s.burst = 1;
  for (unsigned i = 0; i < OPS; i += 10) {
    submit(&s, i, 10);
    run(&s, s.now + 1);
  }
  run(&s, AGAIN_NEVER);
  assert_int_equal(s.delivered, OPS);
  assert_true(s.now - 1000 <
              12000); /* the least is 2 s; at the 1/s of half a first guess, minutes */
  service_fini(&s);
}

static void without_a_refusal_nothing_is_delayed(void **state) {
  (void)state;
  static service s;
  service_init(&s, 1000);
  for (unsigned i = 0; i < OPS; i++) {
    submit(&s, i, 1);
    run(&s, s.now + 2);
    assert_int_equal(s.calls, i + 1); /* at once */
  }
  run(&s, AGAIN_NEVER);
  assert_int_equal(s.calls, OPS);
  assert_int_equal(s.paced, 0);
  service_fini(&s);
}

static void a_refused_operation_goes_first_and_waits_for_its_own_hint(void **state) {
  (void)state;
  static service s;
  service_init(&s, 20);
  s.hint = 700;
  submit(&s, 0, 100);
  run(&s, AGAIN_NEVER);
  assert_int_equal(s.delivered, 100);
  assert_true(s.refused > 0);
  assert_int_equal(s.hinted_early, 0);
  service_fini(&s);
}

static void a_policy_without_pacing_lets_each_operation_back_off_by_itself(void **state) {
  (void)state;
  static service s;
  service_init(&s, 50);
  s.policy.pace_pct = 0;
  submit(&s, 0, OPS);
  run(&s, AGAIN_NEVER);
  assert_int_equal(s.delivered, OPS);
  assert_int_equal(s.paced, 0);
  assert_true(s.refused > OPS);
  service_fini(&s);
}

static void a_scope_without_answers_only_probes_and_wakes_what_waits_when_it_is_up(void **state) {
  (void)state;
  static service s;
  service_init(&s, 1000);
  s.down = true;
  submit(&s, 0, OPS);
  run(&s, 31000);
  assert_int_equal(s.downs, 1);
  assert_true(again_scope_stats(&s.scope).down);
  assert_true(s.failed <= 32 + 31 * 4); /* the first ones in flight, then four a second at most */
  s.down = false;
  unsigned before = s.failed;
  again_ms up_at = s.now;
  run(&s, AGAIN_NEVER);
  assert_int_equal(s.failed, before);
  assert_int_equal(s.ups, 1);
  assert_false(again_scope_stats(&s.scope).down);
  assert_int_equal(s.delivered, OPS);
  assert_true(s.now - up_at < 25000); /* the next probe, and not the longest backoff of 30 s */
  service_fini(&s);
}

static void a_few_operations_are_probes_enough_by_their_own_backoffs(void **state) {
  (void)state;
  static service s;
  service_init(&s, 1000);
  s.down = true;
  submit(&s, 0, 1);
  run(&s, 1000 + 100 + 200 + 400 + 800 + 1600 + 5 * LATENCY); /* base 100 ms, doubled each time */
  assert_int_equal(s.calls, 6);
  service_fini(&s);
}

static void a_changed_network_is_tried_soon(void **state) {
  (void)state;
  static service s;
  service_init(&s, 1000);
  s.down = true;
  submit(&s, 0, 10);
  run(&s, 26000); /* the backoffs have grown to 12.8 s and 25.6 s */
  s.down = false;
  again_sched_network_changed(s.sched, s.now);
  run(&s, 27001);
  assert_int_equal(s.delivered, 10);
  service_fini(&s);
}

static void a_program_with_requests_of_its_own_can_ask_when(void **state) {
  (void)state;
  static service s;
  service_init(&s, 1000);
  s.scope.in_flight = 1;
  assert_int_equal(again_scope_when(&s.scope, 1000), 1000);
  again_scope_hold(&s.scope, 5000);
  assert_int_equal(again_scope_when(&s.scope, 1000), 5000);
  again_scope_hold(&s.scope, AGAIN_NEVER);
  assert_true(again_scope_when(&s.scope, 1000) == AGAIN_NEVER);
  again_scope_resume(&s.scope);
  assert_int_equal(again_scope_when(&s.scope, 1000), 1000);
  service_fini(&s);
}

static void requests_of_its_own_teach_the_scope_as_operations_do(void **state) {
  (void)state;
  static service s;
  static const again_code code = {"TopicClosed",      400, AGAIN_CLASS_FATAL, AGAIN_REMEDY_HOLD,
                                  AGAIN_DAMAGE_TOPIC, ""};
  static const again_catalogue catalogue = {.codes = &code, .count = 1};
  service_init(&s, 1000);
  s.policy.hold = (again_class_policy){
      {.base = 500, .cap = 500, .multiplier_pct = 100, .jitter = AGAIN_JITTER_NONE},
      0,
      AGAIN_NEVER};
  s.policy.scope_in_flight = 1;
  again_sched_options options = {
      .policy = &s.policy, .catalogue = &catalogue, .event = on_event, .data = &s};
  again_sched_free(s.sched);
  assert_int_equal(again_sched_new(&options, 1000, &s.sched), 0);
  assert_int_equal(again_scope_init(&s.scope, s.sched), 0);
  again_outcome ok = {.status = 200};
  again_outcome refused = {.status = 429};
  again_outcome closed = {.status = 400, .code = "TopicClosed"};
  again_scope_began(&s.scope, 1000);
  assert_true(again_scope_when(&s.scope, 1000) == AGAIN_NEVER); /* one at a time */
  assert_int_equal(again_scope_ended(&s.scope, &ok, 1000, 1020).error_class, AGAIN_CLASS_OK);
  again_scope_began(&s.scope, 1020);
  again_scope_ended(&s.scope, &refused, 1020, 1040); /* of a bunch, */
  again_ms when = again_scope_when(&s.scope, 1040);
  again_scope_began(&s.scope, when);
  again_scope_ended(&s.scope, &refused, when, when + 20); /* and of the rate */
  assert_int_equal(s.paced, 1);
  again_ms now = when + 20;
  when = again_scope_when(&s.scope, now);
  assert_true(when > now && when < now + 60000);
  again_scope_began(&s.scope, when);
  again_scope_ended(&s.scope, &closed, when, when + 20);
  assert_true(again_scope_held(&s.scope));
  again_ms probe = again_scope_when(&s.scope, when + 20);
  assert_true(probe >= when + 520);
  again_scope_began(&s.scope, probe);
  again_scope_ended(&s.scope, &ok, probe, probe + 20);
  assert_false(again_scope_held(&s.scope));
  service_fini(&s);
}

static void a_changed_network_does_not_shorten_what_the_service_asked_for(void **state) {
  (void)state;
  again_kit kit;
  again_scope scope = {.name = "topic"};
  again_policy policy = steady_policy;
  static const again_kit_step asked[] = {{1, {.status = 503, .hint = 60000}}, {1, {.status = 200}}};
  again_kit_op op = {.steps = asked, .step_count = 2};
  for (policy.pace_pct = 0; policy.pace_pct <= 7; policy.pace_pct += 7) {
    assert_int_equal(again_kit_init(&kit, &policy, NULL, 1000), 0);
    assert_int_equal(again_scope_init(&scope, kit.sched), 0);
    op.attempts = 0;
    assert_int_equal(again_kit_submit(&kit, &op, &scope, AGAIN_NEVER), 0);
    again_kit_run(&kit, 1100);
    again_sched_network_changed(kit.sched, kit.now);
    again_kit_run(&kit, AGAIN_NEVER);
    assert_int_equal(op.attempts, 2);
    assert_true(op.attempt_at[1] >= 1001 + 60000);
    again_kit_fini(&kit);
  }
}

static void what_a_changed_network_wakes_is_spread_over_a_second(void **state) {
  (void)state;
  enum { MANY = 2000 };
  static const again_kit_step steps[] = {{0, {.status = 500}}, {0, {.status = 200}}};
  static again_kit_op ops[MANY];
  again_kit kit;
  again_scope scope = {.name = "topic"};
  again_policy policy = steady_policy;
  policy.pace_pct = 0;
  policy.scope_in_flight = policy.total_in_flight = MANY;
  policy.budget.capacity = 0;
  policy.retryable.backoff =
      (again_backoff){.base = 60000, .cap = 60000, .growth = AGAIN_GROWTH_CONSTANT};
  policy.retryable.backoff.jitter = AGAIN_JITTER_NONE;
  assert_int_equal(again_kit_init(&kit, &policy, NULL, 1000), 0);
  assert_int_equal(again_scope_init(&scope, kit.sched), 0);
  for (int i = 0; i < MANY; i++) {
    ops[i] = (again_kit_op){.steps = steps, .step_count = 2};
    assert_int_equal(again_kit_submit(&kit, &ops[i], &scope, AGAIN_NEVER), 0);
  }
  again_kit_run(&kit, 1000);
  again_sched_network_changed(kit.sched, kit.now);
  again_kit_run(&kit, AGAIN_NEVER);
  unsigned tenths[10] = {0};
  for (int i = 0; i < MANY; i++) {
    assert_in_range(ops[i].attempt_at[1], 1000, 2000);
    tenths[(ops[i].attempt_at[1] - 1000) / 101]++;
  }
  for (int i = 0; i < 10; i++)
    assert_in_range(tenths[i], MANY / 10 * 7 / 10, MANY / 10 * 13 / 10);
  again_kit_fini(&kit);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_backlog_against_a_quota_is_sent_at_its_pace_with_few_refusals),
      cmocka_unit_test(a_bunch_that_is_refused_does_not_say_what_the_rate_is),
      cmocka_unit_test(without_a_refusal_nothing_is_delayed),
      cmocka_unit_test(a_refused_operation_goes_first_and_waits_for_its_own_hint),
      cmocka_unit_test(a_policy_without_pacing_lets_each_operation_back_off_by_itself),
      cmocka_unit_test(a_scope_without_answers_only_probes_and_wakes_what_waits_when_it_is_up),
      cmocka_unit_test(a_few_operations_are_probes_enough_by_their_own_backoffs),
      cmocka_unit_test(a_changed_network_is_tried_soon),
      cmocka_unit_test(requests_of_its_own_teach_the_scope_as_operations_do),
      cmocka_unit_test(a_program_with_requests_of_its_own_can_ask_when),
      cmocka_unit_test(a_changed_network_does_not_shorten_what_the_service_asked_for),
      cmocka_unit_test(what_a_changed_network_wakes_is_spread_over_a_second),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
