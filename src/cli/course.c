#include "cli/course.h"
#include <stdlib.h>
#include <string.h>

enum { HOUR = 3600000, WEEK = 7 * 24 * HOUR, CALLS_MAX = 5000 };

const char *again_plight_name(again_plight plight) {
  static const char *const names[] = {"retryable", "throttled", "auth", "hold"};
  return plight < AGAIN_PLIGHT_COUNT ? names[plight] : NULL;
}

/* ---- Windows --------------------------------------------------------------------------------- */

static const again_class_policy *numbers_of(const again_policy *policy, again_plight plight) {
  switch (plight) {
  case AGAIN_PLIGHT_RETRYABLE: return &policy->retryable;
  case AGAIN_PLIGHT_THROTTLED: return &policy->throttled;
  case AGAIN_PLIGHT_AUTH: return &policy->auth;
  case AGAIN_PLIGHT_HOLD:
  case AGAIN_PLIGHT_COUNT: break;
  }
  return &policy->hold;
}

static bool equal(again_window a, again_window b) {
  return a.min == b.min && a.max == b.max;
}

/* As far as they grow and three further, and eight where there are so many. */
static void find_windows(const again_policy *policy, again_course *course) {
  const again_class_policy *numbers = numbers_of(policy, course->plight);
  const again_backoff *backoff = &numbers->backoff;
  uint32_t limit = UINT32_MAX;
  if (course->plight != AGAIN_PLIGHT_HOLD && numbers->max_attempts != 0)
    limit = numbers->max_attempts;
  if (policy->max_attempts != 0 && policy->max_attempts < limit) limit = policy->max_attempts;
  uint32_t most = limit - 1 < AGAIN_COURSE_WINDOWS ? limit - 1 : AGAIN_COURSE_WINDOWS;
  if (course->plight == AGAIN_PLIGHT_HOLD && backoff->cap == 0) most = 0;
  again_ms previous = 0;
  uint32_t same = 0;
  uint32_t n = 0;
  for (; n < most && (n < 8 || same < 3); n++) {
    course->windows[n] = again_backoff_window(backoff, n + 1, previous);
    previous = course->windows[n].max;
    same = n > 0 && equal(course->windows[n], course->windows[n - 1]) ? same + 1 : 0;
  }
  course->window_count = n;
  course->settled = same > 0 && n < limit - 1;
  course->retry_limit = limit - 1;
}

/* ---- One operation --------------------------------------------------------------------------- */

static void judge(again_plight plight, again_verdict *verdict) {
  static const again_class classes[] = {AGAIN_CLASS_RETRYABLE, AGAIN_CLASS_THROTTLED,
                                        AGAIN_CLASS_AUTH, AGAIN_CLASS_FATAL};
  *verdict = (again_verdict){.error_class = classes[plight]};
  if (plight == AGAIN_PLIGHT_HOLD) {
    verdict->remedy = AGAIN_REMEDY_HOLD;
    verdict->damage = AGAIN_DAMAGE_TOPIC;
  }
}

/* An operation under way: its next call begins at `at`. */
typedef struct run {
  const again_policy *policy;
  again_verdict verdict;
  again_progress progress;
  again_random random;
  again_ms at;
  again_decision decision; /* after its latest call */
} run;

static run begin_run(const again_policy *policy, again_plight plight, uint64_t seed) {
  run out = {.policy = policy, .random = {seed}, .progress.deadline = policy->operation_deadline};
  judge(plight, &out.verdict);
  return out;
}

/* Its next call begins and fails. False: that was the last. */
static bool call(run *it) {
  again_outcome outcome = {.status = 500, .effect = AGAIN_EFFECT_NOT_APPLIED};
  again_progress *progress = &it->progress;
  progress->attempts++;
  progress->class_attempts[it->verdict.error_class]++;
  progress->held++;
  it->decision = again_decide(it->policy, &it->verdict, &outcome, progress, it->at,
                              again_random_next(&it->random));
  progress->backoff = it->decision.backoff;
  return it->decision.retry;
}

/* ---- All of them ----------------------------------------------------------------------------- */

static int compare(const void *a, const void *b) {
  const uint64_t *one = a;
  const uint64_t *other = b;
  return (*one > *other) - (*one < *other);
}

static again_spread spread_of(uint64_t values[AGAIN_COURSE_RUNS]) {
  qsort(values, AGAIN_COURSE_RUNS, sizeof *values, compare);
  return (again_spread){.low = values[AGAIN_COURSE_RUNS / 20],
                        .median = values[AGAIN_COURSE_RUNS / 2],
                        .high = values[AGAIN_COURSE_RUNS - 1 - AGAIN_COURSE_RUNS / 20]};
}

/* An hour, or a dozen of the longest delays: something is to be seen. */
static again_ms shown_without_end(const again_course *course) {
  again_ms longest = HOUR / 12;
  for (uint32_t i = 0; i < course->window_count; i++) {
    if (course->windows[i].max > longest) longest = course->windows[i].max;
  }
  return longest < WEEK / 12 ? longest * 12 : WEEK;
}

/* Follows each to its end, or as far as is shown where there is none. */
static void find_end(const again_policy *policy, again_course *course) {
  uint64_t calls[AGAIN_COURSE_RUNS];
  uint64_t ends[AGAIN_COURSE_RUNS];
  course->ends = true;
  for (uint64_t i = 0; i < AGAIN_COURSE_RUNS; i++) {
    run it = begin_run(policy, course->plight, i);
    while (call(&it)) {
      if (it.progress.attempts == CALLS_MAX || it.decision.at > WEEK) {
        again_ms shown = shown_without_end(course);
        course->until = it.at / 10 * 9 < shown ? it.at / 10 * 9 : shown;
        course->ends = false;
        return;
      }
      it.at = it.decision.at;
    }
    calls[i] = it.progress.attempts;
    ends[i] = it.at;
    course->reason = it.decision.reason;
    if (it.at > course->until) course->until = it.at;
  }
  if (course->until > 10000) course->until = (course->until + 999) / 1000 * 1000;
  course->calls = spread_of(calls);
  course->end = spread_of(ends);
}

static void count_calls(const again_policy *policy, again_course *course) {
  run runs[AGAIN_COURSE_RUNS];
  bool going[AGAIN_COURSE_RUNS];
  uint64_t calls[AGAIN_COURSE_RUNS];
  for (uint64_t i = 0; i < AGAIN_COURSE_RUNS; i++) {
    runs[i] = begin_run(policy, course->plight, i);
    going[i] = true;
  }
  for (uint64_t t = 0; t < AGAIN_COURSE_TIMES; t++) {
    again_ms now = course->until / (AGAIN_COURSE_TIMES - 1) * t +
                   course->until % (AGAIN_COURSE_TIMES - 1) * t / (AGAIN_COURSE_TIMES - 1);
    for (int i = 0; i < AGAIN_COURSE_RUNS; i++) {
      while (going[i] && runs[i].at <= now && runs[i].progress.attempts < CALLS_MAX) {
        going[i] = call(&runs[i]);
        runs[i].at = runs[i].decision.at;
      }
      calls[i] = runs[i].progress.attempts;
    }
    course->by[t] = spread_of(calls);
  }
}

void again_course_of(const again_policy *policy, again_plight plight, again_course *course) {
  memset(course, 0, sizeof *course);
  course->plight = plight;
  course->paced = plight == AGAIN_PLIGHT_THROTTLED && policy->pace_pct != 0;
  find_windows(policy, course);
  find_end(policy, course);
  count_calls(policy, course);
}
