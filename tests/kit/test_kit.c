#include "fixture.h"
#include <again/policy.h>

static const again_kit_step ok[] = {{.takes = 10, .outcome = {.status = 200}}};
static const again_kit_step twice[] = {{.takes = 10, .outcome = {.status = 500}},
                                       {.takes = 20, .outcome = {.status = 500}},
                                       {.takes = 30, .outcome = {.status = 200}}};

static void the_script_is_followed_step_by_step(void **state) {
  (void)state;
  again_kit kit;
  assert_int_equal(again_kit_init(&kit, &kit_policy, NULL, 50), 0);
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
  assert_int_equal(again_kit_init(&kit, &kit_policy, NULL, 0), 0);
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
  assert_int_equal(again_kit_init(&kit, &kit_policy, NULL, 0), 0);
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
  assert_int_equal(again_kit_init(&kit, &kit_policy, NULL, 0), 0);
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

static void an_attempt_that_is_aborted_is_not_answered_later(void **state) {
  (void)state;
  fixture f;
  fixture_init(&f, &kit_policy);
  again_kit_op op = {.script = "200 +1s"};
  assert_int_equal(again_kit_submit(&f.kit, &op, NULL, AGAIN_NEVER), 0);
  again_kit_run(&f.kit, 10);
  assert_int_equal(again_sched_cancel(f.kit.sched, &op.op), 0);
  assert_int_equal(again_kit_run(&f.kit, AGAIN_NEVER), 10);
  assert_int_equal(op.aborts, 1);
  assert_int_equal(f.kit.in_flight, 0);
  fixture_fini(&f);
}

static void an_operation_without_a_script_is_refused(void **state) {
  (void)state;
  fixture f;
  fixture_init(&f, &kit_policy);
  again_kit_op op = {.step_count = 0};
  assert_int_equal(again_kit_submit(&f.kit, &op, NULL, AGAIN_NEVER), AGAIN_EINVAL);
  fixture_fini(&f);
}

static void a_text_is_a_script_and_its_codes_are_those_of_the_catalogue(void **state) {
  (void)state;
  static const again_code codes[] = {
      {"Busy", 429, AGAIN_CLASS_THROTTLED, AGAIN_REMEDY_NONE, AGAIN_DAMAGE_TOPIC, "wait"}};
  again_catalogue catalogue = {.codes = codes, .count = COUNT_OF(codes)};
  again_sched_options options = {.catalogue = &catalogue};
  again_kit kit;
  assert_int_equal(again_kit_init(&kit, &kit_policy, &options, 0), 0);
  again_kit_op op = {.script = "Busy@2s +10ms, 200"};
  assert_int_equal(again_kit_submit(&kit, &op, NULL, AGAIN_NEVER), 0);
  again_kit_run(&kit, AGAIN_NEVER);
  assert_int_equal(op.attempt_at[1], 2010);
  const again_kit_record *first = again_kit_trace_attempt(&kit.trace, 1, 1);
  assert_int_equal(first->status, 429);
  assert_int_equal(first->verdict.origin, AGAIN_ORIGIN_CODE);
  assert_string_equal(again_kit_trace_end(&kit.trace, 1)->scope, "kit");
  again_kit_fini(&kit);
}

static void a_text_that_is_no_script_fails_with_the_place(void **state) {
  (void)state;
  fixture f;
  fixture_init(&f, &kit_policy);
  again_kit_op op = {.script = "200, restet"};
  assert_int_equal(again_kit_submit(&f.kit, &op, NULL, AGAIN_NEVER), AGAIN_EFORMAT);
  assert_non_null(strstr(f.caught.text, "the script \"200, restet\" is not valid: character 6, "
                                        "\"restet\": it is no status"));
  f.caught.count = 0;
  fixture_fini(&f);
}

typedef struct oracle {
  uint32_t asked;
  again_ms at[8];
} oracle;

static again_kit_step answer(void *data, const again_op *op, again_ms now) {
  oracle *o = data;
  assert_int_equal(again_op_attempt(op), o->asked + 1);
  o->at[o->asked++] = now;
  bool fails = o->asked < 3;
  return (again_kit_step){.takes = 5, .outcome = {.status = fails ? 503 : 200}};
}

static void a_callback_answers_each_attempt(void **state) {
  (void)state;
  fixture f;
  fixture_init(&f, &kit_policy);
  oracle o = {0};
  again_kit_op op = {.answer = answer, .answer_data = &o};
  fixture_play(&f, &op, NULL);
  assert_int_equal(o.asked, 3);
  assert_int_equal(o.at[1], 5 + 100);
  assert_int_equal(o.at[2], 5 + 100 + 5 + 200);
  again_kit_assert_ended(&f.kit, &op, AGAIN_REASON_OK);
  fixture_fini(&f);
}

static void a_service_with_a_quota_is_shared_by_all(void **state) {
  (void)state;
  enum { COUNT = 100 };
  static again_kit_op ops[COUNT];
  fixture f;
  again_policy policy = kit_policy;
  policy.pace_pct = 7;
  policy.scope_in_flight = policy.total_in_flight = 8;
  fixture_init(&f, &policy);
  again_kit_service service = {
      .seed = 5, .quota = 20, .latency = 30, .latency_sigma = 40, .errors = 1000};
  for (size_t i = 0; i < COUNT; i++) {
    ops[i] = (again_kit_op){.answer = again_kit_service_answer, .answer_data = &service};
    assert_int_equal(again_kit_submit(&f.kit, &ops[i], NULL, AGAIN_NEVER), 0);
  }
  again_kit_run(&f.kit, AGAIN_NEVER);
  again_kit_assert_all_delivered(&f.kit);
  again_kit_assert_nothing_twice(&f.kit);
  again_kit_assert_in_flight_never_above(&f.kit, 8);
  assert_in_range(f.kit.most_in_flight, 2, 8);
  assert_int_equal(service.taken, COUNT);
  assert_true(service.refused > 0 && service.failed > 0);
  assert_in_range(f.kit.now, 4000, 15000); /* 20 at once, 80 at 20/s */
  fixture_fini(&f);
}

static void what_is_tried_for_ever_fails_and_comes_back(void **state) {
  (void)state;
  fixture f;
  again_policy policy = kit_policy;
  policy.retryable.max_attempts = 0;
  fixture_init(&f, &policy);
  f.kit.run_limit = 500;
  again_kit_op op = {0};
  fixture_play(&f, &op, "503");
  assert_non_null(strstr(f.caught.text, "it does not come to an end: the scheduler ran 500 times "
                                        "from 0 ms to "));
  assert_int_equal(f.caught.count, 1);
  f.caught.count = 0;
  fixture_fini(&f);
  assert_int_equal(op.done_count, 1);
}

static void leave_open(again_op *op) {
  (void)op;
}

static void count_done(again_op *op, const again_result *result) {
  (void)result;
  ++*(unsigned *)op->data;
}

static void an_attempt_that_is_never_ended_fails_at_the_end(void **state) {
  (void)state;
  fixture f;
  unsigned dones = 0;
  again_kit_memory memory;
  again_sched_options options = {.allocator = &memory.allocator};
  again_kit_memory_init(&memory);
  f = (fixture){0};
  assert_int_equal(again_kit_init(&f.kit, &kit_policy, &options, 0), 0);
  f.kit.fail = (again_kit_fail){catch_it, &f.caught};
  again_scope scope = {.name = "s"};
  assert_int_equal(again_scope_init(&scope, f.kit.sched), 0);
  again_op op = {.data = &dones, .attempt = leave_open, .done = count_done};
  assert_int_equal(again_sched_submit(f.kit.sched, &op, &scope, AGAIN_NEVER, 0), 0);
  again_kit_run(&f.kit, 10);
  again_kit_fini(&f.kit);
  assert_non_null(strstr(f.caught.text, "an operation does not come back"));
  assert_int_equal(f.caught.count, 1);
  assert_int_equal(dones, 0);
  again_kit_memory_fini(&memory); /* the scheduler is still there: its memory, at least, is known */
}

/* An agent that stands for a program: it has its own operations, reads one record a second from a
 * source, and sends it. Its transport is the kit's. */
typedef struct agent {
  again_kit *kit;
  again_kit_service service;
  struct record {
    again_op op;
    struct agent *agent;
  } records[8];
  size_t read;
  unsigned delivered;
} agent;

static void send_record(again_op *op) {
  agent *a = ((struct record *)op->data)->agent;
  again_kit_step step = again_kit_service_answer(&a->service, op, a->kit->now);
  assert_int_equal(again_kit_answer(a->kit, op, &step), 0);
}

static void forget_record(again_op *op) {
  again_kit_forget(((struct record *)op->data)->agent->kit, op);
}

static void record_done(again_op *op, const again_result *result) {
  agent *a = ((struct record *)op->data)->agent;
  a->delivered += result->reason == AGAIN_REASON_OK;
  again_kit_trace_done(&a->kit->trace, op, result, a->kit->now);
}

static void read_record(void *data) {
  agent *a = data;
  struct record *record = &a->records[a->read++];
  record->agent = a;
  record->op = (again_op){
      .data = record, .attempt = send_record, .abort = forget_record, .done = record_done};
  assert_int_equal(
      again_sched_submit(a->kit->sched, &record->op, &a->kit->scope, AGAIN_NEVER, a->kit->now), 0);
  if (a->read < COUNT_OF(a->records))
    assert_int_equal(again_kit_after(a->kit, 1000, read_record, a), 0);
}

static void a_whole_agent_lives_through_an_outage_of_virtual_time(void **state) {
  (void)state;
  fixture f;
  again_policy policy = kit_policy;
  policy.retryable.max_attempts = 0;
  fixture_init(&f, &policy);
  agent a = {.kit = &f.kit, .service = {.latency = 40, .outage_from = 2500, .outage_until = 60000}};
  assert_int_equal(again_scope_init(&f.kit.scope, f.kit.sched), 0);
  read_record(&a);
  again_kit_run(&f.kit, 59999);
  assert_int_equal(a.delivered, 3);
  again_kit_run(&f.kit, AGAIN_NEVER);
  assert_int_equal(a.delivered, 8);
  again_kit_assert_all_delivered(&f.kit);
  again_kit_assert_nothing_twice(&f.kit);
  again_kit_assert_attempts(&f.kit, &a.records[0], 1);
  again_kit_assert_decided(&f.kit, &a.records[3], 1, AGAIN_REASON_BACKOFF);
  again_kit_assert_in_flight_never_above(&f.kit, 2);
  fixture_fini(&f);
}

static void policies_come_from_files_and_texts_as_well(void **state) {
  (void)state;
  static const char text[] =
      "{\"again\": 1, \"retryable\": {\"base\": \"7s\", \"jitter\": \"none\", "
      "\"max_attempts\": 2}}";
  const again_policy *policy;
  fixture f;
  assert_int_equal(again_policy_parse("text", text, strlen(text), &policy, NULL), 0);
  fixture_init(&f, policy);
  again_kit_op op = {0};
  fixture_play(&f, &op, "503");
  again_kit_assert_attempts(&f.kit, &op, 2);
  again_kit_assert_delay(&f.kit, &op, 1, 7000, 7000);
  again_kit_assert_ended(&f.kit, &op, AGAIN_REASON_ATTEMPTS);
  fixture_fini(&f);
  again_policy_unref(policy);
}

typedef struct heard {
  unsigned events;
  unsigned wakes;
} heard;

static void on_event(void *data, const again_event *event) {
  (void)event;
  ((heard *)data)->events++;
}

static void on_wake(void *data) {
  ((heard *)data)->wakes++;
}

static void the_callers_callbacks_are_called_as_well(void **state) {
  (void)state;
  heard h = {0};
  again_kit kit;
  again_sched_options options = {.event = on_event, .wake = on_wake, .data = &h};
  assert_int_equal(again_kit_init(&kit, &kit_policy, &options, 0), 0);
  again_kit_op op = {.script = "200 +1ms"};
  assert_int_equal(again_kit_submit(&kit, &op, NULL, AGAIN_NEVER), 0);
  assert_true(h.wakes > 0);
  again_kit_run(&kit, AGAIN_NEVER);
  assert_int_equal(h.events, 3);
  again_kit_fini(&kit);
}

static void a_policy_that_is_none_is_refused(void **state) {
  (void)state;
  again_kit kit;
  assert_int_equal(again_kit_init(&kit, NULL, NULL, 0), AGAIN_EINVAL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_script_is_followed_step_by_step),
      cmocka_unit_test(the_clock_stops_where_it_is_told_to),
      cmocka_unit_test(attempts_end_in_the_order_of_their_times),
      cmocka_unit_test(what_is_left_comes_back_at_the_end),
      cmocka_unit_test(an_attempt_that_is_aborted_is_not_answered_later),
      cmocka_unit_test(an_operation_without_a_script_is_refused),
      cmocka_unit_test(a_text_is_a_script_and_its_codes_are_those_of_the_catalogue),
      cmocka_unit_test(a_text_that_is_no_script_fails_with_the_place),
      cmocka_unit_test(a_callback_answers_each_attempt),
      cmocka_unit_test(a_service_with_a_quota_is_shared_by_all),
      cmocka_unit_test(what_is_tried_for_ever_fails_and_comes_back),
      cmocka_unit_test(an_attempt_that_is_never_ended_fails_at_the_end),
      cmocka_unit_test(a_whole_agent_lives_through_an_outage_of_virtual_time),
      cmocka_unit_test(policies_come_from_files_and_texts_as_well),
      cmocka_unit_test(the_callers_callbacks_are_called_as_well),
      cmocka_unit_test(a_policy_that_is_none_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
