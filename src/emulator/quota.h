/* A quota of requests per second for each topic. */
#ifndef AGAIN_EMULATOR_QUOTA_H
#define AGAIN_EMULATOR_QUOTA_H

#include <again/core.h>

typedef struct again_quota_topic again_quota_topic;

typedef struct again_quota {
  double interval; /* ms between requests at the quota; 0: no quota */
  double slack;    /* ms that a request may come before its time: burst - 1 intervals */
  again_quota_topic *topics;
} again_quota;

/* `rate` in requests per second, 0: none; `burst` in requests, 0: a tenth of a second's, and never
 * less than 1. */
void again_quota_init(again_quota *quota, double rate, double burst);
void again_quota_fini(again_quota *quota);

/* Takes one request of the topic's quota at `now`; false, and nothing taken, if it is used up. A
 * topic that cannot be remembered for want of memory is let pass. */
bool again_quota_take(again_quota *quota, const char *topic, again_ms now);

#endif
