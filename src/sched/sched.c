/* The scheduler: what is due, in which order, and when it wants to be run next. */
#include "sched/state.h"
#include <string.h>

enum { WORK_PER_RUN = 1024 };

int again_sched_new(const again_sched_options *options, again_ms now, again_sched **sched) {
  if (options->policy == NULL) return AGAIN_EINVAL;
  again_sched *made = again_resize(options->allocator, NULL, sizeof *made);
  if (made == NULL) return AGAIN_ENOMEM;
  memset(made, 0, sizeof *made);
  made->options = *options;
  if (options->allocator != NULL) made->allocator = *options->allocator;
  if (made->options.work_per_run == 0) made->options.work_per_run = WORK_PER_RUN;
  made->random.state = options->seed;
  made->now = now < AGAIN_NEVER ? now : AGAIN_NEVER - 1;
  made->drain_deadline = AGAIN_NEVER;
  again_wheel_init(&made->wheel, &made->allocator, made->now);
  again_list_init(&made->fresh);
  again_list_init(&made->flying);
  again_list_init(&made->aborting);
  again_list_init(&made->ended);
  again_list_init(&made->taken);
  again_list_init(&made->turns);
  again_list_init(&made->scopes);
  again_list_init(&made->waking);
  made->at = &made->scopes;
  *sched = made;
  return 0;
}

int again_sched_free(again_sched *sched) {
  if (sched == NULL) return 0;
  if (!again_sched_idle(sched) || sched->calling) return AGAIN_ESTATE;
  if (sched->requests != 0 && !sched->closing) return AGAIN_ESTATE;
  while (!again_list_empty(&sched->scopes)) {
    again_scope *scope = AGAIN_LIST_ITEM(sched->scopes.prev, again_scope, own.all);
    scope->own.in_flight = 0; /* requests of the program's own: nobody is to be told of their end */
    again_scope_fini(scope);
  }
  again_wheel_fini(&sched->wheel);
  again_allocator allocator = sched->allocator;
  again_resize(&allocator, sched, 0);
  return 0;
}

void again_sched_tick(again_sched *sched, again_ms now) {
  if (now == AGAIN_NEVER) now--; /* a time, not the absence of one */
  if (now > sched->now) sched->now = now;
}

int again_sched_reserve(again_sched *sched, size_t operations, size_t scopes) {
  enum { OF_SCOPE = 2 }; /* its probe and its gate */
  return again_wheel_reserve(&sched->wheel, sched->stats.backlog + operations +
                                                OF_SCOPE * (sched->scope_count + scopes));
}

bool again_sched_work(again_sched *sched) {
  if (sched->work == 0) return false;
  sched->work--;
  return true;
}

void again_sched_wake(again_sched *sched) {
  if (!sched->calling && sched->options.wake != NULL) sched->options.wake(sched->options.data);
}

/* Does something with the operations of a list, as far as there is work left in this run. What comes
 * into the list meanwhile waits for the next. */
static void work_off(again_sched *sched, again_link *list, void (*work)(again_op *op)) {
  again_link *taken = &sched->taken;
  again_list_append_all(taken, list);
  while (!again_list_empty(taken) && again_sched_work(sched))
    work(AGAIN_LIST_ITEM(taken->next, again_op, own.queue));
  again_list_append_all(taken, list);
  again_list_append_all(list, taken);
}

static void take_due(again_sched *sched) {
  again_timer *timer;
  uint32_t left = sched->options.work_per_run;
  while (left-- > 0 && (timer = again_wheel_pop(&sched->wheel, sched->now)) != NULL) {
    switch (timer->of) {
    case AGAIN_TIMER_PROBE:
      again_hold_timer(AGAIN_LIST_ITEM(timer, again_scope, own.probe_timer));
      break;
    case AGAIN_TIMER_GATE:
      again_scope_opens(AGAIN_LIST_ITEM(timer, again_scope, own.gate_timer));
      break;
    default: again_op_due(AGAIN_LIST_ITEM(timer, again_op, own.timer));
    }
  }
}

static bool has_room(const again_sched *sched) {
  return sched->stats.in_flight < sched->options.policy->total_in_flight;
}

/* Starts attempts, one from each scope in turn. Operations that became ready inside a callback of
 * this run wait for the next, so a callback that submits without end cannot keep the run going. */
static void start_attempts(again_sched *sched) {
  again_op *op;
  while (has_room(sched) && sched->work > 0 && (op = again_scope_next(&sched->turns)) != NULL) {
    sched->work--;
    if (op->own.progress.deadline <= sched->now) { /* its timer has not been taken yet */
      again_op_end(op, AGAIN_REASON_DEADLINE);
    } else {
      again_op_start(op, sched->now);
    }
  }
}

static void enqueue_fresh(again_sched *sched) {
  while (!again_list_empty(&sched->fresh)) {
    again_op *op = AGAIN_LIST_ITEM(sched->fresh.next, again_op, own.queue);
    again_list_remove(&op->own.queue);
    again_op_enqueue(op);
  }
}

void again_sched_run(again_sched *sched, again_ms now) {
  if (sched->calling) return;
  again_sched_tick(sched, now);
  sched->work = sched->options.work_per_run;
  take_due(sched);
  again_drain_run(sched);
  again_pace_wake(sched);
  bool ending = sched->ending != 0; /* what a callback ends, the next run begins to end */
  sched->calling = true;
  work_off(sched, &sched->aborting, again_op_abort);
  work_off(sched, &sched->ended, again_op_finish);
  if (!ending) start_attempts(sched);
  sched->calling = false;
  enqueue_fresh(sched);
}

bool again_sched_idle(const again_sched *sched) {
  return sched->stats.waiting == 0 && sched->stats.in_flight == 0 &&
         again_list_empty(&sched->ended) && again_list_empty(&sched->taken);
}

again_ms again_sched_next(const again_sched *sched) {
  bool can_start = has_room(sched) && !again_list_empty(&sched->turns);
  if (can_start || sched->ending != 0 || sched->drain_due || !again_list_empty(&sched->waking) ||
      !again_list_empty(&sched->ended) || !again_list_empty(&sched->aborting)) {
    return sched->now;
  }
  if (again_sched_idle(sched)) return AGAIN_NEVER; /* nobody waits for the probes of a held scope */
  again_ms next = again_wheel_next(&sched->wheel);
  return sched->drain_deadline < next ? sched->drain_deadline : next;
}
