#include "support.h"
#include <again/policy.h>
#include <again/sim.h>
#include <math.h>
#include <string.h>

static const again_sim_scenario usual = {
    .agents = 20, .backlog = 100, .rate = 200, .burst = 20, .latency = 20, .spread = 0.29};

static again_sim_result result;

static const again_sim_result *simulate(const again_sim_scenario *scenario,
                                        const again_policy *policy, uint64_t seed) {
  again_sim_options options = {.scenario = scenario, .sender = {.policy = policy}, .seed = seed};
  assert_int_equal(again_sim_run(&options, &result), 0);
  return &result;
}

static double sum(const double *values) {
  double all = 0;
  for (size_t i = 0; i < result.series.count; i++)
    all += values[i] * result.series.step_s;
  return all;
}

static void the_same_seed_gives_the_same_result(void **state) {
  (void)state;
  again_sim_result first = *simulate(&usual, again_policy_default(), 1);
  simulate(&usual, again_policy_default(), 1);
  assert_memory_equal(&first.series.accepted, &result.series.accepted,
                      sizeof first.series.accepted);
  assert_true(first.end_s == result.end_s && first.calls == result.calls);
  simulate(&usual, again_policy_default(), 2);
  assert_true(first.end_s != result.end_s);
}

static void every_batch_is_delivered_once_and_no_faster_than_the_quota(void **state) {
  (void)state;
  for (int quota = 0; quota < AGAIN_SIM_QUOTA_COUNT; quota++) {
    again_sim_scenario scenario = usual;
    scenario.quota = (again_sim_quota)quota;
    simulate(&scenario, again_policy_default(), 3);
    assert_int_equal(result.offered, 2000);
    assert_int_equal(result.delivered, 2000);
    assert_int_equal(result.surfaced, 0);
    assert_int_equal(result.accepted, 2000);
    assert_true(result.calls == result.accepted + result.refused);
    assert_true(result.ideal_s == 10);
    /* A window may be cut: the first second counts twice. */
    assert_true(result.completion > (quota == AGAIN_SIM_QUOTA_WINDOW ? 0.9 : 0.98));
    assert_true(result.completion < 2.5);
    assert_true(result.jain > 0.5 && result.jain <= 1);
    assert_true(fabs(sum(result.series.accepted) - 2000) < 1e-6);
    assert_true(fabs(sum(result.series.refused) - (double)result.refused) < 1e-6);
    assert_true(result.series.waiting[result.series.count - 1] == 0);
  }
}

static void a_policy_that_gives_up_loses_what_it_surfaces(void **state) {
  (void)state;
  const again_policy *policy;
  assert_int_equal(again_policy_load("builtin:aws-standard", &policy, NULL), 0);
  simulate(&usual, policy, 1);
  again_policy_unref(policy);
  assert_true(result.surfaced > 0);
  assert_int_equal(result.delivered + result.surfaced, result.offered);
}

static void a_load_below_the_quota_is_delivered_as_it_comes(void **state) {
  (void)state;
  again_sim_scenario scenario = usual;
  scenario.backlog = 0;
  scenario.load_pct = 60;
  scenario.duration = 20000;
  simulate(&scenario, again_policy_default(), 1);
  assert_in_range(result.offered, 2200, 2600); /* 120 a second */
  assert_int_equal(result.delivered, result.offered);
  assert_int_equal(result.calls, result.offered);
  assert_true(result.p50_ms > 15 && result.p50_ms < 25);
  assert_true(isnan(result.completion) && isnan(result.recovery_s));
}

static void an_outage_of_each_kind_is_survived(void **state) {
  (void)state;
  again_sim_scenario scenario = usual;
  scenario.backlog = 0;
  scenario.load_pct = 50;
  scenario.duration = 60000;
  scenario.outage_from = 10000;
  scenario.outage_to = 20000;
  for (int kind = 0; kind < AGAIN_SIM_OUTAGE_COUNT; kind++) {
    scenario.outage = (again_sim_outage)kind;
    simulate(&scenario, again_policy_default(), 1);
    assert_int_equal(result.delivered, result.offered);
    /* Calls that met silence are waited for, each for its timeout. */
    double timeout = (double)again_policy_default()->attempt_timeout / 1000;
    assert_true(result.recovery_s < (kind == AGAIN_SIM_OUTAGE_SILENT ? timeout : 10));
    assert_true(sum(result.series.failed) > 0);
    size_t middle = (size_t)(15 / result.series.step_s);
    assert_true(result.series.quota[middle] == 0 && result.series.waiting[middle] > 100);
  }
}

