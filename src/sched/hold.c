/* Holds: a scope in which every attempt would be refused makes none but probes.
 *
 * A held scope is closed until its timer says that a probe is due. Then it is open for one operation,
 * whichever has the next turn in it or below it, and closed again until the outcome of that one is
 * known. One operation may be the probe of several held scopes at once. */
#include "sched/state.h"

static void close_until(again_scope *scope, again_ms until) {
  again_sched *sched = scope->own.sched;
  again_wheel_remove(&sched->wheel, &scope->own.probe_timer);
  scope->own.probe_due = false;
  again_wheel_add(&sched->wheel, &scope->own.probe_timer, until);
  again_scope_update(scope);
}

/* Begins a hold, or puts its next probe off. */
static void hold(again_scope *scope, again_ms until, const again_op *op) {
  again_sched *sched = scope->own.sched;
  bool begins = !scope->own.held;
  scope->own.held = true;
  if (begins) scope->own.own_probe = AGAIN_NEVER;
  close_until(scope, until);
  if (!begins) return;
  sched->stats.held++;
  again_sched_emit(sched, &(again_event){.kind = AGAIN_EVENT_HELD,
                                         .scope = scope,
                                         .op = op,
                                         .until = until,
                                         .now = sched->now,
                                         .attempt = op != NULL ? op->own.progress.attempts : 0,
                                         .verdict = op != NULL ? &op->own.result.verdict : NULL,
                                         .result = op != NULL ? &op->own.result : NULL});
}

void again_scope_unhold(again_scope *scope) {
  if (!scope->own.held) return;
  scope->own.held = false;
  scope->own.probe_due = false;
  scope->own.probes = 0;
  scope->own.probe = NULL;
  again_wheel_remove(&scope->own.sched->wheel, &scope->own.probe_timer);
  scope->own.sched->stats.held--;
  again_scope_update(scope);
}

static void resume(again_scope *scope, const again_op *op) {
  if (!scope->own.held) return;
  again_scope_unhold(scope);
  again_sched_emit(scope->own.sched, &(again_event){.kind = AGAIN_EVENT_RESUMED,
                                                    .now = scope->own.sched->now,
                                                    .scope = scope,
                                                    .op = op});
}

void again_scope_hold(again_scope *scope, again_ms until) {
  scope->own.probe = NULL; /* the outcome of one under way says nothing about this hold */
  scope->own.probes = 0;
  scope->own.own_probe = AGAIN_NEVER;
  hold(scope, until, NULL);
  again_sched_wake(scope->own.sched);
}

void again_scope_resume(again_scope *scope) {
  resume(scope, NULL);
  again_sched_wake(scope->own.sched);
}

bool again_scope_held(const again_scope *scope) {
  return scope->own.held;
}

void again_hold_timer(again_scope *scope) {
  again_ms later = again_sched_spread(scope->own.sched, &scope->own.probe_timer);
  if (later != 0) {
    again_wheel_add(&scope->own.sched->wheel, &scope->own.probe_timer, later);
    return;
  }
  scope->own.probe_due = true;
  again_scope_update(scope);
}

void again_hold_started(again_op *op) {
  for (again_scope *at = op->own.scope; at != NULL; at = at->parent) {
    if (!at->own.held) continue;
    at->own.probe_due = false;
    at->own.probe = op;
    again_scope_update(at);
  }
}

uint32_t again_hold_count(const again_op *op, const again_verdict *verdict) {
  if (!again_verdict_holds(verdict)) return 0;
  const again_scope *scope = again_scope_of_damage(op->own.scope, verdict->damage);
  bool counts = !scope->own.held || scope->own.probe == op;
  return scope->own.probes + (counts && scope->own.probes < UINT32_MAX ? 1 : 0);
}

void again_hold_decide(const again_op *op, const again_verdict *verdict, again_decision *decision,
                       again_ms now) {
  bool refreshing =
      verdict->remedy == AGAIN_REMEDY_REFRESH && decision->reason != AGAIN_REASON_REMEDIED;
  if (!decision->retry || (decision->reason != AGAIN_REASON_HOLD && !refreshing)) return;
  const again_scope *scope = again_scope_of_damage(op->own.scope, verdict->damage);
  if (!scope->own.held || (scope->own.probe == op && !refreshing)) return;
  decision->reason = AGAIN_REASON_HOLD;
  decision->at = scope->own.probe_timer.expires > now ? scope->own.probe_timer.expires : now;
}

