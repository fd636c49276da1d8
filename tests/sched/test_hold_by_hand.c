#include "house.h"

static void requests_of_a_programs_own_are_held_and_probe_at_growing_intervals(void **state) {
  (void)state;
  house h;
  house_init(&h);
  again_outcome closed = {.status = 400, .code = "TopicClosed"};
  again_ms now = 1000;
  again_ms before = 0;
  for (int i = 0; i < 6; i++) {
    again_scope_began(&h.topic, now);
    again_scope_ended(&h.topic, &closed, now, now + 5);
    again_ms next = again_scope_when(&h.topic, now + 5);
    assert_true(again_scope_held(&h.topic));
    assert_true(next - now > before || next - now >= h.policy.hold.backoff.cap);
    assert_true(next > now + 5);
    before = next - now;
    now = next;
  }
  again_kit_fini(&h.kit);
}

static void a_hold_by_hand_is_not_ended_by_a_probe_that_flies(void **state) {
  (void)state;
  house h;
  house_init(&h);
  again_kit_op op = OP(CLOSED_IN(10), OK_IN(500));
  house_submit(&h, &op, &h.topic);
  again_kit_run(&h.kit, 2100); /* the probe is under way */
  assert_int_equal(op.attempts, 2);
  again_scope_hold(&h.topic, AGAIN_NEVER);
  again_kit_run(&h.kit, 10000);
  assert_int_equal(op.result.reason, AGAIN_REASON_OK);
  assert_true(again_scope_held(&h.topic));
  again_kit_fini(&h.kit);
}

static void a_scope_held_by_hand_sends_again_when_it_is_resumed(void **state) {
  (void)state;
  house h;
  house_init(&h);
  again_scope_hold(&h.account, AGAIN_NEVER);
  assert_string_equal(h.last, "account is held: by hand");
  again_kit_op op = OP(OK_IN(10));
  house_submit(&h, &op, &h.topic);
  again_kit_run(&h.kit, 90000);
  assert_int_equal(op.attempts, 0);
  again_scope_resume(&h.account);
  again_kit_run(&h.kit, AGAIN_NEVER);
  assert_int_equal(op.attempt_at[0], 90000);
  assert_int_equal(h.resumed, 1);
  again_scope_resume(&h.account); /* nothing is held: nothing is told */
  assert_int_equal(h.resumed, 1);

  again_scope_hold(&h.account, 95000);
  again_kit_op probe = OP(OK_IN(10));
  house_submit(&h, &probe, &h.topic);
  again_kit_run(&h.kit, AGAIN_NEVER);
  assert_int_equal(probe.attempt_at[0], 95000);
  assert_int_equal(h.resumed, 2);
  again_kit_fini(&h.kit);
}

static void a_request_that_began_before_a_hold_does_not_end_it(void **state) {
  (void)state;
  house h;
  house_init(&h);
  const again_outcome closed = {.status = 400, .code = "TopicClosed"};
  const again_outcome fine = {.status = 200};
  again_scope_began(&h.topic, 1000);
  again_scope_began(&h.topic, 1000);
  again_scope_ended(&h.topic, &closed, 1000, 1010);
  assert_true(again_scope_held(&h.topic));
  again_scope_ended(&h.topic, &fine, 1000, 1020);
  assert_true(again_scope_held(&h.topic));
  again_scope_began(&h.topic, 2010); /* the probe */
  again_scope_ended(&h.topic, &fine, 2010, 2020);
  assert_false(again_scope_held(&h.topic));

  again_scope_began(&h.topic, 2030);
  again_scope_hold(&h.topic, 2000); /* by hand, and probed at once */
  again_scope_began(&h.topic, 2040);
  again_scope_ended(&h.topic, &fine, 2030, 2050);
  assert_true(again_scope_held(&h.topic));
  again_scope_ended(&h.topic, &fine, 2040, 2050);
  assert_false(again_scope_held(&h.topic));
  again_kit_fini(&h.kit);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(requests_of_a_programs_own_are_held_and_probe_at_growing_intervals),
      cmocka_unit_test(a_hold_by_hand_is_not_ended_by_a_probe_that_flies),
      cmocka_unit_test(a_scope_held_by_hand_sends_again_when_it_is_resumed),
      cmocka_unit_test(a_request_that_began_before_a_hold_does_not_end_it),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
