/* bench_timers: what it costs to keep the times of N waiting operations.
 *
 * Ours is the scheduler's timing wheel. The yardstick is a plain 4-ary heap in an array
 * (bench_timers_heap.c); the peers are one timer of libuv, libev and libevent for each operation.
 *
 * The load is that of retries: an attempt number from 0 to 10, a delay from 1 to min(60 s, 100 ms *
 * 2^attempt), all with the same seed. The clock is virtual (bench_timers_clock.c) and jumps from one time
 * at which something is due to the next: these are found beforehand. What fires is counted, and it must fire in
 * its very millisecond.
 *
 * Cost is CPU time of this thread. An event loop has costs that are not its timers': they are measured as
 * the same number of turns with one timer that is far away, and taken off ("net of the loop"). All contenders run
 * in turn in each round; the median counts. */
#include "bench_timers.h"
#include "bench.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 5, SMALLEST_RUN = 200000, CONTENDERS = 7, FAR_AWAY = 1000000000 };

enum phase { FIRE, CANCEL, CANCEL_MIXED, HOLD, PHASES };

static const char *const phase_names[PHASES] = {
    "schedule + fire", "cancel half, in turn", "cancel half, in no order", "fire + schedule again"};

/* The times at which a phase has something to fire. */
typedef struct plan {
  uint32_t *times;
  uint32_t count;
  uint32_t room;
} plan;

typedef struct result {
  double ns[PHASES][ROUNDS];
  size_t bytes;
} result;

static uint64_t seed;

/* D. Steele, S. Vigna: splitmix64. */
static uint64_t next_random(void) {
  uint64_t z = seed += UINT64_C(0x9E3779B97F4A7C15);
  z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
  z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
  return z ^ z >> 31;
}

static uint32_t delay_of_a_retry(void) {
  uint64_t longest = UINT64_C(100) << next_random() % 11;
  if (longest > 60000) longest = 60000;
  return (uint32_t)(1 + next_random() % longest);
}

static bool bed_open(bed *b, const contender *c, uint32_t count) {
  size_t size = (c->own + sizeof(record) + 63) / 64 * 64;
  *b = (bed){.contender = c, .own = c->own, .count = count};
  b->stride = size > c->stride ? size : c->stride;
  b->records = aligned_alloc(64, b->stride * count);
  if (b->records == NULL) return false;
  memset(b->records, 0, b->stride * count);
  seed = count;
  for (uint32_t i = 0; i < count; i++) {
    record *r = record_at(b, i);
    r->id = i;
    for (unsigned turn = 0; turn < DELAYS; turn++)
      r->delays[turn] = delay_of_a_retry();
  }
  bench_timers_clock(0);
  return c->open(b);
}

static void bed_close(bed *b) {
  b->contender->close(b);
  free(b->records);
}

static void run_at(bed *b, uint32_t now) {
  b->now = now;
  bench_timers_clock(now);
  b->contender->run(b);
}

static void schedule_all(bed *b) {
  for (uint32_t i = 0; i < b->count; i++)
    schedule(b, record_at(b, i));
}

/* Lets the heap go through the phase and notes when it has something to do. */
static bool make_plan(plan *p, enum phase phase, uint32_t count) {
  bed b;
  if (!bed_open(&b, &bench_timers_heap, count)) return false;
  b.hold = phase == HOLD;
  *p = (plan){.times = malloc(1 << 20), .room = (1 << 20) / sizeof *p->times};
  bool whole = p->times != NULL;
  schedule_all(&b);
  while (whole && b.fired < count) {
    uint32_t at = bench_timers_heap_next(&b);
    whole = p->count < p->room;
    if (whole) p->times[p->count++] = at;
    run_at(&b, at);
  }
  bed_close(&b);
  return whole;
}

/* CPU time of as many turns of the contender's loop as the plan has, with nothing due. */
static double loop_ns(const contender *c, const plan *p) {
  bed b;
  if (!c->loop || !bed_open(&b, c, 1)) return 0;
  c->add(&b, record_at(&b, 0), FAR_AWAY);
  uint64_t begin = bench_cpu_ns();
  for (uint32_t i = 0; i < p->count; i++)
    run_at(&b, p->times[i]);
  double ns = (double)(bench_cpu_ns() - begin);
  bed_close(&b);
  return ns;
}

static bool run_plan(bed *b, const plan *p) {
  for (uint32_t i = 0; i < p->count; i++)
    run_at(b, p->times[i]);
  return b->fired >= b->count && b->misfired == 0;
}

/* A random half of the records: in turn, or in no order. */
static uint32_t *choose_half(uint32_t count, bool mixed) {
  uint32_t *order = malloc(count * sizeof *order);
  if (order == NULL) return NULL;
  for (uint32_t i = 0; i < count; i++)
    order[i] = i;
  for (uint32_t i = 0; mixed && i < count; i++) {
    uint32_t other = i + (uint32_t)(next_random() % (count - i));
    uint32_t kept = order[i];
    order[i] = order[other];
    order[other] = kept;
  }
  uint32_t chosen = 0;
  for (uint32_t i = 0; !mixed && i < count; i++) {
    /* Each of those left is as likely as any. */
    if (next_random() % (count - i) < count / 2 - chosen) order[chosen++] = i;
  }
  return order;
}

