#include "sim/service.h"
#include "support.h"
#include <math.h>

/* Calls from `from` to `to`, so many a second; how many were answered with the status. */
static unsigned count(again_sim_service *service, double from, double to, double rate, int status,
                      uint64_t bytes) {
  unsigned found = 0;
  for (double at = from; at < to; at += 1 / rate)
    found += again_sim_service_call(service, bytes, at).status == status;
  return found;
}

static void a_bucket_gives_its_burst_and_then_its_rate(void **state) {
  (void)state;
  again_sim_scenario scenario = {.rate = 100, .burst = 20};
  again_sim_service service;
  again_sim_service_open(&service, &scenario, 0, 1);
  assert_int_equal(count(&service, 0, 0.001, 1e6, 200, 0), 20);
  assert_in_range(count(&service, 0.001, 10, 1000, 200, 0), 999, 1001);
  assert_in_range(count(&service, 60, 60.0001, 1e6, 200, 0), 20, 20);
}

static void a_window_begins_anew_each_second(void **state) {
  (void)state;
  again_sim_scenario scenario = {.rate = 50, .quota = AGAIN_SIM_QUOTA_WINDOW};
  again_sim_service service;
  again_sim_service_open(&service, &scenario, 0.25, 1); /* so windows begin at .75 */
  assert_int_equal(count(&service, 0, 0.74, 1000, 200, 0), 50);
  assert_int_equal(count(&service, 0.76, 1.74, 1000, 200, 0), 50);
  assert_in_range(count(&service, 1.76, 1.77, 1000, 200, 0), 10, 11);
}

static void a_leaky_queue_delays_what_it_takes(void **state) {
  (void)state;
  again_sim_scenario scenario = {.rate = 10, .burst = 5, .quota = AGAIN_SIM_QUOTA_LEAKY};
  again_sim_service service;
  again_sim_service_open(&service, &scenario, 0, 1);
  for (int i = 0; i < 5; i++) {
    again_sim_answer answer = again_sim_service_call(&service, 0, 0);
    assert_int_equal(answer.status, 200);
    assert_true(fabs(answer.delay - i * 0.1) < 1e-9);
  }
  assert_int_equal(again_sim_service_call(&service, 0, 0).status, 429);
}

static void bytes_are_a_quota_of_their_own(void **state) {
  (void)state;
  again_sim_scenario scenario = {
      .rate = 1000, .burst = 1000, .bytes_rate = 10000, .batch_bytes = 1000};
  again_sim_service service;
  again_sim_service_open(&service, &scenario, 0, 1);
  assert_int_equal(count(&service, 0, 0.0001, 1e6, 200, 1000), 10);
  assert_in_range(count(&service, 0.0001, 10, 500, 200, 1000), 99, 101);
  assert_int_equal(again_sim_service_call(&service, 1, 10.2).status, 200); /* a small one fits */
}

static void hints_are_what_the_scenario_says(void **state) {
  (void)state;
  again_sim_scenario scenario = {.rate = 10, .burst = 1, .hint_delay = 1000};
  again_sim_service service;
  for (int hint = 0; hint < AGAIN_SIM_HINT_COUNT; hint++) {
    scenario.hint = (again_sim_hint)hint;
    again_sim_service_open(&service, &scenario, 0, 1);
    assert_int_equal(again_sim_service_call(&service, 0, 0).hint, 0); /* it was taken */
    again_sim_answer answer = again_sim_service_call(&service, 0, 0.04);
    assert_int_equal(answer.status, 429);
    if (hint == AGAIN_SIM_HINT_NONE) assert_int_equal(answer.hint, 0);
    if (hint == AGAIN_SIM_HINT_CONSTANT) assert_int_equal(answer.hint, 1000);
    if (hint == AGAIN_SIM_HINT_EXACT) assert_in_range(answer.hint, 60, 61);
    if (hint == AGAIN_SIM_HINT_JITTERED) assert_in_range(answer.hint, 1000, 1500);
    again_ms room = hint == AGAIN_SIM_HINT_EXACT ? answer.hint : 100;
    assert_int_equal(again_sim_service_call(&service, 0, 0.04 + (double)room / 1000).status, 200);
  }
}

static void a_share_of_the_calls_fails_while_it_is_said_to(void **state) {
  (void)state;
  again_sim_scenario scenario = {.rate = 1e6,
                                 .burst = 1e6,
                                 .error_pct = 30,
                                 .error_status = 502,
                                 .error_from = 1000,
                                 .error_to = 11000};
  again_sim_service service;
  again_sim_service_open(&service, &scenario, 0, 1);
  assert_int_equal(count(&service, 0, 0.99, 1000, 502, 0), 0);
  assert_in_range(count(&service, 1, 11, 1000, 502, 0), 2800, 3200);
  assert_int_equal(count(&service, 11, 12, 1000, 502, 0), 0);
}

static void in_an_outage_calls_meet_what_its_kind_says(void **state) {
  (void)state;
  static const int met[] = {503, AGAIN_SIM_UNREACHED, AGAIN_SIM_TIMEOUT};
  again_sim_scenario scenario = {.rate = 10, .burst = 10, .outage_from = 1000, .outage_to = 2000};
  for (int kind = 0; kind < AGAIN_SIM_OUTAGE_COUNT; kind++) {
    again_sim_service service;
    scenario.outage = (again_sim_outage)kind;
    again_sim_service_open(&service, &scenario, 0, 1);
    assert_int_equal(again_sim_service_call(&service, 0, 0.999).status, 200);
    assert_int_equal(again_sim_service_call(&service, 0, 1).status, met[kind]);
    assert_true(again_sim_service_rate(&service, 1.5) == 0);
    assert_int_equal(again_sim_service_call(&service, 0, 2).status, 200);
  }
}

static void overload_keeps_a_service_from_recovering(void **state) {
  (void)state;
  again_sim_scenario scenario = {.rate = 1000,
                                 .burst = 100,
                                 .outage_from = 1000,
                                 .outage_to = 2000,
                                 .recovery = 10000,
                                 .recovery_pct = 20,
                                 .overload_pct = 40};
  again_sim_service service;
  again_sim_service_open(&service, &scenario, 0, 1);
  assert_true(count(&service, 2, 10, 100, 200, 0) > 790); /* 100 a second are no overload */
  assert_true(again_sim_service_rate(&service, 10) > 700);
  assert_true(count(&service, 10, 13, 100, 200, 0) > 290);
  assert_true(again_sim_service_rate(&service, 13) == 1000);

  again_sim_service_open(&service, &scenario, 0, 1);
  unsigned taken = count(&service, 2, 60, 2000, 200, 0);
  assert_true(taken < 58 * 20); /* refusing takes nearly all of the 200 a second */
  assert_true(again_sim_service_rate(&service, 60) < 250);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_bucket_gives_its_burst_and_then_its_rate),
      cmocka_unit_test(a_window_begins_anew_each_second),
      cmocka_unit_test(a_leaky_queue_delays_what_it_takes),
      cmocka_unit_test(bytes_are_a_quota_of_their_own),
      cmocka_unit_test(hints_are_what_the_scenario_says),
      cmocka_unit_test(a_share_of_the_calls_fails_while_it_is_said_to),
      cmocka_unit_test(in_an_outage_calls_meet_what_its_kind_says),
      cmocka_unit_test(overload_keeps_a_service_from_recovering),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
