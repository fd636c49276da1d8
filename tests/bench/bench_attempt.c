/* bench_attempt: what one failed attempt costs from its report to the armed retry.
 *
 * Ours is again_sched_report with a 429 of CLS while N operations are under way: classify by policy
 * and catalogue, decide with jitter and limits, record the history, enter the timing wheel. The peer
 * is what a program without a library writes: a linear search of the same codes with strcmp, pow()
 * and rand() for the delay, and one uv_timer_t for each operation. Both are given the same codes in
 * turn. Firing is not in it. The scope is not paced: each operation backs off by itself, as the
 * peer's. Once more with a callback that counts events. */
#include "bench.h"
#include <again/cls.h>
#include <again/policy.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 9, WARM = 2, COUNTED = 1000, LONGEST_MS = 120000 };

typedef struct answer {
  int status;
  const char *code;
} answer;

/* What an upload meets: mostly throttling and failures. */
static const answer answers[] = {{429, "SpeedQuotaExceed"},         {500, "InternalError"},
                                 {429, "SpeedQuotaExceed"},         {503, ""},
                                 {429, "SpeedQuotaExceed"},         {500, "InternalError"},
                                 {401, "AuthFailure.TokenFailure"}, {429, "SpeedQuotaExceed"}};

enum { ANSWERS = sizeof answers / sizeof *answers };

/* ---- Ours ------------------------------------------------------------------------------------ */

typedef struct ours {
  again_policy policy;
  again_sched *sched;
  again_scope scope;
  again_op *ops;
  unsigned count;
  unsigned started;
  uint64_t events[AGAIN_EVENT_COUNT];
  again_ms now;
} ours;

static void on_attempt(again_op *op) {
  ((ours *)op->data)->started++;
}

static void on_done(again_op *op, const again_result *result) {
  (void)op;
  (void)result;
}

static void on_event(void *data, const again_event *event) {
  ((ours *)data)->events[event->kind]++;
}

static bool ours_open(ours *o, unsigned count, bool events) {
  memset(o, 0, sizeof *o);
  o->policy = *again_policy_default();
  o->policy.total_in_flight = count;
  o->policy.scope_in_flight = count;
  o->policy.auth.max_attempts = 0;
  o->policy.retryable.max_elapsed = AGAIN_NEVER;
  o->policy.operation_deadline = AGAIN_NEVER;
  o->policy.total_backlog = 0;
  o->policy.pace_pct = 0;
  o->count = count;
  o->ops = calloc(count, sizeof *o->ops);
  again_sched_options options = {.policy = &o->policy,
                                 .catalogue = again_cls_catalogue(),
                                 .seed = 1,
                                 .work_per_run = UINT32_MAX,
                                 .event = events ? on_event : NULL,
                                 .data = o};
  if (o->ops == NULL || again_sched_new(&options, 0, &o->sched) != 0) return false;
  o->scope.name = "topic";
  again_scope_init(&o->scope, o->sched);
  for (unsigned i = 0; i < count; i++) {
    o->ops[i] = (again_op){.data = o, .attempt = on_attempt, .done = on_done};
    again_sched_submit(o->sched, &o->ops[i], &o->scope, AGAIN_NEVER, 0);
  }
  return true;
}

/* Lets every waiting operation begin its next attempt; false if one does not. */
static bool ours_start_all(ours *o) {
  o->started = 0;
  for (int i = 0; i < 4 && o->started < o->count; i++) {
    o->now += LONGEST_MS;
    again_sched_run(o->sched, o->now);
  }
  return o->started == o->count;
}

void bench_ours_round(ours *o);

/* Not static, and not inlined: callgrind counts what is inside it. */
__attribute__((noinline)) void bench_ours_round(ours *o) {
  for (unsigned i = 0; i < o->count; i++) {
    const answer *a = &answers[i % ANSWERS];
    again_outcome outcome = {.status = a->status,
                             .code = a->code,
                             .message = "the service says no",
                             .request_id = "6374-0001",
                             .effect = again_effect_of_status(a->status)};
    again_sched_report(o->sched, &o->ops[i], &outcome, o->now);
  }
}

static void ours_close(ours *o) {
  for (unsigned i = 0; i < o->count; i++) {
    again_outcome ok = {.status = 200};
    again_sched_report(o->sched, &o->ops[i], &ok, o->now);
  }
  again_sched_close(o->sched);
  again_sched_run(o->sched, o->now);
  again_scope_fini(&o->scope);
  again_sched_free(o->sched);
  free(o->ops);
}

/* ---- The peer -------------------------------------------------------------------------------- */

typedef struct peer {
  uv_loop_t loop;
  uv_timer_t *timers;
  unsigned *attempts;
  unsigned count;
} peer;

static void on_peer_timer(uv_timer_t *timer) {
  (void)timer;
}

static bool peer_open(peer *p, unsigned count) {
  p->count = count;
  p->timers = calloc(count, sizeof *p->timers);
  p->attempts = calloc(count, sizeof *p->attempts);
  if (p->timers == NULL || p->attempts == NULL || uv_loop_init(&p->loop) != 0) return false;
  for (unsigned i = 0; i < count; i++)
    uv_timer_init(&p->loop, &p->timers[i]);
  return true;
}

