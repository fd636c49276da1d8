/* bench_post: submitting from other threads.
 *
 * Ours is again_uv_post from four threads at once, until every operation is done: the time of all,
 * per operation. The peer is what a program writes without it: the same operations on a list under a
 * mutex, and uv_async_send for each. Wall time, as threads wait for one another. */
#include "bench.h"
#include <again/policy.h>
#include <again/uv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 7, THREADS = 4, EACH = 50000, ALL = THREADS * EACH };

typedef struct item {
  struct item *next;
} item;

typedef struct service {
  uv_loop_t loop;
  again_uv *uv;
  again_scope scope;
  again_op *ops;
  unsigned done;
  uv_async_t async;
  uv_mutex_t mutex;
  item *list;
  item *items;
} service;

typedef struct poster {
  service *at;
  unsigned from;
} poster;

static void on_attempt(again_op *op) {
  again_outcome ok = {.status = 200};
  again_uv_report(((service *)op->data)->uv, op, &ok);
}

static void on_done(again_op *op, const again_result *result) {
  service *s = op->data;
  (void)result;
  if (++s->done == ALL) again_uv_close(s->uv, NULL, NULL);
}

static void post_ours(void *data) {
  poster *p = data;
  for (unsigned i = p->from; i < p->from + EACH; i++) {
    p->at->ops[i] = (again_op){.data = p->at, .attempt = on_attempt, .done = on_done};
    again_uv_post(p->at->uv, &p->at->ops[i], &p->at->scope, AGAIN_NEVER);
  }
}

static void post_peer(void *data) {
  poster *p = data;
  for (unsigned i = p->from; i < p->from + EACH; i++) {
    item *posted = &p->at->items[i];
    uv_mutex_lock(&p->at->mutex);
    posted->next = p->at->list;
    p->at->list = posted;
    uv_mutex_unlock(&p->at->mutex);
    uv_async_send(&p->at->async);
  }
}

static void on_async(uv_async_t *async) {
  service *s = async->data;
  uv_mutex_lock(&s->mutex);
  item *taken = s->list;
  s->list = NULL;
  uv_mutex_unlock(&s->mutex);
  for (; taken != NULL; taken = taken->next)
    s->done++;
  if (s->done == ALL) uv_close((uv_handle_t *)async, NULL);
}

/* ns for one, from the first post to the last one done. */
static double run(service *s, void (*post)(void *)) {
  uv_thread_t threads[THREADS];
  poster posters[THREADS];
  s->done = 0;
  uint64_t begin = uv_hrtime();
  for (unsigned i = 0; i < THREADS; i++) {
    posters[i] = (poster){s, i * EACH};
    uv_thread_create(&threads[i], post, &posters[i]);
  }
  uv_run(&s->loop, UV_RUN_DEFAULT);
  double ns = (double)(uv_hrtime() - begin) / ALL;
  for (unsigned i = 0; i < THREADS; i++)
    uv_thread_join(&threads[i]);
  return ns;
}

static double run_ours(service *s) {
  again_policy policy = *again_policy_default();
  policy.pace_pct = 0;
  policy.scope_in_flight = policy.total_in_flight = ALL;
  again_uv_options options = {.policy = &policy, .seed = 1, .posts = true};
  if (again_uv_new(&s->loop, &options, &s->uv) != 0) return -1;
  s->scope = (again_scope){.name = "posted"};
  again_scope_init(&s->scope, again_uv_sched(s->uv));
  double ns = run(s, post_ours);
  uv_run(&s->loop, UV_RUN_DEFAULT);
  return ns;
}

static double run_peer(service *s) {
  uv_mutex_init(&s->mutex);
  uv_async_init(&s->loop, &s->async, on_async);
  s->async.data = s;
  s->list = NULL;
  double ns = run(s, post_peer);
  uv_mutex_destroy(&s->mutex);
  return ns;
}

int main(int argc, char **argv) {
  static const char what[] =
      "Posting operations from four threads until all are done, against a list under a mutex and\n"
      "uv_async_send for each, which do nothing else: ns per operation (wall, median of 7 "
      "rounds).\n";
  bench_output output = {0};
  const char *side = NULL;
  int status = 0;
  static service s;
  if (!bench_options(argc, argv, what, &output, &side, &status)) return status;
  s.ops = calloc(ALL, sizeof *s.ops);
  s.items = calloc(ALL, sizeof *s.items);
  if (s.ops == NULL || s.items == NULL || uv_loop_init(&s.loop) != 0) return 1;
  double ours[ROUNDS];
  double peer[ROUNDS];
  for (int i = 0; i < ROUNDS; i++) {
    ours[i] = run_ours(&s);
    peer[i] = run_peer(&s);
  }
  bench_result(&output, "post, submit, attempt, done: four threads", "ns",
               bench_median(ours, ROUNDS), bench_median(peer, ROUNDS));
  uv_loop_close(&s.loop);
  free(s.ops);
  free(s.items);
  return 0;
}
