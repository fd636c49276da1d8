/* How results of the model of pacing are shown: a table for each case with its goals, or JSON. */
#ifndef AGAIN_TESTS_BENCH_PACING_TABLE_H
#define AGAIN_TESTS_BENCH_PACING_TABLE_H

#include <again/sim.h>

typedef enum pacing_kind { PACING_BACKLOG, PACING_LOAD, PACING_OUTAGE } pacing_kind;

typedef struct pacing_case {
  const char *name;
  again_sim_scenario scenario;
} pacing_case;

/* What a kind of sender is. */
typedef struct pacing_policy {
  const char *name;
  const char *text; /* a policy file */
  const again_sim_limiter *limiter;
  bool resubmits;
  uint32_t submitted;
} pacing_policy;

/* Medians over seeds. */
typedef struct pacing_result {
  double completion;
  double waste; /* calls that were not delivered, for each that was */
  double jain;
  double lost; /* share of the batches that were surfaced, or not done at the end; the worst */
  double p50_ms;
  double p99_ms;
  double recovery_s;
  unsigned seeds;
} pacing_result;

pacing_kind pacing_kind_of(const again_sim_scenario *scenario);

/* Upper bounds, jain a lower one; 0: no goal, but that nothing be wasted at a load. */
typedef struct pacing_goal {
  double completion;
  double waste;
  double jain;
  double p99; /* times that of a sender without pacing */
  double recovery_s;
} pacing_goal;

/* `peer_seeds`: others than ours have at most so many; 0: no limit. */
void pacing_table_head(const pacing_case *test, const pacing_goal *goal, unsigned seeds,
                       unsigned peer_seeds);
void pacing_table_row(const pacing_case *test, const pacing_policy *policy,
                      const pacing_result *result);
void pacing_table_json(const pacing_case *test, const pacing_policy *policy,
                       const pacing_result *result);

/* The goals that the result misses, to stderr; their number. `unpaced_p99_ms` 0: not known. */
unsigned pacing_table_missed(const pacing_case *test, const pacing_goal *goal,
                             const pacing_result *result, double unpaced_p99_ms);

#endif
