#include "cli/meet.h"
#include <again/sched.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { OPERATIONS = 64, STEP = AGAIN_MEET_SPELL / AGAIN_MEET_STEPS };

typedef struct sender sender;

/* An operation, and the answer to its attempt under way. */
typedef struct letter {
  again_op op;
  sender *from;
  again_ms answered_at;
  bool accepted;
  struct letter *next; /* answered later: round trips are equally long */
} letter;

struct sender {
  again_meet *meet;
  again_sched *sched;
  again_scope scope;
  again_ms now;
  again_ms end;
  double tokens; /* of the service, when the latest call came */
  again_ms came;
  bool over;
  letter letters[OPERATIONS];
  letter *first;
  letter *last;
};

static size_t step_of(const sender *s) {
  size_t step = (size_t)(s->now / STEP);
  return step < s->meet->count ? step : s->meet->count - 1;
}

static uint32_t quota_at(const again_meet *meet, again_ms now) {
  again_ms spell = now / AGAIN_MEET_SPELL;
  again_ms last = (again_ms)meet->quota_count - 1;
  return meet->quotas[spell < last ? spell : last];
}

/* The token bucket of the service. */
static bool accepts(sender *s) {
  double quota = quota_at(s->meet, s->now);
  double burst = fmax(quota / 10, 1);
  s->tokens = fmin(burst, s->tokens + quota * (double)(s->now - s->came) / 1000);
  s->came = s->now;
  if (s->tokens < 1) return false;
  s->tokens--;
  return true;
}

static void on_attempt(again_op *op) {
  letter *it = op->data;
  sender *s = it->from;
  it->accepted = accepts(s);
  it->answered_at = s->now + AGAIN_MEET_ROUND_TRIP;
  it->next = NULL;
  *(s->first == NULL ? &s->first : &s->last->next) = it;
  s->last = it;
  size_t step = step_of(s);
  s->meet->offered[step]++;
  (it->accepted ? s->meet->accepted : s->meet->refused)[step]++;
  s->meet->calls++;
  s->meet->taken += it->accepted;
}

/* What is done makes room for the next of an endless backlog. */
static void on_done(again_op *op, const again_result *result) {
  letter *it = op->data;
  sender *s = it->from;
  if (s->over) return;
  s->meet->surfaced += result->reason != AGAIN_REASON_OK;
  again_sched_submit(s->sched, op, &s->scope, AGAIN_NEVER, s->now);
}

static void answer(sender *s, const letter *until) {
  static const again_outcome good = {.status = 200};
  static const again_outcome refusal = {.status = 429};
  while (s->first != NULL && (until != NULL || s->first->answered_at <= s->now)) {
    letter *it = s->first;
    s->first = it->next;
    again_sched_report(s->sched, &it->op, it->accepted ? &good : &refusal, s->now);
    if (it == until) break;
  }
}

static void note_rate(const sender *s, size_t step) {
  again_stats stats = again_scope_stats(&s->scope);
  s->meet->rate[step] = stats.rate_milli > 0 ? (double)stats.rate_milli / 1000 : (double)NAN;
}

static void let_time_pass(sender *s) {
  for (again_ms step_end = STEP; s->now < s->end;) {
    again_ms next = again_sched_next(s->sched);
    if (s->first != NULL && s->first->answered_at < next) next = s->first->answered_at;
    if (next > step_end) {
      s->now = step_end;
      note_rate(s, (size_t)(step_end / STEP) - 1);
      step_end += STEP;
      continue;
    }
    if (next > s->now) s->now = next;
    answer(s, NULL);
    again_sched_run(s->sched, s->now);
  }
}

/* Answers what is under way, closes, and lets every operation come back. */
static void finish(sender *s) {
  s->over = true;
  answer(s, s->last);
  again_sched_close(s->sched);
  while (!again_sched_idle(s->sched)) {
    again_sched_run(s->sched, s->now);
    answer(s, s->last);
  }
  again_scope_fini(&s->scope);
}

static void prepare(again_meet *meet) {
  meet->count = (size_t)meet->quota_count * AGAIN_MEET_STEPS;
  meet->calls = meet->taken = meet->surfaced = 0;
  meet->allowed = 0;
  for (size_t i = 0; i < meet->count; i++) {
    meet->at[i] = ((double)i + 0.5) * STEP / 1000;
    meet->offered[i] = meet->accepted[i] = meet->refused[i] = 0;
    meet->rate[i] = (double)NAN;
    meet->quota[i] = quota_at(meet, i * STEP);
    meet->allowed += meet->quota[i] * STEP / 1000;
  }
}

/* From calls in a step to calls a second. */
static void make_rates(again_meet *meet) {
  for (size_t i = 0; i < meet->count; i++) {
    meet->offered[i] *= 1000.0 / STEP;
    meet->accepted[i] *= 1000.0 / STEP;
    meet->refused[i] *= 1000.0 / STEP;
  }
}

/* As many operations as the policy's limits on the backlog let in. */
static int submit_all(sender *s) {
  for (size_t i = 0; i < OPERATIONS; i++) {
    letter *it = &s->letters[i];
    it->from = s;
    it->op.data = it;
    it->op.attempt = on_attempt;
    it->op.done = on_done;
    int error = again_sched_submit(s->sched, &it->op, &s->scope, AGAIN_NEVER, 0);
    if (error != 0) return error == AGAIN_EFULL ? 0 : error;
  }
  return 0;
}

static int send_all(sender *s) {
  s->end = (again_ms)s->meet->quota_count * AGAIN_MEET_SPELL;
  s->tokens = fmax(s->meet->quotas[0] / 10.0, 1);
  s->scope.name = "topic";
  s->scope.kind = AGAIN_DAMAGE_TOPIC;
  s->scope.more = true;
  int error = again_scope_init(&s->scope, s->sched);
  if (error != 0) return error;
  error = submit_all(s);
  if (error == 0) let_time_pass(s);
  finish(s);
  return error;
}

int again_meet_run(const again_policy *policy, again_meet *meet) {
  prepare(meet);
  sender *s = calloc(1, sizeof *s);
  if (s == NULL) return AGAIN_ENOMEM;
  again_sched_options options = {.policy = policy, .seed = meet->seed};
  s->meet = meet;
  int error = again_sched_new(&options, 0, &s->sched);
  if (error == 0) error = send_all(s);
  again_sched_free(s->sched);
  free(s);
  make_rates(meet);
  return error;
}
