/* Decisions, for any policy, outcome, progress and time. */
#include "arbitrary.h"

typedef struct situation {
  again_ms lists[12];
  again_policy policy;
  again_verdict verdict;
  again_outcome outcome;
  again_progress progress;
  again_ms now;
  uint64_t random;
} situation;

static void make(situation *s, again_random *random) {
  s->policy = any_policy(random, s->lists);
  s->outcome = any_outcome(random);
  s->verdict =
      (again_verdict){.error_class = (again_class)any_up_to(random, AGAIN_CLASS_COUNT - 1)};
  if (any_one_in(random, 2)) s->verdict.error_class = AGAIN_CLASS_RETRYABLE;
  s->now = any_number(random);
  again_ms ago = any_number(random);
  again_ms left = any_one_in(random, 3) ? AGAIN_NEVER : any_number(random);
  s->progress = (again_progress){.attempts = any_count(random),
                                 .remedied = (uint32_t)any_up_to(random, 4),
                                 .backoff = any_number(random),
                                 .first_at = ago > s->now ? 0 : s->now - ago,
                                 .deadline = again_ms_add(s->now, left)};
  if (s->progress.attempts == 0) s->progress.attempts = 1;
  for (int i = 0; i < AGAIN_CLASS_COUNT; i++)
    s->progress.class_attempts[i] = (uint32_t)any_up_to(random, s->progress.attempts);
  if (s->progress.class_attempts[s->verdict.error_class] == 0)
    s->progress.class_attempts[s->verdict.error_class] = 1;
  /* Half of the limits are near the attempts made. */
  if (any_one_in(random, 2)) s->policy.max_attempts = s->progress.attempts + any_one_in(random, 2);
  if (any_one_in(random, 2))
    s->policy.retryable.max_attempts =
        s->progress.class_attempts[AGAIN_CLASS_RETRYABLE] + any_one_in(random, 2);
  s->random = again_random_next(random);
}

static again_decision decide(const situation *s) {
  return again_decide(&s->policy, &s->verdict, &s->outcome, &s->progress, s->now, s->random);
}

static again_ms capped_hint(const situation *s) {
  return s->outcome.hint < s->policy.hint_cap ? s->outcome.hint : s->policy.hint_cap;
}

static again_ms higher(again_ms a, again_ms b) {
  return a > b ? a : b;
}

static again_window window_of(const situation *s, const again_class_policy *limits) {
  return again_backoff_window(&limits->backoff, s->progress.class_attempts[s->verdict.error_class],
                              s->progress.backoff);
}

/* The bounds of a delay that is no remedy's: [floor, cap + spread]. */
static void check_delay(const situation *s, const again_class_policy *limits,
                        const again_decision *decision) {
  again_window window = window_of(s, limits);
  again_ms delay = decision->at - s->now;
  again_ms hint = capped_hint(s);
  again_ms hinted = again_ms_add(hint, model_share(hint, s->policy.hint_spread_pct));
  again_ms cap = limits->backoff.cap;
  HOLDS(decision->at > s->now);
  HOLDS(delay >= window.min && delay >= hint && delay >= 1);
  HOLDS(delay <= higher(higher(window.max, hinted), 1));
  HOLDS(delay <= higher(again_ms_add(cap, model_share(cap, limits->backoff.jitter_pct)), hinted));
  HOLDS(decision->delay_min >= 1 && decision->delay_min >= hint);
  HOLDS(delay >= decision->delay_min && delay <= decision->delay_max);
  HOLDS(decision->backoff >= higher(window.min, 1) && decision->backoff <= higher(window.max, 1));
  again_ms drawn = window.min + again_random_scale(s->random, window.max - window.min);
  HOLDS(decision->backoff == higher(drawn, 1));
  bool by_hint = decision->reason == AGAIN_REASON_SERVER_HINT;
  HOLDS(by_hint || decision->reason == AGAIN_REASON_BACKOFF);
  HOLDS(by_hint || delay == decision->backoff);
  HOLDS(by_hint ? s->outcome.hint != 0 && hinted >= decision->backoff : hint <= decision->backoff);
}

