#include "pacing_agent.h"
#include <math.h>
#include <stdlib.h>

static const uint64_t ms_ns = 1000000;
static const double latency_median_ns = 20e6;
static const double latency_sigma = 0.287;
static const double way_there = 0.35; /* share of the latency before the server sees the call */

static again_ms clock_of(const pacing_agent *agent, uint64_t at) {
  return (at + agent->phase) / ms_ns;
}

static uint64_t time_of(const pacing_agent *agent, again_ms clock) {
  return clock * ms_ns - agent->phase;
}

/* 0 < uniform <= 1 */
static double uniform(again_random *random) {
  return ((double)(again_random_next(random) >> 11) + 1) / 9007199254740992.0;
}

static double lognormal(again_random *random) {
  double radius = sqrt(-2 * log(uniform(random)));
  double normal = radius * cos(6.283185307179586 * uniform(random));
  return latency_median_ns * exp(latency_sigma * normal);
}

/* ---- Calls ----------------------------------------------------------------------------------- */

static void call(pacing_agent *agent, pacing_batch *batch, again_ms now) {
  double latency = lognormal(&agent->world->latency);
  batch->latency = (uint64_t)latency;
  batch->sent_at = now;
  pacing_event event = {.at = time_of(agent, now) + (uint64_t)(way_there * latency),
                        .batch = batch,
                        .agent = agent->id,
                        .kind = PACING_CALL};
  pacing_heap_push(&agent->world->heap, event);
}

/* A slot in flight is held while the limiter is waited for, as a thread of an SDK would. */
static void on_attempt(again_op *op) {
  pacing_batch *batch = op->data;
  pacing_agent *agent = again_op_scope(op)->data;
  agent->gate[(agent->gate_first + agent->gate_count++) % PACING_IN_FLIGHT] = batch;
}

static again_ms open_gate(pacing_agent *agent, again_ms now) {
  while (agent->gate_count > 0) {
    again_ms next = pacing_limit_next(&agent->limit, now);
    if (next > now) return next;
    pacing_batch *batch = agent->gate[agent->gate_first];
    agent->gate_first = (agent->gate_first + 1) % PACING_IN_FLIGHT;
    agent->gate_count--;
    pacing_limit_sent(&agent->limit, now);
    call(agent, batch, now);
  }
  return AGAIN_NEVER;
}

static void on_abort(again_op *op) {
  (void)op; /* only when the run is over, and no answer is looked at any more */
}

/* Inside a callback `now` may be 0: a clock that goes back stands still. */
static void submit(pacing_agent *agent, pacing_batch *batch, again_ms now) {
  again_sched_submit(agent->sched, &batch->op, &agent->scope, AGAIN_NEVER, now);
}

static void on_done(again_op *op, const again_result *result) {
  pacing_batch *batch = op->data;
  pacing_agent *agent = again_op_scope(op)->data;
  bool delivered = result->reason == AGAIN_REASON_OK;
  if (!delivered && agent->policy->resubmits && !agent->world->over) {
    submit(agent, batch, 0);
  } else if (agent->unsubmitted == 0 || agent->world->over) {
    free(batch);
  } else {
    agent->unsubmitted--;
    agent->scope.more = agent->unsubmitted > 0;
    submit(agent, batch, 0);
  }
}

/* ---- The agent ------------------------------------------------------------------------------- */

/* Does all that is due, and has itself woken for the rest. */
static void settle(pacing_agent *agent, again_ms now) {
  again_ms gate;
  again_ms next;
  do {
    again_sched_run(agent->sched, now);
    gate = open_gate(agent, now);
    next = again_sched_next(agent->sched);
  } while (next <= now);
  if (gate < next) next = gate;
  if (next >= agent->armed) return;
  agent->armed = next;
  pacing_event event = {.at = time_of(agent, next), .agent = agent->id, .kind = PACING_WAKE};
  pacing_heap_push(&agent->world->heap, event);
}

static pacing_batch *new_batch(uint64_t at) {
  pacing_batch *batch = pacing_alloc(NULL, sizeof *batch);
  *batch = (pacing_batch){.born = at};
  batch->op = (again_op){.data = batch, .attempt = on_attempt, .abort = on_abort, .done = on_done};
  return batch;
}

void pacing_agent_open(pacing_agent *agent, pacing_world *world, const pacing_policy *policy,
                       const again_policy *compiled, uint32_t id, uint64_t seed) {
  enum { FIRST_MS = 1000000 };
  again_random random = {seed};
  *agent = (pacing_agent){.world = world, .policy = policy, .id = id, .armed = AGAIN_NEVER};
  agent->phase = FIRST_MS * ms_ns + again_random_scale(again_random_next(&random), ms_ns - 1);
  again_ms now = clock_of(agent, 0);
  again_sched_options options = {
      .policy = compiled, .seed = again_random_next(&random), .granularity = 1};
  if (again_sched_new(&options, now, &agent->sched) != 0) abort();
  agent->scope = (again_scope){
      .name = "topic", .kind = AGAIN_DAMAGE_TOPIC, .in_flight = PACING_IN_FLIGHT, .data = agent};
  if (again_scope_init(&agent->scope, agent->sched) != 0) abort();
  pacing_limit_init(&agent->limit, policy->limit, now);
}

void pacing_agent_close(pacing_agent *agent) {
  again_sched_close(agent->sched);
  again_sched_run(agent->sched, clock_of(agent, 0));
  if (again_sched_free(agent->sched) != 0) abort();
}

void pacing_agent_start(pacing_agent *agent, uint32_t batches, uint64_t at) {
  uint32_t first = batches < PACING_WINDOW ? batches : PACING_WINDOW;
  agent->started_at = at;
  agent->unsubmitted = batches - first;
  agent->scope.more = agent->unsubmitted > 0;
  for (uint32_t i = 0; i < first; i++)
    submit(agent, new_batch(at), clock_of(agent, at));
  settle(agent, clock_of(agent, at));
}

void pacing_agent_offer(pacing_agent *agent, uint64_t at) {
  submit(agent, new_batch(at), clock_of(agent, at));
  settle(agent, clock_of(agent, at));
}

void pacing_agent_answer(pacing_agent *agent, pacing_batch *batch, int status, again_ms retry_after,
                         uint64_t at) {
  again_ms now = clock_of(agent, at);
  again_outcome outcome = {.status = status, .hint = status == 429 ? retry_after : 0};
  if (status == 200) {
    agent->delivered++;
    agent->done_at = at;
  }
  pacing_limit_answered(&agent->limit, status, batch->sent_at, now);
  again_sched_report(agent->sched, &batch->op, &outcome, now);
  settle(agent, now);
}

void pacing_agent_wake(pacing_agent *agent, uint64_t at) {
  again_ms now = clock_of(agent, at);
  if (now != agent->armed) return; /* an earlier one came in its place */
  agent->armed = AGAIN_NEVER;
  settle(agent, now);
}
