/* A sender in the model of pacing: one scheduler with one scope, on a clock of whole milliseconds that
 * begin at a time of its own, and for some peers a limiter that its calls wait for. */
#ifndef AGAIN_TESTS_BENCH_PACING_AGENT_H
#define AGAIN_TESTS_BENCH_PACING_AGENT_H

#include "pacing_heap.h"
#include "pacing_limit.h"
#include <again/sched.h>

enum { PACING_IN_FLIGHT = 32 };

/* What a kind of sender is. */
typedef struct pacing_policy {
  const char *name;
  const char *text; /* a policy file */
  pacing_limit_kind limit;
  bool resubmits;     /* the program submits again what was surfaced, a second later */
  uint32_t submitted; /* BACKLOG: at most so many batches at a time, those that wait included */
} pacing_policy;

/* What all agents of a run share. */
typedef struct pacing_world {
  pacing_heap heap;
  again_random latency;
  bool over; /* what is left is only given back */
} pacing_world;

typedef struct pacing_batch {
  again_op op;
  uint64_t born;    /* ns */
  uint64_t latency; /* ns, of the call under way */
  again_ms sent_at;
} pacing_batch;

typedef struct pacing_agent {
  pacing_world *world;
  const pacing_policy *policy;
  again_sched *sched;
  again_scope scope;
  uint32_t id;
  uint64_t phase; /* ns, added to the time gives the agent's clock */
  again_ms now;   /* of the latest event */
  again_ms armed; /* the earliest wake that is under way; AGAIN_NEVER: none */
  pacing_limit limit;
  pacing_batch *gate[PACING_IN_FLIGHT]; /* wait for the limiter */
  uint32_t gate_first;
  uint32_t gate_count;
  uint32_t unsubmitted; /* batches of the backlog that are to follow */

  uint64_t started_at; /* ns */
  uint64_t done_at;
  uint32_t delivered;
} pacing_agent;

void pacing_agent_open(pacing_agent *agent, pacing_world *world, const pacing_policy *policy,
                       const again_policy *compiled, uint32_t id, uint64_t seed);

/* Ends all that is left and frees what the agent has. */
void pacing_agent_close(pacing_agent *agent);

/* A backlog of so many batches is there, which are submitted bit by bit, as the policy says. */
void pacing_agent_start(pacing_agent *agent, uint32_t batches, uint64_t at);

/* One more batch, and one that is submitted again. */
void pacing_agent_offer(pacing_agent *agent, uint64_t at);
void pacing_agent_offer_again(pacing_agent *agent, pacing_batch *batch, uint64_t at);

/* The answer to the call of a batch. */
void pacing_agent_answer(pacing_agent *agent, pacing_batch *batch, int status, again_ms retry_after,
                         uint64_t at);

/* A wake. */
void pacing_agent_wake(pacing_agent *agent, uint64_t at);

#endif
