#include "support.h"
#include <again/uv.h>
#include <stdlib.h>

static const again_policy policy = {
    .name = "post",
    .retryable = {{.base = 1, .cap = 1, .multiplier_pct = 100, .jitter = AGAIN_JITTER_NONE},
                  3,
                  AGAIN_NEVER},
    .attempt_timeout = 5000,
    .connect_timeout = 1000,
    .operation_deadline = AGAIN_NEVER,
    .scope_in_flight = 1,
    .total_in_flight = 1000,
};

enum { THREADS = 4, EACH = 2000, ALL = THREADS * EACH };

typedef struct service service;

typedef struct job {
  again_op op;
  service *at;
  unsigned thread;
  unsigned number;
  unsigned done; /* written by the loop's thread alone */
  again_reason reason;
} job;

/* A loop on the main thread, and threads that post to it. */
struct service {
  uv_loop_t loop;
  again_uv *uv;
  again_scope scopes[THREADS];
  job *jobs;
  unsigned next[THREADS]; /* the number that is expected of each thread */
  unsigned out_of_order;
  unsigned done;
  bool cancels; /* each thread cancels every third */
  bool closes;  /* the service closes while they post */
  unsigned refused[THREADS];
  bool closed;
};

static void set_closed(void *data) {
  ((service *)data)->closed = true;
}

static void on_attempt(again_op *op) {
  job *j = op->data;
  service *s = j->at;
  if (j->number < s->next[j->thread]) s->out_of_order++;
  s->next[j->thread] = j->number;
  again_outcome ok = {.status = 200};
  again_uv_report(s->uv, op, &ok);
}

static void on_done(again_op *op, const again_result *result) {
  job *j = op->data;
  j->done++;
  j->reason = result->reason;
  if (++j->at->done == ALL && !j->at->closes) again_uv_close(j->at->uv, set_closed, j->at);
}

typedef struct poster {
  service *at;
  unsigned thread;
} poster;

static void post_all(void *data) {
  poster *p = data;
  service *s = p->at;
  for (unsigned i = 0; i < EACH; i++) {
    job *j = &s->jobs[p->thread * EACH + i];
    *j = (job){.at = s, .thread = p->thread, .number = i};
    j->op = (again_op){.data = j, .attempt = on_attempt, .done = on_done};
    if (again_uv_post(s->uv, &j->op, &s->scopes[p->thread], AGAIN_NEVER) != 0) {
      s->refused[p->thread]++;
    } else if (s->cancels && i % 3 == 0) {
      again_uv_post_cancel(s->uv, &j->op);
    }
  }
}

static void service_run(service *s, bool cancels, bool closes) {
  *s = (service){.cancels = cancels, .closes = closes};
  s->jobs = test_calloc(ALL, sizeof *s->jobs);
  uv_loop_init(&s->loop);
  again_uv_options options = {.policy = &policy, .seed = 1, .posts = true};
  assert_int_equal(again_uv_new(&s->loop, &options, &s->uv), 0);
  uv_thread_t threads[THREADS];
  poster posters[THREADS];
  for (unsigned i = 0; i < THREADS; i++) {
    assert_int_equal(again_scope_init(&s->scopes[i], again_uv_sched(s->uv)), 0);
    posters[i] = (poster){s, i};
  }
  for (unsigned i = 0; i < THREADS; i++)
    uv_thread_create(&threads[i], post_all, &posters[i]);
  if (closes) {
    while (s->done < 100)
      uv_run(&s->loop, UV_RUN_NOWAIT);
    again_uv_close(s->uv, set_closed, s); /* it is freed by the loop, which does not run until .. */
  } else {
    uv_run(&s->loop, UV_RUN_DEFAULT);
  }
  for (unsigned i = 0; i < THREADS; i++)
    uv_thread_join(&threads[i]); /* .. nobody posts any more */
  uv_run(&s->loop, UV_RUN_DEFAULT);
  assert_int_equal(uv_loop_close(&s->loop), 0);
}

static void what_threads_post_is_done_once_and_in_each_threads_order(void **state) {
  (void)state;
  service s;
  service_run(&s, false, false);
  assert_true(s.closed);
  assert_int_equal(s.out_of_order, 0);
  for (unsigned i = 0; i < ALL; i++) {
    assert_int_equal(s.jobs[i].done, 1);
    assert_int_equal(s.jobs[i].reason, AGAIN_REASON_OK);
  }
  test_free(s.jobs);
}

