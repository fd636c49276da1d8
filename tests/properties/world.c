#include "world.h"

/* ---- What the witness checks ---------------------------------------------------------------- */

static void set_due(world *w, job *j, again_ms due) {
  j->due = due;
  j->order = ++w->order;
}

static const again_policy *policy_of(const world *w) {
  return &w->policies[0]; /* as long as nothing was reloaded */
}

/* The highest that any policy of this world allows. */
static uint32_t limit_of(const world *w, const lane *l) {
  if (l->scope.in_flight != 0) return l->scope.in_flight;
  uint32_t a = w->policies[0].scope_in_flight;
  uint32_t b = w->policies[1].scope_in_flight;
  return !w->reloaded || a > b ? a : b;
}

static void on_attempt(world *w, lane *l, job *j, const again_event *event) {
  size_t step = j->attempts < j->kit.step_count ? j->attempts : j->kit.step_count - 1;
  j->attempts++;
  w->attempts++;
  HOLDS(event->attempt == j->attempts);
  HOLDS(j->ended == 0 && !j->flying && !j->cancelled);
  HOLDS(event->now < w->until);    /* nothing is tried after the end */
  HOLDS(event->now >= j->due);     /* never early */
  HOLDS(event->now < j->deadline); /* never too late */
  HOLDS(j->due > l->due || (j->due == l->due && j->order > l->order)); /* first due, first tried */
  l->due = j->due;
  l->order = j->order;
  j->flying = j->kit.steps[step].takes != 0;
  if (j->flying) l->flying++;
  HOLDS(l->flying <= limit_of(w, l));
}

static void land(lane *l, job *j) {
  if (j->flying) l->flying--;
  j->flying = false;
}

static uint32_t cost_of(const again_budget_policy *budget, const again_verdict *verdict,
                        const again_result *result) {
  if (verdict->error_class == AGAIN_CLASS_THROTTLED) return budget->throttled;
  if (verdict->error_class != AGAIN_CLASS_RETRYABLE) return 0;
  return result->fault == AGAIN_FAULT_TIMEOUT ? budget->timeout : budget->retryable;
}

static void on_retry(world *w, lane *l, job *j, const again_event *event) {
  const again_decision *decision = event->decision;
  bool remedied = decision->reason == AGAIN_REASON_REMEDIED;
  w->reasons[decision->reason]++;
  land(l, j);
  HOLDS(decision->retry && decision->at < j->deadline && decision->at < w->until);
  HOLDS(!j->cancelled);
  HOLDS(remedied ? decision->at == event->now : decision->at > event->now);
  HOLDS(event->result->attempts == j->attempts);
  set_due(w, j, decision->at);
  if (remedied) {
    j->remedied++;
    return;
  }
  if (w->reloaded) return;
  const again_policy *policy = policy_of(w);
  const again_class_policy *limits = again_policy_class(policy, event->verdict->error_class);
  HOLDS(limits != NULL);
  HOLDS(policy->max_attempts == 0 || j->attempts < policy->max_attempts);
  if (policy->budget.capacity == 0) return;
  j->cost = cost_of(&policy->budget, event->verdict, event->result);
  l->spent += j->cost;
}

static void on_end(world *w, lane *l, job *j, const again_event *event) {
  const again_result *result = event->result;
  w->reasons[result->reason]++;
  land(l, j);
  j->ended++;
  HOLDS(j->ended == 1);
  HOLDS(result->attempts == j->attempts);
  HOLDS(result->elapsed == event->now - j->submitted);
  HOLDS(result->history_count ==
        (j->attempts < AGAIN_HISTORY_MAX ? j->attempts : AGAIN_HISTORY_MAX));
  HOLDS((event->kind == AGAIN_EVENT_DELIVERED) == (result->reason == AGAIN_REASON_OK));
  HOLDS(j->remedied <= AGAIN_REMEDIED_MAX);
  for (size_t i = 0; i < result->history_count; i++) {
    HOLDS(result->history[i].began <= result->history[i].ended);
    HOLDS(i == 0 || result->history[i].began >= result->history[i - 1].ended);
  }
  if (w->reloaded) return;
  uint32_t most = policy_of(w)->max_attempts;
  HOLDS(most == 0 || j->attempts <= most + j->remedied);
  if (result->reason == AGAIN_REASON_OK)
    l->income += j->cost > 0 ? j->cost : policy_of(w)->budget.refund;
}

