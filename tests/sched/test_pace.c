#include "fixture.h"

enum { OPS = 400, LATENCY = 20 };

/* A scope of a service with a quota: so many calls in each second of virtual time. */
typedef struct service {
  again_policy policy;
  again_kit kit;
  again_scope scope;
  again_kit_service remote;
  again_kit_op ops[OPS];
} service;

/* How often this happened. */
static unsigned count(const service *s, again_event_kind kind) {
  unsigned seen = 0;
  for (size_t i = 0; i < s->kit.trace.count; i++)
    seen += s->kit.trace.records[i].kind == kind;
  return seen;
}

static void fail_as_cmocka(void *data, const char *file, int line, const char *text) {
  (void)data;
  fputs(text, stderr);
  _fail(file, line);
}

static void service_open(service *s, const again_catalogue *catalogue) {
  again_sched_options options = {.catalogue = catalogue, .seed = 7};
  assert_int_equal(again_kit_init(&s->kit, &s->policy, &options, 1000), 0);
  s->kit.fail.fn = fail_as_cmocka;
  s->scope = (again_scope){.name = "scope"};
  assert_int_equal(again_scope_init(&s->scope, s->kit.sched), 0);
}

static void service_init(service *s, uint32_t rate) {
  *s = (service){.policy = steady_policy};
  s->remote = (again_kit_service){.quota = rate, .burst = 10, .latency = LATENCY};
  s->policy.pace_pct = 7;
  s->policy.retryable.max_attempts = 0;
  s->policy.retryable.backoff.cap = 30000;
  s->policy.scope_in_flight = 32;
  s->policy.total_in_flight = 64;
  service_open(s, NULL);
}

/* Nobody answers from now on, or everybody again. */
static void set_down(service *s, bool down) {
  s->remote.outage_until = down ? AGAIN_NEVER : 0;
}

static void submit(service *s, unsigned from, unsigned count_of) {
  for (unsigned i = from; i < from + count_of; i++) {
    s->ops[i] = (again_kit_op){.answer = again_kit_service_answer, .answer_data = &s->remote};
    assert_int_equal(again_kit_submit(&s->kit, &s->ops[i], &s->scope, AGAIN_NEVER), 0);
  }
}

static void run(service *s, again_ms until) {
  again_kit_run(&s->kit, until);
}

static void service_fini(service *s) {
  again_kit_fini(&s->kit);
}

static void a_backlog_against_a_quota_is_sent_at_its_pace_with_few_refusals(void **state) {
  (void)state;
  static service s;
  service_init(&s, 50);
  s.scope.more = true;
  submit(&s, 0, OPS);
  run(&s, AGAIN_NEVER);
  assert_int_equal(count(&s, AGAIN_EVENT_DELIVERED), OPS);
  assert_int_equal(count(&s, AGAIN_EVENT_PACED), 1);
  /* 390 of them at 50/s are 7.8 s; a backoff of each operation wastes more calls than it delivers. */
  assert_true(s.remote.refused <= 30);
  assert_true(s.kit.now - 1000 <= 7800 * 3 / 2);
  assert_int_equal(again_pacer_state_of(&s.scope.own.pacer), AGAIN_PACER_PACED);
  assert_in_range(again_scope_stats(&s.scope).rate_milli, 10000, 100000); /* 50/s is right */
  service_fini(&s);
}

/* A limiter that lets one through every 5 ms and none besides. The queue grows bit by bit, as that of a
 * program that reads as it sends. */
static void a_burst_that_is_refused_does_not_say_what_the_rate_is(void **state) {
  (void)state;
  static service s;
  service_init(&s, 200);
  s.remote.burst = 1;
  for (unsigned i = 0; i < OPS; i += 10) {
    submit(&s, i, 10);
    run(&s, s.kit.now + 1);
  }
  run(&s, AGAIN_NEVER);
  assert_int_equal(count(&s, AGAIN_EVENT_DELIVERED), OPS);
  assert_true(s.kit.now - 1000 <
              12000); /* the least is 2 s; at the 1/s of half a first guess, minutes */
  service_fini(&s);
}

static void without_a_refusal_nothing_is_delayed(void **state) {
  (void)state;
  static service s;
  service_init(&s, 1000);
  for (unsigned i = 0; i < OPS; i++) {
    submit(&s, i, 1);
    run(&s, s.kit.now + 2);
    assert_int_equal(s.remote.calls, i + 1); /* at once */
  }
  run(&s, AGAIN_NEVER);
  assert_int_equal(s.remote.calls, OPS);
  assert_int_equal(count(&s, AGAIN_EVENT_PACED), 0);
  service_fini(&s);
}

static void a_refused_operation_goes_first_and_waits_for_its_own_hint(void **state) {
  (void)state;
  static service s;
  service_init(&s, 20);
  s.remote.refusal = (again_outcome){.status = 429, .hint = 700};
  submit(&s, 0, 100);
  run(&s, AGAIN_NEVER);
  assert_int_equal(count(&s, AGAIN_EVENT_DELIVERED), 100);
  assert_true(s.remote.refused > 0);
  for (unsigned i = 0; i < 100; i++) {
    if (s.ops[i].attempts > 1) again_kit_assert_delays_within(&s.kit, &s.ops[i], 700, AGAIN_NEVER);
  }
  service_fini(&s);
}

