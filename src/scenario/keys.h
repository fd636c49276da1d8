/* The table of keys.def as data. */
#ifndef AGAIN_SCENARIO_KEYS_H
#define AGAIN_SCENARIO_KEYS_H

#include "scenario/scenario.h"

/* Kind, what a file writes for it. */
#define AGAIN_SCENARIO_KIND_MAP(X)                                                                 \
  X(TEXT, "a text in quotes")                                                                      \
  X(COUNT, "a whole number")                                                                       \
  X(NUMBER, "a whole number")                                                                      \
  X(HUNDREDTHS, "a whole number")                                                                  \
  X(STATUS, "a whole number")                                                                      \
  X(DURATION, "a duration such as \"250ms\", \"1.5s\" or \"10m\"")                                 \
  X(RATE, "a rate such as \"500/s\" or \"30/m\"")                                                  \
  X(SIZE, "a size such as \"64KiB\" or \"5MiB\"")                                                  \
  X(QUOTA, "a word")                                                                               \
  X(HINT, "a word")                                                                                \
  X(OUTAGE, "a word")

typedef enum again_scenario_kind {
#define X(name, text) AGAIN_SCENARIO_##name,
  AGAIN_SCENARIO_KIND_MAP(X)
#undef X
} again_scenario_kind;

typedef struct again_scenario_key {
  const char *section; /* "": the top */
  const char *name;
  again_scenario_kind kind;
  size_t offset; /* of the field in again_scenario */
  uint64_t least;
  uint64_t most;
  const char *otherwise; /* the default, as the page shows it */
  const char *text;
} again_scenario_key;

extern const again_scenario_key again_scenario_keys[];
extern const size_t again_scenario_key_count;

/* The sections, from 0 on, with what each is about; NULL behind the last. */
const char *again_scenario_section(size_t index);
const char *again_scenario_section_text(const char *section);

const char *again_scenario_kind_text(again_scenario_kind kind);

/* The words of a kind, from 0 on, and what each means; NULL behind the last, or for a kind of no words. */
const char *again_scenario_word(again_scenario_kind kind, size_t value);
const char *again_scenario_word_text(again_scenario_kind kind, size_t value);

#endif
