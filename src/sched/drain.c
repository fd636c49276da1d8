/* Draining and closing: how everything comes back. A million operations end in many runs, not in one:
 * `ending` is the reason while there are some left. So do a million scopes: each run goes on where the
 * one before had no work left. What is taken from a scope does not come back into one that was passed:
 * while draining, what is reported is told at once whether it has time left. */
#include "sched/state.h"

void again_sched_drain(again_sched *sched, again_ms deadline) {
  sched->draining = true;
  sched->drain_deadline = deadline;
  sched->drain_due = true;
  sched->at = &sched->scopes;
  sched->drains++;
  again_sched_wake(sched);
}

static void begin_ending(again_sched *sched, again_reason reason) {
  sched->ending = (uint8_t)reason;
  sched->drain_due = false; /* all is ended, not only what is late */
  sched->at = &sched->scopes;
}

void again_sched_close(again_sched *sched) {
  sched->closing = true;
  begin_ending(sched, AGAIN_REASON_CLOSED);
  again_sched_wake(sched);
}

static again_op *first_op(const again_link *list) {
  return AGAIN_LIST_ITEM(list->next, again_op, own.queue);
}

/* True if the list is empty now. */
static bool end_list(again_sched *sched, const again_link *list) {
  while (!again_list_empty(list)) {
    if (!again_sched_work(sched)) return false;
    again_op_end(first_op(list), (again_reason)sched->ending);
  }
  return true;
}

static bool end_waiting(again_sched *sched, again_scope *scope) {
  return end_list(sched, &scope->own.ready) && end_list(sched, &scope->own.waiting);
}

/* Asks what flies to end: no more than the limits on what is in flight. */
static void end_flying(again_sched *sched) {
  again_link flying;
  again_list_init(&flying);
  again_list_append_all(&flying, &sched->flying);
  while (!again_list_empty(&flying)) {
    again_op *op = first_op(&flying);
    again_list_remove(&op->own.queue);
    /* One that cannot be aborted and was asked before only has its report to wait for. */
    bool asked = op->own.wanted != 0;
    if (!asked) op->own.wanted = sched->ending;
    again_list_append(asked ? &sched->flying : &sched->aborting, &op->own.queue);
  }
}

/* Is nothing begun in this scope before the drain is over, because it is held? A hold by hand (no
 * refusals) can be ended any time. */
static bool is_held_beyond(const again_scope *scope, again_ms deadline) {
  for (; scope != NULL; scope = scope->parent) {
    bool closed = scope->own.held && !scope->own.probe_due && scope->own.probe == NULL;
    if (closed && scope->own.probes > 0 && scope->own.probe_timer.expires >= deadline) return true;
  }
  return false;
}

/* Is what is READY here only tried after the drain? */
static bool is_shut(const again_scope *scope, again_ms deadline) {
  if (again_list_empty(&scope->own.ready)) return false;
  bool head_late = scope->ordered && first_op(&scope->own.ready)->own.not_before >= deadline;
  return head_late || is_held_beyond(scope, deadline);
}

/* The next of those that wait and were not looked at in this drain, which are at the head; NULL: none. */
static again_op *next_to_look_at(const again_sched *sched, const again_scope *scope) {
  again_op *op = first_op(&scope->own.waiting);
  bool none = again_list_empty(&scope->own.waiting) || op->own.drains == sched->drains;
  return none ? NULL : op;
}

static void look_at(again_sched *sched, again_scope *scope, again_op *op) {
  op->own.drains = sched->drains;
  again_list_remove(&op->own.queue);
  again_list_append(&scope->own.waiting, &op->own.queue);
  if (op->own.timer.expires >= sched->drain_deadline) again_op_end(op, AGAIN_REASON_DRAINED);
}

/* A drain does not wait for what would only be tried after it. True: that is done. */
static bool end_late(again_sched *sched, again_scope *scope) {
  bool shut = is_shut(scope, sched->drain_deadline);
  while (shut && !again_list_empty(&scope->own.ready)) {
    if (!again_sched_work(sched)) return false;
    again_op_end(first_op(&scope->own.ready), AGAIN_REASON_DRAINED);
  }
  again_op *op;
  while ((op = next_to_look_at(sched, scope)) != NULL) {
    if (!again_sched_work(sched)) return false;
    look_at(sched, scope, op);
  }
  return true;
}

/* Goes on through the scopes. True: that was the last one. */
static bool walk(again_sched *sched, bool (*end)(again_sched *, again_scope *)) {
  for (uint32_t left = sched->options.work_per_run; left > 0; left--) {
    again_link *at = sched->at->next;
    if (at == &sched->scopes) {
      sched->at = at;
      return true;
    }
    if (!end(sched, AGAIN_LIST_ITEM(at, again_scope, own.all))) return false;
    sched->at = at;
  }
  return false;
}

void again_drain_run(again_sched *sched) {
  if (sched->ending == 0 && sched->now >= sched->drain_deadline) {
    sched->drain_deadline = AGAIN_NEVER;
    begin_ending(sched, AGAIN_REASON_DRAINED);
  }
  if (sched->ending != 0) {
    end_flying(sched);
    if (walk(sched, end_waiting)) sched->ending = 0;
  } else if (sched->drain_due) {
    sched->drain_due = !walk(sched, end_late);
  }
}
