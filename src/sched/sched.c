/* The scheduler: what is due, in which order, and when it wants to be run next. */
#include "sched/state.h"
#include <stdlib.h>

int again_sched_new(const again_sched_options *options, again_ms now, again_sched **sched) {
  if (options->policy == NULL) return AGAIN_EINVAL;
  again_sched *made = calloc(1, sizeof *made);
  if (made == NULL) return AGAIN_ENOMEM;
  made->options = *options;
  made->random.state = options->seed;
  made->now = now;
  made->drain_deadline = AGAIN_NEVER;
  again_wheel_init(&made->wheel, now);
  again_list_init(&made->fresh);
  again_list_init(&made->flying);
  again_list_init(&made->aborting);
  again_list_init(&made->ended);
  again_list_init(&made->turns);
  again_list_init(&made->scopes);
  *sched = made;
  return 0;
}

int again_sched_free(again_sched *sched) {
  if (sched == NULL) return 0;
  if (!again_sched_idle(sched)) return AGAIN_ESTATE;
  while (!again_list_empty(&sched->scopes)) {
    again_scope_fini(AGAIN_LIST_ITEM(sched->scopes.prev, again_scope, own.all));
  }
  free(sched);
  return 0;
}

void again_sched_tick(again_sched *sched, again_ms now) {
  if (now > sched->now) sched->now = now;
}

void again_sched_wake(again_sched *sched) {
  if (!sched->calling && sched->options.wake != NULL) sched->options.wake(sched->options.data);
}

void again_sched_emit(const again_sched *sched, const again_event *event) {
  if (sched->options.event != NULL) sched->options.event(sched->options.data, event);
}

void again_sched_drain(again_sched *sched, again_ms deadline) {
  sched->draining = true;
  sched->drain_deadline = deadline;
  sched->drain_due = true;
  again_sched_wake(sched);
}

void again_sched_close(again_sched *sched) {
  sched->closing = true;
  sched->close_due = true;
  again_sched_wake(sched);
}

static again_op *first_op(const again_link *list) {
  return AGAIN_LIST_ITEM(list->next, again_op, own.queue);
}

/* Ends all that waits, and asks what flies to end. */
static void end_all(again_sched *sched, again_reason reason) {
  for (again_link *at = sched->scopes.next; at != &sched->scopes; at = at->next) {
    again_scope *scope = AGAIN_LIST_ITEM(at, again_scope, own.all);
    while (!again_list_empty(&scope->own.ready))
      again_op_end(first_op(&scope->own.ready), reason);
    while (!again_list_empty(&scope->own.waiting))
      again_op_end(first_op(&scope->own.waiting), reason);
  }
  again_link flying;
  again_list_init(&flying);
  again_list_append_all(&flying, &sched->flying);
  while (!again_list_empty(&flying)) {
    again_op *op = first_op(&flying);
    again_list_remove(&op->own.queue);
    /* One that cannot be aborted and was asked before only has its report to wait for. */
    bool asked = op->own.wanted != 0;
    if (!asked) op->own.wanted = (uint8_t)reason;
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

/* A drain does not wait for what would only be tried after it. */
static void end_late(again_sched *sched) {
  for (again_link *at = sched->scopes.next; at != &sched->scopes; at = at->next) {
    again_scope *scope = AGAIN_LIST_ITEM(at, again_scope, own.all);
    bool held = is_held_beyond(scope, sched->drain_deadline);
    while (held && !again_list_empty(&scope->own.ready))
      again_op_end(first_op(&scope->own.ready), AGAIN_REASON_DRAINED);
    again_link *link = scope->own.waiting.next;
    while (link != &scope->own.waiting) {
      again_op *op = AGAIN_LIST_ITEM(link, again_op, own.queue);
      link = link->next;
      if (op->own.timer.expires >= sched->drain_deadline) again_op_end(op, AGAIN_REASON_DRAINED);
    }
  }
}

static void abort_asked(again_sched *sched) {
  again_link aborting;
  again_list_init(&aborting);
  again_list_append_all(&aborting, &sched->aborting);
  while (!again_list_empty(&aborting))
    again_op_abort(first_op(&aborting));
}

static void take_due(again_sched *sched) {
  again_link due;
  again_list_init(&due);
  again_wheel_advance(&sched->wheel, sched->now, &due);
  while (!again_list_empty(&due)) {
    again_timer *timer = AGAIN_LIST_ITEM(due.next, again_timer, link);
    again_list_remove(&timer->link);
    switch (timer->of) {
    case AGAIN_TIMER_PROBE:
      again_hold_timer(AGAIN_LIST_ITEM(timer, again_scope, own.probe_timer));
      break;
    case AGAIN_TIMER_GATE:
      again_scope_update(AGAIN_LIST_ITEM(timer, again_scope, own.gate_timer));
      break;
    default: again_op_due(AGAIN_LIST_ITEM(timer, again_op, own.timer));
    }
  }
}

static void finish_ended(again_sched *sched) {
  again_link ended;
  again_list_init(&ended);
  again_list_append_all(&ended, &sched->ended);
  while (!again_list_empty(&ended))
    again_op_finish(first_op(&ended));
}

static bool has_room(const again_sched *sched) {
  return sched->stats.in_flight < sched->options.policy->total_in_flight;
}

/* Starts attempts, one from each scope in turn. Operations that became ready inside a callback of
 * this run wait for the next, so a callback that submits without end cannot keep the run going. */
static void start_attempts(again_sched *sched) {
  again_op *op;
  while (has_room(sched) && (op = again_scope_next(&sched->turns)) != NULL)
    again_op_start(op, sched->now);
}

static void enqueue_fresh(again_sched *sched) {
  while (!again_list_empty(&sched->fresh)) {
    again_op *op = first_op(&sched->fresh);
    again_list_remove(&op->own.queue);
    again_op_enqueue(op);
  }
}

void again_sched_run(again_sched *sched, again_ms now) {
  if (sched->calling) return;
  again_sched_tick(sched, now);
  take_due(sched);
  if (sched->close_due) {
    sched->close_due = false;
    end_all(sched, AGAIN_REASON_CLOSED);
  } else if (sched->now >= sched->drain_deadline) {
    sched->drain_deadline = AGAIN_NEVER;
    end_all(sched, AGAIN_REASON_DRAINED);
  }
  if (sched->drain_due) {
    sched->drain_due = false;
    end_late(sched);
  }
  again_pace_wake(sched);
  sched->calling = true;
  abort_asked(sched);
  finish_ended(sched);
  start_attempts(sched);
  sched->calling = false;
  enqueue_fresh(sched);
}

bool again_sched_idle(const again_sched *sched) {
  return sched->stats.waiting == 0 && sched->stats.in_flight == 0 &&
         again_list_empty(&sched->ended);
}

again_ms again_sched_next(const again_sched *sched) {
  bool can_start = has_room(sched) && !again_list_empty(&sched->turns);
  if (can_start || sched->close_due || sched->drain_due || sched->waking ||
      !again_list_empty(&sched->ended) || !again_list_empty(&sched->aborting)) {
    return sched->now;
  }
  if (again_sched_idle(sched)) return AGAIN_NEVER; /* nobody waits for the probes of a held scope */
  again_ms next = again_wheel_next(&sched->wheel);
  return sched->drain_deadline < next ? sched->drain_deadline : next;
}
