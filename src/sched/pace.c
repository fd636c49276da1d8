/* What the pacers of the scopes learn, and what follows from it. again/pacer.h has the essay.
 *
 * A refusal teaches the scope that the verdict names, a failure without an answer that of the endpoint,
 * every answer all scopes above the operation. When an outage ends, operations that wait for a backoff
 * because of it are made READY, some in each run: the pacer spreads them. */
#include "sched/state.h"

enum {
  WAKE_PER_RUN = 256,
  FEW = 16 /* operations in all, whose own backoffs are probes enough while a scope is down */
};

static again_pacer_policy policy_of(const again_scope *scope) {
  return (again_pacer_policy){.refusals_permille = scope->own.policy->pace_pct * 10,
                              .rest_max = scope->own.policy->throttled.backoff.cap};
}

static uint64_t draw(again_scope *scope) {
  return again_random_next(&scope->own.sched->random);
}

/* Has nothing been learned of what all below a scope send together? Then many of them that begin at once
 * are no backlog: each is judged by its own. */
static bool is_untaught(const again_scope *scope) {
  return scope->own.below > 0 && !scope->own.taught &&
         again_pacer_state_of(&scope->own.pacer) == AGAIN_PACER_FREE;
}

again_ms again_pace_gate(const again_scope *scope) {
  again_pacer_policy policy = policy_of(scope);
  if (is_untaught(scope)) return scope->own.sched->now;
  return again_pacer_next(&scope->own.pacer, &policy, scope->own.ready_count,
                          scope->own.sched->now);
}

again_ms again_pace_next(const again_scope *scope) {
  bool down = again_pacer_state_of(&scope->own.pacer) == AGAIN_PACER_DOWN;
  if (down && scope->own.backlog <= FEW) return scope->own.sched->now;
  return again_pace_gate(scope);
}

bool again_pace_on(const again_scope *scope) {
  return scope->own.policy->pace_pct != 0;
}

void again_pace_started(again_scope *scope) {
  for (again_scope *at = scope; at != NULL; at = at->parent) {
    again_pacer_policy policy = policy_of(at);
    if (policy.refusals_permille == 0) continue;
    again_pacer_sent(&at->own.pacer, &policy, at->own.sched->now, draw(at));
  }
}

/* Tells of a change of the pacer's state. */
static void tell(const again_scope *scope, again_pacer_state before) {
  again_pacer_state after = again_pacer_state_of(&scope->own.pacer);
  if (after == before) return;
  again_event_kind kind = after == AGAIN_PACER_DOWN    ? AGAIN_EVENT_DOWN
                          : before == AGAIN_PACER_DOWN ? AGAIN_EVENT_UP
                          : after == AGAIN_PACER_PACED ? AGAIN_EVENT_PACED
                                                       : AGAIN_EVENT_UNPACED;
  const again_sched *sched = scope->own.sched;
  again_sched_emit(sched, &(again_event){.kind = kind, .now = sched->now, .scope = scope});
}

/* Does it wait because of an outage? What the service asked to wait goes on waiting, and so does what
 * waits for another reason. */
static bool waits_for_answers(const again_op *op) {
  const again_result *result = &op->own.result;
  bool asked = result->reason == AGAIN_REASON_SERVER_HINT;
  return result->verdict.error_class == AGAIN_CLASS_RETRYABLE && !asked;
}

void again_pace_hurry(again_op *op) {
  if (op->own.wakes == op->own.scope->own.wakes) return;
  op->own.wakes = op->own.scope->own.wakes;
  if (op->own.head && waits_for_answers(op)) again_op_hurry(op);
}

/* Those that wait in the scope itself need not any more. */
static void wake_waiting(again_scope *scope) {
  scope->own.wakes++;
  if (scope->ordered && !again_list_empty(&scope->own.ready)) {
    again_pace_hurry(AGAIN_LIST_ITEM(scope->own.ready.next, again_op, own.queue));
    again_scope_update(scope);
  }
  if (again_list_empty(&scope->own.waiting) || again_list_linked(&scope->own.waking)) return;
  again_list_append(&scope->own.sched->waking, &scope->own.waking);
}

static void wake(again_scope *scope) {
  again_sched *sched = scope->own.sched;
  for (again_link *at = sched->scopes.next; at != &sched->scopes; at = at->next) {
    again_scope *below = AGAIN_LIST_ITEM(at, again_scope, own.all);
    if (again_scope_is_within(below, scope)) wake_waiting(below);
  }
}

/* A call, as far as a pacer is told of it. */
typedef struct call {
  again_scope *scope;
  again_ms began;
} call;

/* Did the caller say that there is more, of the call's scope or any on the way up to this one? */
static bool has_more(const again_scope *scope, const call *of) {
  for (const again_scope *at = of->scope; at != NULL; at = at->parent) {
    if (at->more) return true;
    if (at == scope) break;
  }
  return false;
}

