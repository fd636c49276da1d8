/* A service made up from a seed. */
#include <again/kit_service.h>

enum { DEFAULT_PERIOD = 1000, SHARES = 10000, DEFAULT_CAP = 100 };

/* e^x without the C library's, which differ between machines in the last bit: e^(x/1024) by its series,
 * squared ten times. Good to 8 digits for |x| <= 30. */
static double exponential(double x) {
  double y = x / 1024;
  double sum = 1 + y * (1 + y / 2 * (1 + y / 3 * (1 + y / 4 * (1 + y / 5))));
  for (int i = 0; i < 10; i++)
    sum *= sum;
  return sum;
}

/* Normally distributed, near enough: twelve uniform numbers less six have the variance one (Irwin-Hall). */
static double normal(again_random *random) {
  double sum = -6;
  for (int i = 0; i < 12; i++)
    sum += (double)(again_random_next(random) >> 11) / 9007199254740992.0; /* 2^53 */
  return sum;
}

static again_ms latency_of(again_kit_service *s) {
  if (s->latency_sigma == 0 || s->latency == 0) return s->latency;
  double cap = s->latency_cap != 0 ? (double)s->latency_cap : (double)s->latency * DEFAULT_CAP;
  double drawn = normal(&s->own.random) * s->latency_sigma / 100;
  double takes = (double)s->latency * exponential(drawn < -30 ? -30 : drawn > 30 ? 30 : drawn);
  return takes < cap ? (again_ms)(takes + 0.5) : (again_ms)cap;
}

/* a * b, or UINT64_MAX. */
static uint64_t times(uint64_t a, uint64_t b) {
  return b != 0 && a > UINT64_MAX / b ? UINT64_MAX : a * b;
}

/* Takes a token. False: there is none. */
static bool take_token(again_kit_service *s, again_ms now) {
  if (s->quota == 0) return true;
  again_ms period = s->period != 0 ? s->period : DEFAULT_PERIOD;
  uint64_t full = times(s->burst != 0 ? s->burst : s->quota, period);
  again_ms passed = now > s->own.at ? now - s->own.at : 0;
  uint64_t level = again_ms_add(s->own.level, times(passed, s->quota));
  s->own.level = !s->own.begun || level > full ? full : level;
  s->own.begun = true;
  s->own.at = now;
  if (s->own.level < period) return false;
  s->own.level -= period;
  return true;
}

static again_outcome or_else(const again_outcome *given, again_outcome other) {
  bool set = given->status != 0 || given->fault != AGAIN_FAULT_NONE || given->code != NULL;
  return set ? *given : other;
}

static again_outcome outcome_of(again_kit_service *s, again_ms now) {
  /* What the outage does not change is drawn in it, too: all after it is as it would have been. */
  bool fails = again_random_scale(again_random_next(&s->own.random), SHARES - 1) < s->errors;
  if (now >= s->outage_from && now < s->outage_until) {
    s->lost++;
    return or_else(&s->outage, (again_outcome){.fault = AGAIN_FAULT_CONNECT});
  }
  if (!take_token(s, now)) {
    s->refused++;
    return or_else(&s->refusal, (again_outcome){.status = 429});
  }
  if (fails) {
    s->failed++;
    return or_else(&s->error, (again_outcome){.status = 500});
  }
  s->taken++;
  return (again_outcome){.status = 200};
}

again_kit_step again_kit_service_answer(void *service, const again_op *op, again_ms now) {
  again_kit_service *s = service;
  (void)op;
  if (s->calls++ == 0) s->own.random.state = s->seed;
  again_ms takes = latency_of(s);
  return (again_kit_step){.takes = takes, .outcome = outcome_of(s, now)};
}
