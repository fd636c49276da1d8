#include "pacing_limit.h"
#include <math.h>

static double seconds(again_ms ms) {
  return (double)ms / 1000;
}

/* The next whole millisecond; `wait` in seconds. */
static again_ms after(again_ms now, double wait) {
  const double rounding = 1e-9; /* of seconds in a double */
  return wait > rounding ? now + (again_ms)ceil((wait - rounding) * 1000) : now;
}

/* ---- AIMD ------------------------------------------------------------------------------------ */

static const double aimd_start = 10;
static const double aimd_least = 0.1;
static const double aimd_late = 0.01; /* a call that is so late does not delay the next */

typedef struct aimd {
  double rate; /* calls per second */
  double next; /* seconds; when the next call may go */
  again_ms cut;
} aimd;

static void aimd_init(void *state, again_ms now) {
  *(aimd *)state = (aimd){.rate = aimd_start, .next = seconds(now)};
}

static again_ms aimd_next(void *state, again_ms now) {
  return after(now, ((aimd *)state)->next - seconds(now));
}

static void aimd_sent(void *state, again_ms now) {
  aimd *limit = state;
  limit->next = fmax(limit->next, seconds(now) - aimd_late) + 1 / limit->rate;
}

/* Failures are taken for refusals. */
static void aimd_answered(void *state, int status, again_ms sent_at, again_ms now) {
  aimd *limit = state;
  if (status == 200) {
    limit->rate += 1 / limit->rate;
  } else if (sent_at >= limit->cut) {
    limit->rate = fmax(limit->rate / 2, aimd_least);
    limit->cut = now + 1;
  }
}

const again_sim_limiter pacing_aimd = {sizeof(aimd), aimd_init, aimd_next, aimd_sent,
                                       aimd_answered};

/* ---- AWS ------------------------------------------------------------------------------------- */

static const double aws_beta = 0.7;
static const double aws_scale = 0.4;
static const double aws_smooth = 0.8;
static const double aws_least = 0.5;    /* calls per second, */
static const double aws_capacity = 1.0; /* and tokens */

typedef struct aws {
  double rate;  /* at which the bucket is filled */
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
} aws;

static void aws_refill(aws *limit, double now) {
  if (now <= limit->filled_at) return;
  limit->tokens += (now - limit->filled_at) * limit->rate;
  limit->tokens = fmin(limit->tokens, limit->tokens_max);
  limit->filled_at = now;
}

/* The calls answered per second, smoothed over half seconds. */
static void aws_measure(aws *limit, double now) {
  double half = floor(now * 2) / 2;
  limit->measuring++;
  if (half <= limit->measured_at) return;
  double rate = limit->measuring / (half - limit->measured_at);
  limit->measured = rate * aws_smooth + limit->measured * (1 - aws_smooth);
  limit->measuring = 0;
  limit->measured_at = half;
}

static void aws_init(void *state, again_ms now) {
  double at = seconds(now);
  *(aws *)state = (aws){.filled_at = at, .measured_at = floor(at * 2) / 2, .throttled_at = at};
}

static again_ms aws_next(void *state, again_ms now) {
  aws *limit = state;
  if (!limit->enabled) return now;
  aws_refill(limit, seconds(now));
  return after(now, (1 - limit->tokens) / limit->rate);
}

static void aws_sent(void *state, again_ms now) {
  aws *limit = state;
  (void)now;
  if (limit->enabled) limit->tokens -= 1;
}

/* Failures are taken for successes. */
static void aws_answered(void *state, int status, again_ms sent_at, again_ms at) {
  (void)sent_at;
  aws *limit = state;
  double now = seconds(at);
  double wanted;
  aws_measure(limit, now);
  if (status == 429) {
    double rate = limit->enabled ? fmin(limit->measured, limit->rate) : limit->measured;
    limit->last_max = rate;
    limit->throttled_at = now;
    limit->enabled = true;
    wanted = rate * aws_beta;
  } else {
    double since = now - limit->throttled_at - limit->recovery_time;
    wanted = aws_scale * since * since * since + limit->last_max;
  }
  limit->recovery_time = cbrt(limit->last_max * (1 - aws_beta) / aws_scale);
  double rate = fmin(wanted, 2 * limit->measured);
  aws_refill(limit, now);
  limit->rate = fmax(rate, aws_least);
  limit->tokens_max = fmax(rate, aws_capacity);
  limit->tokens = fmin(limit->tokens, limit->tokens_max);
}

const again_sim_limiter pacing_aws = {sizeof(aws), aws_init, aws_next, aws_sent, aws_answered};
