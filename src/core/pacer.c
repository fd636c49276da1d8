/* The pacer: a rate learned from refusals. The essay is in again/pacer.h. Rates are in millionths of
 * a call per second, shares in 1/2^32, exponents and runs in 1/2^24 (fixed.h). */
#include "core/fixed.h"
#include <again/pacer.h>

#define ONE       AGAIN_FIXED_ONE
#define MILLION   UINT64_C(1000000)
#define SECOND_NS (1000 * MILLION)

/* The constants. docs/pacing.md gives the reasons. */
static const uint64_t start_rate = 2 * MILLION;    /* r of a backlog before anything is known */
static const int32_t ramp = 9814042;               /* log2(1.5): growth per round trip while FREE */
static const int32_t fall_pct = 60;                /* p(r) = P r^-0.6 */
static const int32_t step = 6051102;               /* log2(e^0.25): one cut, and one run's climb */
static const uint64_t rest_rate = 9 * MILLION / 2; /* sent above r between rests */
static const uint64_t behind_s = 5;       /* a backlog of fewer seconds is no reason to climb */
static const uint32_t queue = 16;         /* no longer than this is no backlog while FREE */
static const int32_t put_back = ONE / 18; /* of a run, for each refusal after a cut */
static const int32_t put_back_max = 4 * ONE;
static const int32_t quiet = 8 * ONE; /* runs without a refusal that end the pacing */
static const uint64_t lone = 2;       /* calls that are rested for where only one is to be made */
static const again_ms silence = 250;  /* before the breaker opens; shortest gap of probes */
static const uint64_t probe_share = 20;
static const again_ms probe_max = 20000;

/* Conventions. */
static const int32_t log2_unit = 351173447; /* log2 of start_rate in its unit, a millionth */
static const int32_t rate_min = -72509921;  /* 0.1/s, */
static const int32_t rate_max = 206153605;  /* and 10,000/s, over start_rate */
static const again_ms lateness = 10;        /* a start so late does not delay those after it */
static const again_ms memory = 60000;       /* what was delivered counts 1/e after this */
static const int32_t ageing = 403;          /* log2(e) / memory, in 1/2^24 per millisecond */
static const again_ms alone_max = 2000;     /* a longer round trip is taken for this */
static const uint64_t delivery = 65536;     /* one, in again_pacer.delivered */
static const uint64_t delivered_max = UINT64_C(1) << 42;

static again_ms passed(again_ms from, again_ms to) {
  return to > from ? to - from : 0;
}

static uint64_t clamp(uint64_t value, uint64_t min, uint64_t max) {
  return value < min ? min : value > max ? max : value;
}

/* ---- Rates ----------------------------------------------------------------------------------- */

static uint64_t rate_of(const again_pacer *pacer) {
  return again_fixed_scale(start_rate, pacer->rate);
}

static void set_rate(again_pacer *pacer, int64_t rate) {
  pacer->rate = (int32_t)(rate < rate_min ? rate_min : rate > rate_max ? rate_max : rate);
}

static int32_t log2_rate(uint64_t rate) {
  return again_fixed_log2(rate) - log2_unit;
}

/* p(r): the share of refusals at which the rate stays where it is. */
static uint64_t accepted(const again_pacer *pacer, const again_pacer_policy *policy) {
  uint64_t at_one = (clamp(policy->refusals_permille, 10, 500) << 32) / 1000;
  int64_t exponent = ((int64_t)pacer->rate + ONE) * -fall_pct / 100;
  return clamp(again_fixed_scale(at_one, (int32_t)exponent), 1, UINT64_C(1) << 31);
}

/* What `delivered` is worth at a rate of 1 per ms since the count began: each delivery counts e^-age,
 * so memory * (1 - e^(-time / memory)). At least a second: a first call is no rate yet. */
static again_ms counted(const again_pacer *pacer, again_ms now) {
  int32_t age = (int32_t)clamp(passed(pacer->begun, now), 0, 60 * memory);
  return clamp(memory - again_fixed_scale(memory, -ageing * age), 1000, memory);
}