static void peer_start_all(peer *p) {
  for (unsigned i = 0; i < p->count; i++)
    uv_timer_stop(&p->timers[i]);
}

static again_class peer_classify(int status, const char *code) {
  const again_catalogue *known = again_cls_catalogue();
  for (size_t i = 0; i < known->count; i++) {
    if (strcmp(known->codes[i].name, code) == 0) return known->codes[i].error_class;
  }
  return status == 429   ? AGAIN_CLASS_THROTTLED
         : status >= 500 ? AGAIN_CLASS_RETRYABLE
                         : AGAIN_CLASS_FATAL;
}

void bench_peer_round(peer *p);

__attribute__((noinline)) void bench_peer_round(peer *p) {
  for (unsigned i = 0; i < p->count; i++) {
    const answer *a = &answers[i % ANSWERS];
    again_class class = peer_classify(a->status, a->code);
    if (class == AGAIN_CLASS_FATAL) continue;
    double base = class == AGAIN_CLASS_RETRYABLE ? 500 : 1000;
    double delay = fmin(30000, base * pow(2, p->attempts[i]++));
    delay *= (double)rand() / RAND_MAX;
    uv_timer_start(&p->timers[i], on_peer_timer, (uint64_t)delay + 1, 0);
  }
}

static void peer_close(peer *p) {
  for (unsigned i = 0; i < p->count; i++)
    uv_close((uv_handle_t *)&p->timers[i], NULL);
  uv_run(&p->loop, UV_RUN_DEFAULT);
  uv_loop_close(&p->loop);
  free(p->timers);
  free(p->attempts);
}

/* ---- The bench ------------------------------------------------------------------------------- */

static bool measure(bench_output *output, unsigned count) {
  ours o;
  peer p;
  double ours_ns[ROUNDS];
  double peer_ns[ROUNDS];
  if (!ours_open(&o, count, false) || !peer_open(&p, count)) return false;
  bool whole = true;
  for (int round = -WARM; round < ROUNDS; round++) {
    whole = ours_start_all(&o) && whole;
    uint64_t begin = bench_cpu_ns();
    bench_ours_round(&o);
    uint64_t middle = bench_cpu_ns();
    peer_start_all(&p);
    uint64_t again = bench_cpu_ns();
    bench_peer_round(&p);
    uint64_t end = bench_cpu_ns();
    if (round < 0) continue;
    ours_ns[round] = (double)(middle - begin) / count;
    peer_ns[round] = (double)(end - again) / count;
  }
  whole = ours_start_all(&o) && whole;
  ours_close(&o);
  peer_close(&p);
  if (!whole) return false;
  char name[64];
  snprintf(name, sizeof name, "classify + decide + schedule, %u under way", count);
  bench_result(output, name, "ns", bench_median(ours_ns, ROUNDS), bench_median(peer_ns, ROUNDS));
  return true;
}

/* One round, for callgrind. */
static int count_round(const char *side) {
  ours o;
  peer p;
  bool is_ours = strcmp(side, "peer") != 0;
  if (is_ours ? !ours_open(&o, COUNTED, strcmp(side, "events") == 0) : !peer_open(&p, COUNTED))
    return 1;
  if (is_ours) {
    ours_start_all(&o);
    bench_ours_round(&o);
    ours_start_all(&o);
    ours_close(&o);
  } else {
    bench_peer_round(&p);
    peer_close(&p);
  }
  return 0;
}

int main(int argc, char **argv) {
  static const char what[] =
      "What one failed attempt costs from its report to the armed retry, against a linear strcmp,\n"
      "pow(), rand() and one uv_timer_t for each operation: ns (CPU time, median of 9 rounds in\n"
      "turn) and instructions (callgrind, if valgrind is installed).\n";
  bench_output output = {0};
  const char *side = NULL;
  int status = 0;
  if (!bench_options(argc, argv, what, &output, &side, &status)) return status;
  if (side != NULL) return count_round(side);
  static const unsigned counts[] = {100, 10000, 1000000};
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
    if (!measure(&output, counts[i])) {
      fprintf(stderr, "%s: out of memory, or an operation was not tried again\n", argv[0]);
      return 1;
    }
  }
  double ours_count = bench_instructions(argv[0], "ours", "bench_ours_round");
  double peer_count = bench_instructions(argv[0], "peer", "bench_peer_round");
  if (ours_count <= 0 || peer_count <= 0) {
    fprintf(stderr, "instructions were not counted: valgrind is not installed or failed\n");
    return 0;
  }
  bench_result(&output, "classify + decide + schedule, 1000 under way", "instructions",
               ours_count / COUNTED, peer_count / COUNTED);
  bench_result(&output, "the same with events, against without", "instructions",
               bench_instructions(argv[0], "events", "bench_ours_round") / COUNTED,
               ours_count / COUNTED);
  return 0;
}
