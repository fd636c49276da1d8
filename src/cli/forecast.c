#include "cli/forecast.h"

/* Once the delay stays the same, what is left until a limit is a division: a day at 1 ms a try is not
 * counted try by try. */
static uint64_t tries_before(const again_policy *policy, const again_class_policy *numbers,
                             uint64_t tries, again_ms now, again_ms delay) {
  uint64_t left = UINT64_MAX;
  again_ms end = policy->operation_deadline;
  if (numbers->max_elapsed < end) end = numbers->max_elapsed;
  if (end != AGAIN_NEVER) left = (end - now) / delay;
  if (numbers->max_attempts != 0 && numbers->max_attempts - tries < left) {
    left = numbers->max_attempts - tries;
  }
  if (policy->max_attempts != 0 && policy->max_attempts - tries < left) {
    left = policy->max_attempts - tries;
  }
  return left;
}

again_forecast again_forecast_class(const again_policy *policy, again_class error_class,
                                    again_forecast_luck luck) {
  static const uint64_t randoms[] = {0, UINT64_MAX / 2, UINT64_MAX};
  const again_class_policy *numbers = again_policy_class(policy, error_class);
  again_verdict verdict = {.error_class = error_class};
  again_outcome outcome = {.status = 500, .effect = AGAIN_EFFECT_NOT_APPLIED};
  again_progress progress = {.deadline = policy->operation_deadline};
  again_ms now = 0;
  for (uint64_t tries = 1;; tries++) {
    progress.attempts = progress.class_attempts[error_class] =
        tries < UINT32_MAX ? (uint32_t)tries : UINT32_MAX;
    again_decision decision =
        again_decide(policy, &verdict, &outcome, &progress, now, randoms[luck]);
    if (!decision.retry) return (again_forecast){tries, now, decision.reason};
    again_ms delay = decision.at - now;
    uint32_t n = progress.attempts;
    bool settled =
        delay == progress.backoff && again_backoff_delay(&numbers->backoff, n) ==
                                         again_backoff_delay(&numbers->backoff, UINT32_MAX);
    progress.backoff = decision.backoff;
    now = decision.at;
    if (!settled) continue;
    uint64_t left = tries_before(policy, numbers, tries + 1, now, delay);
    if (left == UINT64_MAX) return (again_forecast){.wait = AGAIN_NEVER};
    if (left < 2) continue;
    tries += left - 1;
    now += (left - 1) * delay;
  }
}
