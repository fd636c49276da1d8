/* A sender in a simulation: one scheduler with one scope, on a clock of whole milliseconds that begin at a
 * time of its own. */
#ifndef AGAIN_SIM_AGENT_H
#define AGAIN_SIM_AGENT_H

#include "sim/heap.h"
#include <again/sim.h>

/* What all agents of a run share. */
typedef struct again_sim_world {
  const again_sim_scenario *scenario;
  const again_sim_sender *sender;
  again_sim_heap heap;
  again_random latency;
  again_random sizes;
  uint64_t surfaced;
  bool over;   /* what is left is only given back */
  bool failed; /* there was no memory */
} again_sim_world;

typedef struct again_sim_batch {
  again_op op;
  struct again_sim_batch *next; /* in the line for the limiter */
  uint64_t born;                /* ns */
  uint64_t latency;             /* ns, of the call under way */
  uint64_t deadline;            /* ns, of the call: no later answer is waited for */
  again_ms sent_at;
  again_ms hint; /* that the answer brings */
} again_sim_batch;

typedef struct again_sim_agent {
  again_sim_world *world;
  again_sched *sched;
  again_scope scope;
  uint32_t id;
  uint64_t phase;        /* ns, added to the time gives the agent's clock */
  again_ms now;          /* of the latest event */
  again_ms armed;        /* the earliest wake that is under way; AGAIN_NEVER: none */
  void *limiter;         /* its state */
  again_sim_batch *line; /* that waits for the limiter */
  again_sim_batch *line_end;
  uint32_t open;        /* batches that the scheduler has */
  uint32_t unsubmitted; /* of the backlog, that are to follow */

  uint64_t started_at; /* ns */
  uint64_t done_at;
  uint32_t delivered;
} again_sim_agent;

/* AGAIN_ENOMEM, and there is nothing to close; AGAIN_EINVAL. */
int again_sim_agent_open(again_sim_agent *agent, again_sim_world *world, uint32_t id,
                         uint64_t seed);

/* Ends all that is left and frees what the agent has. */
void again_sim_agent_close(again_sim_agent *agent);

/* The backlog is there, which is submitted bit by bit. */
void again_sim_agent_start(again_sim_agent *agent, uint64_t at);

/* One more batch, and one that is submitted again. */
void again_sim_agent_offer(again_sim_agent *agent, uint64_t at);
void again_sim_agent_offer_again(again_sim_agent *agent, again_sim_batch *batch, uint64_t at);

/* The answer to the call of a batch: a status or an again_sim_fate. */
void again_sim_agent_answer(again_sim_agent *agent, again_sim_batch *batch, uint16_t status,
                            uint64_t at);

/* A wake. */
void again_sim_agent_wake(again_sim_agent *agent, uint64_t at);

/* 0 < uniform <= 1 */
double again_sim_uniform(again_random *random);

#endif
