/* bench_stall: how long is a loop stalled at most by one run of the scheduler?
 *
 * With N operations waiting for a retry, all due in the same millisecond, each run is timed until all
 * have been tried again; then all of them are closed. Ours does work_per_run pieces in a run (1024). The
 * peer is the same scheduler without that bound. Thread CPU time; the worst run of the median round. */
#include "bench.h"
#include <again/policy.h>
#include <again/sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 5 };

typedef struct crowd {
  again_policy policy;
  again_sched *sched;
  again_scope scope;
  again_op *ops;
  unsigned count;
  unsigned attempts;
  again_ms now;
} crowd;

static void on_attempt(again_op *op) {
  crowd *c = op->data;
  again_outcome fails = {.status = 500};
  c->attempts++;
  again_sched_report(c->sched, op, &fails, c->now);
}

static void on_done(again_op *op, const again_result *result) {
  (void)op;
  (void)result;
}

static bool crowd_open(crowd *c, unsigned count, uint32_t work) {
  memset(c, 0, sizeof *c);
  c->policy = *again_policy_default();
  c->policy.pace_pct = 0;
  c->policy.total_backlog = 0;
  c->policy.retryable.backoff.jitter = AGAIN_JITTER_NONE;
  c->policy.total_in_flight = c->policy.scope_in_flight = count;
  c->count = count;
  c->ops = calloc(count, sizeof *c->ops);
  again_sched_options options = {.policy = &c->policy, .seed = 1, .work_per_run = work};
  if (c->ops == NULL || again_sched_new(&options, 0, &c->sched) != 0) return false;
  if (again_scope_init(&c->scope, c->sched) != 0) return false;
  for (unsigned i = 0; i < count; i++) {
    c->ops[i] = (again_op){.data = c, .attempt = on_attempt, .done = on_done};
    if (again_sched_submit(c->sched, &c->ops[i], &c->scope, AGAIN_NEVER, 0) != 0) return false;
  }
  while (again_sched_next(c->sched) <= c->now)
    again_sched_run(c->sched, c->now);
  return c->attempts == count;
}

/* Runs until there is nothing more to do now; the longest run in us. */
static double worst_run(crowd *c) {
  double worst = 0;
  while (again_sched_next(c->sched) <= c->now) {
    uint64_t begin = bench_cpu_ns();
    again_sched_run(c->sched, c->now);
    double us = (double)(bench_cpu_ns() - begin) / 1000;
    if (us > worst) worst = us;
  }
  return worst;
}

/* The worst run while all retries are due, and while all is closed. */
static bool measure(unsigned count, uint32_t work, double *due, double *closed) {
  crowd c;
  if (!crowd_open(&c, count, work)) return false;
  c.now = c.policy.retryable.backoff.base;
  *due = worst_run(&c);
  bool all = c.attempts == 2 * count;
  again_sched_close(c.sched);
  *closed = worst_run(&c);
  all = again_sched_free(c.sched) == 0 && all;
  free(c.ops);
  return all;
}

int main(int argc, char **argv) {
  static const char what[] =
      "The longest run of the scheduler, with its bound of 1024 pieces of work and without: us of\n"
      "CPU time, the median of 5 rounds, with all operations due at once, and while they are "
      "closed.\n";
  bench_output output = {0};
  const char *side = NULL;
  int status = 0;
  if (!bench_options(argc, argv, what, &output, &side, &status)) return status;
  static const unsigned counts[] = {10000, 1000000};
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
    double due[2][ROUNDS];
    double closed[2][ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      if (!measure(counts[i], 0, &due[0][round], &closed[0][round]) ||
          !measure(counts[i], UINT32_MAX, &due[1][round], &closed[1][round])) {
        fprintf(stderr, "%s: out of memory, or not all was tried again\n", argv[0]);
        return 1;
      }
    }
    char name[64];
    snprintf(name, sizeof name, "%u due at once: longest run", counts[i]);
    bench_result(&output, name, "us", bench_median(due[0], ROUNDS), bench_median(due[1], ROUNDS));
    snprintf(name, sizeof name, "%u closed: longest run", counts[i]);
    bench_result(&output, name, "us", bench_median(closed[0], ROUNDS),
                 bench_median(closed[1], ROUNDS));
  }
  return 0;
}
