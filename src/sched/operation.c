/* The life of one operation: submit, attempt, report, cancel, end. */
#include "sched/state.h"
#include <string.h>

/* Copies a text that may be NULL, cut at a UTF-8 character's boundary, on one line: control characters
 * become spaces. */
static void copy_text(char *buffer, size_t size, const char *text) {
  size_t length = 0;
  if (text != NULL) {
    while (length < size - 1 && text[length] != '\0')
      length++;
    if (text[length] != '\0') {
      while (length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80)
        length--;
    }
    for (size_t i = 0; i < length; i++)
      buffer[i] = (unsigned char)text[i] < ' ' || text[i] == 127 ? ' ' : text[i];
  }
  buffer[length] = '\0';
}

/* Takes the operation out of its state's list and, unless it flies, its timer out of the wheel. */
static void leave_state(again_op *op) {
  again_sched *sched = op->own.sched;
  again_list_remove(&op->own.queue);
  switch (op->own.state) {
  case AGAIN_OP_READY:
    again_wheel_remove(&sched->wheel, &op->own.timer);
    if (op->own.head) op->own.scope->own.head_waits = false;
    if (!op->own.fresh) again_scope_ready(op->own.scope, -1);
    sched->stats.waiting--;
    break;
  case AGAIN_OP_WAITING:
    again_wheel_remove(&sched->wheel, &op->own.timer);
    sched->stats.waiting--;
    break;
  case AGAIN_OP_FLYING:
    sched->stats.in_flight--;
    op->own.scope->own.stats.in_flight--;
    again_hold_left(op);
    again_scope_fly(op->own.scope, -1);
    break;
  default: break;
  }
}

/* Makes an operation that is in the backlog the scheduler's. */
static void take_over(again_sched *sched, again_op *op, again_scope *scope) {
  memset(&op->own, 0, sizeof op->own);
  op->own.bytes = op->bytes;
  op->own.sched = sched;
  op->own.scope = scope;
  op->own.policy = scope->own.policy;
  op->own.submitted = sched->now;
  op->own.result.effect = AGAIN_EFFECT_NOT_APPLIED;
  op->own.result.code = op->own.code;
  op->own.result.message = op->own.message;
  op->own.result.request_id = op->own.request_id;
  op->own.result.history = op->own.history;
  scope->own.operations++;
  again_count(op, submitted);
}

int again_sched_submit(again_sched *sched, again_op *op, again_scope *scope, again_ms deadline,
                       again_ms now) {
  if (op->attempt == NULL || op->done == NULL || scope->own.sched != sched) return AGAIN_EINVAL;
  if (sched->draining || sched->closing) return AGAIN_ECLOSING;
  if (again_sched_reserve(sched, 1, 0) != 0) return AGAIN_ENOMEM;
  again_sched_tick(sched, now);
  now = sched->now;
  int error = again_backlog_take(op, scope);
  if (error != 0) return error;
  take_over(sched, op, scope);
  op->own.progress.deadline =
      deadline != AGAIN_NEVER ? deadline : again_ms_add(now, op->own.policy->operation_deadline);
  again_op_make_ready(op, false, 0);
  again_op_emit(AGAIN_EVENT_SUBMITTED, op, NULL);
  again_sched_wake(sched);
  return 0;
}

void again_sched_give_back(again_sched *sched, again_op *op, again_scope *scope,
                           again_reason reason, again_ms now) {
  bool beyond_limits = op->beyond_limits;
  again_sched_tick(sched, now);
  op->beyond_limits = true;
  again_backlog_take(op, scope);
  op->beyond_limits = beyond_limits;
  take_over(sched, op, scope);
  op->own.state = AGAIN_OP_ENDED;
  op->own.result.reason = reason;
  again_list_append(&sched->ended, &op->own.queue);
  again_sched_wake(sched);
}

void again_op_emit(again_event_kind kind, const again_op *op, const again_decision *decision) {
  const again_sched *sched = op->own.sched;
  bool heard = sched->options.event != NULL || sched->options.log.write != NULL;
  if (!heard) return; /* nothing is prepared for nobody */
  bool judged = op->own.progress.attempts > 0;
  bool told = kind != AGAIN_EVENT_SUBMITTED && kind != AGAIN_EVENT_ATTEMPT;
  again_sched_emit(sched, &(again_event){.kind = kind,
                                         .now = sched->now,
                                         .op = op,
                                         .scope = op->own.scope,
                                         .attempt = again_op_attempt(op),
                                         .verdict = told && judged ? &op->own.result.verdict : NULL,
                                         .decision = decision,
                                         .result = told ? &op->own.result : NULL});
}

