#include "support.h"
#include <again/scopes.h>
#include <again/uv.h>

/* Real time, but only tens of milliseconds of it, and nothing is measured but order and "not early". */
static const again_policy policy = {
    .name = "uv",
    .retryable = {{.base = 5, .cap = 20, .multiplier_pct = 200, .jitter = AGAIN_JITTER_NONE},
                  4,
                  AGAIN_NEVER},
    .throttled = {{.base = 1, .cap = 1, .multiplier_pct = 100, .jitter = AGAIN_JITTER_NONE},
                  0,
                  AGAIN_NEVER},
    .hint_cap = 60000,
    .attempt_timeout = 5000,
    .connect_timeout = 1000,
    .operation_deadline = AGAIN_NEVER,
    .scope_in_flight = 1000,
    .total_in_flight = 1000,
};

typedef struct job {
  again_uv *uv;
  again_op op;
  int failures;       /* attempts that fail before one succeeds */
  again_outcome fail; /* how */
  uint64_t reported_ns;
  uint64_t least_wait_ns;
  int attempts;
  int done;
  again_reason reason;
} job;

static void on_attempt(again_op *op) {
  job *j = op->data;
  uint64_t now = uv_hrtime();
  if (j->attempts > 0 && now - j->reported_ns < j->least_wait_ns) {
    j->least_wait_ns = now - j->reported_ns;
  }
  again_outcome ok = {.status = 200};
  j->attempts++;
  j->reported_ns = uv_hrtime();
  assert_int_equal(again_uv_report(j->uv, op, j->attempts > j->failures ? &ok : &j->fail), 0);
}

static void on_done(again_op *op, const again_result *result) {
  job *j = op->data;
  j->done++;
  j->reason = result->reason;
}

static job job_make(again_uv *uv, int failures, again_outcome fail) {
  return (job){.uv = uv, .failures = failures, .fail = fail, .least_wait_ns = UINT64_MAX};
}

static void job_submit(job *j, again_scope *scope) {
  j->op = (again_op){.data = j, .attempt = on_attempt, .done = on_done};
  assert_int_equal(again_uv_submit(j->uv, &j->op, scope, AGAIN_NEVER), 0);
}

static void set_true(void *data) {
  *(bool *)data = true;
}

static void close_and_finish(uv_loop_t *loop, again_uv *uv) {
  bool closed = false;
  again_uv_close(uv, set_true, &closed);
  assert_false(closed);
  uv_run(loop, UV_RUN_DEFAULT);
  assert_true(closed);
  assert_int_equal(uv_loop_close(loop), 0);
}

static void operations_are_tried_until_they_succeed_and_the_loop_then_ends(void **state) {
  (void)state;
  uv_loop_t loop;
  uv_loop_init(&loop);
  again_uv *uv;
  assert_int_equal(again_uv_new(&loop, &(again_uv_options){.policy = &policy, .seed = 1}, &uv), 0);
  again_scope scope = {.name = "s"};
  assert_int_equal(again_scope_init(&scope, again_uv_sched(uv)), 0);
  job jobs[3] = {job_make(uv, 0, (again_outcome){.status = 500}),
                 job_make(uv, 2, (again_outcome){.status = 500}),
                 job_make(uv, 9, (again_outcome){.status = 500})};
  for (int i = 0; i < 3; i++)
    job_submit(&jobs[i], &scope);
  assert_int_equal(jobs[0].attempts, 0);
  uv_run(&loop, UV_RUN_DEFAULT); /* ends by itself: an idle scheduler keeps nothing alive */
  assert_int_equal(jobs[0].attempts, 1);
  assert_int_equal(jobs[1].attempts, 3);
  assert_int_equal(jobs[2].attempts, 4);
  assert_int_equal(jobs[2].reason, AGAIN_REASON_ATTEMPTS);
  for (int i = 0; i < 3; i++)
    assert_int_equal(jobs[i].done, 1);
  close_and_finish(&loop, uv);
}

static void no_retry_is_early_by_even_a_fraction_of_a_millisecond(void **state) {
  (void)state;
  enum { JOBS = 50 };
  uv_loop_t loop;
  uv_loop_init(&loop);
  again_uv *uv;
  assert_int_equal(again_uv_new(&loop, &(again_uv_options){.policy = &policy, .seed = 1}, &uv), 0);
  again_scope scope = {.name = "s"};
  assert_int_equal(again_scope_init(&scope, again_uv_sched(uv)), 0);
  job jobs[JOBS];
  for (int i = 0; i < JOBS; i++) {
    jobs[i] = job_make(uv, 5, (again_outcome){.status = 429, .hint = 3});
    job_submit(&jobs[i], &scope);
  }
  uv_run(&loop, UV_RUN_DEFAULT);
  for (int i = 0; i < JOBS; i++) {
    assert_int_equal(jobs[i].attempts, 6);
    assert_true(jobs[i].least_wait_ns >= UINT64_C(3000000));
  }
  close_and_finish(&loop, uv);
}

static int count_active_timers;

static void count_timer(uv_handle_t *handle, void *data) {
  (void)data;
  if (handle->type == UV_TIMER && uv_is_active(handle)) count_active_timers++;
}

