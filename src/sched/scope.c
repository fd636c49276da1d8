/* Scopes: a tree of queues, and who may have a turn. */
#include "sched/state.h"
#include <string.h>

int again_scope_init(again_scope *scope, again_sched *sched) {
  if (scope == NULL || sched == NULL) return AGAIN_EINVAL;
  again_scope *parent = scope->parent;
  if (parent != NULL && (parent->own.sched != sched || parent->ordered)) return AGAIN_EINVAL;
  if (again_sched_reserve(sched, 0, 1) != 0) return AGAIN_ENOMEM;
  memset(&scope->own, 0, sizeof scope->own);
  scope->own.sched = sched;
  scope->own.probe_timer.of = AGAIN_TIMER_PROBE;
  scope->own.gate_timer.of = AGAIN_TIMER_GATE;
  again_list_init(&scope->own.turns);
  again_list_init(&scope->own.ready);
  again_list_init(&scope->own.waiting);
  again_list_append(&sched->scopes, &scope->own.all);
  sched->scope_count++;
  again_scope_resolve_policy(scope);
  if (parent != NULL) {
    parent->own.below++;
    again_scope_update(parent); /* its limit may be another one now */
  }
  return 0;
}

int again_scope_fini(again_scope *scope) {
  if (scope->own.sched == NULL || scope->own.operations != 0 || scope->own.below != 0 ||
      scope->own.in_flight != 0) {
    return AGAIN_ESTATE;
  }
  again_scope_unhold(scope);
  again_wheel_remove(&scope->own.sched->wheel, &scope->own.gate_timer);
  if (again_list_linked(&scope->own.waking)) again_list_remove(&scope->own.waking);
  if (scope->own.sched->at == &scope->own.all) scope->own.sched->at = scope->own.all.prev;
  again_list_remove(&scope->own.all);
  scope->own.sched->scope_count--;
  scope->own.sched->leaves++;
  again_stats_keep(scope);
  if (scope->parent != NULL) {
    scope->parent->own.below--;
    again_scope_update(scope->parent);
  }
  scope->own.sched = NULL;
  return 0;
}

void again_scope_resolve_policy(again_scope *scope) {
  const again_scope *at = scope;
  while (at != NULL && at->policy == NULL)
    at = at->parent;
  const again_policy *policy = at != NULL ? at->policy : scope->own.sched->options.policy;
  bool is_topic = scope->kind == AGAIN_DAMAGE_TOPIC;
  scope->own.policy = is_topic ? again_policy_for(policy, scope->name) : policy;
}

uint32_t again_scope_tokens(const again_scope *scope) {
  const again_budget_policy *policy = &scope->own.policy->budget;
  return again_budget_tokens(&scope->own.budget, policy, scope->own.sched->now);
}

bool again_scope_has_room(const again_scope *scope) {
  uint32_t limit = scope->in_flight;
  if (scope->ordered) return scope->own.in_flight == 0 && !scope->own.head_waits;
  if (limit == 0 && scope->own.below > 0) return true;
  if (limit == 0) limit = scope->own.policy->scope_in_flight;
  return scope->own.in_flight < limit;
}

static again_op *head_of(const again_scope *scope) {
  return AGAIN_LIST_ITEM(scope->own.ready.next, again_op, own.queue);
}

/* Ordered: when what is at the head may be tried; 0: at once, or nothing is there. */
static again_ms head_at(const again_scope *scope) {
  return again_list_empty(&scope->own.ready) ? 0 : head_of(scope)->own.not_before;
}

/* When the next attempt may begin here, as far as this scope is asked; AGAIN_NEVER: when something
 * happens first. */
static again_ms opens_at(const again_scope *scope) {
  bool work = !again_list_empty(&scope->own.ready) || !again_list_empty(&scope->own.turns);
  bool closed = scope->own.held && !scope->own.probe_due;
  if (!work || closed || !again_scope_has_room(scope)) return AGAIN_NEVER;
  again_ms at = again_pace_next(scope);
  if (scope->ordered && head_at(scope) > at) at = head_at(scope);
  return at > scope->own.spread_to ? at : scope->own.spread_to;
}

/* Keeps the timer of a gate that is closed for a time that is known. */
static void arm_gate(again_scope *scope, again_ms at) {
  again_wheel *wheel = &scope->own.sched->wheel;
  bool armed = again_timer_set(&scope->own.gate_timer);
  bool wanted = at != AGAIN_NEVER && at > scope->own.sched->now;
  if (armed && (!wanted || scope->own.gate_timer.expires != at)) {
    again_wheel_remove(wheel, &scope->own.gate_timer);
    armed = false;
  }
  if (wanted && !armed) again_wheel_add(wheel, &scope->own.gate_timer, at);
}

static again_link *rotation_of(again_scope *scope) {
  return scope->parent != NULL ? &scope->parent->own.turns : &scope->own.sched->turns;
}

void again_scope_update(again_scope *scope) {
  for (; scope != NULL; scope = scope->parent) {
    again_ms at = opens_at(scope);
    bool wants = at <= scope->own.sched->now;
    arm_gate(scope, at);
    bool has = again_list_linked(&scope->own.turn);
    if (has && !wants) again_list_remove(&scope->own.turn);
    if (wants && !has) again_list_append(rotation_of(scope), &scope->own.turn);
  }
}

void again_scope_opens(again_scope *scope) {
  scope->own.spread_to = again_sched_spread(scope->own.sched, &scope->own.gate_timer);
  again_scope_update(scope);
}

again_op *again_scope_next(again_link *rotation) {
  while (!again_list_empty(rotation)) {
    again_scope *scope = AGAIN_LIST_ITEM(rotation->next, again_scope, own.turn);
    again_list_remove(&scope->own.turn);
    again_list_append(rotation, &scope->own.turn);
    /* Its own operations and those below it take turns. */
    bool own = !again_list_empty(&scope->own.ready);
    bool below = !again_list_empty(&scope->own.turns) && !(own && scope->own.own_turn);
    scope->own.own_turn = own && below;
    if (!below) return head_of(scope);
    rotation = &scope->own.turns;
  }
  return NULL;
}

void again_scope_ready(again_scope *scope, int change) {
  for (again_scope *at = scope; at != NULL; at = at->parent)
    at->own.ready_count += (uint32_t)change;
  again_scope_update(scope);
}

bool again_scope_is_within(const again_scope *scope, const again_scope *above) {
  while (scope != NULL && scope != above)
    scope = scope->parent;
  return scope != NULL;
}

again_ms again_scope_when(const again_scope *scope, again_ms now) {
  again_ms when = now;
  for (const again_scope *at = scope; at != NULL; at = at->parent) {
    bool closed = at->own.held && !at->own.probe_due;
    again_ms opens = again_pace_gate(at);
    if (closed) opens = at->own.probe != NULL ? AGAIN_NEVER : at->own.probe_timer.expires;
    if (!again_scope_has_room(at)) opens = AGAIN_NEVER;
    if (opens > when) when = opens;
    if (at->ordered && head_at(at) > when) when = head_at(at);
  }
  return when;
}

void again_scope_fly(again_scope *scope, int change) {
  for (again_scope *at = scope; at != NULL; at = at->parent)
    at->own.in_flight += (uint32_t)change;
  again_scope_update(scope);
}

again_scope *again_scope_of_damage(again_scope *scope, again_damage damage) {
  again_scope *last = scope;
  for (again_scope *at = scope; at != NULL; at = at->parent) {
    if (at->kind == damage) return at;
    last = at;
  }
  return damage == AGAIN_DAMAGE_TOPIC ? scope : last;
}
