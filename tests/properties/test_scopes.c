/* Random worlds of scopes: a tree with holds, pacing, orders and limits, under a service that says everything
 * a service can say, and a caller who does everything a caller can do. Whatever happens, every operation
 * that was taken is done exactly once, nothing is tried while it must not be, and once the service is
 * well again everything is delivered: no scope ever loses its turn. */
#include "support.h"
#include <again/sched.h>
#include <string.h>

enum { WORLDS = 1500, OPS = 120, SCOPES = 9, STEPS = 400 };

static const again_code codes[] = {
    {"Arrears", 403, AGAIN_CLASS_FATAL, AGAIN_REMEDY_HOLD, AGAIN_DAMAGE_ACCOUNT, ""},
    {"Closed", 400, AGAIN_CLASS_FATAL, AGAIN_REMEDY_HOLD, AGAIN_DAMAGE_TOPIC, ""},
    {"Expired", 401, AGAIN_CLASS_AUTH, AGAIN_REMEDY_REFRESH, AGAIN_DAMAGE_CREDENTIAL, ""},
};
static const again_catalogue catalogue = {.codes = codes, .count = COUNT_OF(codes)};

typedef struct job {
  again_op op;
  bool taken;
  bool flying;
  unsigned done;
  again_ms ends;
} job;

typedef struct world {
  again_random random;
  again_policy policies[2];
  again_sched *sched;
  again_scope scopes[SCOPES];
  job jobs[OPS];
  again_ms now;
  bool by_hand[SCOPES]; /* held without a time */
  bool well;            /* the service takes everything */
  unsigned ordered_flying[SCOPES];
  unsigned broken_order;
} world;

static uint64_t draw(world *w, uint64_t count) {
  return again_random_next(&w->random) % count;
}

static again_outcome any_outcome(world *w) {
  static const again_outcome outcomes[] = {
      {.status = 200},
      {.status = 500},
      {.status = 503, .hint = 700},
      {.status = 429},
      {.status = 429, .hint = 1500},
      {.status = 400, .code = "Closed"},
      {.status = 403, .code = "Arrears"},
      {.status = 401, .code = "Expired"},
      {.status = 401, .code = "Expired", .remedied = true},
      {.status = 400},
      {.fault = AGAIN_FAULT_CONNECT},
      {.fault = AGAIN_FAULT_TIMEOUT},
      {.fault = AGAIN_FAULT_LOCAL},
  };
  if (w->well || draw(w, 2) == 0) return outcomes[0];
  return outcomes[draw(w, COUNT_OF(outcomes))];
}

static void report(world *w, job *j) {
  again_outcome outcome = any_outcome(w);
  size_t scope = (size_t)(again_op_scope(&j->op) - w->scopes);
  w->ordered_flying[scope]--;
  j->flying = false;
  assert_int_equal(again_sched_report(w->sched, &j->op, &outcome, w->now), 0);
}

static void on_attempt(again_op *op) {
  job *j = (job *)op;
  world *w = op->data;
  size_t scope = (size_t)(again_op_scope(op) - w->scopes);
  assert_true(j->taken && !j->flying && j->done == 0);
  if (++w->ordered_flying[scope] > 1 && w->scopes[scope].ordered) w->broken_order++;
  j->flying = true;
  j->ends = w->now + draw(w, 60);
  if (draw(w, 8) == 0) report(w, j);
}

static void on_abort(again_op *op) {
  job *j = (job *)op;
  world *w = op->data;
  w->ordered_flying[again_op_scope(op) - w->scopes]--;
  j->flying = false;
}

static void submit(world *w, job *j);

static void on_done(again_op *op, const again_result *result) {
  job *j = (job *)op;
  world *w = op->data;
  (void)result;
  assert_true(j->taken && !j->flying);
  j->done++;
  assert_int_equal(j->done, 1);
  if (draw(w, 20) == 0 && !w->well) submit(w, j); /* the memory is the caller's again */
}

