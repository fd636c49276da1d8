/* What again simulate has run, and how it is shown. */
#ifndef AGAIN_CLI_SIMULATE_H
#define AGAIN_CLI_SIMULATE_H

#include "scenario/scenario.h"
#include <again/policy.h>

enum { AGAIN_SIMULATE_POLICIES = 6 };

typedef struct again_simulated {
  const char *path; /* of the policy, as it was given */
  const again_policy *policy;
  again_sim_result result;
} again_simulated;

typedef struct again_simulation {
  again_scenario scenario;
  uint64_t seed;
  again_simulated *runs;
  size_t count;
} again_simulation;

/* For people: a table, and below it what its columns mean. */
void again_simulate_print(const again_simulation *simulation);

/* One object; the caller frees it. NULL: out of memory. */
char *again_simulate_json(const again_simulation *simulation);

/* A picture; the caller frees it. NULL: out of memory. */
char *again_simulate_svg(const again_simulation *simulation);

/* The scenario in one line: "100 agents, 600 batches each; quota 1000/s, burst 100; ..". */
void again_simulate_describe(const again_simulation *simulation, char *text, size_t size);

#endif
