#include "pacing_limit.h"
#include <math.h>

static double seconds(again_ms ms) {
  return (double)ms / 1000;
}

/* ---- AIMD ------------------------------------------------------------------------------------ */

static const double aimd_start = 10;
static const double aimd_least = 0.1;
static const double aimd_late = 0.01; /* a call that is so late does not delay the next */

static void aimd_answered(pacing_limit *limit, int status, again_ms sent_at, again_ms now) {
  if (status == 200) {
    limit->rate += 1 / limit->rate;
  } else if (sent_at >= limit->cut) {
    limit->rate = fmax(limit->rate / 2, aimd_least);
    limit->cut = now + 1;
  }
}

/* ---- AWS ------------------------------------------------------------------------------------- */

static const double aws_beta = 0.7;
static const double aws_scale = 0.4;
static const double aws_smooth = 0.8;
static const double aws_least = 0.5;    /* calls per second, */
static const double aws_capacity = 1.0; /* and tokens */

static void aws_refill(pacing_limit *limit, double now) {
  if (now <= limit->filled_at) return;
  limit->tokens += (now - limit->filled_at) * limit->rate;
  limit->tokens = fmin(limit->tokens, limit->tokens_max);
  limit->filled_at = now;
}

/* The calls answered per second, smoothed over half seconds. */
static void aws_measure(pacing_limit *limit, double now) {
  double half = floor(now * 2) / 2;
  limit->measuring++;
  if (half <= limit->measured_at) return;
  double rate = limit->measuring / (half - limit->measured_at);
  limit->measured = rate * aws_smooth + limit->measured * (1 - aws_smooth);
  limit->measuring = 0;
  limit->measured_at = half;
}

static void aws_answered(pacing_limit *limit, int status, double now) {
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

/* ---- Both ------------------------------------------------------------------------------------ */

void pacing_limit_init(pacing_limit *limit, pacing_limit_kind kind, again_ms now) {
  double at = seconds(now);
  *limit = (pacing_limit){.kind = kind,
                          .rate = kind == PACING_LIMIT_AIMD ? aimd_start : 0,
                          .next = at,
                          .filled_at = at,
                          .measured_at = floor(at * 2) / 2,
                          .throttled_at = at};
}

again_ms pacing_limit_next(pacing_limit *limit, again_ms now) {
  double at = seconds(now);
  double wait = 0;
  if (limit->kind == PACING_LIMIT_AIMD) {
    wait = limit->next - at;
  } else if (limit->kind == PACING_LIMIT_AWS && limit->enabled) {
    aws_refill(limit, at);
    wait = (1 - limit->tokens) / limit->rate;
  }
  const double rounding = 1e-9; /* of seconds in a double */
  return wait > rounding ? now + (again_ms)ceil((wait - rounding) * 1000) : now;
}

void pacing_limit_sent(pacing_limit *limit, again_ms now) {
  if (limit->kind == PACING_LIMIT_AIMD) {
    limit->next = fmax(limit->next, seconds(now) - aimd_late) + 1 / limit->rate;
  } else if (limit->kind == PACING_LIMIT_AWS && limit->enabled) {
    limit->tokens -= 1;
  }
}

void pacing_limit_answered(pacing_limit *limit, int status, again_ms sent_at, again_ms now) {
  if (limit->kind == PACING_LIMIT_AIMD) aimd_answered(limit, status, sent_at, now);
  if (limit->kind == PACING_LIMIT_AWS) aws_answered(limit, status, seconds(now));
}
