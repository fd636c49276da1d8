/* A quota of requests and one of bytes per second for each topic. */
#ifndef AGAIN_EMULATOR_QUOTA_H
#define AGAIN_EMULATOR_QUOTA_H

#include <again/core.h>

typedef struct again_quota_topic again_quota_topic;

typedef struct again_quota_limit {
  double interval; /* ms between units at the quota; 0: no quota */
  double slack;    /* ms that a unit may come before its time */
} again_quota_limit;

typedef struct again_quota {
  again_quota_limit requests; /* the slack is burst - 1 intervals */
  again_quota_limit bytes;
  again_quota_topic *topics;
} again_quota;

/* What a quota says to a request; if it lacks either, nothing was taken. */
typedef enum again_quota_says {
  AGAIN_QUOTA_TAKEN,
  AGAIN_QUOTA_NO_REQUESTS,
  AGAIN_QUOTA_NO_BYTES
} again_quota_says;

/* `rate` in requests per second, 0: none; `burst` in requests, 0: a tenth of a second's, and never
 * less than 1. `bytes` per second, 0: none; a body passes if all before it came at most a tenth of a
 * second too early, however large it is: what it is too large, the next ones wait. */
void again_quota_init(again_quota *quota, double rate, double burst, double bytes);
void again_quota_fini(again_quota *quota);

/* Takes one request of so many bytes of the topic's quota at `now`. A topic that cannot be remembered
 * for want of memory is let pass. */
again_quota_says again_quota_take(again_quota *quota, const char *topic, size_t bytes,
                                  again_ms now);

#endif
