/* Scenarios for again simulate, as files: JSON, read by a table of keys, and those that are shipped. */
#ifndef AGAIN_SCENARIO_H
#define AGAIN_SCENARIO_H

#include <again/policy.h>
#include <again/sim.h>

enum { AGAIN_SCENARIO_SIZE_MAX = 64 * 1024, AGAIN_SCENARIO_AGENTS_MAX = 100000 };

typedef struct again_scenario {
  uint32_t version;
  char name[48];
  char title[160];  /* one sentence */
  uint32_t batches; /* of all agents together; again_scenario_scale divides them */
  again_sim_scenario sim;
} again_scenario;

/* Reads a file, or the shipped scenario of that name, which must be valid whatever it is used with.
 * On failure `wrong` says where and what. 0, AGAIN_EFORMAT, AGAIN_EIO or AGAIN_ENOMEM. */
int again_scenario_load(const char *path, again_scenario *scenario, again_diagnostic *wrong);

/* The same from a text. */
int again_scenario_parse(const char *name, const char *text, size_t length,
                         again_scenario *scenario, again_diagnostic *wrong);

/* So many agents (0: as it says), each with its share of the batches, rounded up. */
void again_scenario_scale(again_scenario *scenario, uint32_t agents);

/* A shipped one, from 0 on; NULL behind the last. */
const char *again_scenario_shipped_name(size_t index);
const char *again_scenario_shipped_text(size_t index);

/* The JSON Schema, and the table of all keys as Markdown, for the caller to free; NULL: out of memory. */
char *again_scenario_schema(void);
char *again_scenario_manual(void);

#endif