static void on_event(void *data, const again_event *event) {
  world *w = data;
  bool ends = event->kind == AGAIN_EVENT_DELIVERED || event->kind == AGAIN_EVENT_SURFACED;
  HOLDS(event->now >= w->now); /* whatever the caller's clock does */
  w->now = event->now;
  if (event->op == NULL) return; /* of a scope */
  job *j = event->op->data;
  lane *l = event->scope->data;
  if (event->kind == AGAIN_EVENT_SUBMITTED) set_due(w, j, event->now);
  if (event->kind == AGAIN_EVENT_ATTEMPT) on_attempt(w, l, j, event);
  if (event->kind == AGAIN_EVENT_RETRY) on_retry(w, l, j, event);
  if (ends) on_end(w, l, j, event);
}

/* ---- What happens --------------------------------------------------------------------------- */

static again_policy any_world_policy(again_random *random, again_ms *lists) {
  again_policy policy = any_policy(random, lists);
  again_class_policy *classes[] = {&policy.retryable, &policy.throttled, &policy.auth};
  for (size_t i = 0; i < COUNT_OF(classes); i++) {
    classes[i]->backoff = any_common_backoff(random, lists + 4 * i);
    classes[i]->max_attempts = (uint32_t)any_up_to(random, 5);
    classes[i]->max_elapsed = any_one_in(random, 2) ? AGAIN_NEVER : any_up_to(random, 100000);
  }
  policy.max_attempts = (uint32_t)any_up_to(random, 7);
  policy.at_most_once = any_one_in(random, 8);
  policy.hint_cap = any_up_to(random, 20000);
  if (any_one_in(random, 2)) {
    policy.budget = (again_budget_policy){.capacity = 1 + (uint32_t)any_up_to(random, 300),
                                          .retryable = (uint32_t)any_up_to(random, 10),
                                          .throttled = (uint32_t)any_up_to(random, 10),
                                          .timeout = (uint32_t)any_up_to(random, 20),
                                          .refund = (uint32_t)any_up_to(random, 3)};
  }
  return policy;
}

static void make_job(world *w, job *j) {
  again_random *random = &w->random;
  size_t count = 1 + (size_t)any_up_to(random, WORLD_STEPS - 1);
  for (size_t i = 0; i < count; i++) {
    j->steps[i] = (again_kit_step){.outcome = any_outcome(random)};
    if (!any_one_in(random, 4)) j->steps[i].takes = any_up_to(random, 400);
  }
  /* The last one is for all further attempts: it ends them. */
  j->steps[count - 1].outcome = (again_outcome){.status = any_one_in(random, 4) ? 400 : 200};
  j->kit.steps = j->steps;
  j->kit.step_count = count;
  j->kit.no_abort = any_one_in(random, 8);
}

static void submit_one(world *w);

static void cancel_one(world *w) {
  job *j = &w->jobs[any_up_to(&w->random, w->job_count - 1)];
  int error = again_sched_cancel(w->kit.sched, &j->kit.op);
  HOLDS(error == (j->ended != 0 ? AGAIN_ESTATE : 0));
  j->cancelled = true;
}

/* `done` may submit, and cancel. */
static void on_done(again_op *op, const again_result *result) {
  job *j = op->data;
  world *w = j->world;
  j->kit_done(op, result);
  if (w->job_count < WORLD_JOBS && any_one_in(&w->random, 4)) submit_one(w);
  if (any_one_in(&w->random, 16)) cancel_one(w);
}

static void submit_one(world *w) {
  job *j = &w->jobs[w->job_count];
  lane *l = &w->lanes[any_up_to(&w->random, w->lane_count - 1)];
  make_job(w, j);
  j->submitted = w->kit.now > w->now ? w->kit.now : w->now;
  j->deadline = AGAIN_NEVER;
  if (any_one_in(&w->random, 3)) j->deadline = w->kit.now + any_up_to(&w->random, 30000);
  j->world = w;
  if (again_kit_submit(&w->kit, &j->kit, &l->scope, j->deadline) != 0) return; /* closing */
  w->job_count++;
  j->kit_done = j->kit.op.done;
  j->kit.op.done = on_done;
}

