/* A virtual clock, and operations that follow a script. */
#include <again/kit.h>

static void report(again_kit_op *op, const again_outcome *outcome) {
  op->kit->in_flight--;
  again_sched_report(op->kit->sched, &op->op, outcome, op->kit->now);
}

static void on_attempt(again_op *base) {
  again_kit_op *op = base->data;
  again_kit *kit = op->kit;
  size_t index = op->attempts < op->step_count ? op->attempts : op->step_count - 1;
  const again_kit_step *step = &op->steps[index];
  if (op->attempts < AGAIN_KIT_ATTEMPTS_MAX) op->attempt_at[op->attempts] = kit->now;
  op->attempts++;
  if (++kit->in_flight > kit->most_in_flight) kit->most_in_flight = kit->in_flight;
  if (step->takes == 0) {
    report(op, &step->outcome);
    return;
  }
  op->ends_at = again_ms_add(kit->now, step->takes);
  again_kit_op **at = &kit->pending;
  while (*at != NULL && (*at)->ends_at <= op->ends_at)
    at = &(*at)->next_pending;
  op->next_pending = *at;
  *at = op;
}

static void on_abort(again_op *base) {
  again_kit_op *op = base->data;
  again_kit_op **at = &op->kit->pending;
  while (*at != NULL && *at != op)
    at = &(*at)->next_pending;
  if (*at != NULL) *at = op->next_pending;
  op->kit->in_flight--;
  op->aborts++;
}

static void on_done(again_op *base, const again_result *result) {
  again_kit_op *op = base->data;
  op->done_count++;
  op->done_at = op->kit->now;
  op->result = *result;
}

int again_kit_init(again_kit *kit, const again_policy *policy, const again_sched_options *options,
                   again_ms now) {
  again_sched_options all = options != NULL ? *options : (again_sched_options){0};
  all.policy = policy;
  *kit = (again_kit){.now = now};
  return again_sched_new(&all, now, &kit->sched);
}

int again_kit_submit(again_kit *kit, again_kit_op *op, again_scope *scope, again_ms deadline) {
  if (op->steps == NULL || op->step_count == 0) return AGAIN_EINVAL;
  op->kit = kit;
  op->op.data = op;
  op->op.attempt = on_attempt;
  op->op.abort = op->no_abort ? NULL : on_abort;
  op->op.done = on_done;
  return again_sched_submit(kit->sched, &op->op, scope, deadline, kit->now);
}

again_ms again_kit_run(again_kit *kit, again_ms until) {
  for (;;) {
    again_ms next = again_sched_next(kit->sched);
    if (kit->pending != NULL && kit->pending->ends_at < next) next = kit->pending->ends_at;
    if (next == AGAIN_NEVER || next > until) break;
    if (next > kit->now) kit->now = next;
    while (kit->pending != NULL && kit->pending->ends_at <= kit->now) {
      again_kit_op *op = kit->pending;
      size_t index = op->attempts <= op->step_count ? op->attempts - 1 : op->step_count - 1;
      kit->pending = op->next_pending;
      report(op, &op->steps[index].outcome);
    }
    kit->runs++;
    again_sched_run(kit->sched, kit->now);
  }
  if (until != AGAIN_NEVER && until > kit->now) kit->now = until;
  return kit->now;
}

void again_kit_fini(again_kit *kit) {
  again_sched_close(kit->sched);
  again_kit_run(kit, AGAIN_NEVER);
  again_sched_free(kit->sched);
  kit->sched = NULL;
}