static void what_threads_cancel_is_done_once_too(void **state) {
  (void)state;
  service s;
  service_run(&s, true, false);
  for (unsigned i = 0; i < ALL; i++) {
    bool cancelled = s.jobs[i].reason == AGAIN_REASON_CANCELLED && i % EACH % 3 == 0;
    assert_int_equal(s.jobs[i].done, 1);
    assert_true(cancelled || s.jobs[i].reason == AGAIN_REASON_OK);
  }
  test_free(s.jobs);
}

static void what_is_posted_while_it_closes_comes_back_or_was_never_taken(void **state) {
  (void)state;
  service s;
  service_run(&s, true, true);
  unsigned refused = 0;
  unsigned done = 0;
  for (unsigned i = 0; i < THREADS; i++)
    refused += s.refused[i];
  for (unsigned i = 0; i < ALL; i++) {
    assert_true(s.jobs[i].done <= 1);
    done += s.jobs[i].done;
  }
  assert_int_equal(done + refused, ALL);
  test_free(s.jobs);
}

static void what_cannot_be_taken_is_refused_at_once(void **state) {
  (void)state;
  uv_loop_t loop;
  uv_loop_init(&loop);
  again_uv *uv;
  job j = {.number = 0};
  j.op = (again_op){.data = &j, .attempt = on_attempt, .done = on_done};
  assert_int_equal(again_uv_new(&loop, &(again_uv_options){.policy = &policy}, &uv), 0);
  again_scope scope = {.name = "s"};
  assert_int_equal(again_uv_post(uv, &j.op, &scope, AGAIN_NEVER), AGAIN_ESTATE);
  assert_int_equal(again_uv_post_cancel(uv, &j.op), AGAIN_ESTATE);
  again_uv_close(uv, NULL, NULL);
  uv_run(&loop, UV_RUN_DEFAULT);
  assert_int_equal(again_uv_new(&loop, &(again_uv_options){.policy = &policy, .posts = true}, &uv),
                   0);
  again_op no_done = {.attempt = on_attempt};
  assert_int_equal(again_uv_post(uv, &no_done, &scope, AGAIN_NEVER), AGAIN_EINVAL);
  assert_int_equal(again_uv_post_cancel(uv, &j.op), AGAIN_ESTATE);
  again_uv_close(uv, NULL, NULL);
  assert_int_equal(again_uv_post(uv, &j.op, &scope, AGAIN_NEVER), AGAIN_ECLOSING);
  uv_run(&loop, UV_RUN_DEFAULT);
  assert_int_equal(uv_loop_close(&loop), 0);
}

static void on_full(again_op *op, const again_result *result) {
  job *j = op->data;
  j->done++;
  j->reason = result->reason;
  again_uv_close(j->at->uv, NULL, NULL);
}

static void a_full_backlog_gives_back_what_was_posted(void **state) {
  (void)state;
  again_policy small = policy;
  small.total_backlog = 1;
  service s = {.done = 0};
  uv_loop_init(&s.loop);
  again_uv_options options = {.policy = &small, .posts = true};
  assert_int_equal(again_uv_new(&s.loop, &options, &s.uv), 0);
  assert_int_equal(again_scope_init(&s.scopes[0], again_uv_sched(s.uv)), 0);
  job a = {.at = &s};
  job b = {.at = &s};
  a.op = (again_op){.data = &a, .attempt = on_attempt, .done = on_done};
  b.op = (again_op){.data = &b, .attempt = on_attempt, .done = on_full};
  assert_int_equal(again_uv_post(s.uv, &a.op, &s.scopes[0], AGAIN_NEVER), 0);
  assert_int_equal(again_uv_post(s.uv, &b.op, &s.scopes[0], AGAIN_NEVER), 0);
  uv_run(&s.loop, UV_RUN_DEFAULT);
  assert_int_equal(a.reason, AGAIN_REASON_OK);
  assert_int_equal(b.reason, AGAIN_REASON_FULL);
  assert_int_equal(b.done, 1);
  assert_int_equal(uv_loop_close(&s.loop), 0);
}

