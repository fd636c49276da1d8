/* Another policy for a scheduler that is at work. */
#include "sched/state.h"

/* Everything in a list of operations that follows the scheduler's own policy. */
static void hand_over(again_link *list, const again_policy *policy) {
  for (again_link *at = list->next; at != list; at = at->next) {
    again_op *op = AGAIN_LIST_ITEM(at, again_op, own.queue);
    if (op->own.scope->policy != NULL) continue;
    op->own.policy = policy;
    op->own.result.verdict.file = NULL; /* a text of the old policy */
  }
}

void again_sched_set_policy(again_sched *sched, const again_policy *policy) {
  const again_policy *old = sched->options.policy;
  hand_over(&sched->waiting, policy);
  hand_over(&sched->flying, policy);
  hand_over(&sched->aborting, policy);
  hand_over(&sched->ended, policy);
  sched->options.policy = policy;
  for (again_link *at = sched->scopes.next; at != &sched->scopes; at = at->next) {
    again_scope *scope = AGAIN_LIST_ITEM(at, again_scope, own.all);
    hand_over(&scope->own.ready, policy);
    if (scope->policy != NULL) continue;
    again_budget_rescale(&scope->own.budget, &old->budget, &policy->budget, sched->now);
    again_scope_update(scope); /* its in-flight limit may be another one */
  }
  again_sched_wake(sched);
}