static void answered(again_scope *scope, const call *of, again_ms now) {
  again_pacer_policy policy = policy_of(scope);
  again_pacer_state before = again_pacer_state_of(&scope->own.pacer);
  uint32_t waiting = 0;
  /* All that may begin has: what was learned is of the past. */
  bool through = again_list_empty(&scope->own.turns) && again_list_empty(&scope->own.ready);
  if (before == AGAIN_PACER_FREE && through) scope->own.taught = false;
  if (again_scope_has_room(scope) && !is_untaught(scope))
    waiting = has_more(scope, of) ? UINT32_MAX : scope->own.ready_count;
  bool recovered = again_pacer_success(&scope->own.pacer, &policy, of->began, waiting, now);
  tell(scope, before);
  if (recovered) wake(scope);
}

static void refused(again_scope *scope, const call *of, again_ms hint, again_ms now) {
  again_pacer_policy policy = policy_of(scope);
  again_pacer_state before = again_pacer_state_of(&scope->own.pacer);
  scope->own.taught = true;
  bool recovered =
      again_pacer_refused(&scope->own.pacer, &policy, of->began, hint,
                          has_more(scope, of) ? UINT32_MAX : scope->own.backlog, now, draw(scope));
  tell(scope, before);
  if (recovered) wake(scope);
}

static void failed(again_scope *scope, const call *of, again_ms now) {
  again_pacer_policy policy = policy_of(scope);
  again_pacer_state before = again_pacer_state_of(&scope->own.pacer);
  again_pacer_failed(&scope->own.pacer, &policy, of->began, now, draw(scope));
  if (again_pacer_state_of(&scope->own.pacer) == AGAIN_PACER_DOWN) scope->own.taught = true;
  tell(scope, before);
}

/* Does the outcome tell of a service in trouble? What this machine lacks does not. */
static bool is_failure(const again_outcome *outcome, const again_verdict *verdict) {
  if (verdict->error_class == AGAIN_CLASS_OK) return false;
  if (outcome->fault == AGAIN_FAULT_NONE) {
    return verdict->error_class == AGAIN_CLASS_RETRYABLE &&
           (outcome->status >= 500 || outcome->status == 408);
  }
  return outcome->fault != AGAIN_FAULT_CONFIG && outcome->fault != AGAIN_FAULT_LOCAL &&
         outcome->fault != AGAIN_FAULT_ABORTED;
}

again_ms again_pace_learn(again_scope *scope, again_ms began, const again_verdict *verdict,
                          const again_outcome *outcome, again_ms now) {
  call of = {scope, began};
  if (is_failure(outcome, verdict)) {
    again_scope *target = again_scope_of_damage(scope, AGAIN_DAMAGE_ENDPOINT);
    if (again_pace_on(target)) failed(target, &of, now);
    return 0;
  }
  if (outcome->fault != AGAIN_FAULT_NONE) return 0; /* it says nothing of the service */
  bool throttled = verdict->error_class == AGAIN_CLASS_THROTTLED;
  again_damage damage =
      verdict->damage == AGAIN_DAMAGE_BATCH ? AGAIN_DAMAGE_TOPIC : verdict->damage;
  again_scope *target = throttled ? again_scope_of_damage(scope, damage) : NULL;
  const again_policy *policy = scope->own.policy;
  again_ms hint = outcome->hint < policy->hint_cap ? outcome->hint : policy->hint_cap;
  for (again_scope *at = scope; at != NULL; at = at->parent) {
    if (!again_pace_on(at)) continue;
    if (at == target) {
      refused(at, &of, hint, now);
    } else {
      answered(at, &of, now);
    }
  }
  if (target == NULL || !again_pace_on(target)) return 0;
  again_ms next = again_pace_next(target);
  return next > 0 ? next : 1;
}

/* Looks at the operation at the head of those that wait, once each wake. False: all were looked at. */
static bool wake_one(again_scope *scope) {
  if (again_list_empty(&scope->own.waiting)) return false;
  again_op *op = AGAIN_LIST_ITEM(scope->own.waiting.next, again_op, own.queue);
  if (op->own.wakes == scope->own.wakes) return false;
  op->own.wakes = scope->own.wakes;
  again_list_remove(&op->own.queue);
  again_list_append(&scope->own.waiting, &op->own.queue);
  if (waits_for_answers(op)) again_op_wake(op);
  return true;
}

void again_pace_wake(again_sched *sched) {
  for (unsigned left = WAKE_PER_RUN; left > 0 && !again_list_empty(&sched->waking); left--) {
    again_scope *scope = AGAIN_LIST_ITEM(sched->waking.next, again_scope, own.waking);
    if (!wake_one(scope)) again_list_remove(&scope->own.waking);
  }
}

void again_sched_network_changed(again_sched *sched, again_ms now) {
  again_sched_tick(sched, now);
  for (again_link *at = sched->scopes.next; at != &sched->scopes; at = at->next) {
    again_scope *scope = AGAIN_LIST_ITEM(at, again_scope, own.all);
    again_pacer_policy policy = policy_of(scope);
    again_pacer_network_changed(&scope->own.pacer, &policy, sched->now, draw(scope));
    again_scope_update(scope);
    wake_waiting(scope);
  }
  again_sched_wake(sched);
}