/* Cancels half of the records; the rest must fire. */
static bool cancel_half(bed *b, bool mixed, const plan *p, uint64_t *ns) {
  uint32_t half = b->count / 2;
  uint32_t *order = choose_half(b->count, mixed);
  if (order == NULL) return false;
  uint64_t begin = bench_cpu_ns();
  for (uint32_t i = 0; i < half; i++)
    b->contender->cancel(b, record_at(b, order[i]));
  *ns = bench_cpu_ns() - begin;
  free(order);
  b->fired = half;
  return run_plan(b, p) && b->fired == b->count;
}

/* One run of a phase: ns for each of its operations. Negative: something went wrong. */
static double run_phase(const contender *c, enum phase phase, const plan *plans, uint32_t count,
                        size_t *bytes) {
  bed b;
  uint64_t ns = 0;
  bool cancels = phase == CANCEL || phase == CANCEL_MIXED;
  uint32_t operations = cancels ? count / 2 : count;
  const plan *p = &plans[phase == HOLD ? HOLD : FIRE];
  double loop = cancels ? 0 : loop_ns(c, p);
  if (!bed_open(&b, c, count)) return -1;
  b.hold = phase == HOLD;
  uint64_t begin = bench_cpu_ns();
  schedule_all(&b);
  if (phase == HOLD) begin = bench_cpu_ns();
  *bytes = c->bytes(&b);
  bool right = true;
  if (cancels) {
    right = cancel_half(&b, phase == CANCEL_MIXED, p, &ns);
  } else {
    right = run_plan(&b, p);
    ns = bench_cpu_ns() - begin;
  }
  bed_close(&b);
  return right ? ((double)ns - loop) / operations : -1;
}

static bool measure(const contender *c, result *r, unsigned round, const plan *plans,
                    uint32_t count) {
  unsigned runs = count < SMALLEST_RUN ? SMALLEST_RUN / count : 1;
  for (enum phase phase = FIRE; phase < PHASES; phase++) {
    double sum = 0;
    for (unsigned i = 0; i < runs; i++) {
      double ns = run_phase(c, phase, plans, count, &r->bytes);
      if (ns < 0) {
        fprintf(stderr, "%s: %s: no memory, or not all fired in their millisecond\n", c->name,
                phase_names[phase]);
        return false;
      }
      sum += ns;
    }
    r->ns[phase][round] = sum / runs;
  }
  return true;
}

/* One size; prints each peer against the wheel. Returns the wheel's cost of schedule + fire, or a negative number. */
static double bench_size(bench_output *output, const contender *const *all, uint32_t count) {
  plan plans[PHASES];
  static result results[CONTENDERS];
  if (!make_plan(&plans[FIRE], FIRE, count) || !make_plan(&plans[HOLD], HOLD, count)) return -1;
  for (unsigned round = 0; round < ROUNDS; round++) {
    for (unsigned i = 0; i < CONTENDERS; i++) {
      if (all[i] != NULL && !measure(all[i], &results[i], round, plans, count)) return -1;
    }
  }
  free(plans[FIRE].times);
  free(plans[HOLD].times);
  double medians[CONTENDERS][PHASES];
  for (unsigned i = 0; i < CONTENDERS; i++) {
    for (unsigned phase = FIRE; phase < PHASES; phase++)
      medians[i][phase] = bench_median(results[i].ns[phase], ROUNDS);
  }
  for (unsigned phase = FIRE; phase < PHASES; phase++) {
    for (unsigned i = 2; i < CONTENDERS; i++) {
      if (all[i] == NULL) continue;
      unsigned ours = all[i] == &bench_timers_heap_far ? 1 : 0;
      char name[96];
      snprintf(name, sizeof name, "%s, %u: %s", phase_names[phase], count, all[i]->name);
      bench_result(output, name, "ns", medians[ours][phase], medians[i][phase]);
    }
  }
  char name[96];
  snprintf(name, sizeof name, "state besides the records, %u: %s", count, bench_timers_heap.name);
  bench_result(output, name, "bytes", (double)results[0].bytes / count,
               (double)results[2].bytes / count);
  return medians[0][FIRE];
}

int main(int argc, char **argv) {
  static const char what[] =
      "Scheduling, firing and cancelling timers: the scheduler's wheel against a 4-ary heap in an\n"
      "array and against one timer of libuv, libev and libevent each (libev and libevent where\n"
      "libev-dev and libevent-dev were found when this was built): ns (CPU time net of the loop,\n"
      "median of 5 rounds in turn) and bytes for each operation.\n";
  bench_output output = {0};
  const char *unused = NULL;
  int status = 0;
  if (!bench_options(argc, argv, what, &output, &unused, &status)) return status;
  const contender *all[CONTENDERS] = {
      &bench_timers_wheel, &bench_timers_wheel_far, &bench_timers_heap, &bench_timers_heap_far,
      &bench_timers_uv,    bench_timers_ev,         bench_timers_event};
  if (bench_timers_ev == NULL) fprintf(stderr, "libev is left out: libev-dev was not found\n");
  if (bench_timers_event == NULL)
    fprintf(stderr, "libevent is left out: libevent-dev was not found\n");
  static const uint32_t counts[] = {10000, 100000, 1000000};
  enum { SIZES = sizeof counts / sizeof *counts };
  double costs[SIZES];
  for (unsigned i = 0; i < SIZES; i++) {
    costs[i] = bench_size(&output, all, counts[i]);
    if (costs[i] < 0) return 1;
  }
  bench_result(&output, "schedule + fire: 1000000 against 10000", "ns", costs[SIZES - 1], costs[0]);
  return 0;
}
