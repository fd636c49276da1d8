/* The backlog: what was taken and is not done, in operations and bytes, and its limits. */
#include "sched/state.h"

enum { HIGH_PCT = 80, LOW_PCT = 50 };

/* One limit, 0: none. Is `value` beyond this share of it? */
static bool beyond(uint64_t value, uint64_t limit, unsigned pct) {
  return limit != 0 && value > limit / 100 * pct + limit % 100 * pct / 100;
}

static uint64_t sum(uint64_t a, uint64_t b) {
  return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

/* The limits of a scope that has none below it. */
static bool scope_beyond(const again_scope *scope, uint32_t more, uint64_t bytes, unsigned pct) {
  const again_policy *policy = scope->own.policy;
  if (scope->own.below != 0) return false;
  return beyond((uint64_t)scope->own.backlog + more, policy->scope_backlog, pct) ||
         beyond(sum(scope->own.backlog_bytes, bytes), policy->scope_backlog_bytes, pct);
}

/* The limits of all scopes together. */
static bool sched_beyond(const again_sched *sched, uint32_t more, uint64_t bytes, unsigned pct) {
  const again_policy *policy = sched->options.policy;
  return beyond((uint64_t)sched->stats.backlog + more, policy->total_backlog, pct) ||
         beyond(sum(sched->stats.backlog_bytes, bytes), policy->total_backlog_bytes, pct);
}

static void tell(const again_sched *sched, const again_scope *scope, bool high) {
  again_sched_emit(sched,
                   &(again_event){.kind = high ? AGAIN_EVENT_BACKLOG_HIGH : AGAIN_EVENT_BACKLOG_LOW,
                                  .now = sched->now,
                                  .scope = scope});
}

/* Tells of the marks that were passed, once each way. */
static void mark(again_scope *scope) {
  again_sched *sched = scope->own.sched;
  bool high = scope_beyond(scope, 0, 0, scope->own.backlog_high ? LOW_PCT : HIGH_PCT);
  if (high != scope->own.backlog_high) tell(sched, scope, high);
  scope->own.backlog_high = high;
  high = sched_beyond(sched, 0, 0, sched->backlog_high ? LOW_PCT : HIGH_PCT);
  if (high != sched->backlog_high) tell(sched, NULL, high);
  sched->backlog_high = high;
}

int again_backlog_take(const again_op *op, again_scope *scope) {
  again_sched *sched = scope->own.sched;
  bool full = scope_beyond(scope, 1, op->bytes, 100) || sched_beyond(sched, 1, op->bytes, 100);
  if (full && !op->beyond_limits) return AGAIN_EFULL;
  for (again_scope *at = scope; at != NULL; at = at->parent) {
    at->own.backlog++;
    at->own.backlog_bytes += op->bytes;
  }
  sched->stats.backlog++;
  sched->stats.backlog_bytes += op->bytes;
  mark(scope);
  return 0;
}

void again_backlog_give(const again_op *op) {
  again_scope *scope = op->own.scope;
  for (again_scope *at = scope; at != NULL; at = at->parent) {
    at->own.backlog--;
    at->own.backlog_bytes -= op->own.bytes;
  }
  scope->own.sched->stats.backlog--;
  scope->own.sched->stats.backlog_bytes -= op->own.bytes;
  mark(scope);
}
