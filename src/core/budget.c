/* The retry budget: a token bucket that successes fill, with a floor by time. Costs and refunds are
 * those of the AWS SDKs' standard mode (retry quota); the floor by time is ours: a bucket that only
 * successes fill stays empty for ever where the only requests left are retries. */
#include <again/core.h>

/* Of a token: a refill of 1/100 token per second is then 1 unit per millisecond. */
static const uint64_t unit = 100000;

static uint64_t level_at(const again_budget *budget, const again_budget_policy *policy,
                         again_ms now) {
  uint64_t full = policy->capacity * unit;
  if (!budget->used) return full;
  again_ms passed = now > budget->at ? now - budget->at : 0;
  uint64_t rate = policy->refill_pct;
  uint64_t refill = rate != 0 && passed > full / rate ? full : passed * rate;
  return budget->level + refill < full ? budget->level + refill : full;
}

static void settle(again_budget *budget, uint64_t level, again_ms now) {
  budget->level = level;
  budget->at = budget->used && now < budget->at ? budget->at : now;
  budget->used = true;
}

uint32_t again_budget_cost(const again_budget_policy *policy, const again_verdict *verdict,
                           const again_outcome *outcome) {
  if (verdict->error_class == AGAIN_CLASS_THROTTLED) return policy->throttled;
  if (verdict->error_class != AGAIN_CLASS_RETRYABLE) return 0;
  return outcome->fault == AGAIN_FAULT_TIMEOUT ? policy->timeout : policy->retryable;
}

bool again_budget_take(again_budget *budget, const again_budget_policy *policy, uint32_t tokens,
                       again_ms now) {
  if (policy->capacity == 0) return true;
  uint64_t level = level_at(budget, policy, now);
  if (level < tokens * unit) return false;
  settle(budget, level - tokens * unit, now);
  return true;
}

void again_budget_give(again_budget *budget, const again_budget_policy *policy, uint32_t tokens,
                       again_ms now) {
  uint64_t full = policy->capacity * unit;
  uint64_t level = level_at(budget, policy, now) + tokens * unit;
  settle(budget, level < full ? level : full, now);
}

uint32_t again_budget_tokens(const again_budget *budget, const again_budget_policy *policy,
                             again_ms now) {
  return (uint32_t)(level_at(budget, policy, now) / unit);
}

void again_budget_rescale(again_budget *budget, const again_budget_policy *from,
                          const again_budget_policy *to, again_ms now) {
  if (!budget->used) return;
  uint64_t level = level_at(budget, from, now);
  if (from->capacity == 0) {
    *budget = (again_budget){.used = false}; /* there was none: full at its first use */
  } else {
    settle(budget, level / from->capacity * to->capacity, now);
  }
}
