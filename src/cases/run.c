/* One case with one seed, on the scheduler that programs use. */
#include "cases/seen.h"
#include <again/cls.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { SLICE = 1000, SLICE_MAX = 3600 * 1000 };

typedef struct operation {
  again_kit_op kit; /* first: the scheduler's `data` leads to it */
  again_ms submitted;
  uint32_t judged; /* attempts whose end was seen */
  bool taken;
} operation;

typedef struct run {
  const again_case *c;
  again_kit kit;
  again_scope account; /* as a client for CLS has them */
  again_scope topic;
  operation *operations;
  again_ms *calls; /* when they began */
  size_t call_count;
  size_t call_room;
  uint64_t reasons[AGAIN_REASON_COUNT];
  uint64_t events[AGAIN_EVENT_COUNT];
  bool over; /* what comes now is the end of the test, not of the case */
  int error;
  again_case_facts *seen;
  again_case_trace *trace;
} run;

/* ---- What is seen ------------------------------------------------------------------------------ */

static void note(run *r, const operation *o, const again_event *event) {
  char time[56];
  char text[160];
  char who[32] = "";
  again_span_print(&(again_span){true, event->now, event->now}, true, time, sizeof time);
  if (o != NULL && r->c->operations > 1)
    snprintf(who, sizeof who, "operation %zu: ", (size_t)(o - r->operations) + 1);
  if (event->kind == AGAIN_EVENT_ATTEMPT) {
    snprintf(text, sizeof text, "attempt %" PRIu32, event->attempt);
  } else {
    again_explain(event, text, sizeof text);
  }
  again_case_trace *t = r->trace;
  size_t at =
      t->count < AGAIN_CASES_TRACE_HEAD
          ? t->count
          : AGAIN_CASES_TRACE_HEAD + (t->count - AGAIN_CASES_TRACE_HEAD) % AGAIN_CASES_TRACE_TAIL;
  t->count++;
  snprintf(t->lines[at], sizeof t->lines[at], "%9.24s  %s%s", time, who, text);
}

static void note_call(run *r, again_ms now) {
  if (r->call_count == r->call_room) {
    size_t room = r->call_room * 2 + 64;
    again_ms *calls = realloc(r->calls, room * sizeof *calls);
    if (calls == NULL) {
      r->error = AGAIN_ENOMEM;
      return;
    }
    r->calls = calls;
    r->call_room = room;
  }
  r->calls[r->call_count++] = now;
}

static void on_event(void *data, const again_event *event) {
  run *r = data;
  operation *o = event->op != NULL ? event->op->data : NULL;
  if (r->over) return;
  r->events[event->kind]++;
  if (event->kind != AGAIN_EVENT_SUBMITTED) note(r, o, event);
  if (o == NULL) return;
  if (event->kind == AGAIN_EVENT_ATTEMPT) {
    note_call(r, event->now);
    again_case_see_attempt(r->seen, event->attempt, event->now - o->submitted);
  }
  bool ended = event->kind == AGAIN_EVENT_RETRY || event->kind == AGAIN_EVENT_DELIVERED ||
               event->kind == AGAIN_EVENT_SURFACED;
  /* What is surfaced while it waits has a last attempt that was seen before. */
  if (ended && event->verdict != NULL && event->attempt > o->judged) {
    o->judged = event->attempt;
    again_case_see_end(r->seen, event);
  }
}

/* ---- What happens ------------------------------------------------------------------------------ */

static int begin(run *r, uint64_t seed) {
  const again_sched_options options = {
      .catalogue = again_cls_catalogue(), .seed = seed, .event = on_event, .data = r};
  int error = again_kit_init(&r->kit, r->c->policy, &options, 0);
  if (error != 0) return error;
  r->account = (again_scope){.name = "account", .kind = AGAIN_DAMAGE_ACCOUNT};
  r->topic = (again_scope){.name = r->c->topic, .kind = AGAIN_DAMAGE_TOPIC, .parent = &r->account};
  error = again_scope_init(&r->account, r->kit.sched);
  if (error == 0) error = again_scope_init(&r->topic, r->kit.sched);
  return error;
}

static int submit(run *r, operation *o) {
  o->kit.steps = r->c->steps;
  o->kit.step_count = r->c->step_count;
  o->submitted = r->kit.now;
  again_ms deadline = again_ms_add(r->kit.now, r->c->deadline);
  int error = again_kit_submit(&r->kit, &o->kit, &r->topic, deadline);
  o->taken = error == 0;
  return error == AGAIN_EFULL ? 0 : error;
}

