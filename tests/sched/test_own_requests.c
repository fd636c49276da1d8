/* Requests that a program makes itself, between again_scope_began and again_scope_ended. */
#include "fixture.h"

static const again_outcome fine = {.status = 200, .effect = AGAIN_EFFECT_APPLIED};

static void a_scheduler_is_not_freed_while_one_is_under_way(void **state) {
  (void)state;
  again_sched *sched;
  again_scope scope = {.name = "s"};
  assert_int_equal(again_sched_new(&(again_sched_options){.policy = &steady_policy}, 1000, &sched),
                   0);
  assert_int_equal(again_scope_init(&scope, sched), 0);
  again_scope_began(&scope, 1000);
  assert_int_equal(again_sched_free(sched), AGAIN_ESTATE);
  assert_int_equal(again_scope_fini(&scope), AGAIN_ESTATE);
  again_scope_ended(&scope, &fine, 1000, 1010);
  assert_int_equal(again_sched_free(sched), 0);
}

static void closing_does_not_wait_for_its_end(void **state) {
  (void)state;
  again_sched *sched;
  again_scope above = {.name = "above"};
  again_scope scope = {.name = "s", .parent = &above};
  assert_int_equal(again_sched_new(&(again_sched_options){.policy = &steady_policy}, 1000, &sched),
                   0);
  assert_int_equal(again_scope_init(&above, sched), 0);
  assert_int_equal(again_scope_init(&scope, sched), 0);
  again_scope_began(&scope, 1000);
  again_sched_close(sched);
  again_sched_run(sched, 1010);
  assert_int_equal(again_sched_free(sched), 0);
}

static void an_end_that_is_told_twice_counts_once(void **state) {
  (void)state;
  fixture f;
  fixture_init(&f, &steady_policy, NULL);
  again_scope_ended(&f.scope, &fine, 1000, 1000); /* nothing had begun */
  again_scope_began(&f.scope, 1000);
  again_scope_ended(&f.scope, &fine, 1000, 1010);
  again_scope_ended(&f.scope, &fine, 1000, 1010);
  assert_true(again_scope_when(&f.scope, 1010) == 1010);
  assert_int_equal(again_scope_fini(&f.scope), 0);
  again_kit_fini(&f.kit);
}

/* A minute of refused connections: who asks the gate each time makes a few probes, not thousands. */
static void an_outage_lets_single_probes_through(void **state) {
  (void)state;
  again_policy paced = steady_policy;
  paced.pace_pct = 7;
  fixture f;
  fixture_init(&f, &paced, NULL);
  static const again_outcome refused = {.fault = AGAIN_FAULT_CONNECT,
                                        .effect = AGAIN_EFFECT_NOT_APPLIED};
  unsigned made = 0;
  for (again_ms now = 1000; now < 61000; now += 10) {
    if (again_scope_when(&f.scope, now) > now) continue;
    again_scope_began(&f.scope, now);
    again_scope_ended(&f.scope, &refused, now, now + 10);
    made++;
  }
  assert_in_range(made, 10, 100);
  again_kit_fini(&f.kit);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_scheduler_is_not_freed_while_one_is_under_way),
      cmocka_unit_test(closing_does_not_wait_for_its_end),
      cmocka_unit_test(an_end_that_is_told_twice_counts_once),
      cmocka_unit_test(an_outage_lets_single_probes_through),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
