/* Rates that peers learn, and that are no policies of the library: a limiter that calls wait for
 * before they are sent.
 *
 * AIMD: 10/s at first, +1/s each second, halved by a refusal, once per round trip.
 * AWS: the client-side rate limiter of the AWS SDKs' adaptive mode, a token bucket whose fill rate follows
 * CUBIC (AWS SDKs and Tools Reference Guide, retry behavior; botocore retries/adaptive.py). */
#ifndef AGAIN_TESTS_BENCH_PACING_LIMIT_H
#define AGAIN_TESTS_BENCH_PACING_LIMIT_H

#include <again/sim.h>

extern const again_sim_limiter pacing_aimd;
extern const again_sim_limiter pacing_aws;

#endif
