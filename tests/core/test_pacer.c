#include "support.h"
#include <again/pacer.h>

static const again_pacer_policy usual = {.refusals_permille = 70};
static const uint64_t middle = UINT64_C(1) << 63; /* of the random numbers */
static const uint32_t backlog = 1000000;

static void sent(again_pacer *pacer, again_ms now) {
  again_pacer_sent(pacer, &usual, now, middle);
}

static bool success(again_pacer *pacer, again_ms sent_at, uint32_t waiting, again_ms now) {
  return again_pacer_success(pacer, &usual, sent_at, waiting, now);
}

static bool refused(again_pacer *pacer, again_ms sent_at, again_ms hint, again_ms now) {
  return again_pacer_refused(pacer, &usual, sent_at, hint, UINT32_MAX, now, middle);
}

static void fails(again_pacer *pacer, again_ms now) {
  again_pacer_failed(pacer, &usual, now, now, middle);
}

static again_ms next(const again_pacer *pacer, uint32_t waiting, again_ms now) {
  return again_pacer_next(pacer, &usual, waiting, now);
}

/* One call at its time, answered after 20 ms; the time of the answer. */
static again_ms deliver(again_pacer *pacer, again_ms now, uint32_t waiting) {
  again_ms at = next(pacer, waiting, now);
  sent(pacer, at);
  success(pacer, at, waiting, at + 20);
  return at + 20;
}

/* PACED at about half of `rate`, after one refusal at the time returned. */
static again_ms paced_at(again_pacer *pacer, uint32_t rate) {
  *pacer = (again_pacer){.state = AGAIN_PACER_FREE};
  again_ms now = 1000;
  while (again_pacer_rate(pacer, now) < rate * UINT64_C(1000))
    now = deliver(pacer, now, backlog);
  refused(pacer, now, 0, now + 20);
  assert_int_equal(again_pacer_state_of(pacer), AGAIN_PACER_PACED);
  return now + 20;
}

static void until_a_refusal_nothing_is_delayed(void **state) {
  (void)state;
  again_pacer pacer = {0};
  for (again_ms now = 0; now < 60000; now++) { /* up to 16 each millisecond */
    for (uint32_t waiting = (uint32_t)(now * 7 % 17); waiting > 0; waiting--) {
      assert_true(next(&pacer, waiting, now) == now);
      sent(&pacer, now);
    }
    if (now >= 20) success(&pacer, now - 20, 3, now);
    assert_int_equal(again_pacer_state_of(&pacer), AGAIN_PACER_FREE);
  }
}

static void without_a_share_of_refusals_there_is_no_pacing(void **state) {
  (void)state;
  again_pacer_policy off = {.refusals_permille = 0};
  again_pacer pacer = {0};
  again_pacer untouched = {0};
  again_pacer_sent(&pacer, &off, 0, middle);
  again_pacer_refused(&pacer, &off, 0, 1000, UINT32_MAX, 20, middle);
  again_pacer_failed(&pacer, &off, 0, 30, middle);
  assert_true(again_pacer_next(&pacer, &off, backlog, 40) == 40);
  assert_memory_equal(&pacer, &untouched, sizeof pacer);
}

static void a_backlog_starts_at_two_per_second_and_grows_by_half_each_round_trip(void **state) {
  (void)state;
  again_pacer pacer = {0};
  assert_true(next(&pacer, backlog, 100) == 100);
  sent(&pacer, 100);
  assert_true(next(&pacer, backlog, 101) == 600);
  assert_int_equal(again_pacer_rate(&pacer, 101), 2000);
  success(&pacer, 100, backlog, 120);
  assert_in_range(again_pacer_rate(&pacer, 120), 2999, 3001);
  int32_t rate = pacer.rate;
  success(&pacer, 100, backlog, 130); /* sent before the rate was raised */
  assert_int_equal(pacer.rate, rate);
}

static void what_five_seconds_deliver_is_no_reason_to_go_faster(void **state) {
  (void)state;
  again_pacer pacer = {0};
  again_ms now = 0;
  for (int i = 0; i < 100; i++)
    now = deliver(&pacer, now, 60);
  assert_in_range(again_pacer_rate(&pacer, now), 12000, 60000);
  for (int i = 0; i < 100; i++)
    now = deliver(&pacer, now, backlog);
  assert_in_range(again_pacer_rate(&pacer, now), 9999000, 10000000);
}

static void the_first_refusal_halves_the_rate(void **state) {
  (void)state;
  again_pacer pacer = {0};
  sent(&pacer, 0);
  refused(&pacer, 0, 0, 20);
  assert_int_equal(again_pacer_state_of(&pacer), AGAIN_PACER_PACED);
  assert_in_range(again_pacer_rate(&pacer, 20), 999, 1000);
  assert_true(next(&pacer, 1, 20) > 20);
}

