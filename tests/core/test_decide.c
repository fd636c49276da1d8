#include "support.h"
#include <again/core.h>

static const again_policy policy = {
    .name = "test",
    .retryable = {{.base = 100, .cap = 1000, .multiplier_pct = 200, .jitter = AGAIN_JITTER_FULL},
                  5,
                  60000},
    .throttled = {{.base = 1000, .cap = 8000, .multiplier_pct = 200, .jitter = AGAIN_JITTER_FULL},
                  0,
                  AGAIN_NEVER},
    .auth = {{.base = 500, .cap = 500, .multiplier_pct = 100, .jitter = AGAIN_JITTER_NONE},
             3,
             AGAIN_NEVER},
    .hint_cap = 30000,
    .hint_spread_pct = 25,
};

static again_progress after(uint32_t attempts, again_class error_class) {
  again_progress progress = {.attempts = attempts, .deadline = AGAIN_NEVER};
  progress.class_attempts[error_class] = attempts;
  return progress;
}

static again_decision decide(again_class error_class, again_outcome outcome,
                             again_progress progress, again_ms now, uint64_t random) {
  again_verdict verdict = {.error_class = error_class};
  return again_decide(&policy, &verdict, &outcome, &progress, now, random);
}

static void ok_and_fatal_stop(void **state) {
  (void)state;
  again_outcome outcome = {.status = 200, .remedied = true, .hint = 5000};
  again_decision decision = decide(AGAIN_CLASS_OK, outcome, after(1, AGAIN_CLASS_OK), 0, 0);
  assert_false(decision.retry);
  assert_int_equal(decision.reason, AGAIN_REASON_OK);
  decision = decide(AGAIN_CLASS_FATAL, outcome, after(1, AGAIN_CLASS_FATAL), 0, 0);
  assert_false(decision.retry);
  assert_int_equal(decision.reason, AGAIN_REASON_FATAL);
}

static void a_retry_waits_for_the_jittered_capped_backoff_of_its_class(void **state) {
  (void)state;
  static const struct {
    again_class error_class;
    uint32_t attempts;
    again_ms min;
    again_ms max;
  } rows[] = {
      {AGAIN_CLASS_RETRYABLE, 1, 1, 100},  {AGAIN_CLASS_RETRYABLE, 2, 1, 200},
      {AGAIN_CLASS_RETRYABLE, 4, 1, 800},  {AGAIN_CLASS_THROTTLED, 1, 1, 1000},
      {AGAIN_CLASS_THROTTLED, 4, 1, 8000}, {AGAIN_CLASS_THROTTLED, 99, 1, 8000},
      {AGAIN_CLASS_AUTH, 1, 500, 500},     {AGAIN_CLASS_AUTH, 2, 500, 500},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    again_progress progress = after(rows[i].attempts, rows[i].error_class);
    again_decision least = decide(rows[i].error_class, (again_outcome){0}, progress, 7, 0);
    again_decision most = decide(rows[i].error_class, (again_outcome){0}, progress, 7, UINT64_MAX);
    assert_true(least.retry && most.retry);
    assert_int_equal(least.reason, AGAIN_REASON_BACKOFF);
    assert_int_equal(least.at, 7 + rows[i].min);
    assert_int_equal(most.at, 7 + rows[i].max);
    assert_int_equal(least.delay_min, rows[i].min);
    assert_int_equal(least.delay_max, rows[i].max);
  }
}

static void a_class_counts_its_own_attempts_only(void **state) {
  (void)state;
  again_progress progress = after(4, AGAIN_CLASS_RETRYABLE);
  progress.class_attempts[AGAIN_CLASS_THROTTLED] = 50;
  progress.attempts = 54;
  assert_true(decide(AGAIN_CLASS_RETRYABLE, (again_outcome){0}, progress, 0, 1).retry);
  progress.class_attempts[AGAIN_CLASS_RETRYABLE] = 5;
  again_decision decision = decide(AGAIN_CLASS_RETRYABLE, (again_outcome){0}, progress, 0, 1);
  assert_false(decision.retry);
  assert_int_equal(decision.reason, AGAIN_REASON_ATTEMPTS);
  assert_true(decide(AGAIN_CLASS_THROTTLED, (again_outcome){0}, progress, 0, 1).retry);
}