/* `delivered` as it is worth now. For less than a second it is left as it is. */
static uint64_t delivered_of_late(const again_pacer *pacer, again_ms now) {
  again_ms since = passed(pacer->aged, now);
  if (since < 1000) return pacer->delivered;
  return again_fixed_scale(pacer->delivered, -ageing * (int32_t)clamp(since, 0, 60 * memory));
}

/* Deliveries per second of late; during an outage, of the time before it. */
static uint64_t normal_rate(const again_pacer *pacer, again_ms now) {
  if (pacer->state == AGAIN_PACER_DOWN) now = pacer->since;
  return delivered_of_late(pacer, now) * MILLION / counted(pacer, now) * 1000 / delivery;
}

/* The rate at which calls follow each other. */
static uint64_t pace(const again_pacer *pacer, again_ms now) {
  uint64_t rate = rate_of(pacer);
  if (pacer->state == AGAIN_PACER_PACED) return rate + rest_rate;
  uint64_t twice = 2 * normal_rate(pacer, now);
  return rate > twice ? rate : twice;
}

static uint64_t gap_ns(const again_pacer *pacer, again_ms now) {
  return SECOND_NS * MILLION / pace(pacer, now);
}

/* After a refusal: the share REST / (r + REST) of the expected time 1 / (p r) to the next. Where one call is all
 * there is to make, there will be no run of 1 / p. */
static uint64_t rest_ns(const again_pacer *pacer, const again_pacer_policy *policy,
                        uint32_t waiting) {
  uint64_t rate = rate_of(pacer);
  uint64_t between = (SECOND_NS * MILLION / rate << 28) / ((accepted(pacer, policy) >> 4) + 1);
  uint64_t alone = lone * (SECOND_NS * MILLION / rate);
  if (waiting <= 1 && alone < between) between = alone;
  return between / 1000 * rest_rate / (rate + rest_rate) * 1000;
}

/* ---- Times ----------------------------------------------------------------------------------- */

static void wait(again_pacer *pacer, again_ms now, uint64_t ns) {
  pacer->next = again_ms_add(now, ns / MILLION);
  pacer->next_ns = (uint32_t)(ns % MILLION);
}

/* The next start is one gap after the last was due, so that a caller who comes late or only every
 * millisecond keeps the rate; but no later than it would be from now, and no burst for idle time. */
static void advance(again_pacer *pacer, again_ms now, uint64_t gap) {
  uint64_t late = 0;
  uint64_t due = pacer->next_ns;
  if (now > pacer->next) {
    late = clamp(now - pacer->next, 1, lateness) * MILLION;
    if (now - pacer->next <= lateness) late -= due;
  } else if (now == pacer->next) {
    gap += due; /* up to a millisecond early */
  }
  if (gap >= late) {
    wait(pacer, now, gap - late);
  } else {
    uint64_t behind = (late - gap + MILLION - 1) / MILLION;
    if (behind > now) behind = now;
    pacer->next = now - behind;
    pacer->next_ns = (uint32_t)(gap + behind * MILLION > late ? gap + behind * MILLION - late : 0);
  }
}

/* The gap of probes: as long as the outage so far, in bounds; half as much more or less. */
static void plan_probe(again_pacer *pacer, again_ms now, uint64_t random) {
  uint64_t normal = clamp(normal_rate(pacer, now), 1, UINT64_MAX);
  uint64_t interval = clamp(1000 * MILLION / normal, 1, probe_max);
  uint64_t gap = clamp(passed(pacer->since, now), interval, probe_share * interval);
  gap = clamp(gap, silence, probe_max * 2 / 3);
  gap = clamp(gap / 2 + again_random_scale(random, gap), silence, probe_max);
  wait(pacer, now, gap * MILLION);
}

again_ms again_pacer_next(const again_pacer *pacer, const again_pacer_policy *policy,
                          uint32_t waiting, again_ms now) {
  if (policy->refusals_permille == 0) return now;
  if (pacer->state == AGAIN_PACER_FREE && waiting <= queue && !pacer->probation) return now;
  if (pacer->next <= now) return now;
  return pacer->next < AGAIN_NEVER ? pacer->next : AGAIN_NEVER - 1;
}

/* ---- What happens ---------------------------------------------------------------------------- */

static void begin(again_pacer *pacer, again_ms now) {
  if (pacer->used) return;
  pacer->used = true;
  pacer->begun = now;
  pacer->aged = now;
  pacer->next = now;
}