/* In slices, to look at how many calls there are: short ones where something happens. */
static int watch(run *r, again_ms until) {
  again_ms slice = SLICE;
  while (r->error == 0 && r->kit.now < until && !again_sched_idle(r->kit.sched)) {
    size_t before = r->call_count;
    again_ms left = until - r->kit.now;
    again_kit_run(&r->kit, r->kit.now + (left < slice ? left : slice));
    if (r->call_count > AGAIN_CASES_CALLS_MAX) r->error = AGAIN_ELIMIT;
    slice = r->call_count != before ? SLICE : slice * 2 < SLICE_MAX ? slice * 2 : SLICE_MAX;
  }
  return r->error;
}

static int play(run *r) {
  for (uint64_t i = 0; i < r->c->operations; i++) {
    if (i > 0 && r->c->interval != 0) {
      again_ms next = again_ms_add(r->kit.now, r->c->interval);
      if (next > r->c->until) next = r->c->until;
      watch(r, next);
      if (r->kit.now < next) again_kit_run(&r->kit, next);
    }
    int error = submit(r, &r->operations[i]);
    if (error != 0) r->error = error;
    if (r->error != 0) return r->error;
  }
  return watch(r, r->c->until);
}

/* ---- What came of it --------------------------------------------------------------------------- */

static again_case_result tell_operation(run *r, const operation *o) {
  again_case_facts *seen = r->seen;
  if (!o->taken) return AGAIN_CASE_REFUSED;
  again_span_add(&seen->attempts, o->kit.attempts);
  if (o->kit.done_count == 0) return AGAIN_CASE_WAITING;
  const again_result *result = &o->kit.result;
  seen->reasons |= UINT32_C(1) << result->reason;
  seen->effects |= UINT32_C(1) << result->effect;
  r->reasons[result->reason]++;
  again_span_add(&seen->elapsed, result->elapsed);
  return result->reason == AGAIN_REASON_OK ? AGAIN_CASE_DELIVERED : AGAIN_CASE_SURFACED;
}

static void tell(run *r) {
  again_case_all *all = &r->seen->all;
  uint64_t results[AGAIN_CASE_RESULT_COUNT] = {0};
  again_ms last = 0;
  for (uint64_t i = 0; i < r->c->operations; i++) {
    const operation *o = &r->operations[i];
    again_case_result result = tell_operation(r, o);
    r->seen->results |= UINT32_C(1) << result;
    results[result]++;
    if (o->kit.done_at > last) last = o->kit.done_at;
  }
  again_span_add(&all->delivered, results[AGAIN_CASE_DELIVERED]);
  again_span_add(&all->surfaced, results[AGAIN_CASE_SURFACED]);
  again_span_add(&all->waiting, results[AGAIN_CASE_WAITING]);
  again_span_add(&all->refused, results[AGAIN_CASE_REFUSED]);
  if (results[AGAIN_CASE_WAITING] == 0) again_span_add(&all->elapsed, last);
  again_span_add(&all->calls, r->call_count);
  again_span_add(&all->in_flight, r->kit.most_in_flight);
  again_span_add(&all->rate, again_case_rate(r->calls, r->call_count));
  for (size_t i = 0; i < AGAIN_REASON_COUNT; i++)
    again_span_add(&all->reasons[i], r->reasons[i]);
  for (size_t i = 0; i < AGAIN_EVENT_COUNT; i++)
    again_span_add(&all->events[i], r->events[i]);
}

static void end(run *r) {
  r->over = true;
  again_sched_close(r->kit.sched);
  again_kit_run(&r->kit, AGAIN_NEVER);
  if (r->topic.own.sched != NULL) again_scope_fini(&r->topic);
  if (r->account.own.sched != NULL) again_scope_fini(&r->account);
  again_kit_fini(&r->kit);
}

int again_case_run(const again_case *c, uint64_t seed, again_case_facts *seen,
                   again_case_trace *trace) {
  run *r = calloc(1, sizeof *r);
  if (r == NULL) return AGAIN_ENOMEM;
  *r = (run){.c = c, .seen = seen, .trace = trace};
  trace->count = 0;
  trace->seed = seed;
  r->operations = calloc((size_t)c->operations, sizeof *r->operations);
  int error = r->operations != NULL && again_case_facts_open(seen) ? 0 : AGAIN_ENOMEM;
  if (error == 0) error = begin(r, seed);
  if (error == 0) error = play(r);
  if (error == 0) tell(r);
  if (r->kit.sched != NULL) end(r);
  free(r->calls);
  free(r->operations);
  free(r);
  return error;
}