static void one_timer_serves_any_number_of_waiting_operations(void **state) {
  (void)state;
  enum { JOBS = 1000 };
  uv_loop_t loop;
  uv_loop_init(&loop);
  again_uv *uv;
  again_policy patient = policy;
  patient.retryable.backoff = (again_backoff){
      .base = 60000, .cap = 60000, .multiplier_pct = 100, .jitter = AGAIN_JITTER_FULL};
  assert_int_equal(again_uv_new(&loop, &(again_uv_options){.policy = &patient, .seed = 1}, &uv), 0);
  again_scope scope = {.name = "s"};
  assert_int_equal(again_scope_init(&scope, again_uv_sched(uv)), 0);
  job *jobs = test_calloc(JOBS, sizeof *jobs);
  for (int i = 0; i < JOBS; i++) {
    jobs[i] = job_make(uv, 3, (again_outcome){.status = 500});
    job_submit(&jobs[i], &scope);
  }
  uv_run(&loop, UV_RUN_ONCE);
  assert_int_equal(again_sched_stats(again_uv_sched(uv)).waiting, JOBS);
  count_active_timers = 0;
  uv_walk(&loop, count_timer, NULL);
  assert_int_equal(count_active_timers, 1);
  close_and_finish(&loop, uv);
  for (int i = 0; i < JOBS; i++) {
    assert_int_equal(jobs[i].done, 1);
    assert_int_equal(jobs[i].reason, AGAIN_REASON_CLOSED);
  }
  test_free(jobs);
}

static void closing_an_idle_scheduler_calls_back_and_frees_it(void **state) {
  (void)state;
  uv_loop_t loop;
  uv_loop_init(&loop);
  again_uv *uv;
  assert_int_equal(again_uv_new(&loop, &(again_uv_options){.policy = &policy}, &uv), 0);
  assert_ptr_equal(again_uv_loop(uv), &loop);
  close_and_finish(&loop, uv);
}

static again_uv *to_close;
static bool closed_inside;

static void close_inside(again_op *op, const again_result *result) {
  (void)op;
  (void)result;
  again_uv_close(to_close, set_true, &closed_inside);
}

static void closing_from_inside_done_is_allowed(void **state) {
  (void)state;
  uv_loop_t loop;
  uv_loop_init(&loop);
  assert_int_equal(
      again_uv_new(&loop, &(again_uv_options){.policy = &policy, .seed = 1}, &to_close), 0);
  again_scope scope = {.name = "s"};
  assert_int_equal(again_scope_init(&scope, again_uv_sched(to_close)), 0);
  job waiting = job_make(to_close, 3, (again_outcome){.status = 429, .hint = 50000});
  job first = job_make(to_close, 0, (again_outcome){.status = 500});
  job_submit(&waiting, &scope);
  first.op = (again_op){.data = &first, .attempt = on_attempt, .done = close_inside};
  assert_int_equal(again_uv_submit(to_close, &first.op, &scope, AGAIN_NEVER), 0);
  closed_inside = false;
  uv_run(&loop, UV_RUN_DEFAULT);
  assert_true(closed_inside);
  assert_int_equal(waiting.reason, AGAIN_REASON_CLOSED);
  assert_int_equal(uv_loop_close(&loop), 0);
}

static void what_is_missing_is_refused(void **state) {
  (void)state;
  uv_loop_t loop;
  uv_loop_init(&loop);
  again_uv *uv = NULL;
  assert_int_equal(again_uv_new(&loop, &(again_uv_options){.seed = 1}, &uv), AGAIN_EINVAL);
  assert_int_equal(again_uv_new(NULL, &(again_uv_options){.policy = &policy}, &uv), AGAIN_EINVAL);
  assert_null(uv);
  assert_int_equal(uv_loop_close(&loop), 0);
}

static void free_table(void *data) {
  assert_int_equal(again_scopes_free(data), 0);
}

static void a_table_of_scopes_may_be_freed_when_all_is_closed(void **state) {
  (void)state;
  uv_loop_t loop;
  uv_loop_init(&loop);
  again_uv *uv;
  assert_int_equal(again_uv_new(&loop, &(again_uv_options){.policy = &policy, .seed = 1}, &uv), 0);
  again_scopes *scopes;
  again_scopes_options options = {.kind = AGAIN_DAMAGE_TOPIC, .most = 4};
  assert_int_equal(again_scopes_new(again_uv_sched(uv), &options, &scopes), 0);
  again_scope *scope;
  assert_int_equal(again_scopes_get(scopes, "topic", &scope), 0);
  job waiting = job_make(uv, 3, (again_outcome){.status = 429, .hint = 50000});
  job_submit(&waiting, scope);
  uv_run(&loop, UV_RUN_NOWAIT);
  assert_int_equal(again_scopes_free(scopes), AGAIN_ESTATE);
  again_uv_close(uv, free_table, scopes);
  uv_run(&loop, UV_RUN_DEFAULT);
  assert_int_equal(waiting.reason, AGAIN_REASON_CLOSED);
  assert_int_equal(uv_loop_close(&loop), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(operations_are_tried_until_they_succeed_and_the_loop_then_ends),
      cmocka_unit_test(no_retry_is_early_by_even_a_fraction_of_a_millisecond),
      cmocka_unit_test(one_timer_serves_any_number_of_waiting_operations),
      cmocka_unit_test(closing_an_idle_scheduler_calls_back_and_frees_it),
      cmocka_unit_test(closing_from_inside_done_is_allowed),
      cmocka_unit_test(what_is_missing_is_refused),
      cmocka_unit_test(a_table_of_scopes_may_be_freed_when_all_is_closed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