static void submit(world *w, job *j) {
  again_scope *scope = &w->scopes[draw(w, SCOPES)];
  *j = (job){.op = {.data = w,
                    .attempt = on_attempt,
                    .abort = draw(w, 5) != 0 ? on_abort : NULL,
                    .done = on_done,
                    .bytes = draw(w, 100)}};
  again_ms deadline = draw(w, 4) == 0 ? w->now + draw(w, 20000) : AGAIN_NEVER;
  j->taken = true;
  int error = again_sched_submit(w->sched, &j->op, scope, deadline, w->now);
  j->taken = error == 0;
  assert_true(error == 0 || error == AGAIN_EFULL || error == AGAIN_ECLOSING);
}

static void policy_init(world *w, again_policy *policy) {
  again_backoff backoff = {.base = 1 + draw(w, 300),
                           .cap = 500 + draw(w, 3000),
                           .multiplier_pct = 100 + (uint32_t)draw(w, 300),
                           .jitter = (again_jitter)draw(w, AGAIN_JITTER_COUNT),
                           .jitter_pct = 30};
  again_class_policy numbers = {backoff, 0, AGAIN_NEVER};
  *policy = (again_policy){.name = "world",
                           .retryable = numbers,
                           .throttled = numbers,
                           .auth = numbers,
                           .hint_cap = 2000,
                           .attempt_timeout = 1000,
                           .connect_timeout = 1000,
                           .operation_deadline = AGAIN_NEVER,
                           .scope_in_flight = 1 + (uint32_t)draw(w, 5),
                           .total_in_flight = 1 + (uint32_t)draw(w, 12)};
  if (draw(w, 3) != 0) policy->hold = numbers;
  if (draw(w, 3) != 0) policy->pace_pct = 1 + (uint32_t)draw(w, 50);
  if (draw(w, 3) == 0) policy->scope_backlog = 5 + (uint32_t)draw(w, 40);
  if (draw(w, 3) == 0) policy->total_backlog_bytes = 500 + draw(w, 4000);
}

static void world_init(world *w, uint64_t seed) {
  memset(w, 0, sizeof *w);
  w->random.state = seed;
  w->now = draw(w, 100000);
  policy_init(w, &w->policies[0]);
  policy_init(w, &w->policies[1]);
  again_sched_options options = {.policy = &w->policies[0],
                                 .catalogue = &catalogue,
                                 .seed = seed,
                                 .work_per_run = draw(w, 2) == 0 ? 0 : 1 + (uint32_t)draw(w, 8)};
  assert_int_equal(again_sched_new(&options, w->now, &w->sched), 0);
  static const int parents[SCOPES] = {-1, 0, 0, 1, 1, 2, 2, -1, 7};
  static const again_damage kinds[SCOPES] = {
      AGAIN_DAMAGE_ACCOUNT, AGAIN_DAMAGE_ENDPOINT, AGAIN_DAMAGE_ENDPOINT,
      AGAIN_DAMAGE_TOPIC,   AGAIN_DAMAGE_TOPIC,    AGAIN_DAMAGE_TOPIC,
      AGAIN_DAMAGE_TOPIC,   AGAIN_DAMAGE_BATCH,    AGAIN_DAMAGE_TOPIC};
  for (int i = 0; i < SCOPES; i++) {
    bool leaf = i >= 3 && i != 7;
    w->scopes[i] = (again_scope){.name = "scope",
                                 .kind = kinds[i],
                                 .parent = parents[i] >= 0 ? &w->scopes[parents[i]] : NULL,
                                 .in_flight = draw(w, 3) == 0 ? 1 + (uint32_t)draw(w, 3) : 0,
                                 .ordered = leaf && draw(w, 4) == 0};
    assert_int_equal(again_scope_init(&w->scopes[i], w->sched), 0);
  }
}

