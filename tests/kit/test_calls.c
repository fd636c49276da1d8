#include "fixture.h"
#include <stdlib.h>

typedef struct note {
  fixture *f;
  char *log;
  char name;
  again_ms at;
} note;

static void write_name(void *data) {
  note *n = data;
  size_t length = strlen(n->log);
  n->log[length] = n->name;
  n->log[length + 1] = '\0';
  n->at = n->f->kit.now;
}

static void calls_come_by_time_and_then_in_the_order_of_asking(void **state) {
  (void)state;
  fixture f;
  fixture_init(&f, &kit_policy);
  char log[16] = "";
  note notes[6];
  static const again_ms delays[] = {30, 10, 20, 10, 0, 30};
  for (size_t i = 0; i < COUNT_OF(notes); i++) {
    notes[i] = (note){&f, log, (char)('a' + i), 0};
    assert_int_equal(again_kit_after(&f.kit, delays[i], write_name, &notes[i]), 0);
  }
  again_kit_run(&f.kit, 20);
  assert_string_equal(log, "ebdc");
  again_kit_run(&f.kit, AGAIN_NEVER);
  assert_string_equal(log, "ebdcaf");
  for (size_t i = 0; i < COUNT_OF(notes); i++)
    assert_int_equal(notes[i].at, delays[i]);
  fixture_fini(&f);
}

static void a_thousand_calls_are_sorted(void **state) {
  (void)state;
  fixture f;
  fixture_init(&f, &kit_policy);
  enum { COUNT = 1000 };
  static note notes[COUNT];
  static again_ms asked[COUNT];
  static char log[COUNT + 1];
  again_random random = {1};
  log[0] = '\0';
  for (size_t i = 0; i < COUNT; i++) {
    asked[i] = again_random_scale(again_random_next(&random), 500);
    notes[i] = (note){&f, log, 'x', 0};
    assert_int_equal(again_kit_after(&f.kit, asked[i], write_name, &notes[i]), 0);
  }
  size_t forgotten = 0;
  for (size_t i = 0; i < COUNT; i += 7)
    forgotten += again_kit_forget(&f.kit, &notes[i]);
  assert_int_equal(forgotten, (COUNT + 6) / 7);
  again_kit_run(&f.kit, AGAIN_NEVER);
  for (size_t i = 0; i < COUNT; i++)
    assert_int_equal(notes[i].at, i % 7 == 0 ? 0 : asked[i]);
  assert_int_equal(strlen(log), COUNT - forgotten);
  fixture_fini(&f);
}

/* An operation of a program, with a transport that the kit stands for. */
typedef struct job {
  again_op op;
  fixture *f;
  again_kit_step step;
  again_ms began[4];
  uint32_t dones;
  again_result result;
  int error;
} job;

static void on_attempt(again_op *op) {
  job *j = op->data;
  j->began[again_op_attempt(op) - 1] = j->f->kit.now;
  j->error = again_kit_answer(&j->f->kit, op, &j->step);
  j->step = (again_kit_step){.outcome = {.status = 200}};
}

static void on_abort(again_op *op) {
  job *j = op->data;
  assert_int_equal(again_kit_forget(&j->f->kit, op), 1);
}

static void on_done(again_op *op, const again_result *result) {
  job *j = op->data;
  j->dones++;
  j->result = *result;
}

static void submit(fixture *f, job *j) {
  *j = (job){.f = f, .step = {.takes = 20, .outcome = {.status = 503}}};
  j->op = (again_op){.data = j, .attempt = on_attempt, .abort = on_abort, .done = on_done};
  if (f->kit.scope.own.sched == NULL) again_scope_init(&f->kit.scope, f->kit.sched);
  assert_int_equal(again_sched_submit(f->kit.sched, &j->op, &f->kit.scope, AGAIN_NEVER, f->kit.now),
                   0);
}

static void operations_of_ones_own_are_answered_later_or_at_once(void **state) {
  (void)state;
  fixture f;
  job j;
  fixture_init(&f, &kit_policy);
  submit(&f, &j);
  assert_int_equal(again_kit_run(&f.kit, AGAIN_NEVER), 120);
  assert_int_equal(j.began[0], 0);
  assert_int_equal(j.began[1], 20 + 100);
  assert_int_equal(j.dones, 1);
  assert_int_equal(j.error, 0);
  again_kit_assert_attempts(&f.kit, &j, 2);
  again_kit_assert_ended(&f.kit, &j.op, AGAIN_REASON_OK);
  again_kit_step late = {.outcome = {.status = 200}};
  assert_int_equal(again_kit_answer(&f.kit, &j.op, &late), AGAIN_ESTATE);
  fixture_fini(&f);
}

static void an_abort_forgets_the_answer(void **state) {
  (void)state;
  fixture f;
  job j;
  fixture_init(&f, &kit_policy);
  submit(&f, &j);
  again_kit_run(&f.kit, 10);
  assert_int_equal(again_sched_cancel(f.kit.sched, &j.op), 0);
  assert_int_equal(again_kit_run(&f.kit, AGAIN_NEVER), 10);
  assert_int_equal(j.result.reason, AGAIN_REASON_CANCELLED);
  assert_int_equal(again_kit_forget(&f.kit, &j.op), 0);
  fixture_fini(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(calls_come_by_time_and_then_in_the_order_of_asking),
      cmocka_unit_test(a_thousand_calls_are_sorted),
      cmocka_unit_test(operations_of_ones_own_are_answered_later_or_at_once),
      cmocka_unit_test(an_abort_forgets_the_answer),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