static void a_further_refusal_lowers_it_by_a_little_more_than_a_fifth(void **state) {
  (void)state;
  again_pacer pacer;
  again_ms now = paced_at(&pacer, 1000);
  now = deliver(&pacer, now, 0); /* a success, so that it is not the same event */
  uint64_t before = again_pacer_rate(&pacer, now);
  refused(&pacer, now, 0, now + 20);
  assert_in_range(again_pacer_rate(&pacer, now), before * 77 / 100, before * 79 / 100);
}

static void old_refusals_do_not_lower_it_again(void **state) {
  (void)state;
  again_pacer pacer;
  again_ms now = paced_at(&pacer, 1000);
  uint64_t before = again_pacer_rate(&pacer, now);
  again_ms start = next(&pacer, 1, now);
  for (again_ms ago = 0; ago < 20; ago++)
    refused(&pacer, now - ago, 5000, now + 1);
  assert_int_equal(again_pacer_rate(&pacer, now), before);
  assert_true(next(&pacer, 1, now + 1) <= (start > now + 1 ? start : now + 1));
}

/* Successes behind a backlog until the rate has grown to `rate`; how many. */
static uint32_t successes_to(again_pacer *pacer, again_ms *now, uint64_t rate) {
  uint32_t count = 0;
  for (; again_pacer_rate(pacer, *now) < rate && count < 10000; count++)
    *now = deliver(pacer, *now, backlog);
  return count;
}

static void the_rate_is_back_after_an_expected_run(void **state) {
  (void)state;
  static const struct {
    uint32_t from;
    double run; /* (1 / 0.07) * r^0.6 at half of that */
  } rows[] = {{2, 14.3}, {20, 57}, {200, 226}, {2000, 901}};
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    again_pacer pacer;
    again_ms now = paced_at(&pacer, rows[i].from);
    now = deliver(&pacer, now, 0);
    uint64_t before = again_pacer_rate(&pacer, now);
    refused(&pacer, now, 0, now + 1);
    double count = successes_to(&pacer, &now, before);
    assert_true(count > 0.5 * rows[i].run &&
                count < 1.6 * rows[i].run); /* it began beyond `from` */
    /* In the second run it goes on twice as fast. */
    double more = successes_to(&pacer, &now, before * 125 / 100);
    assert_true(more < 0.95 * count + 2);
  }
}

static void a_long_run_counts_for_nothing_once_a_call_is_refused(void **state) {
  (void)state;
  again_pacer pacer;
  again_ms now = paced_at(&pacer, 20);
  for (int i = 0; i < 200; i++)
    now = deliver(&pacer, now, 0);
  refused(&pacer, now, 0, now + 20);
  uint64_t before = again_pacer_rate(&pacer, now);
  now = deliver(&pacer, now + 20, backlog);
  assert_true(again_pacer_rate(&pacer, now) < before * 102 / 100);
}

static void many_refusals_at_once_delay_the_climb(void **state) {
  (void)state;
  again_pacer pacers[2];
  uint32_t counts[2];
  for (int i = 0; i < 2; i++) {
    again_ms now = paced_at(&pacers[i], 100);
    uint64_t before = again_pacer_rate(&pacers[i], now);
    for (int k = 0; k < 18 * i; k++) /* of calls that were on their way: a whole run's worth */
      refused(&pacers[i], now - 10, 0, now);
    counts[i] = successes_to(&pacers[i], &now, before * 128 / 100);
  }
  assert_in_range(counts[1], counts[0] * 14 / 10, counts[0] * 2);
}

static void one_success_raises_it_by_one_step_at_most(void **state) {
  (void)state;
  again_pacer_policy eager = {.refusals_permille = 500};
  again_pacer pacer = {0};
  again_pacer_refused(&pacer, &eager, 0, 0, UINT32_MAX, 20, middle);
  for (again_ms now = 1000; again_pacer_state_of(&pacer) == AGAIN_PACER_PACED; now += 1000) {
    int32_t before = pacer.rate;
    again_pacer_success(&pacer, &eager, now, backlog, now + 20);
    assert_in_range(pacer.rate - before, 0, 6051102); /* 2^(6051102 / 2^24) = e^0.25 */
  }
}

static void the_rate_has_a_floor_and_a_ceiling(void **state) {
  (void)state;
  again_pacer pacer = {0};
  again_ms now = 0;
  for (int i = 0; i < 100; i++, now += 100000)
    refused(&pacer, now, 0, now + 1);
  assert_int_equal(again_pacer_rate(&pacer, now), 100);
  int32_t floor = pacer.rate;
  refused(&pacer, now, 0, now + 1);
  assert_int_equal(pacer.rate, floor);
  now = paced_at(&pacer, 9000);
  for (int i = 0; i < 100000 && again_pacer_state_of(&pacer) == AGAIN_PACER_PACED; i++)
    now = deliver(&pacer, now, backlog);
  assert_in_range(again_pacer_rate(&pacer, now), 9999000, 10000000);
  assert_in_range(pacer.rate, 0, 206153605);
}