void again_op_enqueue(again_op *op) {
  again_scope *scope = op->own.scope;
  again_list_append(op->own.head ? scope->own.ready.next : &scope->own.ready, &op->own.queue);
  op->own.fresh = false;
  if (op->own.head) {
    scope->own.head_waits = false;
    again_pace_hurry(op); /* an outage may have ended meanwhile */
  }
  again_scope_ready(scope, 1);
}

void again_op_make_ready(again_op *op, bool head, again_ms not_before) {
  again_sched *sched = op->own.sched;
  op->own.state = AGAIN_OP_READY;
  op->own.head = head;
  op->own.not_before = not_before;
  sched->stats.waiting++;
  again_wheel_add(&sched->wheel, &op->own.timer, op->own.progress.deadline);
  if (sched->calling) {
    op->own.fresh = true;
    again_list_append(&sched->fresh, &op->own.queue);
    if (head && op->own.scope->ordered) {
      op->own.scope->own.head_waits = true; /* those behind it wait as well */
      again_scope_update(op->own.scope);
    }
  } else {
    again_op_enqueue(op);
  }
}

enum { LATE_MS = 10000, SPREAD_LATE_MS = 10000, SPREAD_WAKE_MS = 1000 };

/* A time from now on, at random. */
static again_ms within(again_sched *sched, again_ms most) {
  return again_ms_add(sched->now, again_random_scale(again_random_next(&sched->random), most));
}

/* Soon, but not with all others that were woken, and not later than it would have been. */
static again_ms soon(again_sched *sched, again_ms at) {
  again_ms left = at > sched->now ? at - sched->now : 0;
  return within(sched, left < SPREAD_WAKE_MS ? left : SPREAD_WAKE_MS);
}

again_ms again_sched_spread(again_sched *sched, const again_timer *timer) {
  bool late = sched->now >= again_ms_add(timer->expires, LATE_MS) &&
              sched->stats.waiting > sched->options.policy->total_in_flight;
  return late ? within(sched, SPREAD_LATE_MS) : 0;
}

void again_op_due(again_op *op) {
  if (op->own.state == AGAIN_OP_READY) {
    again_op_end(op, AGAIN_REASON_DEADLINE);
    return;
  }
  again_ms later = again_sched_spread(op->own.sched, &op->own.timer);
  if (later != 0) {
    again_wheel_add(&op->own.sched->wheel, &op->own.timer, later);
    return;
  }
  again_list_remove(&op->own.queue);
  op->own.sched->stats.waiting--;
  /* What was throttled is older than what has not been tried, and its scope's pacer lets few begin. */
  bool throttled = op->own.result.verdict.error_class == AGAIN_CLASS_THROTTLED;
  again_op_make_ready(op, throttled && again_pace_on(op->own.scope), 0);
}

void again_op_wake(again_op *op) {
  again_sched *sched = op->own.sched;
  again_wheel_remove(&sched->wheel, &op->own.timer);
  if (again_pace_on(op->own.scope)) {
    again_op_due(op);
    return;
  }
  again_wheel_add(&sched->wheel, &op->own.timer, soon(sched, op->own.timer.expires));
}

void again_op_hurry(again_op *op) {
  again_sched *sched = op->own.sched;
  bool paced = again_pace_on(op->own.scope); /* then that spreads them */
  op->own.not_before = paced ? sched->now : soon(sched, op->own.not_before);
}

void again_op_start(again_op *op, again_ms now) {
  again_sched *sched = op->own.sched;
  leave_state(op);
  op->own.state = AGAIN_OP_FLYING;
  op->own.began = now;
  if (op->own.progress.attempts == 0) op->own.progress.first_at = now;
  again_list_append(&sched->flying, &op->own.queue);
  sched->stats.in_flight++;
  op->own.scope->own.stats.in_flight++;
  again_count(op, attempts);
  again_hold_started(op);
  again_pace_started(op->own.scope);
  again_scope_fly(op->own.scope, 1);
  again_op_emit(AGAIN_EVENT_ATTEMPT, op, NULL);
  op->attempt(op);
}