void again_pacer_sent(again_pacer *pacer, const again_pacer_policy *policy, again_ms now,
                      uint64_t random) {
  if (policy->refusals_permille == 0) return;
  begin(pacer, now);
  if (pacer->state == AGAIN_PACER_DOWN) {
    plan_probe(pacer, now, random);
    return;
  }
  pacer->burst = pacer->burst || now < pacer->next;
  uint64_t gap = gap_ns(pacer, now);
  advance(pacer, now, gap > pacer->alone_ns ? gap : pacer->alone_ns);
}

static void age(again_pacer *pacer, again_ms now) {
  if (passed(pacer->aged, now) < 1000) return;
  pacer->delivered = delivered_of_late(pacer, now);
  pacer->aged = now;
}

/* An answer, whatever it says, ends an outage. Outages do not count as time without deliveries. */
static bool hear(again_pacer *pacer, again_ms now) {
  begin(pacer, now);
  pacer->answered = now;
  pacer->failures = 0;
  if (pacer->state != AGAIN_PACER_DOWN) return false;
  again_ms gone = passed(pacer->since, now);
  pacer->begun = again_ms_add(pacer->begun, gone);
  pacer->aged = again_ms_add(pacer->aged, gone);
  pacer->state = AGAIN_PACER_FREE;
  pacer->burst = false;
  pacer->probation = false;
  uint64_t normal = normal_rate(pacer, now);
  set_rate(pacer, normal > start_rate ? log2_rate(normal) : 0);
  pacer->since = now;
  pacer->alone_ns = 0;
  wait(pacer, now, 0);
  return true;
}

/* Is there more to send than `behind_s` of work at this rate? A run in which nothing was refused for
 * long halves that with each expected run: nobody seems to need what is left unused. */
static bool behind(uint32_t waiting, uint64_t rate, int32_t run) {
  return again_fixed_scale(waiting * MILLION, run) > behind_s * rate;
}

/* One more success of a run: p of an expected run. Climbs by `step` in the first run, twice
 * as fast in each that follows. */
static void climb(again_pacer *pacer, const again_pacer_policy *policy, uint32_t waiting) {
  uint64_t p = accepted(pacer, policy);
  pacer->run += (int32_t)(p >> 8);
  if (behind(waiting, rate_of(pacer), pacer->run)) {
    uint64_t part = clamp(again_fixed_scale(p, pacer->run), 0, UINT64_C(1) << 32);
    set_rate(pacer, pacer->rate + (int64_t)((uint64_t)step * part >> 32));
  }
  if (pacer->run > quiet) {
    pacer->state = AGAIN_PACER_FREE;
    pacer->since = 0;
    pacer->burst = false;
  }
}

bool again_pacer_success(again_pacer *pacer, const again_pacer_policy *policy, again_ms sent_at,
                         uint32_t waiting, again_ms now) {
  if (policy->refusals_permille == 0) return false;
  bool recovered = hear(pacer, now);
  age(pacer, now);
  if (pacer->delivered < delivered_max) pacer->delivered += delivery;
  if (pacer->state == AGAIN_PACER_FREE) {
    bool more =
        pacer->probation ? waiting > 0 : waiting > queue && behind(waiting, pace(pacer, now), 0);
    if (sent_at >= pacer->since && more) {
      set_rate(pacer, (int64_t)pacer->rate + ramp);
      pacer->since = now;
    }
    if (waiting == 0) pacer->probation = false; /* the burst has passed */
  } else if (sent_at >= pacer->cut) {
    if (pacer->alone_ns != 0) { /* there is room: the others follow at their pace */
      uint64_t waited = clamp(passed(sent_at, now), 0, memory) * MILLION;
      uint64_t gap = gap_ns(pacer, now);
      wait(pacer, now, gap > waited ? gap - waited : 0);
      pacer->alone_ns = 0;
    }
    climb(pacer, policy, waiting);
  }
  return recovered;
}

