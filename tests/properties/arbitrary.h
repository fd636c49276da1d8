/* Random policies, outcomes and times: edges and huge values as often as common ones. */
#ifndef AGAIN_TESTS_ARBITRARY_H
#define AGAIN_TESTS_ARBITRARY_H

#include "support.h"
#include <again/core.h>
#include <inttypes.h>
#include <stdbool.h>

/* Every case has a seed of its own, so that one that fails can be run alone. */
extern uint64_t arbitrary_case;

#define FOR_CASES(random, count)                                                                   \
  for (again_random random = arbitrary_first(); arbitrary_case < (count); random = arbitrary_next())

again_random arbitrary_first(void);
again_random arbitrary_next(void);

#define HOLDS(claim)                                                                               \
  do {                                                                                             \
    if (!(claim)) fail_msg("case %" PRIu64 ": not so: %s", arbitrary_case, #claim);                \
  } while (0)

/* 0..limit, each as likely as the others. */
uint64_t any_up_to(again_random *random, uint64_t limit);
bool any_one_in(again_random *random, uint32_t n);

/* Any of 64 bits: each length in bits is as likely, and one in eight is an edge (0, 1, the highest). */
uint64_t any_number(again_random *random);
uint32_t any_count(again_random *random); /* of 32 bits, likewise */

/* Of any kind, cap >= base >= 1. Its list stands in `list`, of four. */
again_backoff any_backoff(again_random *random, again_ms *list);

/* A backoff for people: at most minutes. */
again_backoff any_common_backoff(again_random *random, again_ms *list);

/* Limits and backoffs of any size, no rules and no budget. The lists stand in `lists`, of twelve. */
again_policy any_policy(again_random *random, again_ms *lists);

again_budget_policy any_budget(again_random *random);

/* Any fault, status, effect and hint, and a code that may be unknown. */
again_outcome any_outcome(again_random *random);

/* What the saturating sum, product and share should be, worked out in another way. */
again_ms model_times(again_ms a, uint64_t b);
again_ms model_share(again_ms a, uint32_t pct);

#endif