/* Remembers the attempt that has ended. The history keeps the first and the latest. */
static void remember(again_op *op, const again_outcome *outcome, const again_verdict *verdict,
                     again_reason reason, again_ms now) {
  again_record record = {.began = op->own.began,
                         .ended = now,
                         .status = (uint16_t)outcome->status,
                         .fault = (uint8_t)outcome->fault,
                         .error_class = (uint8_t)verdict->error_class,
                         .reason = (uint8_t)reason};
  if (op->own.history_count == AGAIN_HISTORY_MAX) {
    memmove(op->own.history + 1, op->own.history + 2,
            (AGAIN_HISTORY_MAX - 2) * sizeof *op->own.history);
    op->own.history_count--;
  }
  op->own.history[op->own.history_count++] = record;

  again_result *result = &op->own.result;
  again_effect effect = again_outcome_effect(outcome);
  if (effect > result->effect) result->effect = effect;
  result->reason = reason;
  result->verdict = *verdict;
  result->fault = outcome->fault;
  result->status = outcome->status;
  result->attempts = op->own.progress.attempts;
  result->history_count = op->own.history_count;
  result->elapsed = now - op->own.submitted;
  copy_text(op->own.code, sizeof op->own.code, outcome->code);
  copy_text(op->own.message, sizeof op->own.message, outcome->message);
  copy_text(op->own.request_id, sizeof op->own.request_id, outcome->request_id);
}

/* A retry spends the scope's budget, a success fills it. False: there is not enough. */
static bool spend(again_op *op, const again_decision *decision, const again_verdict *verdict,
                  const again_outcome *outcome, again_ms now) {
  const again_budget_policy *policy = &op->own.policy->budget;
  again_budget *budget = &op->own.scope->own.budget;
  if (policy->capacity == 0) return true;
  if (decision->reason == AGAIN_REASON_OK) {
    bool paid = op->own.tokens > 0;
    again_budget_give(budget, policy, paid ? op->own.tokens : policy->refund, now);
  }
  bool free = decision->reason == AGAIN_REASON_REMEDIED || decision->reason == AGAIN_REASON_HOLD;
  if (!decision->retry || free) return true;
  op->own.tokens = again_budget_cost(policy, verdict, outcome);
  return again_budget_take(budget, policy, op->own.tokens, now);
}

/* An attempt that was ended from this side counts, and the service may have acted on it. What is
 * known of the answer to an earlier attempt stays. */
static void remember_abort(again_op *op) {
  again_outcome outcome = {.fault = AGAIN_FAULT_ABORTED,
                           .status = op->own.result.status,
                           .code = op->own.result.code,
                           .message = op->own.result.message,
                           .request_id = op->own.result.request_id};
  again_verdict verdict = op->own.result.verdict;
  again_fault fault = op->own.result.fault;
  if (op->own.progress.attempts++ == 0) {
    verdict = again_classify(NULL, NULL, &outcome);
    fault = AGAIN_FAULT_ABORTED;
  }
  remember(op, &outcome, &verdict, (again_reason)op->own.wanted, op->own.sched->now);
  op->own.result.fault = fault;
}

