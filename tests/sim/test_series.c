#include "sim/series.h"
#include "support.h"
#include <math.h>

static void what_happens_is_counted_in_its_step_and_nothing_is_lost_when_steps_merge(void **state) {
  (void)state;
  again_sim_record record;
  static again_sim_series series;
  assert_int_equal(again_sim_record_open(&record), 0);
  for (int second = 0; second < 1000; second++) {
    again_sim_step *step = again_sim_record_at(&record, second);
    step->accepted += 10;
    step->refused += 2;
    step->failed += 1;
    step->waiting = second;
  }
  again_sim_record_write(&record, &series);
  assert_true(series.count > AGAIN_SIM_STEPS / 2 && series.count <= AGAIN_SIM_STEPS);
  double accepted = 0, refused = 0, failed = 0;
  for (size_t i = 0; i < series.count; i++) {
    accepted += series.accepted[i] * series.step_s;
    refused += series.refused[i] * series.step_s;
    failed += series.failed[i] * series.step_s;
    assert_true(fabs(series.at[i] - ((double)i + 0.5) * series.step_s) < 1e-9);
    assert_true(fabs(series.waiting[i] - series.at[i]) <= series.step_s); /* at its end */
  }
  assert_true(fabs(accepted - 10000) < 1e-6);
  assert_true(fabs(refused - 2000) < 1e-6);
  assert_true(fabs(failed - 1000) < 1e-6);
  again_sim_record_close(&record);
}

static void gauges_hold_until_they_change(void **state) {
  (void)state;
  again_sim_record record;
  static again_sim_series series;
  assert_int_equal(again_sim_record_open(&record), 0);
  again_sim_record_at(&record, 0)->quota = 50;
  again_sim_record_at(&record, 5)->quota = 20; /* nothing in between */
  again_sim_record_write(&record, &series);
  assert_true(series.quota[0] == 50 && series.quota[series.count - 2] == 50);
  assert_true(series.quota[series.count - 1] == 20);
  again_sim_record_close(&record);
}

static void delays_are_within_a_tenth_of_what_they_were(void **state) {
  (void)state;
  again_sim_record record;
  static again_sim_series series;
  for (double delay = 0.004; delay < 4000; delay *= 1.7) {
    assert_int_equal(again_sim_record_open(&record), 0);
    again_sim_step *step = again_sim_record_at(&record, 0);
    for (int i = 0; i < 99; i++)
      again_sim_step_delay(step, delay);
    again_sim_step_delay(step, 100 * delay);
    again_sim_record_write(&record, &series);
    assert_true(fabs(series.p50_s[0] / delay - 1) < 0.1);
    assert_true(fabs(series.p99_s[0] / delay - 1) < 0.1);
    again_sim_record_close(&record);
  }
  assert_int_equal(again_sim_record_open(&record), 0);
  again_sim_record_at(&record, 0);
  again_sim_record_write(&record, &series);
  assert_true(isnan(series.p50_s[0])); /* nothing was delivered */
  again_sim_record_close(&record);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_happens_is_counted_in_its_step_and_nothing_is_lost_when_steps_merge),
      cmocka_unit_test(gauges_hold_until_they_change),
      cmocka_unit_test(delays_are_within_a_tenth_of_what_they_were),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
