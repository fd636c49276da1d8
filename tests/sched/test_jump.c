/* Clocks that jump: what became due all at once is spread. */
#include "fixture.h"
#include <stdlib.h>

enum { TOPICS = 400, JUMP = 60000 };

typedef struct crowd {
  again_kit kit;
  again_policy policy;
  again_scope topics[TOPICS];
  again_kit_op ops[TOPICS];
} crowd;

static void crowd_init(crowd *c, bool ordered) {
  c->policy = steady_policy;
  c->policy.pace_pct = 7;
  c->policy.total_in_flight = 50;
  c->policy.hold = (again_class_policy){
      {.base = 5000, .cap = 5000, .multiplier_pct = 100, .jitter = AGAIN_JITTER_NONE},
      0,
      AGAIN_NEVER};
  assert_int_equal(again_kit_init(&c->kit, &c->policy, NULL, 1000), 0);
  for (size_t i = 0; i < TOPICS; i++) {
    c->topics[i] = (again_scope){.name = "t", .kind = AGAIN_DAMAGE_TOPIC, .ordered = ordered};
    assert_int_equal(again_scope_init(&c->topics[i], c->kit.sched), 0);
  }
}

/* Attempts that begin in the `ms` after the clock has jumped by a minute from `now`. */
static uint32_t attempts_after_jump(crowd *c, again_ms now, again_ms ms) {
  again_kit_run(&c->kit, now);
  size_t before = c->kit.trace.count;
  c->kit.now = now + JUMP;
  again_kit_run(&c->kit, now + JUMP + ms);
  uint32_t begun = 0;
  for (size_t i = before; i < c->kit.trace.count; i++)
    begun += c->kit.trace.records[i].kind == AGAIN_EVENT_ATTEMPT;
  return begun;
}

static void crowd_play(const char *script, bool ordered) {
  crowd *c = test_calloc(1, sizeof *c);
  crowd_init(c, ordered);
  for (size_t i = 0; i < TOPICS; i++) {
    c->ops[i].script = script;
    assert_int_equal(again_kit_submit(&c->kit, &c->ops[i], &c->topics[i], AGAIN_NEVER), 0);
  }
  uint32_t begun = attempts_after_jump(c, 1100, 1000);
  assert_in_range(begun, 1, TOPICS / 4);
  again_kit_run(&c->kit, AGAIN_NEVER);
  for (size_t i = 0; i < TOPICS; i++)
    assert_int_equal(c->ops[i].result.reason, AGAIN_REASON_OK);
  again_kit_fini(&c->kit);
  test_free(c);
}

static void what_waits_for_its_backoff_is_spread(void **state) {
  (void)state;
  crowd_play("500 x3 +1ms, 200", false);
}

static void what_waits_for_a_pace_is_spread(void **state) {
  (void)state;
  crowd_play("429 x2 +1ms, 200", false);
}

static void what_waits_at_the_head_of_an_ordered_scope_is_spread(void **state) {
  (void)state;
  crowd_play("500 x3 +1ms, 200", true);
}

static void probes_of_held_scopes_are_spread(void **state) {
  (void)state;
  crowd *c = test_calloc(1, sizeof *c);
  crowd_init(c, false);
  for (size_t i = 0; i < TOPICS; i++) {
    again_scope_hold(&c->topics[i], 5000);
    c->ops[i].script = "200";
    assert_int_equal(again_kit_submit(&c->kit, &c->ops[i], &c->topics[i], AGAIN_NEVER), 0);
  }
  assert_in_range(attempts_after_jump(c, 1100, 1000), 1, TOPICS / 4);
  again_kit_run(&c->kit, AGAIN_NEVER);
  again_kit_fini(&c->kit);
  test_free(c);
}

static void the_last_moment_of_all_is_a_time_like_others(void **state) {
  (void)state;
  fixture f;
  again_kit_op op = OP(ERROR_500_IN(0), OK_IN(0));
  fixture_init(&f, &steady_policy, NULL);
  fixture_submit(&f, &op);
  again_sched_run(f.kit.sched, AGAIN_NEVER);
  again_sched_run(f.kit.sched, AGAIN_NEVER);
  assert_true(again_sched_stats(f.kit.sched).attempts >= 1);
  again_kit_fini(&f.kit);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_waits_for_its_backoff_is_spread),
      cmocka_unit_test(what_waits_for_a_pace_is_spread),
      cmocka_unit_test(what_waits_at_the_head_of_an_ordered_scope_is_spread),
      cmocka_unit_test(probes_of_held_scopes_are_spread),
      cmocka_unit_test(the_last_moment_of_all_is_a_time_like_others),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