static void a_scope_of_no_or_another_scheduler_is_refused(void **state) {
  (void)state;
  uv_loop_t loop;
  uv_loop_init(&loop);
  again_uv *uvs[2];
  for (int i = 0; i < 2; i++) {
    again_uv_options options = {.policy = &policy, .posts = true};
    assert_int_equal(again_uv_new(&loop, &options, &uvs[i]), 0);
  }
  again_scope none = {.name = "none"};
  again_scope other = {.name = "other"};
  assert_int_equal(again_scope_init(&other, again_uv_sched(uvs[1])), 0);
  job j = {.number = 0};
  j.op = (again_op){.data = &j, .attempt = on_attempt, .done = on_done};
  assert_int_equal(again_uv_post(uvs[0], &j.op, &none, AGAIN_NEVER), AGAIN_EINVAL);
  assert_int_equal(again_uv_post(uvs[0], &j.op, &other, AGAIN_NEVER), AGAIN_EINVAL);
  assert_int_equal(again_uv_post_cancel(uvs[0], &j.op), AGAIN_ESTATE);
  again_uv_close(uvs[0], NULL, NULL);
  again_uv_close(uvs[1], NULL, NULL);
  uv_run(&loop, UV_RUN_DEFAULT);
  assert_int_equal(uv_loop_close(&loop), 0);
}

/* Jobs of one thread, posted before the loop runs. */
static void post_from_here(service *s, const again_policy *with, const again_allocator *allocator) {
  *s = (service){.closes = true};
  s->jobs = test_calloc(EACH, sizeof *s->jobs);
  uv_loop_init(&s->loop);
  again_uv_options options = {.policy = with, .posts = true, .allocator = allocator};
  assert_int_equal(again_uv_new(&s->loop, &options, &s->uv), 0);
  assert_int_equal(again_scope_init(&s->scopes[0], again_uv_sched(s->uv)), 0);
  for (unsigned i = 0; i < EACH; i++) {
    s->jobs[i] = (job){.at = s, .number = i};
    s->jobs[i].op = (again_op){.data = &s->jobs[i], .attempt = on_attempt, .done = on_done};
    assert_int_equal(again_uv_post(s->uv, &s->jobs[i].op, &s->scopes[0], AGAIN_NEVER), 0);
  }
}

static void finish(service *s) {
  while (s->done < EACH)
    uv_run(&s->loop, UV_RUN_NOWAIT);
  again_uv_close(s->uv, set_closed, s);
  uv_run(&s->loop, UV_RUN_DEFAULT);
  assert_true(s->closed);
  assert_int_equal(uv_loop_close(&s->loop), 0);
  test_free(s->jobs);
}

static void one_turn_of_the_loop_takes_no_more_than_its_share(void **state) {
  (void)state;
  service s;
  post_from_here(&s, &policy, NULL);
  uv_run(&s.loop, UV_RUN_NOWAIT);
  assert_int_equal(again_sched_stats(again_uv_sched(s.uv)).submitted, 1024);
  uv_run(&s.loop, UV_RUN_NOWAIT);
  assert_int_equal(again_sched_stats(again_uv_sched(s.uv)).submitted, EACH);
  finish(&s);
}

static void *takes_little(void *data, void *block, size_t size) {
  size_t *most = data;
  if (size > *most) return NULL;
  void *result = realloc(block, size > 0 ? size : 1);
  if (size > 0) return result;
  free(result);
  return NULL;
}

static void what_there_is_no_memory_for_comes_back_as_full(void **state) {
  (void)state;
  service s;
  size_t most = SIZE_MAX;
  again_allocator allocator = {.resize = takes_little, .data = &most};
  post_from_here(&s, &policy, &allocator);
  most = 0; /* nothing more is given */
  while (s.done < EACH)
    uv_run(&s.loop, UV_RUN_NOWAIT);
  unsigned full = 0;
  for (unsigned i = 0; i < EACH; i++) {
    assert_int_equal(s.jobs[i].done, 1);
    assert_true(s.jobs[i].reason == AGAIN_REASON_FULL || s.jobs[i].reason == AGAIN_REASON_OK);
    full += s.jobs[i].reason == AGAIN_REASON_FULL;
  }
  assert_true(full > 0);
  finish(&s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_threads_post_is_done_once_and_in_each_threads_order),
      cmocka_unit_test(what_threads_cancel_is_done_once_too),
      cmocka_unit_test(what_is_posted_while_it_closes_comes_back_or_was_never_taken),
      cmocka_unit_test(what_cannot_be_taken_is_refused_at_once),
      cmocka_unit_test(a_full_backlog_gives_back_what_was_posted),
      cmocka_unit_test(a_scope_of_no_or_another_scheduler_is_refused),
      cmocka_unit_test(one_turn_of_the_loop_takes_no_more_than_its_share),
      cmocka_unit_test(what_there_is_no_memory_for_comes_back_as_full),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