static void check_retry(const situation *s, const again_decision *decision) {
  const again_class_policy *limits = again_policy_class(&s->policy, s->verdict.error_class);
  HOLDS(limits != NULL); /* ok and fatal are never tried again */
  HOLDS(decision->at >= s->now && decision->at < s->progress.deadline);
  HOLDS(decision->at <= again_ms_add(s->progress.first_at, limits->max_elapsed));
  HOLDS(!s->policy.at_most_once || again_outcome_effect(&s->outcome) == AGAIN_EFFECT_NOT_APPLIED);
  if (decision->reason == AGAIN_REASON_REMEDIED) {
    HOLDS(s->outcome.remedied && s->progress.remedied < AGAIN_REMEDIED_MAX);
    HOLDS(decision->at == s->now && decision->backoff == 0);
    return;
  }
  HOLDS(!s->outcome.remedied || s->progress.remedied >= AGAIN_REMEDIED_MAX);
  HOLDS(limits->max_attempts == 0 ||
        s->progress.class_attempts[s->verdict.error_class] < limits->max_attempts);
  HOLDS(s->policy.max_attempts == 0 || s->progress.attempts < s->policy.max_attempts);
  check_delay(s, limits, decision);
}

/* A stop has the reason that it names. */
static void check_stop(const situation *s, again_reason reason) {
  const again_class_policy *limits = again_policy_class(&s->policy, s->verdict.error_class);
  HOLDS((limits == NULL) == (reason == AGAIN_REASON_OK || reason == AGAIN_REASON_FATAL));
  if (limits == NULL) {
    HOLDS((s->verdict.error_class == AGAIN_CLASS_OK) == (reason == AGAIN_REASON_OK));
    return;
  }
  again_ms hint = capped_hint(s);
  again_ms hinted = again_ms_add(hint, model_share(hint, s->policy.hint_spread_pct));
  bool remedied = s->outcome.remedied && s->progress.remedied < AGAIN_REMEDIED_MAX;
  again_ms longest = remedied ? 0 : higher(higher(window_of(s, limits).max, hinted), 1);
  again_ms latest = again_ms_add(s->now, longest);
  switch ((int)reason) {
  case AGAIN_REASON_NOT_IDEMPOTENT:
    HOLDS(s->policy.at_most_once && again_outcome_effect(&s->outcome) != AGAIN_EFFECT_NOT_APPLIED);
    break;
  case AGAIN_REASON_ATTEMPTS:
    HOLDS(!remedied && limits->max_attempts != 0);
    HOLDS(s->progress.class_attempts[s->verdict.error_class] >= limits->max_attempts);
    break;
  case AGAIN_REASON_ALL_ATTEMPTS:
    HOLDS(!remedied && s->policy.max_attempts != 0);
    HOLDS(s->progress.attempts >= s->policy.max_attempts);
    break;
  case AGAIN_REASON_ELAPSED:
    HOLDS(limits->max_elapsed != AGAIN_NEVER);
    HOLDS(latest > again_ms_add(s->progress.first_at, limits->max_elapsed));
    break;
  case AGAIN_REASON_DEADLINE: HOLDS(latest >= s->progress.deadline); break;
  default: fail_msg("case %" PRIu64 ": stops for %s", arbitrary_case, again_reason_name(reason));
  }
}

static bool same(const again_decision *a, const again_decision *b) {
  return a->retry == b->retry && a->reason == b->reason && a->backoff == b->backoff &&
         a->at == b->at && a->delay_min == b->delay_min && a->delay_max == b->delay_max;
}

enum { DECISIONS = 1500000, SHIFTS = 400000 };