static void a_hint_is_a_floor_with_spread_on_top(void **state) {
  (void)state;
  again_progress progress = after(1, AGAIN_CLASS_THROTTLED);
  again_outcome outcome = {.status = 429, .hint = 4000};
  again_random random = {3};
  again_ms least = AGAIN_NEVER;
  again_ms most = 0;
  for (int i = 0; i < 20000; i++) {
    again_decision decision =
        decide(AGAIN_CLASS_THROTTLED, outcome, progress, 0, again_random_next(&random));
    assert_true(decision.retry);
    assert_int_equal(decision.reason, AGAIN_REASON_SERVER_HINT);
    assert_int_equal(decision.delay_min, 4000);
    assert_int_equal(decision.delay_max, 5000);
    if (decision.at < least) least = decision.at;
    if (decision.at > most) most = decision.at;
  }
  assert_in_range(least, 4000, 4001);
  assert_in_range(most, 4999, 5000);
}

static void a_hint_shorter_than_the_backoff_changes_nothing_but_the_floor(void **state) {
  (void)state;
  again_progress progress = after(4, AGAIN_CLASS_THROTTLED);
  again_outcome outcome = {.status = 429, .hint = 100};
  again_decision decision = decide(AGAIN_CLASS_THROTTLED, outcome, progress, 0, UINT64_MAX);
  assert_int_equal(decision.at, 8000);
  assert_int_equal(decision.reason, AGAIN_REASON_BACKOFF);
  decision = decide(AGAIN_CLASS_THROTTLED, outcome, progress, 0, 0);
  assert_in_range(decision.at, 100, 125);
  assert_int_equal(decision.reason, AGAIN_REASON_SERVER_HINT);
}

static void a_hint_is_capped_and_cannot_make_a_sleep_without_end(void **state) {
  (void)state;
  again_progress progress = after(1, AGAIN_CLASS_THROTTLED);
  again_outcome outcome = {.status = 429, .hint = AGAIN_NEVER - 1};
  again_decision decision = decide(AGAIN_CLASS_THROTTLED, outcome, progress, 0, 9);
  assert_in_range(decision.at, 30000, 37500);
}

static void a_retry_that_would_come_too_late_is_not_waited_for(void **state) {
  (void)state;
  again_progress progress = after(1, AGAIN_CLASS_RETRYABLE);
  progress.first_at = 1000;
  again_decision decision =
      decide(AGAIN_CLASS_RETRYABLE, (again_outcome){0}, progress, 60900, UINT64_MAX);
  assert_true(decision.retry); /* at 61000: exactly the elapsed limit */
  decision = decide(AGAIN_CLASS_RETRYABLE, (again_outcome){0}, progress, 60901, UINT64_MAX);
  assert_false(decision.retry);
  assert_int_equal(decision.reason, AGAIN_REASON_ELAPSED);

  progress.deadline = 2000;
  decision = decide(AGAIN_CLASS_RETRYABLE, (again_outcome){0}, progress, 1899, UINT64_MAX);
  assert_true(decision.retry); /* at 1999 */
  decision = decide(AGAIN_CLASS_RETRYABLE, (again_outcome){0}, progress, 1900, UINT64_MAX);
  assert_false(decision.retry); /* an attempt that begins at the deadline has no time at all */
  assert_int_equal(decision.reason, AGAIN_REASON_DEADLINE);
}

static void a_remedied_cause_is_tried_again_at_once_but_not_for_ever(void **state) {
  (void)state;
  again_outcome outcome = {.status = 401, .remedied = true, .hint = 9000};
  again_progress progress = after(1, AGAIN_CLASS_AUTH);
  for (uint32_t i = 0; i < AGAIN_REMEDIED_MAX; i++) {
    again_decision decision = decide(AGAIN_CLASS_AUTH, outcome, progress, 50, 1);
    assert_true(decision.retry);
    assert_int_equal(decision.reason, AGAIN_REASON_REMEDIED);
    assert_int_equal(decision.at, 50);
    progress.remedied++;
  }
  again_decision decision = decide(AGAIN_CLASS_AUTH, outcome, progress, 50, 1);
  assert_true(decision.retry);
  assert_int_equal(decision.reason, AGAIN_REASON_SERVER_HINT);
  progress.class_attempts[AGAIN_CLASS_AUTH] = 3;
  assert_false(decide(AGAIN_CLASS_AUTH, outcome, progress, 50, 1).retry);
  progress.remedied = 0; /* a cause that was put right does not count against the limits */
  assert_true(decide(AGAIN_CLASS_AUTH, outcome, progress, 50, 1).retry);
}

