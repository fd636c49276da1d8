/* Retry at t, or stop, and why.
 *
 * The order of the checks is the order in which an operator would ask: does another attempt make
 * sense at all (ok, fatal)? May it be tried twice? Has the cause been put right? Are attempts left?
 * When would the next one be, by backoff and by what the service asked? Is that still within the
 * elapsed time and the deadline? A retry that cannot be made in time is not waited for: the
 * operation is surfaced now, while the caller can still do something with it (and many of them do
 * not meet at the deadline).
 */
#include <again/core.h>

const again_class_policy *again_policy_class(const again_policy *policy, again_class error_class) {
  switch (error_class) {
  case AGAIN_CLASS_RETRYABLE: return &policy->retryable;
  case AGAIN_CLASS_THROTTLED: return &policy->throttled;
  case AGAIN_CLASS_AUTH: return &policy->auth;
  case AGAIN_CLASS_OK:
  case AGAIN_CLASS_FATAL:
  case AGAIN_CLASS_COUNT: break;
  }
  return NULL;
}

bool again_verdict_holds(const again_verdict *verdict) {
  return verdict->error_class != AGAIN_CLASS_OK && verdict->remedy == AGAIN_REMEDY_HOLD &&
         verdict->damage != AGAIN_DAMAGE_BATCH;
}

static again_decision stop(again_reason reason) {
  return (again_decision){.retry = false, .reason = reason};
}

static again_ms at_least(again_ms a, again_ms b) {
  return a > b ? a : b;
}

/* `hint` in hundredths `pct`, rounded down; pct <= 100, so it cannot overflow. */
static again_ms share_of(again_ms hint, uint32_t pct) {
  return hint / 100 * pct + hint % 100 * pct / 100;
}

/* No choice: from now to a point in time that may have passed. */
static again_window until(again_ms at, again_ms now) {
  again_ms wait = at > now ? at - now : 0;
  return (again_window){wait, wait};
}

/* Of the program's function, if there is one: the rule's, or the policy's. */
static again_window window_of(const again_policy *policy, const again_verdict *verdict,
                              const again_progress *progress, const again_backoff *backoff) {
  const again_plugin *plugin = verdict->plugin;
  if (plugin == NULL || plugin->backoff == NULL) plugin = &policy->plugin;
  if (plugin->backoff == NULL) {
    uint32_t attempts = progress->class_attempts[verdict->error_class];
    return again_backoff_window(backoff, attempts, progress->backoff);
  }
  again_window window = plugin->backoff(plugin->data, verdict, progress, backoff);
  window.max = at_least(window.max, window.min);
  return window;
}

again_decision again_decide(const again_policy *policy, const again_verdict *verdict,
                            const again_outcome *outcome, const again_progress *progress,
                            again_ms now, uint64_t random) {
  if (verdict->error_class == AGAIN_CLASS_OK) return stop(AGAIN_REASON_OK);
  bool held = policy->hold.backoff.cap != 0 && again_verdict_holds(verdict);
  const again_class_policy *limits =
      held ? &policy->hold : again_policy_class(policy, verdict->error_class);
  if (limits == NULL) return stop(AGAIN_REASON_FATAL);
  uint32_t attempts = held ? progress->held : progress->class_attempts[verdict->error_class];
  if (policy->at_most_once && again_outcome_effect(outcome) != AGAIN_EFFECT_NOT_APPLIED) {
    return stop(AGAIN_REASON_NOT_IDEMPOTENT);
  }
  bool remedied = outcome->remedied && progress->remedied < AGAIN_REMEDIED_MAX;
  if (!remedied && !held && limits->max_attempts != 0 && attempts >= limits->max_attempts) {
    return stop(AGAIN_REASON_ATTEMPTS);
  }
  if (!remedied && policy->max_attempts != 0 && progress->attempts >= policy->max_attempts) {
    return stop(AGAIN_REASON_ALL_ATTEMPTS);
  }

  again_decision decision = {.retry = true};
  if (remedied) {
    decision.reason = AGAIN_REASON_REMEDIED;
    decision.at = now;
  } else {
    bool paced = !held && progress->pace_at != 0 && verdict->error_class == AGAIN_CLASS_THROTTLED;
    again_window window;
    if (paced) {
      window = until(progress->pace_at, now);
    } else if (held) {
      window = again_backoff_window(&limits->backoff, attempts, progress->backoff);
    } else {
      window = window_of(policy, verdict, progress, &limits->backoff);
    }
    decision.delay_min = at_least(window.min, 1);
    decision.delay_max = at_least(window.max, 1);
    again_ms drawn = window.min + again_random_scale(random, window.max - window.min);
    again_ms delay = at_least(drawn, 1);
    decision.backoff = delay;
    decision.reason = held ? AGAIN_REASON_HOLD : paced ? AGAIN_REASON_PACE : AGAIN_REASON_BACKOFF;
    if (outcome->hint != 0) {
      again_ms hint = outcome->hint < policy->hint_cap ? outcome->hint : policy->hint_cap;
      again_ms spread = share_of(hint, policy->hint_spread_pct);
      /* The jitter has used the upper bits; these are as random and not the same. */
      again_random bits = {random};
      again_ms hinted = again_ms_add(hint, again_random_scale(again_random_next(&bits), spread));
      if (hinted >= delay) {
        delay = hinted;
        if (!held) decision.reason = AGAIN_REASON_SERVER_HINT;
      }
      decision.delay_min = at_least(decision.delay_min, hint);
      decision.delay_max = at_least(decision.delay_max, again_ms_add(hint, spread));
    }
    decision.at = again_ms_add(now, delay);
  }
  if (limits->max_elapsed != AGAIN_NEVER &&
      decision.at > again_ms_add(progress->first_at, limits->max_elapsed)) {
    return stop(AGAIN_REASON_ELAPSED);
  }
  if (decision.at >= progress->deadline) return stop(AGAIN_REASON_DEADLINE);
  return decision;
}
