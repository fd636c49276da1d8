#include "pacing_agent.h"
#include <math.h>
#include <stdlib.h>

enum { RESUBMIT_MS = 1000 };

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

static void submit(pacing_agent *agent, pacing_batch *batch) {
  again_sched_submit(agent->sched, &batch->op, &agent->scope, AGAIN_NEVER, agent->now);
}

static void submit_later(pacing_agent *agent, pacing_batch *batch) {
  pacing_event event = {.at = time_of(agent, agent->now + RESUBMIT_MS),
                        .batch = batch,
                        .agent = agent->id,
                        .kind = PACING_AGAIN};
  pacing_heap_push(&agent->world->heap, event);
}

static void on_done(again_op *op, const again_result *result) {
  pacing_batch *batch = op->data;
  pacing_agent *agent = again_op_scope(op)->data;
  bool delivered = result->reason == AGAIN_REASON_OK;
  if (!delivered && agent->policy->resubmits && !agent->world->over) {
    submit_later(agent, batch);
  } else if (agent->unsubmitted == 0 || agent->world->over) {
    free(batch);
  } else {
    agent->unsubmitted--;
    agent->scope.more = agent->unsubmitted > 0;
    submit(agent, batch);
  }
}

/* ---- The agent ------------------------------------------------------------------------------- */

/* Does all that is due, and has itself woken for the rest. */
static void settle(pacing_agent *agent) {
  again_ms now = agent->now;
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
  agent->now = clock_of(agent, 0);
  again_sched_options options = {
      .policy = compiled, .seed = again_random_next(&random), .granularity = 1};
  if (again_sched_new(&options, agent->now, &agent->sched) != 0) abort();
  agent->scope = (again_scope){
      .name = "topic", .kind = AGAIN_DAMAGE_TOPIC, .in_flight = PACING_IN_FLIGHT, .data = agent};
  if (again_scope_init(&agent->scope, agent->sched) != 0) abort();
  pacing_limit_init(&agent->limit, policy->limit, agent->now);
}

void pacing_agent_close(pacing_agent *agent) {
  again_sched_close(agent->sched);
  again_sched_run(agent->sched, agent->now);
  if (again_sched_free(agent->sched) != 0) abort();
}

void pacing_agent_start(pacing_agent *agent, uint32_t batches, uint64_t at) {
  uint32_t most = agent->policy->submitted;
  uint32_t first = batches < most ? batches : most;
  agent->started_at = at;
  agent->unsubmitted = batches - first;
  agent->scope.more = agent->unsubmitted > 0;
  agent->now = clock_of(agent, at);
  for (uint32_t i = 0; i < first; i++)
    submit(agent, new_batch(at));
  settle(agent);
}

void pacing_agent_offer(pacing_agent *agent, uint64_t at) {
  pacing_agent_offer_again(agent, new_batch(at), at);
}

void pacing_agent_offer_again(pacing_agent *agent, pacing_batch *batch, uint64_t at) {
  agent->now = clock_of(agent, at);
  submit(agent, batch);
  settle(agent);
}

void pacing_agent_answer(pacing_agent *agent, pacing_batch *batch, int status, again_ms retry_after,
                         uint64_t at) {
  agent->now = clock_of(agent, at);
  again_outcome outcome = {.status = status, .hint = status == 429 ? retry_after : 0};
  if (status == 200) {
    agent->delivered++;
    agent->done_at = at;
  }
  pacing_limit_answered(&agent->limit, status, batch->sent_at, agent->now);
  again_sched_report(agent->sched, &batch->op, &outcome, agent->now);
  settle(agent);
}

void pacing_agent_wake(pacing_agent *agent, uint64_t at) {
  agent->now = clock_of(agent, at);
  if (agent->now != agent->armed) return; /* an earlier one came in its place */
  agent->armed = AGAIN_NEVER;
  settle(agent);
}