static void times_saturate(void **state) {
  (void)state;
  again_progress progress = after(1, AGAIN_CLASS_THROTTLED);
  again_decision decision =
      decide(AGAIN_CLASS_THROTTLED, (again_outcome){.hint = 20000}, progress, AGAIN_NEVER - 10, 1);
  assert_false(decision.retry); /* a retry at "never" is none */
  assert_int_equal(decision.reason, AGAIN_REASON_DEADLINE);
}

static void attempts_in_all_are_limited_besides_those_of_the_class(void **state) {
  (void)state;
  again_policy few = policy;
  few.max_attempts = 3;
  again_progress progress = after(2, AGAIN_CLASS_THROTTLED);
  again_outcome outcome = {.status = 429};
  again_verdict verdict = {.error_class = AGAIN_CLASS_THROTTLED};
  assert_true(again_decide(&few, &verdict, &outcome, &progress, 0, 1).retry);
  progress.attempts = 3;
  again_decision decision = again_decide(&few, &verdict, &outcome, &progress, 0, 1);
  assert_false(decision.retry);
  assert_int_equal(decision.reason, AGAIN_REASON_ALL_ATTEMPTS);
}

static void what_must_not_happen_twice_is_surfaced_where_it_may_have_happened(void **state) {
  (void)state;
  static const struct {
    again_effect effect;
    bool retry;
  } rows[] = {{AGAIN_EFFECT_NOT_APPLIED, true},
              {AGAIN_EFFECT_MAYBE_APPLIED, false},
              {AGAIN_EFFECT_APPLIED, false}};
  again_policy once = policy;
  once.at_most_once = true;
  again_verdict verdict = {.error_class = AGAIN_CLASS_RETRYABLE};
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    again_progress progress = after(1, AGAIN_CLASS_RETRYABLE);
    again_outcome outcome = {.status = 503, .effect = rows[i].effect};
    again_decision decision = again_decide(&once, &verdict, &outcome, &progress, 0, 1);
    assert_int_equal(decision.retry, rows[i].retry);
    if (!rows[i].retry) assert_int_equal(decision.reason, AGAIN_REASON_NOT_IDEMPOTENT);
  }
  /* What an outcome leaves unsaid, its status implies. */
  again_progress progress = after(1, AGAIN_CLASS_RETRYABLE);
  again_outcome zeroed = {.status = 500};
  assert_false(again_decide(&once, &verdict, &zeroed, &progress, 0, 1).retry);
  zeroed.status = 429;
  assert_true(again_decide(&once, &verdict, &zeroed, &progress, 0, 1).retry);
}

static void what_holds_its_scope_waits_for_a_probe_whatever_its_class(void **state) {
  (void)state;
  again_policy holding = policy;
  holding.hold = (again_class_policy){
      {.base = 1000, .cap = 8000, .multiplier_pct = 200, .jitter = AGAIN_JITTER_EQUAL}, 0, 60000};
  again_verdict closed = {
      .error_class = AGAIN_CLASS_FATAL, .remedy = AGAIN_REMEDY_HOLD, .damage = AGAIN_DAMAGE_TOPIC};
  again_outcome outcome = {.status = 400};
  again_progress progress = after(1, AGAIN_CLASS_FATAL);
  progress.held = 1;
  again_decision decision = again_decide(&holding, &closed, &outcome, &progress, 0, 1);
  assert_true(decision.retry);
  assert_int_equal(decision.reason, AGAIN_REASON_HOLD);
  assert_int_equal(decision.delay_min, 500);
  assert_int_equal(decision.delay_max, 1000);
  progress.held = 3; /* the third refusal in a row */
  decision = again_decide(&holding, &closed, &outcome, &progress, 0, 1);
  assert_int_equal(decision.delay_max, 4000);
  decision = again_decide(&holding, &closed, &outcome, &progress, 59000, 1);
  assert_int_equal(decision.reason, AGAIN_REASON_ELAPSED);

  again_verdict of_the_batch = closed;
  of_the_batch.damage = AGAIN_DAMAGE_BATCH; /* there is nothing that could be held */
  assert_int_equal(again_decide(&holding, &of_the_batch, &outcome, &progress, 0, 1).reason,
                   AGAIN_REASON_FATAL);
  assert_int_equal(again_decide(&policy, &closed, &outcome, &progress, 0, 1).reason,
                   AGAIN_REASON_FATAL); /* a policy without holds */
}