static void disturb(world *w) {
  again_random *random = &w->random;
  switch (any_up_to(random, 11)) {
  case 0: /* a clock that goes back */
    again_sched_run(w->kit.sched, any_up_to(random, w->kit.now));
    break;
  case 1:
    if (any_one_in(random, 6)) {
      w->reloaded = true;
      again_sched_set_policy(w->kit.sched, &w->policies[any_up_to(random, WORLD_POLICIES - 1)]);
    }
    break;
  case 2:
  case 3:
    if (w->job_count > 0) cancel_one(w);
    break;
  default: break;
  }
}

/* The kit's assertions, with the case that failed. */
static void fail_in_case(void *data, const char *file, int line, const char *text) {
  (void)data;
  fprintf(stderr, "%s:%d: case %" PRIu64 ": %s", file, line, arbitrary_case, text);
  fail();
}

static void open_world(world *w, again_random random) {
  static const again_ms starts[] = {0, 1000, UINT64_C(1) << 42, AGAIN_NEVER / 2,
                                    AGAIN_NEVER - (UINT64_C(1) << 40)};
  *w = (world){.random = random, .until = AGAIN_NEVER};
  again_ms start = starts[any_up_to(&w->random, COUNT_OF(starts) - 1)];
  for (size_t i = 0; i < WORLD_POLICIES; i++)
    w->policies[i] = any_world_policy(&w->random, w->lists[i]);
  again_sched_options options = {
      .seed = again_random_next(&w->random), .event = on_event, .data = w};
  assert_int_equal(again_kit_init(&w->kit, policy_of(w), &options, start), 0);
  w->kit.fail.fn = fail_in_case;
  w->lane_count = 1 + (size_t)any_up_to(&w->random, WORLD_SCOPES - 1);
  for (size_t i = 0; i < w->lane_count; i++) {
    lane *l = &w->lanes[i];
    l->scope.name = "lane";
    l->scope.data = l;
    if (any_one_in(&w->random, 2)) l->scope.in_flight = 1 + (uint32_t)any_up_to(&w->random, 9);
    assert_int_equal(again_scope_init(&l->scope, w->kit.sched), 0);
  }
}

static void check_end(const world *w) {
  again_stats stats = again_sched_stats(w->kit.sched);
  uint64_t stops = 0;
  HOLDS(again_sched_idle(w->kit.sched) && again_sched_next(w->kit.sched) == AGAIN_NEVER);
  HOLDS(stats.submitted == w->job_count && stats.attempts == w->attempts);
  HOLDS(stats.delivered + stats.surfaced == w->job_count);
  HOLDS(stats.waiting == 0 && stats.in_flight == 0 && w->kit.in_flight == 0);
  for (int i = 0; i < AGAIN_REASON_COUNT; i++)
    stops += stats.stops[i];
  HOLDS(stops == w->job_count);
  again_kit_assert_nothing_lost(&w->kit);
  again_kit_assert_nothing_twice(&w->kit);
  for (size_t i = 0; i < w->job_count; i++)
    HOLDS(w->jobs[i].ended == 1 && w->jobs[i].kit.done_count == 1);
  if (!w->reloaded) {
    again_kit_assert_in_flight_never_above(&w->kit, w->policies[0].total_in_flight);
    HOLDS(w->kit.most_in_flight <= w->policies[0].total_in_flight);
  }
  for (size_t i = 0; !w->reloaded && i < w->lane_count; i++) {
    const lane *l = &w->lanes[i];
    HOLDS(again_scope_tokens(&l->scope) + l->spent <= w->policies[0].budget.capacity + l->income);
  }
}

void world_live(world *w) {
  again_random random = {arbitrary_case};
  open_world(w, random);
  while (w->job_count < WORLD_JOBS) {
    for (uint64_t i = any_up_to(&w->random, 12); i > 0 && w->job_count < WORLD_JOBS; i--)
      submit_one(w);
    disturb(w);
    again_kit_run(&w->kit, w->kit.now + any_up_to(&w->random, 1500));
  }
  uint64_t end = any_up_to(&w->random, 3);
  if (end == 0) {
    w->until = w->kit.now;
    again_sched_close(w->kit.sched);
  } else if (end == 1) {
    w->until = w->kit.now + any_up_to(&w->random, 5000);
    again_sched_drain(w->kit.sched, w->until);
  }
  again_kit_run(&w->kit, AGAIN_NEVER);
  check_end(w);
  w->trace = w->kit.trace;
  w->kit.trace = (again_kit_trace){0};
  again_kit_fini(&w->kit);
}
