/* The pacer under a million random events. */
#include "support.h"
#include <again/pacer.h>
#include <string.h>

static const uint32_t backlog = 1000000;

static uint64_t random_time(again_random *random, again_ms now) {
  uint64_t bits = again_random_next(random);
  if (bits % 64 > 3) return again_ms_add(now, bits >> 6 & 63);
  again_ms ends[] = {again_ms_add(now, bits >> 20), again_random_next(random), AGAIN_NEVER, 0};
  return ends[bits % 64];
}

static void step_at_random(again_pacer *pacer, const again_pacer_policy *policy,
                           again_random *random, again_ms *now) {
  uint64_t bits = again_random_next(random);
  again_ms sent_at = *now > 20 ? *now - (bits >> 8 & 15) : 0;
  if ((bits >> 12 & 31) == 0) sent_at = again_random_next(random);
  uint64_t more = again_random_next(random);
  switch (bits % 8) {
  case 0:
    again_pacer_refused(pacer, policy, sent_at, more >> (bits >> 20 & 63), (uint32_t)more, *now,
                        more);
    break;
  case 1: again_pacer_failed(pacer, policy, sent_at, *now, more); break;
  case 2: again_pacer_network_changed(pacer, policy, *now, more); break;
  case 3:
  case 4: again_pacer_sent(pacer, policy, *now, more); break;
  default: again_pacer_success(pacer, policy, sent_at, (uint32_t)more, *now); break;
  }
  if (*now == AGAIN_NEVER || (bits >> 40 & 1023) == 0) *now = 0;
  *now = random_time(random, *now);
}

static void whatever_happens_the_rate_stays_in_bounds_and_a_start_is_in_sight(void **state) {
  (void)state;
  static const uint32_t dials[] = {70, 1, 10, 500, UINT32_MAX};
  for (size_t dial = 0; dial < COUNT_OF(dials); dial++) {
    again_pacer_policy policy = {.refusals_permille = dials[dial]};
    again_random random = {.state = 42 + dial};
    again_pacer pacer = {0};
    again_ms now = 0;
    for (int i = 0; i < 200000; i++) {
      step_at_random(&pacer, &policy, &random, &now);
      uint64_t rate = again_pacer_rate(&pacer, now);
      assert_true(rate >= 100 && rate <= 10000000);
      assert_true(pacer.rate >= -72509921 && pacer.rate <= 206153605);
      assert_true(again_pacer_state_of(&pacer) <= AGAIN_PACER_DOWN);
      again_ms at = again_pacer_next(&pacer, &policy, backlog, now);
      assert_true(at >= now && (at < AGAIN_NEVER || now == AGAIN_NEVER));
      assert_true(pacer.next_ns < 1000000);
    }
  }
}

static void the_same_inputs_give_the_same_state(void **state) {
  (void)state;
  again_pacer pacers[2];
  memset(pacers, 0, sizeof pacers); /* the padding, too */
  for (int i = 0; i < 2; i++) {
    again_random random = {.state = 7};
    again_ms now = 0;
    for (int k = 0; k < 10000; k++)
      step_at_random(&pacers[i], &(again_pacer_policy){.refusals_permille = 70}, &random, &now);
  }
  assert_memory_equal(&pacers[0], &pacers[1], sizeof pacers[0]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(whatever_happens_the_rate_stays_in_bounds_and_a_start_is_in_sight),
      cmocka_unit_test(the_same_inputs_give_the_same_state),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