static void without_a_backlog_it_does_not_rise(void **state) {
  (void)state;
  again_pacer pacer;
  again_ms now = paced_at(&pacer, 100);
  uint64_t before = again_pacer_rate(&pacer, now);
  for (int i = 0; i < 100; i++)
    now = deliver(&pacer, now, 3);
  assert_int_equal(again_pacer_rate(&pacer, now), before);
}

static void long_quiet_sets_it_free(void **state) {
  (void)state;
  again_pacer pacer;
  again_ms now = paced_at(&pacer, 2);
  int count = 0;
  for (; again_pacer_state_of(&pacer) == AGAIN_PACER_PACED && count < 1000; count++)
    now = deliver(&pacer, now, 0);
  assert_in_range(count, 8 * 14, 8 * 15 + 2);
  assert_true(next(&pacer, 16, now) == now);
}

static void after_a_refusal_the_next_call_goes_alone(void **state) {
  (void)state;
  again_pacer pacer;
  again_ms now = paced_at(&pacer, 1000);
  again_ms alone = next(&pacer, backlog, now);
  sent(&pacer, alone);
  assert_true(next(&pacer, backlog, alone) == alone + 40); /* two of the last round trip */
  success(&pacer, alone, backlog, alone + 15);
  assert_true(next(&pacer, backlog, alone + 15) == alone + 15);
}

static void a_hint_holds_the_scope_from_the_second_time_on(void **state) {
  (void)state;
  again_pacer pacer = {0};
  sent(&pacer, 0);
  refused(&pacer, 0, 60000, 20);
  again_ms at = next(&pacer, 1, 20);
  assert_true(at < 20020);
  sent(&pacer, at);
  refused(&pacer, at, 60000, at + 20);
  assert_true(next(&pacer, 1, at + 20) == at + 20 + 60000);
  at += 60020;
  at = deliver(&pacer, at, 1); /* a success: it is overshoot again, not a closed door */
  refused(&pacer, at, 60000, at + 20);
  assert_true(next(&pacer, 1, at + 20) < at + 60000);
}

static void ten_thousand_per_second_are_ten_in_a_millisecond(void **state) {
  (void)state;
  again_pacer pacer;
  paced_at(&pacer, 9000);
  pacer.rate = 206153605; /* 10,000/s */
  pacer.alone_ns = 0;
  again_ms now = 10000000;
  uint32_t count = 0;
  for (; next(&pacer, backlog, now) <= now; count++)
    sent(&pacer, now);
  assert_in_range(count, 95, 115); /* what was not used before is no right to a burst, but 10 ms */
  count = 0;
  for (again_ms end = now + 1000; now < end; now++) {
    for (; next(&pacer, backlog, now) <= now; count++)
      sent(&pacer, now);
  }
  assert_in_range(count, 9990, 10010);
  count = 0;
  for (again_ms end = now + 1000; now < end; now += 7) { /* a busy loop keeps the rate */
    for (; next(&pacer, backlog, now) <= now; count++)
      sent(&pacer, now);
  }
  assert_in_range(count, 9900, 10100);
}

static void a_clock_that_stands_still_lets_nothing_run_away(void **state) {
  (void)state;
  again_pacer pacer;
  again_ms now = paced_at(&pacer, 100);
  for (int count = 0; next(&pacer, backlog, now) <= now; count++) {
    assert_true(count < 5);
    sent(&pacer, now);
    success(&pacer, now, backlog, now);
  }
}

/* Ten deliveries a second for a minute, then an outage; the time at which it was noticed. */
static again_ms goes_down(again_pacer *pacer) {
  *pacer = (again_pacer){.state = AGAIN_PACER_FREE};
  again_ms now = 0;
  for (; now < 60000; now += 100) {
    sent(pacer, now);
    success(pacer, now, 1, now + 20);
  }
  fails(pacer, now);
  fails(pacer, now + 249);
  assert_int_equal(again_pacer_state_of(pacer), AGAIN_PACER_FREE);
  fails(pacer, now + 250);
  assert_int_equal(again_pacer_state_of(pacer), AGAIN_PACER_DOWN);
  return now + 250;
}