/* Lowers the rate; nanoseconds to rest. */
static uint64_t cut_free(again_pacer *pacer, const again_pacer_policy *policy, again_ms now,
                         uint32_t waiting, uint64_t random) {
  if (pacer->burst && !pacer->probation) {
    /* A burst was refused, not a rate: what there is of it goes at the rate, which grows as ever. */
    pacer->burst = false;
    pacer->probation = true;
    pacer->since = again_ms_add(now, 1);
    return again_random_scale(random, gap_ns(pacer, now));
  }
  pacer->burst = false;
  pacer->probation = false;
  uint64_t normal = normal_rate(pacer, now);
  uint64_t half = pace(pacer, now) / 2;
  set_rate(pacer, log2_rate(half > normal ? half : normal));
  pacer->state = AGAIN_PACER_PACED;
  pacer->run = 0;
  return again_random_scale(random, rest_ns(pacer, policy, waiting));
}

static uint64_t cut_paced(again_pacer *pacer, const again_pacer_policy *policy, again_ms hint,
                          uint32_t waiting, uint64_t random) {
  bool again = pacer->alone_ns != 0; /* refused straight after a rest: no success in between */
  uint64_t rate = rate_of(pacer);
  int64_t fall = again ? (int64_t)((uint64_t)step * rest_rate / (rate + rest_rate)) : step;
  set_rate(pacer, pacer->rate - fall);
  if (pacer->run > 0) pacer->run = 0;
  uint64_t ns = rest_ns(pacer, policy, waiting);
  ns = ns / 10 * 7 + again_random_scale(random, ns / 10 * 6);
  uint64_t hint_ns = clamp(hint, 0, AGAIN_NEVER / MILLION) * MILLION;
  return again && hint_ns > ns ? hint_ns : ns;
}

bool again_pacer_refused(again_pacer *pacer, const again_pacer_policy *policy, again_ms sent_at,
                         again_ms hint, uint32_t waiting, again_ms now, uint64_t random) {
  if (policy->refusals_permille == 0) return false;
  bool recovered = hear(pacer, now);
  if (sent_at < pacer->cut) {
    if (pacer->run > -put_back_max) pacer->run -= put_back;
    return recovered;
  }
  age(pacer, now);
  uint64_t ns = pacer->state == AGAIN_PACER_FREE ? cut_free(pacer, policy, now, waiting, random)
                                                 : cut_paced(pacer, policy, hint, waiting, random);
  uint64_t most = clamp(policy->rest_max, 0, AGAIN_NEVER / MILLION) * MILLION;
  if (most != 0 && ns > most) ns = most;
  pacer->cut = again_ms_add(now, 1);
  if (!pacer->probation)
    pacer->alone_ns = (uint32_t)(2 * clamp(passed(sent_at, now), 1, alone_max) * MILLION);
  wait(pacer, now, ns);
  return recovered;
}

void again_pacer_failed(again_pacer *pacer, const again_pacer_policy *policy, again_ms sent_at,
                        again_ms now, uint64_t random) {
  if (policy->refusals_permille == 0) return;
  begin(pacer, now);
  if (sent_at < pacer->answered) return;
  if (pacer->failures == 0) pacer->failing = now;
  if (pacer->failures < 2) pacer->failures++;
  if (pacer->state == AGAIN_PACER_DOWN || pacer->failures < 2) return;
  if (passed(pacer->failing, now) < silence) return;
  pacer->state = AGAIN_PACER_DOWN;
  pacer->since = now;
  plan_probe(pacer, now, random);
}

void again_pacer_network_changed(again_pacer *pacer, const again_pacer_policy *policy, again_ms now,
                                 uint64_t random) {
  if (policy->refusals_permille == 0 || pacer->state != AGAIN_PACER_DOWN) return;
  uint64_t normal = clamp(normal_rate(pacer, now), 1, UINT64_MAX);
  uint64_t interval = clamp(1000 * MILLION / normal, silence, probe_max);
  again_ms at = again_ms_add(now, again_random_scale(random, interval));
  if (at < pacer->next) wait(pacer, at, 0);
}

again_pacer_state again_pacer_state_of(const again_pacer *pacer) {
  return (again_pacer_state)pacer->state;
}

uint64_t again_pacer_rate(const again_pacer *pacer, again_ms now) {
  uint64_t rate = pacer->state == AGAIN_PACER_FREE ? pace(pacer, now) : rate_of(pacer);
  return clamp(rate / 1000, 100, 10000 * 1000);
}