int again_sched_report(again_sched *sched, again_op *op, const again_outcome *outcome,
                       again_ms now) {
  if (op->own.sched != sched || op->own.state != AGAIN_OP_FLYING) return AGAIN_ESTATE;
  again_sched_tick(sched, now);
  now = sched->now;
  again_progress *progress = &op->own.progress;
  again_verdict verdict = again_classify(op->own.policy, sched->options.catalogue, outcome);
  progress->attempts++;
  progress->class_attempts[verdict.error_class]++;
  progress->held = again_hold_count(op, &verdict);
  progress->pace_at = again_pace_learn(op->own.scope, op->own.began, &verdict, outcome, now);
  /* A clock cut to whole milliseconds has moved on by up to one: count from its end. */
  again_decision decision = again_decide(op->own.policy, &verdict, outcome, progress,
                                         again_ms_add(now, sched->options.granularity),
                                         again_random_next(&sched->random));
  again_hold_decide(op, &verdict, &decision, now);
  if (decision.retry && op->own.wanted != 0) {
    decision = (again_decision){.retry = false, .reason = (again_reason)op->own.wanted};
  }
  if (decision.retry && sched->draining && decision.at >= sched->drain_deadline) {
    decision = (again_decision){.retry = false, .reason = AGAIN_REASON_DRAINED};
  }
  if (!spend(op, &decision, &verdict, outcome, now)) {
    decision = (again_decision){.retry = false, .reason = AGAIN_REASON_BUDGET};
  }
  remember(op, outcome, &verdict, decision.reason, now);
  again_hold_learn(op, &verdict, &decision, now);
  if (!decision.retry) {
    again_op_end(op, decision.reason);
    again_sched_wake(sched);
    return 0;
  }
  if (decision.reason == AGAIN_REASON_REMEDIED) progress->remedied++;
  if (decision.backoff != 0) progress->backoff = decision.backoff;
  bool timed = decision.at != AGAIN_NEVER; /* else it waits until a hold by hand is ended */
  again_stats_retry(op, verdict.error_class, timed && decision.at > now ? decision.at - now : 0);
  leave_state(op);
  op->own.wakes = op->own.scope->own.wakes;
  if (decision.reason == AGAIN_REASON_HOLD || decision.reason == AGAIN_REASON_PACE) {
    again_op_make_ready(op, true, 0); /* it waits for its scope, not for a time */
  } else if (op->own.scope->ordered) {
    again_op_make_ready(op, true, decision.at); /* and those behind it wait with it */
  } else {
    op->own.state = AGAIN_OP_WAITING;
    op->own.drains = sched->drains;
    sched->stats.waiting++;
    again_list_append(&op->own.scope->own.waiting, &op->own.queue);
    again_wheel_add(&sched->wheel, &op->own.timer, decision.at);
  }
  again_op_emit(AGAIN_EVENT_RETRY, op, &decision);
  again_sched_wake(sched);
  return 0;
}

int again_sched_cancel(again_sched *sched, again_op *op) {
  if (op->own.sched != sched || op->own.state == AGAIN_OP_IDLE) return AGAIN_ESTATE;
  if (op->own.state == AGAIN_OP_ENDED || op->own.wanted != 0) return 0;
  if (op->own.state == AGAIN_OP_FLYING) {
    op->own.wanted = AGAIN_REASON_CANCELLED;
    again_list_remove(&op->own.queue);
    again_list_append(&sched->aborting, &op->own.queue);
  } else {
    again_op_end(op, AGAIN_REASON_CANCELLED);
  }
  again_sched_wake(sched);
  return 0;
}

void again_op_abort(again_op *op) {
  again_sched *sched = op->own.sched;
  if (op->abort == NULL) {
    /* Nothing can end it early: its report will find `wanted`. */
    again_list_remove(&op->own.queue);
    again_list_append(&sched->flying, &op->own.queue);
    return;
  }
  op->abort(op);
  if (op->own.state != AGAIN_OP_FLYING) return; /* it reported all the same */
  remember_abort(op);
  again_op_end(op, (again_reason)op->own.wanted);
}

void again_op_end(again_op *op, again_reason reason) {
  again_sched *sched = op->own.sched;
  leave_state(op);
  op->own.state = AGAIN_OP_ENDED;
  op->own.result.reason = reason;
  again_list_append(&sched->ended, &op->own.queue);
}

void again_op_finish(again_op *op) {
  again_sched *sched = op->own.sched;
  again_result *result = &op->own.result;
  again_list_remove(&op->own.queue);
  op->own.scope->own.operations--;
  sched->leaves++;
  again_backlog_give(op);
  again_stats_end(op);
  bool delivered = result->reason == AGAIN_REASON_OK;
  result->elapsed = sched->now - op->own.submitted;
  again_op_emit(delivered ? AGAIN_EVENT_DELIVERED : AGAIN_EVENT_SURFACED, op, NULL);
  op->own.state = AGAIN_OP_IDLE;
  op->done(op, result);
}

again_ms again_op_attempt_deadline(const again_op *op) {
  again_ms end = again_ms_add(op->own.began, op->own.policy->attempt_timeout);
  return end < op->own.progress.deadline ? end : op->own.progress.deadline;
}

const again_policy *again_op_policy(const again_op *op) {
  return op->own.scope->own.policy; /* inside its `done`, too, after a reload there */
}

again_scope *again_op_scope(const again_op *op) {
  return op->own.scope;
}

uint32_t again_op_attempt(const again_op *op) {
  return op->own.progress.attempts + (op->own.state == AGAIN_OP_FLYING ? 1 : 0);
}
