#include "pacing_model.h"
#include <math.h>
#include <stdlib.h>

static const double second = 1e9; /* ns */
static const double start_spread = 0.2;
static const double patience = 12; /* times the ideal; what is left then is lost */
static const double bin = 0.1;     /* s, of deliveries after an outage */

typedef struct model {
  const pacing_case *test;
  pacing_world world;
  pacing_agent *agents;
  again_random arrivals;
  double tokens;    /* of the server, */
  double at;        /* when they were counted, s; by the second: the second */
  double second_at; /* when the server's seconds begin */

  uint64_t offered;
  uint64_t delivered;
  uint64_t refused;
  double last; /* delivery, s */
  double *waits;
  size_t wait_capacity;
  uint32_t *bins;
  size_t bin_count;
} model;

static double uniform(again_random *random) {
  return ((double)(again_random_next(random) >> 11) + 1) / 9007199254740992.0;
}

/* ---- The server ------------------------------------------------------------------------------ */

static void refill(model *m, double at) {
  const pacing_case *test = m->test;
  if (test->burst > 0) {
    m->tokens = fmin(m->tokens + (at - m->at) * test->quota, test->burst);
    m->at = at;
  } else if (floor(at + m->second_at) > m->at) {
    m->tokens = test->quota;
    m->at = floor(at + m->second_at);
  }
}

static uint16_t serve(model *m, double at) {
  const pacing_case *test = m->test;
  if (test->kind == PACING_OUTAGE && at >= test->outage_from && at < test->outage_to) return 503;
  refill(m, at);
  if (m->tokens < 1) return 429;
  m->tokens -= 1;
  return 200;
}

static void on_call(model *m, pacing_event event) {
  pacing_batch *batch = event.batch;
  uint64_t reached = event.at;
  event.status = serve(m, (double)reached / second);
  event.at = reached + batch->latency * 65 / 100;
  event.kind = PACING_ANSWER;
  pacing_heap_push(&m->world.heap, event);
}

/* ---- Batches --------------------------------------------------------------------------------- */

static void push(model *m, double at, uint32_t agent, pacing_event_kind kind) {
  pacing_event event = {.at = (uint64_t)(at * second), .agent = agent, .kind = (uint16_t)kind};
  pacing_heap_push(&m->world.heap, event);
}

static void push_arrival(model *m, double at, uint32_t agent) {
  const pacing_case *test = m->test;
  double next = at - log(uniform(&m->arrivals)) * test->agents / (test->load * test->quota);
  if (next < test->seconds) push(m, next, agent, PACING_ARRIVAL);
}

static void count_delivery(model *m, const pacing_batch *batch, double at) {
  m->last = at;
  if (m->delivered == m->wait_capacity) {
    m->wait_capacity = m->wait_capacity > 0 ? 2 * m->wait_capacity : 1024;
    m->waits = pacing_alloc(m->waits, m->wait_capacity * sizeof *m->waits);
  }
  m->waits[m->delivered++] = at - (double)batch->born / second;
  double after = (at - m->test->outage_to) / bin;
  if (after >= 0 && after < (double)m->bin_count) m->bins[(size_t)after]++;
}

static void on_answer(model *m, const pacing_event *event) {
  if (event->status == 200) {
    count_delivery(m, event->batch, (double)event->at / second);
  } else {
    m->refused++;
  }
  pacing_agent_answer(&m->agents[event->agent], event->batch, event->status, m->test->retry_after,
                      event->at);
}

/* ---- A run ----------------------------------------------------------------------------------- */

static void open_run(model *m, const pacing_policy *policy, const again_policy *compiled,
                     uint64_t seed) {
  const pacing_case *test = m->test;
  again_random random = {seed};
  m->world.latency.state = again_random_next(&random);
  m->arrivals.state = again_random_next(&random);
  m->tokens = test->burst;
  m->at = test->burst > 0 ? 0 : -1;
  m->second_at = uniform(&random);
  m->agents = pacing_alloc(NULL, test->agents * sizeof *m->agents);
  m->bin_count = (size_t)(fmax(test->seconds - test->outage_to, 0) / bin);
  m->bins = calloc(m->bin_count + 1, sizeof *m->bins);
  for (uint32_t i = 0; i < test->agents; i++) {
    pacing_agent_open(&m->agents[i], &m->world, policy, compiled, i, again_random_next(&random));
    if (test->kind == PACING_BACKLOG) {
      double join = i % 2 == 1 ? test->join : 0;
      push(m, join + start_spread * uniform(&random), i, PACING_START);
      m->offered += test->batches;
    } else {
      push_arrival(m, 0, i);
    }
  }
}

