#include "sim/agent.h"
#include <math.h>
#include <stdlib.h>

enum { RESUBMIT_MS = 1000, SUBMITTED = 64 };

static const uint64_t ms_ns = 1000000;
static const double way_there = 0.35; /* share of the latency before the service sees the call */

static again_ms clock_of(const again_sim_agent *agent, uint64_t at) {
  return (at + agent->phase) / ms_ns;
}

static uint64_t time_of(const again_sim_agent *agent, again_ms clock) {
  if (clock > UINT64_MAX / (2 * ms_ns)) return UINT64_MAX / 2;
  return clock * ms_ns - agent->phase;
}

double again_sim_uniform(again_random *random) {
  return ((double)(again_random_next(random) >> 11) + 1) / 9007199254740992.0;
}

static double draw_latency(again_sim_world *world) {
  const again_sim_scenario *scenario = world->scenario;
  double radius = sqrt(-2 * log(again_sim_uniform(&world->latency)));
  double normal = radius * cos(6.283185307179586 * again_sim_uniform(&world->latency));
  return (double)scenario->latency * 1e6 * exp(scenario->spread * normal);
}

static uint64_t draw_size(again_sim_world *world) {
  uint64_t bytes = world->scenario->batch_bytes;
  if (bytes == 0) return 0;
  return (uint64_t)((0.5 + again_sim_uniform(&world->sizes)) * (double)bytes);
}

/* ---- Calls ------------------------------------------------------------------------------------- */

static void call(again_sim_agent *agent, again_sim_batch *batch, again_ms now) {
  double latency = draw_latency(agent->world);
  batch->latency = (uint64_t)latency;
  batch->sent_at = now;
  batch->deadline = time_of(agent, again_op_attempt_deadline(&batch->op));
  again_sim_event event = {.at = time_of(agent, now) + (uint64_t)(way_there * latency),
                           .batch = batch,
                           .agent = agent->id,
                           .kind = AGAIN_SIM_CALL};
  again_sim_heap_push(&agent->world->heap, event);
}

/* A slot in flight is held while the limiter is waited for, as a thread of an SDK would. */
static void on_attempt(again_op *op) {
  again_sim_batch *batch = op->data;
  again_sim_agent *agent = again_op_scope(op)->data;
  batch->next = NULL;
  *(agent->line == NULL ? &agent->line : &agent->line_end->next) = batch;
  agent->line_end = batch;
}

static again_ms open_gate(again_sim_agent *agent, again_ms now) {
  const again_sim_limiter *limiter = agent->world->sender->limiter;
  while (agent->line != NULL) {
    again_ms next = limiter != NULL ? limiter->next(agent->limiter, now) : now;
    if (next > now) return next;
    again_sim_batch *batch = agent->line;
    agent->line = batch->next;
    if (limiter != NULL) limiter->sent(agent->limiter, now);
    call(agent, batch, now);
  }
  return AGAIN_NEVER;
}

static void on_abort(again_op *op) {
  (void)op; /* only when the run is over, and no answer is looked at any more */
}

/* What there is no room for is not taken. */
static bool submit(again_sim_agent *agent, again_sim_batch *batch) {
  int error = again_sched_submit(agent->sched, &batch->op, &agent->scope, AGAIN_NEVER, agent->now);
  agent->world->failed |= error == AGAIN_ENOMEM;
  if (error == 0) agent->open++;
  return error == 0;
}

static void submit_later(again_sim_agent *agent, again_sim_batch *batch) {
  again_sim_event event = {.at = time_of(agent, agent->now + RESUBMIT_MS),
                           .batch = batch,
                           .agent = agent->id,
                           .kind = AGAIN_SIM_AGAIN};
  again_sim_heap_push(&agent->world->heap, event);
  if (agent->world->heap.failed) free(batch);
}

/* The next of the backlog takes the place of one that is done. */
static bool submit_next(again_sim_agent *agent, again_sim_batch *batch) {
  if (agent->unsubmitted == 0 || agent->world->over) return false;
  agent->scope.more = agent->unsubmitted > 1;
  batch->op.bytes = draw_size(agent->world);
  if (!submit(agent, batch)) return false;
  agent->unsubmitted--;
  return true;
}

static void on_done(again_op *op, const again_result *result) {
  again_sim_batch *batch = op->data;
  again_sim_agent *agent = again_op_scope(op)->data;
  again_sim_world *world = agent->world;
  bool surfaced = result->reason != AGAIN_REASON_OK && !world->over;
  agent->open--;
  if (surfaced && world->sender->resubmits) {
    submit_later(agent, batch);
    return;
  }
  world->surfaced += surfaced;
  if (!submit_next(agent, batch)) free(batch);
}

/* ---- The agent --------------------------------------------------------------------------------- */

static again_sim_batch *new_batch(again_sim_world *world, uint64_t at) {
  again_sim_batch *batch = calloc(1, sizeof *batch);
  if (batch == NULL) {
    world->failed = true;
    return NULL;
  }
  batch->born = at;
  batch->op.data = batch;
  batch->op.attempt = on_attempt;
  batch->op.abort = on_abort;
  batch->op.done = on_done;
  batch->op.bytes = draw_size(world);
  return batch;
}

