/* One sender that meets a quota: the real scheduler, on a virtual clock, with an endless backlog in one
 * scope, against a modelled service. */
#ifndef AGAIN_CLI_MEET_H
#define AGAIN_CLI_MEET_H

#include <again/policy.h>

enum {
  AGAIN_MEET_QUOTAS = 6,
  AGAIN_MEET_STEPS = 60, /* in the time of one quota */
  AGAIN_MEET_SPELL = 15000,
  AGAIN_MEET_ROUND_TRIP = 20,
  AGAIN_MEET_ALL_STEPS = AGAIN_MEET_QUOTAS * AGAIN_MEET_STEPS
};

typedef struct again_meet {
  /* Set by the caller. */
  uint32_t
      quotas[AGAIN_MEET_QUOTAS]; /* calls a second, 1..10000; each for 15 s. The burst is a tenth */
  int quota_count;               /* 1.. */
  uint64_t seed;

  /* What came out. */
  size_t count;                    /* steps of 250 ms */
  double at[AGAIN_MEET_ALL_STEPS]; /* their middles, in seconds */
  double offered[AGAIN_MEET_ALL_STEPS];
  double accepted[AGAIN_MEET_ALL_STEPS];
  double refused[AGAIN_MEET_ALL_STEPS];
  double rate[AGAIN_MEET_ALL_STEPS]; /* NAN: the scope is not paced */
  double quota[AGAIN_MEET_ALL_STEPS];
  uint64_t calls;    /* begun: taken by the service or refused, */
  uint64_t taken;    /* of them */
  uint64_t surfaced; /* operations given up */
  double allowed;    /* calls that the quotas let pass in all that time */
} again_meet;

/* A call that comes within the quota succeeds, another is refused with a 429 without a hint; both are
 * answered after 20 ms. The same arguments give the same result. 0 or AGAIN_ENOMEM. */
int again_meet_run(const again_policy *policy, again_meet *meet);

#endif