static void the_breaker_opens_after_two_failures_and_a_quarter_second_of_silence(void **state) {
  (void)state;
  again_pacer pacer;
  goes_down(&pacer);
  again_pacer other = {0};
  fails(&other, 0);
  success(&other, 200, 1, 240); /* any answer counts, a refusal too */
  fails(&other, 300);
  again_pacer_failed(&other, &usual, 239, 700, middle); /* a call from before the answer */
  assert_int_equal(again_pacer_state_of(&other), AGAIN_PACER_FREE);
  fails(&other, 701);
  assert_int_equal(again_pacer_state_of(&other), AGAIN_PACER_DOWN);
}

static void probes_are_as_far_apart_as_the_outage_is_long_within_bounds(void **state) {
  (void)state;
  again_pacer pacer;
  again_ms down = goes_down(&pacer);
  again_random random = {.state = 3};
  uint32_t probes = 0;
  for (again_ms at = next(&pacer, 1, down); at < down + 60000; probes++) {
    again_pacer_sent(&pacer, &usual, at, again_random_next(&random));
    again_pacer_failed(&pacer, &usual, at, at + 5, 0);
    again_ms gap = next(&pacer, 1, at) - at;
    assert_in_range(gap, 250, 3150); /* 20 normal intervals of 100 ms, half as much more */
    if (at - down < 1000) assert_true(gap <= 250 + (at - down) * 3 / 2);
    at = next(&pacer, 1, at);
  }
  assert_in_range(probes, 25, 45);
}

static void the_first_answer_ends_the_outage_at_the_normal_rate(void **state) {
  (void)state;
  again_pacer pacer;
  again_ms down = goes_down(&pacer);
  again_ms up = down + 3600000;
  sent(&pacer, up);
  assert_true(success(&pacer, up, backlog, up + 20));
  assert_int_equal(again_pacer_state_of(&pacer), AGAIN_PACER_FREE);
  assert_in_range(again_pacer_rate(&pacer, up + 20), 17000, 21000); /* twice 10/s, an hour later */
  assert_false(success(&pacer, up, backlog, up + 21));
  goes_down(&pacer);
  assert_true(refused(&pacer, up, 0, up)); /* a refusal is an answer */
  assert_int_equal(again_pacer_state_of(&pacer), AGAIN_PACER_PACED);
}

static void a_new_network_is_tried_within_one_normal_interval(void **state) {
  (void)state;
  again_pacer pacer;
  again_ms now = goes_down(&pacer) + 60000;
  sent(&pacer, now);
  assert_true(next(&pacer, 1, now) > now + 1000);
  again_pacer_network_changed(&pacer, &usual, now, UINT64_MAX);
  assert_true(next(&pacer, 1, now) == now + 250);
  again_pacer_network_changed(&pacer, &usual, now + 1, UINT64_MAX); /* only ever earlier */
  assert_true(next(&pacer, 1, now + 1) == now + 250);
  again_pacer_network_changed(&pacer, &usual, now, 0);
  assert_true(next(&pacer, 1, now) == now);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(until_a_refusal_nothing_is_delayed),
      cmocka_unit_test(without_a_share_of_refusals_there_is_no_pacing),
      cmocka_unit_test(a_backlog_starts_at_two_per_second_and_grows_by_half_each_round_trip),
      cmocka_unit_test(what_five_seconds_deliver_is_no_reason_to_go_faster),
      cmocka_unit_test(the_first_refusal_halves_the_rate),
      cmocka_unit_test(a_further_refusal_lowers_it_by_a_little_more_than_a_fifth),
      cmocka_unit_test(old_refusals_do_not_lower_it_again),
      cmocka_unit_test(the_rate_is_back_after_an_expected_run),
      cmocka_unit_test(a_long_run_counts_for_nothing_once_a_call_is_refused),
      cmocka_unit_test(many_refusals_at_once_delay_the_climb),
      cmocka_unit_test(one_success_raises_it_by_one_step_at_most),
      cmocka_unit_test(the_rate_has_a_floor_and_a_ceiling),
      cmocka_unit_test(without_a_backlog_it_does_not_rise),
      cmocka_unit_test(long_quiet_sets_it_free),
      cmocka_unit_test(after_a_refusal_the_next_call_goes_alone),
      cmocka_unit_test(a_hint_holds_the_scope_from_the_second_time_on),
      cmocka_unit_test(ten_thousand_per_second_are_ten_in_a_millisecond),
      cmocka_unit_test(a_clock_that_stands_still_lets_nothing_run_away),
      cmocka_unit_test(the_breaker_opens_after_two_failures_and_a_quarter_second_of_silence),
      cmocka_unit_test(probes_are_as_far_apart_as_the_outage_is_long_within_bounds),
      cmocka_unit_test(the_first_answer_ends_the_outage_at_the_normal_rate),
      cmocka_unit_test(a_new_network_is_tried_within_one_normal_interval),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
