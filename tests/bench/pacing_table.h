/* How results of the model of pacing are shown: a table for each case with its goals, or JSON. */
#ifndef AGAIN_TESTS_BENCH_PACING_TABLE_H
#define AGAIN_TESTS_BENCH_PACING_TABLE_H

#include "pacing_model.h"

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
