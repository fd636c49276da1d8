/* Rates that peers learn, and that are no policies of the library: a limiter that calls wait for
 * before they are sent.
 *
 * AIMD: 10/s at first, +1/s each second, halved by a refusal, once per round trip.
 * AWS: the client-side rate limiter of the AWS SDKs' adaptive mode, a token bucket whose fill rate follows
 * CUBIC (AWS SDKs and Tools Reference Guide, retry behavior; botocore retries/adaptive.py). */
#ifndef AGAIN_TESTS_BENCH_PACING_LIMIT_H
#define AGAIN_TESTS_BENCH_PACING_LIMIT_H

#include <again/core.h>

typedef enum pacing_limit_kind {
  PACING_LIMIT_NONE,
  PACING_LIMIT_AIMD,
  PACING_LIMIT_AWS
} pacing_limit_kind;

typedef struct pacing_limit {
  pacing_limit_kind kind;
  double rate; /* calls per second; of AWS: at which the bucket is filled */
  double next; /* AIMD: seconds; when the next call may go */
  again_ms cut;

  /* AWS */
  bool enabled; /* a call was throttled */
  double tokens;
  double tokens_max;
  double filled_at;
  double measured; /* calls per second, in steps of half a second */
  double measured_at;
  unsigned measuring;
  double last_max;      /* the rate at the last throttling, */
  double throttled_at;  /* when it was, */
  double recovery_time; /* and how long CUBIC takes to come back to it */
} pacing_limit;

void pacing_limit_init(pacing_limit *limit, pacing_limit_kind kind, again_ms now);

/* When the next call may go; `now` if at once. Ask again after every answer. */
again_ms pacing_limit_next(pacing_limit *limit, again_ms now);

/* A call goes. */
void pacing_limit_sent(pacing_limit *limit, again_ms now);

/* Its answer. AIMD takes failures for refusals, AWS for successes. */
void pacing_limit_answered(pacing_limit *limit, int status, again_ms sent_at, again_ms now);

#endif
