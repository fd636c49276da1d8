/* Another policy for a scheduler that is at work. */
#include "sched/state.h"

/* Everything in a list of operations gets the policy of its scope. */
static void hand_over(again_link *list) {
  for (again_link *at = list->next; at != list; at = at->next) {
    again_op *op = AGAIN_LIST_ITEM(at, again_op, own.queue);
    if (op->own.policy == op->own.scope->own.policy) continue;
    op->own.policy = op->own.scope->own.policy;
    op->own.result.verdict.file = NULL; /* both are the old policy's */
    op->own.result.verdict.plugin = NULL;
  }
}

void again_sched_set_policy(again_sched *sched, const again_policy *policy) {
  sched->options.policy = policy;
  for (again_link *at = sched->scopes.next; at != &sched->scopes; at = at->next) {
    again_scope *scope = AGAIN_LIST_ITEM(at, again_scope, own.all);
    const again_policy *old = scope->own.policy;
    again_scope_resolve_policy(scope);
    if (scope->own.policy == old) continue;
    hand_over(&scope->own.ready);
    hand_over(&scope->own.waiting);
    again_budget_rescale(&scope->own.budget, &old->budget, &scope->own.policy->budget, sched->now);
    if (scope->own.held && scope->own.probes > 0 && scope->own.policy->hold.backoff.cap == 0)
      again_scope_resume(scope); /* held by an outcome, where nothing is any more */
    again_scope_update(scope);   /* its in-flight limit may be another one */
  }
  hand_over(&sched->fresh);
  hand_over(&sched->flying);
  hand_over(&sched->aborting);
  hand_over(&sched->ended);
  hand_over(&sched->taken);
  again_sched_emit(sched, &(again_event){.kind = AGAIN_EVENT_RELOADED, .now = sched->now});
  again_sched_wake(sched);
}