static void every_decision_is_within_its_bounds_and_says_why(void **state) {
  (void)state;
  uint64_t retries = 0;
  uint64_t reasons[AGAIN_REASON_COUNT] = {0};
  FOR_CASES(random, DECISIONS) {
    situation s;
    make(&s, &random);
    again_decision decision = decide(&s);
    again_decision twin = decide(&s);
    HOLDS(same(&decision, &twin));
    reasons[decision.reason]++;
    if (decision.retry) {
      retries++;
      check_retry(&s, &decision);
    } else {
      check_stop(&s, decision.reason);
    }
  }
  /* Not vacuous: each of these was seen thousands of times. */
  static const again_reason seen[] = {AGAIN_REASON_BACKOFF,      AGAIN_REASON_SERVER_HINT,
                                      AGAIN_REASON_REMEDIED,     AGAIN_REASON_OK,
                                      AGAIN_REASON_FATAL,        AGAIN_REASON_ATTEMPTS,
                                      AGAIN_REASON_ALL_ATTEMPTS, AGAIN_REASON_ELAPSED,
                                      AGAIN_REASON_DEADLINE,     AGAIN_REASON_NOT_IDEMPOTENT};
  assert_true(retries > DECISIONS / 20);
  for (size_t i = 0; i < COUNT_OF(seen); i++)
    assert_true(reasons[seen[i]] > 2000);
}

/* With the same random bits: what comes later is tried again later, by as much; a longer hint never
 * makes a retry earlier; and nothing that a decision may not look at changes it. */
static void decisions_move_with_the_clock_and_with_the_hint(void **state) {
  (void)state;
  FOR_CASES(random, SHIFTS) {
    situation s;
    make(&s, &random);
    s.now /= 4;
    s.progress.first_at /= 8;
    s.progress.deadline = AGAIN_NEVER;
    s.policy.retryable.max_elapsed = AGAIN_NEVER;
    s.policy.throttled.max_elapsed = AGAIN_NEVER;
    s.policy.auth.max_elapsed = AGAIN_NEVER;
    again_decision decision = decide(&s);
    situation other = s;
    other.now += any_number(&random) / 4;
    again_decision later = decide(&other);
    HOLDS(!later.retry || decision.retry);
    HOLDS(!later.retry || later.at - other.now == decision.at - s.now);

    other = s;
    other.outcome.hint = again_ms_add(s.outcome.hint, any_number(&random));
    again_decision longer = decide(&other);
    HOLDS(!longer.retry || (decision.retry && longer.at >= decision.at));

    other = s;
    other.outcome.message = "other";
    other.outcome.request_id = "other";
    other.outcome.code = "Other";
    other.policy.name = "other";
    again_decision named = decide(&other);
    HOLDS(same(&decision, &named));
  }
}

/* On top of a hint any delay up to the spread is as likely as the others: the mean of 1000 is off by
 * less than 6 of its standard deviations. */
static void hints_are_spread_evenly(void **state) {
  (void)state;
  enum { HINTS = 300, DRAWS = 1000 };
  FOR_CASES(random, HINTS) {
    situation s;
    make(&s, &random);
    again_backoff at_once = {.base = 1, .cap = 1, .growth = AGAIN_GROWTH_CONSTANT};
    s.policy.throttled = (again_class_policy){.backoff = at_once, .max_elapsed = AGAIN_NEVER};
    s.policy.max_attempts = 0;
    s.policy.hint_cap = 60000;
    s.policy.at_most_once = false;
    s.verdict.error_class = AGAIN_CLASS_THROTTLED;
    s.outcome = (again_outcome){.status = 429, .hint = 1 + any_up_to(&random, 100000)};
    s.progress.deadline = AGAIN_NEVER;
    s.now /= 2;
    again_ms hint = capped_hint(&s);
    long double width = (long double)model_share(hint, s.policy.hint_spread_pct) + 1;
    long double sum = 0;
    for (int draw = 0; draw < DRAWS; draw++) {
      s.random = again_random_next(&random);
      again_decision decision = decide(&s);
      HOLDS(decision.retry && decision.at - s.now >= hint);
      sum += (long double)(decision.at - s.now - hint) - (width - 1) / 2;
    }
    HOLDS(sum / DRAWS * (sum / DRAWS) <= (width * width - 1) / 12 * 36 / DRAWS);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_decision_is_within_its_bounds_and_says_why),
      cmocka_unit_test(decisions_move_with_the_clock_and_with_the_hint),
      cmocka_unit_test(hints_are_spread_evenly),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
