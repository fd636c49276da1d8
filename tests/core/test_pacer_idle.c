#include "support.h"
#include <again/pacer.h>

static const again_pacer_policy usual = {.refusals_permille = 70};
static const uint64_t middle = UINT64_C(1) << 63; /* of the random numbers */

/* 100 calls a second for a minute, all delivered; the time of the end. */
static again_ms busy(again_pacer *pacer, again_ms now) {
  for (again_ms end = now + 60000; now < end; now += 10) {
    again_pacer_sent(pacer, &usual, now, middle);
    again_pacer_success(pacer, &usual, now, 0, now);
  }
  return now;
}

static void a_backlog_begins_at_twice_what_was_delivered_of_late(void **state) {
  (void)state;
  again_pacer pacer = {0};
  again_ms now = busy(&pacer, 1000);
  uint64_t rate = again_pacer_rate(&pacer, now);
  assert_true(rate > 190000 && rate < 210000);
}

static void after_long_idleness_a_backlog_begins_slowly_again(void **state) {
  (void)state;
  again_pacer pacer = {0};
  again_ms now = busy(&pacer, 1000);
  uint64_t before = again_pacer_rate(&pacer, now);
  uint64_t minute = again_pacer_rate(&pacer, now + 60000);
  assert_true(minute < before / 2 && minute > before / 5); /* 1/e, and longer counted */
  assert_int_equal(again_pacer_rate(&pacer, now + 3600000), 2000);
}

static void a_burst_of_before_the_pacing_is_none_after_it(void **state) {
  (void)state;
  again_pacer pacer = {0};
  again_ms now = busy(&pacer, 1000);
  for (int i = 0; i < 2; i++) {
    again_pacer_sent(&pacer, &usual, now, middle);
    again_pacer_sent(&pacer, &usual, now, middle); /* before its time */
    again_pacer_refused(&pacer, &usual, now, 0, UINT32_MAX, now, middle);
    now += 20;
  }
  now = again_pacer_next(&pacer, &usual, 1000, now);
  while (again_pacer_state_of(&pacer) != AGAIN_PACER_PACED) { /* a call that kept to the rate */
    again_pacer_sent(&pacer, &usual, now, middle);
    again_pacer_refused(&pacer, &usual, now, 0, UINT32_MAX, now + 20, middle);
    now = again_pacer_next(&pacer, &usual, 1000, now + 20);
  }
  pacer.burst = true;
  while (again_pacer_state_of(&pacer) == AGAIN_PACER_PACED) {
    now = again_pacer_next(&pacer, &usual, 1000, now);
    again_pacer_sent(&pacer, &usual, now, middle);
    again_pacer_success(&pacer, &usual, now, 1000, now + 20);
    now += 20;
  }
  now = again_pacer_next(&pacer, &usual, 1000, now);
  again_pacer_sent(&pacer, &usual, now, middle);
  again_pacer_refused(&pacer, &usual, now, 0, UINT32_MAX, now + 20, middle);
  assert_int_equal(again_pacer_state_of(&pacer), AGAIN_PACER_PACED);
}

/* Refused at once and once more: r is 1/s and then .82/s. Where a backlog is behind it, it rests for a run of calls. */
static void a_call_that_is_alone_does_not_rest_for_a_run_of_many(void **state) {
  (void)state;
  static const struct {
    uint32_t waiting;
    again_ms first;
    again_ms second;
  } cases[] = {{1, 818, 2078}, {2, 5844, 13125}, {UINT32_MAX, 5844, 13125}};
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    again_pacer pacer = {0};
    again_ms now = 1000;
    again_pacer_sent(&pacer, &usual, now, middle);
    again_pacer_refused(&pacer, &usual, now, 0, cases[i].waiting, now, middle);
    again_ms next = again_pacer_next(&pacer, &usual, 1, now);
    assert_in_range(next - now, cases[i].first - 5, cases[i].first + 5);
    now = next;
    again_pacer_sent(&pacer, &usual, now, middle);
    again_pacer_refused(&pacer, &usual, now, 0, cases[i].waiting, now, middle);
    next = again_pacer_next(&pacer, &usual, 1, now);
    assert_in_range(next - now, cases[i].second - 60, cases[i].second + 60);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_backlog_begins_at_twice_what_was_delivered_of_late),
      cmocka_unit_test(after_long_idleness_a_backlog_begins_slowly_again),
      cmocka_unit_test(a_burst_of_before_the_pacing_is_none_after_it),
      cmocka_unit_test(a_call_that_is_alone_does_not_rest_for_a_run_of_many),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
