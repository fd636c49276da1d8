#include "plan.h"
#include "support.h"
#include <again/emulator.h>
#include <stdlib.h>

static const uint64_t sizes[] = {20, 100, 500, 5745, 20000, 1000000, 50000000};

static void every_trouble_comes_while_there_is_traffic(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT_OF(sizes); i++) {
    plan p;
    plan_make(&p, sizes[i]);
    for (int t = 0; t < TROUBLE_COUNT; t++)
      assert_true(p.troubles[t].from_ms < p.ideal_ms - 1000);
    /* The clock is right again for a while before the outage is over, and before the end. */
    const trouble *outage = &p.troubles[TROUBLE_OUTAGE];
    const trouble *clock = &p.troubles[TROUBLE_CLOCK];
    assert_true(clock->from_ms > outage->from_ms + outage->for_ms);
    assert_true(clock->from_ms + clock->for_ms <= p.ideal_ms);
  }
}

static void the_run_fits_in_half_a_minute_and_the_batches_in_their_limits(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT_OF(sizes); i++) {
    plan p;
    plan_make(&p, sizes[i]);
    assert_true(p.batch_lines >= 2 && p.batch_lines <= 10000);
    assert_true(p.quota > 0 && p.quota <= 50);
    assert_true(p.closed >= 1 && p.closed <= 200);
    if (sizes[i] <= 6000000) assert_in_range(p.ideal_ms, 12000, 30000);
  }
}

static void its_script_is_one_that_the_emulator_takes(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT_OF(sizes); i++) {
    plan p;
    plan_make(&p, sizes[i]);
    char *script = plan_script(&p);
    again_emulator_options options = {.script = script};
    again_emulator *emulator;
    char why[256];
    if (again_emulator_start(&options, &emulator, why, sizeof why) != 0) fail_msg("%s", why);
    assert_int_equal(again_emulator_stop(emulator), 0);
    free(script);
  }
}

static void a_trouble_is_on_from_its_begin_to_its_end(void **state) {
  (void)state;
  plan p;
  plan_make(&p, 5000);
  uint64_t from = p.troubles[TROUBLE_OUTAGE].from_ms;
  assert_false(plan_is_on(&p, TROUBLE_OUTAGE, from - 1));
  assert_true(plan_is_on(&p, TROUBLE_OUTAGE, from));
  assert_true(plan_is_on(&p, TROUBLE_OUTAGE, from + 4999));
  assert_false(plan_is_on(&p, TROUBLE_OUTAGE, from + 5000));
  assert_true(plan_is_on(&p, TROUBLE_QUOTA, 0));
  assert_true(plan_is_on(&p, TROUBLE_QUOTA, 1000000));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_trouble_comes_while_there_is_traffic),
      cmocka_unit_test(the_run_fits_in_half_a_minute_and_the_batches_in_their_limits),
      cmocka_unit_test(its_script_is_one_that_the_emulator_takes),
      cmocka_unit_test(a_trouble_is_on_from_its_begin_to_its_end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
