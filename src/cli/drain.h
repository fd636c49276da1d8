/* A retry budget while operations fail at a steady rate and none succeeds: how its tokens go, and how
 * many of the retries it lets pass. Asked of again_budget_take. */
#ifndef AGAIN_CLI_DRAIN_H
#define AGAIN_CLI_DRAIN_H

#include <again/core.h>

enum { AGAIN_DRAIN_TIMES = 160 };

typedef struct again_drain {
  uint32_t failures;                  /* a second, 1..1000 */
  again_class of;                     /* retryable or throttled: what a retry costs */
  bool empties;                       /* a retry is refused within `until` */
  again_ms empty_at;                  /* the first one */
  uint64_t passed;                    /* retries that it let pass by `until`, */
  uint64_t refused;                   /* and those it did not */
  double passing;                     /* retries a second that pass once it is empty */
  uint32_t tokens[AGAIN_DRAIN_TIMES]; /* left at i * until / (AGAIN_DRAIN_TIMES - 1) */
} again_drain;

/* `failures` and `of` are read, the rest is set. The budget is full at first. */
void again_drain_of(const again_policy *policy, again_ms until, again_drain *drain);

/* As long as it takes so many failures a second to empty it, and half as long again, in whole seconds
 * from 10 to 600. */
again_ms again_drain_until(const again_policy *policy, again_class of, uint32_t failures);

#endif
