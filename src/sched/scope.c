/* Scopes: who may have a turn. */
#include "sched/state.h"

int again_scope_init(again_scope *scope, again_sched *sched) {
  if (scope == NULL || sched == NULL) return AGAIN_EINVAL;
  scope->own.sched = sched;
  scope->own.turn = (again_link){NULL, NULL};
  again_list_init(&scope->own.ready);
  again_list_append(&sched->scopes, &scope->own.all);
  scope->own.in_flight = 0;
  scope->own.operations = 0;
  scope->own.budget = (again_budget){.used = false};
  return 0;
}

int again_scope_fini(again_scope *scope) {
  if (scope->own.sched == NULL || scope->own.operations != 0) return AGAIN_ESTATE;
  again_list_remove(&scope->own.all);
  scope->own.sched = NULL;
  return 0;
}

static const again_policy *policy_of(const again_scope *scope) {
  return scope->policy != NULL ? scope->policy : scope->own.sched->options.policy;
}

uint32_t again_scope_tokens(const again_scope *scope) {
  const again_budget_policy *policy = &policy_of(scope)->budget;
  return again_budget_tokens(&scope->own.budget, policy, scope->own.sched->now);
}

uint32_t again_scope_limit(const again_scope *scope) {
  return scope->in_flight != 0 ? scope->in_flight : policy_of(scope)->scope_in_flight;
}

void again_scope_update(again_scope *scope) {
  bool wants =
      !again_list_empty(&scope->own.ready) && scope->own.in_flight < again_scope_limit(scope);
  bool has = again_list_linked(&scope->own.turn);
  if (wants && !has) again_list_append(&scope->own.sched->turns, &scope->own.turn);
  if (!wants && has) again_list_remove(&scope->own.turn);
}