/* Submits of the backlog as much as may be submitted at a time. */
static void fill(again_sim_agent *agent, uint64_t at) {
  again_sim_world *world = agent->world;
  uint32_t most = world->sender->submitted != 0 ? world->sender->submitted : SUBMITTED;
  while (agent->unsubmitted > 0 && agent->open < most && !world->failed) {
    again_sim_batch *batch = new_batch(world, at);
    if (batch == NULL) return;
    agent->scope.more = agent->unsubmitted > 1;
    if (!submit(agent, batch)) {
      free(batch);
      return; /* when something is done, there is room again */
    }
    agent->unsubmitted--;
  }
}

/* Does all that is due, and has itself woken for the rest. */
static void settle(again_sim_agent *agent) {
  again_ms now = agent->now;
  again_ms gate;
  again_ms next;
  do {
    again_sched_run(agent->sched, now);
    gate = open_gate(agent, now);
    next = again_sched_next(agent->sched);
  } while (next <= now);
  if (agent->open == 0 && agent->unsubmitted > 0) fill(agent, agent->started_at);
  if (gate < next) next = gate;
  if (next >= agent->armed) return;
  agent->armed = next;
  again_sim_event event = {.at = time_of(agent, next), .agent = agent->id, .kind = AGAIN_SIM_WAKE};
  again_sim_heap_push(&agent->world->heap, event);
}

int again_sim_agent_open(again_sim_agent *agent, again_sim_world *world, uint32_t id,
                         uint64_t seed) {
  enum { FIRST_MS = 1000000 };
  const again_sim_limiter *limiter = world->sender->limiter;
  again_random random = {seed};
  *agent = (again_sim_agent){.world = world, .id = id, .armed = AGAIN_NEVER};
  agent->phase = FIRST_MS * ms_ns + again_random_scale(again_random_next(&random), ms_ns - 1);
  agent->now = clock_of(agent, 0);
  if (limiter != NULL) {
    agent->limiter = calloc(1, limiter->size);
    if (agent->limiter == NULL) return AGAIN_ENOMEM;
    limiter->init(agent->limiter, agent->now);
  }
  again_sched_options options = {
      .policy = world->sender->policy, .seed = again_random_next(&random), .granularity = 1};
  int error = again_sched_new(&options, agent->now, &agent->sched);
  agent->scope = (again_scope){.name = "topic",
                               .kind = AGAIN_DAMAGE_TOPIC,
                               .in_flight = world->sender->in_flight,
                               .data = agent};
  if (error == 0) error = again_scope_init(&agent->scope, agent->sched);
  if (error == 0) return 0;
  again_sched_free(agent->sched);
  free(agent->limiter);
  return error;
}

void again_sim_agent_close(again_sim_agent *agent) {
  again_sched_close(agent->sched);
  while (!again_sched_idle(agent->sched))
    again_sched_run(agent->sched, agent->now);
  again_sched_free(agent->sched);
  free(agent->limiter);
}

void again_sim_agent_start(again_sim_agent *agent, uint64_t at) {
  agent->started_at = at;
  agent->unsubmitted = agent->world->scenario->backlog;
  agent->now = clock_of(agent, at);
  fill(agent, at);
  settle(agent);
}

void again_sim_agent_offer(again_sim_agent *agent, uint64_t at) {
  again_sim_batch *batch = new_batch(agent->world, at);
  if (batch != NULL) again_sim_agent_offer_again(agent, batch, at);
}

void again_sim_agent_offer_again(again_sim_agent *agent, again_sim_batch *batch, uint64_t at) {
  agent->now = clock_of(agent, at);
  if (!submit(agent, batch)) {
    agent->world->surfaced++; /* the policy's backlog is full */
    free(batch);
  }
  settle(agent);
}

static again_outcome outcome_of(const again_sim_batch *batch, uint16_t status) {
  again_outcome outcome = {.hint = batch->hint};
  switch (status) {
  case AGAIN_SIM_TIMEOUT: outcome.fault = AGAIN_FAULT_TIMEOUT; break;
  case AGAIN_SIM_UNREACHED: outcome.fault = AGAIN_FAULT_CONNECT; break;
  default: outcome.status = status;
  }
  return outcome;
}

void again_sim_agent_answer(again_sim_agent *agent, again_sim_batch *batch, uint16_t status,
                            uint64_t at) {
  const again_sim_limiter *limiter = agent->world->sender->limiter;
  agent->now = clock_of(agent, at);
  again_outcome outcome = outcome_of(batch, status);
  if (status == 200) {
    agent->delivered++;
    agent->done_at = at;
  }
  if (limiter != NULL)
    limiter->answered(agent->limiter, outcome.status, batch->sent_at, agent->now);
  again_sched_report(agent->sched, &batch->op, &outcome, agent->now);
  settle(agent);
}

void again_sim_agent_wake(again_sim_agent *agent, uint64_t at) {
  agent->now = clock_of(agent, at);
  if (agent->now != agent->armed) return; /* an earlier one came in its place */
  agent->armed = AGAIN_NEVER;
  settle(agent);
}
