/* A virtual clock, and operations that end as they are told. */
#include "kit/calls.h"
#include "kit/fail.h"
#include <inttypes.h>
#include <stdlib.h>

/* Steps that were read from a text: they live as long as the kit. */
typedef struct again_kit_script {
  struct again_kit_script *next;
  again_kit_step *steps;
} again_kit_script;

static void land(void *data) {
  again_kit_op *op = data;
  op->kit->in_flight--;
  again_sched_report(op->kit->sched, &op->op, &op->step.outcome, op->kit->now);
}

static void on_attempt(again_op *base) {
  again_kit_op *op = base->data;
  again_kit *kit = op->kit;
  size_t index = op->attempts < op->step_count ? op->attempts : op->step_count - 1;
  op->step = op->answer != NULL ? op->answer(op->answer_data, base, kit->now) : op->steps[index];
  if (op->attempts < AGAIN_KIT_ATTEMPTS_MAX) op->attempt_at[op->attempts] = kit->now;
  op->attempts++;
  if (++kit->in_flight > kit->most_in_flight) kit->most_in_flight = kit->in_flight;
  if (op->step.takes == 0) {
    land(op);
  } else if (again_kit_after(kit, op->step.takes, land, op) != 0) {
    again_kit_failed(kit, "", 0, NULL, "out of memory");
  }
}

static void on_abort(again_op *base) {
  again_kit_op *op = base->data;
  again_kit_forget(op->kit, op);
  op->kit->in_flight--;
  op->aborts++;
}

static void on_done(again_op *base, const again_result *result) {
  again_kit_op *op = base->data;
  op->done_count++;
  op->done_at = op->kit->now;
  op->result = *result;
  again_kit_trace_done(&op->kit->trace, base, result, op->kit->now);
}

static void on_event(void *data, const again_event *event) {
  again_kit *kit = data;
  again_kit_trace_event(&kit->trace, event);
  if (kit->own.event != NULL) kit->own.event(kit->own.data, event);
}

static void on_wake(void *data) {
  again_kit *kit = data;
  kit->own.wake(kit->own.data);
}

int again_kit_init(again_kit *kit, const again_policy *policy, const again_sched_options *options,
                   again_ms now) {
  again_sched_options all = options != NULL ? *options : (again_sched_options){0};
  *kit = (again_kit){.now = now, .run_limit = AGAIN_KIT_RUNS_MAX, .scope = {.name = "kit"}};
  kit->own.catalogue = all.catalogue;
  kit->own.event = all.event;
  kit->own.wake = all.wake;
  kit->own.data = all.data;
  all.policy = policy;
  all.event = on_event;
  all.wake = all.wake != NULL ? on_wake : NULL;
  all.data = kit;
  return again_sched_new(&all, now, &kit->sched);
}

static int read_script(again_kit *kit, again_kit_op *op) {
  char why[256];
  again_kit_step *steps;
  size_t count;
  int error = again_kit_script_parse(op->script, &steps, &count, why, sizeof why);
  if (error == AGAIN_EFORMAT)
    again_kit_failed(kit, "", 0, NULL, "the script \"%s\" is not valid: %s", op->script, why);
  if (error != 0) return error;
  again_kit_script *script = malloc(sizeof *script);
  if (script == NULL) {
    free(steps);
    return AGAIN_ENOMEM;
  }
  *script = (again_kit_script){.next = kit->own.scripts, .steps = steps};
  kit->own.scripts = script;
  again_kit_script_complete(steps, count, kit->own.catalogue);
  op->steps = steps;
  op->step_count = count;
  return 0;
}

/* The kit's own scope is only there for those who want it. */
static int own_scope(again_kit *kit, again_scope **scope) {
  if (*scope != NULL) return 0;
  *scope = &kit->scope;
  return kit->scope.own.sched != NULL ? 0 : again_scope_init(&kit->scope, kit->sched);
}

int again_kit_submit(again_kit *kit, again_kit_op *op, again_scope *scope, again_ms deadline) {
  int error = op->script != NULL ? read_script(kit, op) : 0;
  if (error == 0) error = own_scope(kit, &scope);
  if (error != 0) return error;
  if (op->answer == NULL && (op->steps == NULL || op->step_count == 0)) return AGAIN_EINVAL;
  op->kit = kit;
  op->op.data = op;
  op->op.attempt = on_attempt;
  op->op.abort = op->no_abort ? NULL : on_abort;
  op->op.done = on_done;
  return again_sched_submit(kit->sched, &op->op, scope, deadline, kit->now);
}

again_ms again_kit_run(again_kit *kit, again_ms until) {
  again_ms began = kit->now;
  for (uint64_t runs = 0;; runs++) {
    again_ms next = again_sched_next(kit->sched);
    again_ms call = again_kit_calls_next(kit);
    if (call < next) next = call;
    if (next == AGAIN_NEVER || next > until) break;
    if (kit->run_limit != 0 && runs == kit->run_limit) {
      again_kit_failed(kit, "", 0, NULL,
                       "it does not come to an end: the scheduler ran %" PRIu64
                       " times from %" PRIu64 " ms to %" PRIu64 " ms (run_limit)",
                       runs, began, kit->now);
      return kit->now;
    }
    if (next > kit->now) kit->now = next;
    again_kit_calls_run(kit);
    kit->runs++;
    again_sched_run(kit->sched, kit->now);
  }
  if (until != AGAIN_NEVER && until > kit->now) kit->now = until;
  return kit->now;
}

static void free_own(again_kit *kit) {
  while (kit->own.scripts != NULL) {
    again_kit_script *script = kit->own.scripts;
    kit->own.scripts = script->next;
    free(script->steps);
    free(script);
  }
  free(kit->own.calls);
  kit->own.calls = NULL;
  kit->own.call_count = kit->own.call_room = 0;
  again_kit_trace_clear(&kit->trace);
}

void again_kit_fini(again_kit *kit) {
  int error = 0;
  if (kit->sched != NULL) {
    again_sched_close(kit->sched);
    again_kit_run(kit, AGAIN_NEVER);
    error = again_sched_free(kit->sched);
    kit->sched = NULL;
  }
  if (error != 0) {
    again_kit_failed(
        kit, "", 0, NULL,
        "an operation does not come back: its attempt was begun, and neither ended nor "
        "can be aborted");
  }
  free_own(kit);
}