/* Does this answer to a probe say that the held scope is usable again? `target`: the scope that it
 * holds, or NULL; what holds a scope below has got past the one above. */
static bool clears(const again_scope *scope, const again_verdict *verdict,
                   const again_scope *target) {
  if (target != NULL) return target != scope && again_scope_is_within(target, scope);
  return verdict->error_class == AGAIN_CLASS_OK || verdict->error_class == AGAIN_CLASS_THROTTLED ||
         (verdict->error_class == AGAIN_CLASS_FATAL && verdict->origin != AGAIN_ORIGIN_TRANSPORT);
}

static again_ms draw_probe(again_scope *scope, again_ms now) {
  again_window window =
      again_backoff_window(&scope->own.policy->hold.backoff, scope->own.probes, 0);
  uint64_t random = again_random_next(&scope->own.sched->random);
  again_ms wait = window.min + again_random_scale(random, window.max - window.min);
  return again_ms_add(now, wait > 0 ? wait : 1);
}

void again_hold_learn(again_op *op, const again_verdict *verdict, const again_decision *decision,
                      again_ms now) {
  again_scope *target =
      again_verdict_holds(verdict) ? again_scope_of_damage(op->own.scope, verdict->damage) : NULL;
  bool holds = target != NULL && decision->retry;
  for (again_scope *at = op->own.scope; at != NULL; at = at->parent) {
    if (!at->own.held || at->own.probe != op) continue;
    at->own.probe = NULL;
    if (clears(at, verdict, target)) {
      resume(at, op);
      continue;
    }
    if (at->own.probes < UINT32_MAX) at->own.probes++;
    close_until(at, at == target && holds ? decision->at : draw_probe(at, now));
  }
  if (!holds || target->own.held) return;
  target->own.probes = 1;
  hold(target, decision->at, op);
}

void again_scope_began(again_scope *scope, again_ms now) {
  again_sched_tick(scope->own.sched, now);
  for (again_scope *at = scope; at != NULL; at = at->parent) {
    bool due = at->own.probe_due || at->own.probe_timer.expires <= scope->own.sched->now;
    if (!at->own.held || !due) continue; /* without operations nobody has waited for the timer */
    if (at->own.probes < UINT32_MAX) at->own.probes++;
    if (at->own.own_probe == AGAIN_NEVER) at->own.own_probe = now;
    close_until(at, draw_probe(at, scope->own.sched->now)); /* it was the probe */
  }
  scope->own.requests++;
  scope->own.sched->requests++;
  again_pace_started(scope);
  again_scope_fly(scope, 1);
}

again_verdict again_scope_ended(again_scope *scope, const again_outcome *outcome, again_ms began,
                                again_ms now) {
  again_sched *sched = scope->own.sched;
  again_sched_tick(sched, now);
  now = sched->now;
  again_verdict verdict = again_classify(scope->own.policy, sched->options.catalogue, outcome);
  again_pace_learn(scope, began, &verdict, outcome, now);
  bool holds = again_verdict_holds(&verdict);
  again_scope *target = holds ? again_scope_of_damage(scope, verdict.damage) : NULL;
  for (again_scope *at = scope; at != NULL; at = at->parent) {
    bool probed = at->own.held && began >= at->own.own_probe; /* older ones say nothing new */
    if (probed && clears(at, &verdict, target)) resume(at, NULL);
  }
  if (holds && !target->own.held && scope->own.policy->hold.backoff.cap != 0) {
    target->own.probes = 1;
    hold(target, draw_probe(target, now), NULL);
  }
  if (scope->own.requests > 0) { /* one that had begun */
    scope->own.requests--;
    sched->requests--;
    again_scope_fly(scope, -1);
  }
  sched->leaves++;
  again_sched_wake(sched);
  return verdict;
}

void again_hold_left(again_op *op) {
  for (again_scope *at = op->own.scope; at != NULL; at = at->parent) {
    if (!at->own.held || at->own.probe != op) continue;
    at->own.probe = NULL;
    at->own.probe_due = true; /* it said nothing: the next one may go at once */
    again_scope_update(at);
  }
}
