#include "cli/drain.h"

static uint32_t cost_of(const again_policy *policy, again_class of) {
  again_verdict verdict = {.error_class = of};
  again_outcome outcome = {.status = of == AGAIN_CLASS_THROTTLED ? 429 : 500};
  return again_budget_cost(&policy->budget, &verdict, &outcome);
}

void again_drain_of(const again_policy *policy, again_ms until, again_drain *drain) {
  const again_budget_policy *numbers = &policy->budget;
  uint32_t cost = cost_of(policy, drain->of);
  again_budget budget = {.used = false};
  uint64_t failed = 0;
  drain->empties = false;
  drain->passed = drain->refused = 0;
  for (uint64_t i = 0; i < AGAIN_DRAIN_TIMES; i++) {
    again_ms now = until * i / (AGAIN_DRAIN_TIMES - 1);
    for (again_ms at; (at = failed * 1000 / drain->failures) <= now; failed++) {
      if (again_budget_take(&budget, numbers, cost, at)) {
        drain->passed++;
        continue;
      }
      if (!drain->empties) drain->empty_at = at;
      drain->empties = true;
      drain->refused++;
    }
    drain->tokens[i] = again_budget_tokens(&budget, numbers, now);
  }
  double refill = cost != 0 ? (double)numbers->refill_pct / 100 / cost : drain->failures;
  if (cost > numbers->capacity) refill = 0; /* it never holds so many */
  drain->passing = refill < drain->failures ? refill : drain->failures;
}

again_ms again_drain_until(const again_policy *policy, again_class of, uint32_t failures) {
  double spent = (double)cost_of(policy, of) * failures - (double)policy->budget.refill_pct / 100;
  double seconds = spent > 0 ? 1.5 * policy->budget.capacity / spent : 600;
  return seconds < 10 ? 10000 : seconds > 600 ? 600000 : (again_ms)seconds * 1000;
}