/* Any policy, outcome and progress: the bounds hold, and the same arguments give the same answer. */
static void the_bounds_hold_for_a_million_random_cases(void **state) {
  (void)state;
  again_random random = {20261123};
  for (int i = 0; i < 1000000; i++) {
    uint64_t bits = again_random_next(&random);
    again_policy any = {.hint_cap = again_random_next(&random) >> (bits & 63),
                        .hint_spread_pct = (uint32_t)(bits >> 8) % 101};
    any.retryable.backoff.base = 1 + (again_random_next(&random) >> (1 + (bits >> 16 & 62)));
    any.retryable.backoff.cap =
        again_ms_add(any.retryable.backoff.base, again_random_next(&random) >> (bits >> 24 & 63));
    any.retryable.backoff.multiplier_pct = 100 + (uint32_t)(bits >> 32) % 901;
    any.retryable.backoff.jitter = (again_jitter)((bits >> 45) % AGAIN_JITTER_COUNT);
    any.retryable.backoff.jitter_pct = (uint32_t)(bits >> 50) % 101;
    any.retryable.backoff.growth = (again_growth)((bits >> 40) % AGAIN_GROWTH_COUNT);
    any.retryable.backoff.step = again_random_next(&random) >> (bits >> 10 & 63);
    again_ms list[2] = {1 + (bits >> 20 & 0xffff), 1 + (bits >> 30 & 0xffffff)};
    any.retryable.backoff.list = list;
    any.retryable.backoff.list_count = 1 + (bits & 1);
    any.retryable.max_attempts = (uint32_t)(bits >> 48) % 20;
    any.retryable.max_elapsed = again_random_next(&random) >> (bits >> 56 & 63);
    again_outcome outcome = {.hint =
                                 again_random_next(&random) >> (again_random_next(&random) & 63)};
    again_progress progress =
        after(1 + (uint32_t)again_random_next(&random) % 30, AGAIN_CLASS_RETRYABLE);
    again_ms now = again_random_next(&random) >> (bits & 31);
    progress.first_at = now - (again_random_next(&random) & (now < 255 ? now : 255));
    progress.deadline = again_ms_add(now, again_random_next(&random) >> (bits >> 3 & 63));
    again_verdict verdict = {.error_class = AGAIN_CLASS_RETRYABLE};
    uint64_t draw = again_random_next(&random);
    again_decision decision = again_decide(&any, &verdict, &outcome, &progress, now, draw);
    again_decision twin = again_decide(&any, &verdict, &outcome, &progress, now, draw);
    assert_true(decision.retry == twin.retry && decision.at == twin.at &&
                decision.reason == twin.reason);
    if (!decision.retry) continue;
    again_ms delay = decision.at - now;
    again_ms hint = outcome.hint < any.hint_cap ? outcome.hint : any.hint_cap;
    assert_true(decision.at > now && delay >= hint);
    assert_true(delay >= decision.delay_min && delay <= decision.delay_max);
    again_ms spread = hint / 100 * any.hint_spread_pct + hint % 100 * any.hint_spread_pct / 100;
    again_ms ceiling = again_ms_add(hint, spread);
    again_ms cap = any.retryable.backoff.cap;
    again_ms highest =
        any.retryable.backoff.jitter == AGAIN_JITTER_PROPORTIONAL ? again_ms_add(cap, cap) : cap;
    if (ceiling < highest) ceiling = highest;
    assert_true(delay <= ceiling);
    assert_true(decision.at < progress.deadline);
    assert_true(any.retryable.max_attempts == 0 ||
                progress.class_attempts[AGAIN_CLASS_RETRYABLE] < any.retryable.max_attempts);
    assert_true(any.retryable.max_elapsed == AGAIN_NEVER ||
                decision.at - progress.first_at <= any.retryable.max_elapsed);
  }
}

