/* A model of many senders that share one quota, on a virtual clock: a server that refuses with 429 what is
 * beyond its quota, and agents (pacing_agent.h) that only see its answers.
 *
 * Calls take about 20 ms, lognormal with sigma 0.287, of which 35 % pass before the server decides. A
 * refusal takes nothing from the quota. The same case, policy and seed give the same result, and the same
 * seed gives all policies the same arrivals. */
#ifndef AGAIN_TESTS_BENCH_PACING_MODEL_H
#define AGAIN_TESTS_BENCH_PACING_MODEL_H

#include "pacing_agent.h"

typedef enum pacing_kind {
  PACING_BACKLOG, /* all batches are there at the start, within 0.2 s */
  PACING_LOAD,    /* they come by chance, at `load` times the quota, for `seconds` */
  PACING_OUTAGE   /* as LOAD, and from outage_from to outage_to (s) every answer is 503 */
} pacing_kind;

typedef struct pacing_case {
  const char *name;
  pacing_kind kind;
  uint32_t agents;
  uint32_t batches; /* BACKLOG: of each agent */
  double quota;     /* calls per second */
  double burst;     /* of the token bucket; 0: the quota is counted anew each second */
  again_ms retry_after;
  double join; /* BACKLOG: seconds after which every second agent begins */
  double load;
  double seconds;
  double outage_from;
  double outage_to;
} pacing_case;

typedef struct pacing_result {
  double completion; /* BACKLOG: the last delivery, over batches / quota */
  double waste;      /* calls that were not delivered, for each that was */
  double jain;       /* BACKLOG: Jain's index of the rates of the agents until each was done */
  double lost;       /* share of the batches that were surfaced, or not done at the end */
  double p50_ms;     /* LOAD: from arrival to delivery */
  double p99_ms;
  double recovery_s; /* OUTAGE: its end to the first 0.1 s with 90 % of the load delivered */
  unsigned seeds;    /* of which this is the median */
} pacing_result;

pacing_result pacing_model_run(const pacing_case *test, const pacing_policy *policy,
                               const again_policy *compiled, uint64_t seed);

#endif