static void a_policy_without_pacing_lets_each_operation_back_off_by_itself(void **state) {
  (void)state;
  static service s;
  service_init(&s, 50);
  s.policy.pace_pct = 0;
  submit(&s, 0, OPS);
  run(&s, AGAIN_NEVER);
  assert_int_equal(count(&s, AGAIN_EVENT_DELIVERED), OPS);
  assert_int_equal(count(&s, AGAIN_EVENT_PACED), 0);
  assert_true(s.remote.refused > OPS);
  service_fini(&s);
}

static void a_scope_without_answers_only_probes_and_wakes_what_waits_when_it_is_up(void **state) {
  (void)state;
  static service s;
  service_init(&s, 1000);
  set_down(&s, true);
  submit(&s, 0, OPS);
  run(&s, 31000);
  assert_int_equal(count(&s, AGAIN_EVENT_DOWN), 1);
  assert_true(again_scope_stats(&s.scope).down);
  assert_true(s.remote.lost <=
              32 + 31 * 4); /* the first ones in flight, then four a second at most */
  set_down(&s, false);
  uint64_t before = s.remote.lost;
  again_ms up_at = s.kit.now;
  run(&s, AGAIN_NEVER);
  assert_int_equal(s.remote.lost, before);
  assert_int_equal(count(&s, AGAIN_EVENT_UP), 1);
  assert_false(again_scope_stats(&s.scope).down);
  assert_int_equal(count(&s, AGAIN_EVENT_DELIVERED), OPS);
  assert_true(s.kit.now - up_at < 25000); /* the next probe, and not the longest backoff of 30 s */
  service_fini(&s);
}

static void a_few_operations_are_probes_enough_by_their_own_backoffs(void **state) {
  (void)state;
  static service s;
  service_init(&s, 1000);
  set_down(&s, true);
  submit(&s, 0, 1);
  run(&s, 1000 + 100 + 200 + 400 + 800 + 1600 + 5 * LATENCY); /* base 100 ms, doubled each time */
  assert_int_equal(s.remote.calls, 6);
  service_fini(&s);
}

static void a_changed_network_is_tried_soon(void **state) {
  (void)state;
  static service s;
  service_init(&s, 1000);
  set_down(&s, true);
  submit(&s, 0, 10);
  run(&s, 26000); /* the backoffs have grown to 12.8 s and 25.6 s */
  set_down(&s, false);
  again_sched_network_changed(s.kit.sched, s.kit.now);
  run(&s, 27001);
  assert_int_equal(count(&s, AGAIN_EVENT_DELIVERED), 10);
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
  service_fini(&s);
  service_open(&s, &catalogue);
  again_outcome ok = {.status = 200};
  again_outcome refused = {.status = 429};
  again_outcome closed = {.status = 400, .code = "TopicClosed"};
  again_scope_began(&s.scope, 1000);
  assert_true(again_scope_when(&s.scope, 1000) == AGAIN_NEVER); /* one at a time */
  assert_int_equal(again_scope_ended(&s.scope, &ok, 1000, 1020).error_class, AGAIN_CLASS_OK);
  again_scope_began(&s.scope, 1020);
  again_scope_ended(&s.scope, &refused, 1020, 1040); /* of a burst, */
  again_ms when = again_scope_when(&s.scope, 1040);
  again_scope_began(&s.scope, when);
  again_scope_ended(&s.scope, &refused, when, when + 20); /* and of the rate */
  assert_int_equal(count(&s, AGAIN_EVENT_PACED), 1);
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

static void a_changed_network_comes_to_rest_where_more_wait_than_may_fly(void **state) {
  (void)state;
  enum { MANY = 2000 };
  static const again_kit_step steps[] = {{0, {.status = 500}}, {0, {.status = 200}}};
  static again_kit_op ops[MANY];
  again_kit kit;
  again_scope scope = {.name = "topic"};
  again_policy policy = steady_policy;
  policy.pace_pct = 7;
  policy.scope_in_flight = policy.total_in_flight = 100;
  policy.retryable.backoff.base = policy.retryable.backoff.cap = 600000;
  assert_int_equal(again_kit_init(&kit, &policy, NULL, 1000), 0);
  assert_int_equal(again_scope_init(&scope, kit.sched), 0);
  for (int i = 0; i < MANY; i++) {
    ops[i] = (again_kit_op){.steps = steps, .step_count = 2};
    assert_int_equal(again_kit_submit(&kit, &ops[i], &scope, AGAIN_NEVER), 0);
    again_sched_run(kit.sched, 1000);
  }
  again_sched_network_changed(kit.sched, 1010);
  unsigned runs = 0;
  while (again_sched_next(kit.sched) <= 1010 && runs < 100) {
    again_sched_run(kit.sched, 1010);
    runs++;
  }
  assert_in_range(runs, 1, 20);
  again_kit_fini(&kit);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_backlog_against_a_quota_is_sent_at_its_pace_with_few_refusals),
      cmocka_unit_test(a_burst_that_is_refused_does_not_say_what_the_rate_is),
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
      cmocka_unit_test(a_changed_network_comes_to_rest_where_more_wait_than_may_fly),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