/* Whatever a caller may do at any time. */
static void meddle(world *w) {
  job *j = &w->jobs[draw(w, OPS)];
  again_scope *scope = &w->scopes[draw(w, SCOPES)];
  switch (draw(w, 12)) {
  case 0:
    w->by_hand[scope - w->scopes] = draw(w, 2) == 0;
    again_scope_hold(scope, w->by_hand[scope - w->scopes] ? AGAIN_NEVER : w->now + draw(w, 3000));
    break;
  case 1:
    w->by_hand[scope - w->scopes] = false;
    again_scope_resume(scope);
    break;
  case 2: again_sched_set_policy(w->sched, &w->policies[draw(w, 2)]); break;
  case 3: again_sched_network_changed(w->sched, w->now); break;
  case 4: scope->more = !scope->more; break;
  case 5:
    if (j->taken && j->done == 0) again_sched_cancel(w->sched, &j->op);
    break;
  default:
    if (!j->taken || j->done > 0) submit(w, j);
  }
}

/* Lets time pass until something happens, at most until `until`. */
static bool step(world *w, again_ms until) {
  again_ms next = again_sched_next(w->sched);
  for (int i = 0; i < OPS; i++) {
    if (w->jobs[i].flying && w->jobs[i].ends < next) next = w->jobs[i].ends;
  }
  if (next == AGAIN_NEVER || next > until) return false;
  if (next > w->now) w->now = next;
  for (int i = 0; i < OPS; i++) {
    if (w->jobs[i].flying && w->jobs[i].ends <= w->now) report(w, &w->jobs[i]);
  }
  again_sched_run(w->sched, w->now);
  return true;
}

/* How many are not done although they were taken. */
static unsigned left(const world *w) {
  unsigned count = 0;
  for (int i = 0; i < OPS; i++)
    count += w->jobs[i].taken && w->jobs[i].done == 0;
  return count;
}

static void world_end(world *w) {
  again_sched_close(w->sched);
  for (unsigned steps = 0; step(w, AGAIN_NEVER); steps++)
    assert_true(steps < 100000);
  assert_int_equal(left(w), 0);
  assert_int_equal(w->broken_order, 0);
  for (int i = SCOPES - 1; i >= 0; i--)
    assert_int_equal(again_scope_fini(&w->scopes[i]), 0);
  assert_int_equal(again_sched_free(w->sched), 0);
}

static void once_the_service_is_well_everything_is_delivered(void **state) {
  (void)state;
  static world w;
  for (uint64_t seed = 1; seed <= WORLDS; seed++) {
    world_init(&w, seed);
    for (int i = 0; i < STEPS; i++) {
      meddle(&w);
      again_ms until = w.now + draw(&w, 200);
      for (unsigned steps = 0; step(&w, until); steps++) {
        if (steps > 20000) fail_msg("world %d runs without an end", (int)seed);
      }
      w.now = until;
    }
    w.well = true;
    for (int i = 0; i < SCOPES; i++) {
      /* Who was held by hand must be resumed by hand; the others resume by themselves. */
      if (w.by_hand[i]) again_scope_resume(&w.scopes[i]);
    }
    again_ms begin = w.now;
    for (unsigned steps = 0; step(&w, AGAIN_NEVER); steps++) {
      if (steps > 100000) fail_msg("world %d runs without an end", (int)seed);
    }
    if (left(&w) != 0) fail_msg("world %d: %u operations are stuck", (int)seed, left(&w));
    /* The longest backoff, rest or probe gap of these policies, and a few of them in a row. */
    if (w.now - begin > 1800000) fail_msg("world %d took too long", (int)seed);
    world_end(&w);
  }
}

static void a_close_at_any_moment_brings_everything_back(void **state) {
  (void)state;
  static world w;
  for (uint64_t seed = 1; seed <= WORLDS; seed++) {
    world_init(&w, seed + 1000000);
    uint64_t steps = draw(&w, STEPS);
    for (uint64_t i = 0; i < steps; i++) {
      meddle(&w);
      again_ms until = w.now + draw(&w, 200);
      while (step(&w, until)) {
      }
      w.now = until;
    }
    if (draw(&w, 2) == 0) again_sched_drain(w.sched, w.now + draw(&w, 5000));
    for (uint64_t i = draw(&w, 30); i > 0; i--)
      step(&w, AGAIN_NEVER);
    world_end(&w);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(once_the_service_is_well_everything_is_delivered),
      cmocka_unit_test(a_close_at_any_moment_brings_everything_back),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