/* The number of the attempt in seconds, times `data`; backwards where data is none. */
static again_window seconds(void *data, const again_verdict *verdict,
                            const again_progress *progress, const again_backoff *numbers) {
  assert_int_equal(verdict->error_class, AGAIN_CLASS_RETRYABLE);
  assert_int_equal(numbers->base, 100);
  if (data == NULL) return (again_window){7, 3};
  again_ms least = progress->attempts * 1000 * *(const again_ms *)data;
  return (again_window){least, least + 10};
}

static again_decision decide_with(const again_plugin *of_policy, const again_plugin *of_rule,
                                  again_progress progress, uint64_t random) {
  again_policy plugged = policy;
  if (of_policy != NULL) plugged.plugin = *of_policy;
  again_verdict verdict = {.error_class = AGAIN_CLASS_RETRYABLE, .plugin = of_rule};
  again_outcome outcome = {.status = 500};
  return again_decide(&plugged, &verdict, &outcome, &progress, 0, random);
}

static void a_function_of_the_program_says_the_window_and_the_limits_hold(void **state) {
  (void)state;
  again_ms one = 1;
  again_ms ten = 10;
  again_plugin plain = {NULL, seconds, &one};
  again_plugin slow = {NULL, seconds, &ten};
  again_progress progress = after(2, AGAIN_CLASS_RETRYABLE);
  assert_int_equal(decide_with(&plain, NULL, progress, 0).at, 2000);
  assert_int_equal(decide_with(&plain, NULL, progress, UINT64_MAX).at, 2010);
  assert_int_equal(decide_with(&plain, NULL, progress, 0).delay_max, 2010);
  assert_int_equal(decide_with(&plain, &slow, progress, 0).at, 20000); /* the rule's goes first */
  assert_int_equal(decide_with(NULL, &slow, progress, 0).at, 20000);
  progress.deadline = 2000;
  assert_int_equal(decide_with(&plain, NULL, progress, 0).reason, AGAIN_REASON_DEADLINE);
  progress = after(5, AGAIN_CLASS_RETRYABLE);
  assert_int_equal(decide_with(&plain, NULL, progress, 0).reason, AGAIN_REASON_ATTEMPTS);
}

static void a_window_that_ends_before_it_begins_is_a_point(void **state) {
  (void)state;
  again_plugin backwards = {NULL, seconds, NULL};
  again_decision decision =
      decide_with(&backwards, NULL, after(1, AGAIN_CLASS_RETRYABLE), UINT64_MAX);
  assert_int_equal(decision.at, 7);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(ok_and_fatal_stop),
      cmocka_unit_test(a_retry_waits_for_the_jittered_capped_backoff_of_its_class),
      cmocka_unit_test(a_class_counts_its_own_attempts_only),
      cmocka_unit_test(a_hint_is_a_floor_with_spread_on_top),
      cmocka_unit_test(a_hint_shorter_than_the_backoff_changes_nothing_but_the_floor),
      cmocka_unit_test(a_hint_is_capped_and_cannot_make_a_sleep_without_end),
      cmocka_unit_test(a_retry_that_would_come_too_late_is_not_waited_for),
      cmocka_unit_test(a_remedied_cause_is_tried_again_at_once_but_not_for_ever),
      cmocka_unit_test(times_saturate),
      cmocka_unit_test(attempts_in_all_are_limited_besides_those_of_the_class),
      cmocka_unit_test(what_must_not_happen_twice_is_surfaced_where_it_may_have_happened),
      cmocka_unit_test(what_holds_its_scope_waits_for_a_probe_whatever_its_class),
      cmocka_unit_test(the_bounds_hold_for_a_million_random_cases),
      cmocka_unit_test(a_function_of_the_program_says_the_window_and_the_limits_hold),
      cmocka_unit_test(a_window_that_ends_before_it_begins_is_a_point),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