static void close_run(model *m) {
  pacing_event event;
  m->world.over = true;
  while (pacing_heap_pop(&m->world.heap, &event)) {
    if (event.kind == PACING_AGAIN) free(event.batch); /* others are still the schedulers' */
  }
  for (uint32_t i = 0; i < m->test->agents; i++)
    pacing_agent_close(&m->agents[i]);
  pacing_heap_free(&m->world.heap);
  free(m->agents);
  free(m->waits);
  free(m->bins);
}

static void step(model *m, const pacing_event *event) {
  pacing_agent *agent = &m->agents[event->agent];
  switch ((pacing_event_kind)event->kind) {
  case PACING_START: pacing_agent_start(agent, m->test->batches, event->at); break;
  case PACING_ARRIVAL:
    m->offered++;
    push_arrival(m, (double)event->at / second, event->agent);
    pacing_agent_offer(agent, event->at);
    break;
  case PACING_AGAIN: pacing_agent_offer_again(agent, event->batch, event->at); break;
  case PACING_WAKE: pacing_agent_wake(agent, event->at); break;
  case PACING_CALL: on_call(m, *event); break;
  case PACING_ANSWER: on_answer(m, event); break;
  }
}

static double ideal(const model *m) {
  const pacing_case *test = m->test;
  return test->kind == PACING_BACKLOG ? (double)test->agents * test->batches / test->quota
                                      : test->seconds;
}

/* ---- What came out --------------------------------------------------------------------------- */

static int compare(const void *a, const void *b) {
  double x = *(const double *)a;
  double y = *(const double *)b;
  return (x > y) - (x < y);
}

static double jain(const model *m) {
  double sum = 0;
  double squares = 0;
  for (uint32_t i = 0; i < m->test->agents; i++) {
    const pacing_agent *agent = &m->agents[i];
    if (agent->delivered == 0) continue;
    double rate = agent->delivered * second / (double)(agent->done_at - agent->started_at);
    sum += rate;
    squares += rate * rate;
  }
  return squares > 0 ? sum * sum / (m->test->agents * squares) : 0;
}

static double recovery(const model *m) {
  for (size_t i = 0; i < m->bin_count; i++) {
    if (m->bins[i] >= 0.9 * bin * m->test->load * m->test->quota) return (double)(i + 1) * bin;
  }
  return INFINITY;
}

static pacing_result result_of(model *m) {
  pacing_result result = {.seeds = 1, .completion = m->last / ideal(m), .jain = jain(m)};
  uint64_t delivered = m->delivered > 0 ? m->delivered : 1;
  result.waste = (double)m->refused / (double)delivered;
  result.lost = (double)(m->offered - m->delivered) / (double)(m->offered > 0 ? m->offered : 1);
  if (m->delivered > 0) {
    qsort(m->waits, m->delivered, sizeof *m->waits, compare);
    result.p50_ms = m->waits[m->delivered / 2] * 1000;
    result.p99_ms = m->waits[(size_t)(0.99 * (double)m->delivered)] * 1000;
  }
  result.recovery_s = m->test->kind == PACING_OUTAGE ? recovery(m) : 0;
  return result;
}

pacing_result pacing_model_run(const pacing_case *test, const pacing_policy *policy,
                               const again_policy *compiled, uint64_t seed) {
  model m = {.test = test};
  pacing_event event;
  open_run(&m, policy, compiled, seed);
  double end = patience * ideal(&m) * second;
  while (pacing_heap_pop(&m.world.heap, &event) && (double)event.at < end)
    step(&m, &event);
  pacing_result result = result_of(&m);
  close_run(&m);
  return result;
}