static void an_answer_that_comes_too_late_is_a_timeout_and_the_batch_is_sent_again(void **state) {
  (void)state;
  again_sim_scenario scenario = usual;
  again_policy policy = *again_policy_default();
  scenario.quota = AGAIN_SIM_QUOTA_LEAKY;
  scenario.burst = 200; /* a second of waiting */
  policy.attempt_timeout = 400;
  simulate(&scenario, &policy, 1);
  assert_true(result.accepted > result.delivered);
  assert_true(result.delivered <= result.offered);
}

typedef struct rate {
  again_ms next;
} rate;

static unsigned limited;

static void rate_init(void *data, again_ms now) {
  ((rate *)data)->next = now;
}

static again_ms rate_next(void *data, again_ms now) {
  rate *limit = data;
  return limit->next > now ? limit->next : now;
}

static void rate_sent(void *data, again_ms now) {
  ((rate *)data)->next = now + 200;
}

static void rate_answered(void *data, int status, again_ms sent_at, again_ms now) {
  (void)data;
  limited += status == 429;
  assert_true(sent_at <= now);
}

static void a_limiter_of_the_programs_own_is_waited_for(void **state) {
  (void)state;
  static const again_sim_limiter five_a_second = {sizeof(rate), rate_init, rate_next, rate_sent,
                                                  rate_answered};
  again_sim_scenario scenario = usual;
  again_sim_options options = {
      .scenario = &scenario,
      .sender = {.policy = again_policy_default(), .limiter = &five_a_second}};
  assert_int_equal(again_sim_run(&options, &result), 0);
  assert_int_equal(result.refused, 0); /* 20 x 5/s are below the quota */
  assert_int_equal(limited, 0);
  assert_true(result.end_s > 19 && result.end_s < 21);
}

static void what_cannot_be_is_refused(void **state) {
  (void)state;
  again_sim_scenario wrong[12];
  for (size_t i = 0; i < COUNT_OF(wrong); i++)
    wrong[i] = usual;
  wrong[0].agents = 0;
  wrong[1].backlog = 0;
  wrong[2].rate = 0;
  wrong[3].burst = 0.5;
  wrong[4].bytes_rate = 100;
  wrong[5].error_pct = 101;
  wrong[6].outage_from = 1;
  wrong[7].spread = -1;
  wrong[8].rate = (double)NAN;
  wrong[9].quota = AGAIN_SIM_QUOTA_COUNT;
  wrong[10].error_pct = 1;
  wrong[11].agents = 100001;
  for (size_t i = 0; i < COUNT_OF(wrong); i++) {
    again_sim_options options = {.scenario = &wrong[i],
                                 .sender = {.policy = again_policy_default()}};
    assert_int_equal(again_sim_run(&options, &result), AGAIN_EINVAL);
  }
  assert_int_equal(again_sim_run(&(again_sim_options){.scenario = &usual}, &result), AGAIN_EINVAL);
}

static double told;

static void on_progress(void *data, double part) {
  (void)data;
  assert_true(part >= told && part <= 1);
  told = part;
}

static void progress_only_grows(void **state) {
  (void)state;
  again_sim_scenario scenario = usual;
  scenario.backlog = 2000;
  scenario.rate = 2000;
  again_sim_options options = {
      .scenario = &scenario, .sender = {.policy = again_policy_default()}, .progress = on_progress};
  assert_int_equal(again_sim_run(&options, &result), 0);
  assert_true(told > 0.2);
}

/* Arrivals are at any time, the schedulers' clocks in whole milliseconds. */
static void an_answer_that_takes_no_time_is_not_before_its_batch(void **state) {
  (void)state;
  again_sim_scenario scenario = usual;
  scenario.backlog = 0;
  scenario.load_pct = 50;
  scenario.duration = 10000;
  scenario.latency = 0;
  const again_sim_result *r = simulate(&scenario, again_policy_default(), 1);
  assert_true(r->delivered > 0);
  assert_true(r->p50_ms >= 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_same_seed_gives_the_same_result),
      cmocka_unit_test(every_batch_is_delivered_once_and_no_faster_than_the_quota),
      cmocka_unit_test(a_policy_that_gives_up_loses_what_it_surfaces),
      cmocka_unit_test(a_load_below_the_quota_is_delivered_as_it_comes),
      cmocka_unit_test(an_outage_of_each_kind_is_survived),
      cmocka_unit_test(an_answer_that_comes_too_late_is_a_timeout_and_the_batch_is_sent_again),
      cmocka_unit_test(a_limiter_of_the_programs_own_is_waited_for),
      cmocka_unit_test(what_cannot_be_is_refused),
      cmocka_unit_test(progress_only_grows),
      cmocka_unit_test(an_answer_that_takes_no_time_is_not_before_its_batch),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
