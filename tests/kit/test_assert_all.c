#include "fixture.h"

enum { OPS = 6 };

typedef struct crowd {
  fixture f;
  again_kit_op ops[OPS];
} crowd;

/* Six operations with the same script, two at a time. */
static void crowd_play(crowd *c, const char *script, again_ms until) {
  *c = (crowd){0};
  fixture_init(&c->f, &kit_policy);
  for (size_t i = 0; i < OPS; i++) {
    c->ops[i].script = script;
    assert_int_equal(again_kit_submit(&c->f.kit, &c->ops[i], NULL, AGAIN_NEVER), 0);
  }
  again_kit_run(&c->f.kit, until);
}

static void the_rate_is_that_of_any_period(void **state) {
  (void)state;
  static crowd c;
  crowd_play(&c, "200 +10ms", AGAIN_NEVER); /* attempts at 0, 0, 10, 10, 20, 20 */
  assert_true(again_kit_assert_rate_never_above(&c.f.kit, 6, 1000));
  assert_true(again_kit_assert_rate_never_above(&c.f.kit, 2, 10)); /* from 0 to 9 ms */
  assert_true(again_kit_assert_rate_never_above(&c.f.kit, 4, 20));
  assert_true(again_kit_assert_rate_never_above(&c.f.kit, 2, 0));
  assert_int_equal(c.f.caught.count, 0);
  assert_false(again_kit_assert_rate_never_above(&c.f.kit, 3, 20));
  assert_caught(&c.f, "4 attempts began from 0 ms to 10 ms: more than 3 in 20 ms");
  assert_false(again_kit_assert_rate_never_above(&c.f.kit, 2, 11));
  assert_caught(&c.f, "3 attempts began from 0 ms to 10 ms: more than 2 in 11 ms");
  assert_false(again_kit_assert_rate_never_above(&c.f.kit, 1, 0));
  assert_caught(&c.f, "2 attempts began from 0 ms to 0 ms: more than 1 in 1 ms");
  fixture_fini(&c.f);
}

static void the_words_end_where_the_rate_is_exceeded(void **state) {
  (void)state;
  static crowd c;
  crowd_play(&c, "200 +10ms", AGAIN_NEVER);
  again_kit_assert_rate_never_above(&c.f.kit, 2, 11);
  assert_string_equal(c.f.caught.text, "3 attempts began from 0 ms to 10 ms: more than 2 in 11 ms\n"
                                       "  operation        |0ms            |16ms\n"
                                       "      1 kit        ==========S\n"
                                       "      2 kit        ==========S\n"
                                       "      3 kit        ..........==========S\n"
                                       "      4 kit        ..........==========S\n"
                                       "      5 kit        ....................==========S\n"
                                       "      6 kit        ....................==========S\n"
                                       "  = under way  . waiting  R retryable  T throttled  A auth "
                                       " F fatal, held  2-9 so many failures\n"
                                       "  S delivered  X surfaced  one column: 1 ms\n"
                                       "         0ms  operation 1: attempt 1 begins\n"
                                       "         0ms  operation 2: attempt 1 begins\n"
                                       "        10ms  operation 1: ok 200 (attempt 1): delivered\n"
                                       "        10ms  operation 2: ok 200 (attempt 1): delivered\n"
                                       "        10ms  operation 3: attempt 1 begins\n");
  c.f.caught.count = 0;
  fixture_fini(&c.f);
}

static void what_is_under_way_is_counted(void **state) {
  (void)state;
  static crowd c;
  crowd_play(&c, "503 +10ms, 200 +10ms", AGAIN_NEVER);
  assert_true(again_kit_assert_in_flight_never_above(&c.f.kit, 2));
  assert_int_equal(c.f.caught.count, 0);
  assert_false(again_kit_assert_in_flight_never_above(&c.f.kit, 1));
  assert_caught(&c.f, "2 attempts were under way at 0 ms: more than 1");
  fixture_fini(&c.f);
}

/* Their ends are told after the others have begun. */
static void attempts_that_take_no_time_are_never_under_way_together(void **state) {
  (void)state;
  static crowd c;
  crowd_play(&c, "503, 200", AGAIN_NEVER);
  assert_true(again_kit_assert_in_flight_never_above(&c.f.kit, 1));
  assert_int_equal(c.f.caught.count, 0);
  assert_false(again_kit_assert_in_flight_never_above(&c.f.kit, 0));
  assert_caught(&c.f, "1 attempts were under way at 0 ms: more than 0");
  fixture_fini(&c.f);
}

/* As on a real loop with much to do. */
static void an_attempt_is_over_when_it_has_ended_not_when_it_is_told(void **state) {
  (void)state;
  static crowd c;
  crowd_play(&c, "200 +10ms", AGAIN_NEVER);
  for (size_t i = 0; i < c.f.kit.trace.count; i++) {
    again_kit_record *record = &c.f.kit.trace.records[i];
    if (record->kind == AGAIN_EVENT_DELIVERED) record->now += 7;
  }
  assert_true(again_kit_assert_in_flight_never_above(&c.f.kit, 2));
  assert_int_equal(c.f.caught.count, 0);
  fixture_fini(&c.f);
}

static void what_has_not_ended_is_under_way(void **state) {
  (void)state;
  static crowd c;
  crowd_play(&c, "200 +10ms", 15);
  assert_true(again_kit_assert_in_flight_never_above(&c.f.kit, 2));
  assert_int_equal(c.f.caught.count, 0);
  fixture_fini(&c.f);
  crowd_play(&c, "503 +1s", 10);
  assert_false(again_kit_assert_in_flight_never_above(&c.f.kit, 1));
  assert_caught(&c.f, "2 attempts were under way at 0 ms: more than 1");
  fixture_fini(&c.f);
}

static void what_ends_while_it_waits_was_not_under_way(void **state) {
  (void)state;
  static crowd c;
  crowd_play(&c, "200 +10ms", 5);
  again_sched_cancel(c.f.kit.sched, &c.ops[5].op); /* it waits for room */
  again_sched_cancel(c.f.kit.sched, &c.ops[0].op); /* it is under way */
  again_kit_run(&c.f.kit, AGAIN_NEVER);
  assert_true(again_kit_assert_in_flight_never_above(&c.f.kit, 2));
  assert_false(again_kit_assert_in_flight_never_above(&c.f.kit, 1));
  assert_caught(&c.f, "2 attempts were under way at 0 ms: more than 1");
  fixture_fini(&c.f);
}

static void all_are_delivered_or_the_first_that_was_not_is_shown(void **state) {
  (void)state;
  static crowd c;
  crowd_play(&c, "503, 200", AGAIN_NEVER);
  assert_true(again_kit_assert_all_delivered(&c.f.kit));
  assert_int_equal(c.f.caught.count, 0);
  again_kit_op refused = {0};
  fixture_play(&c.f, &refused, "400 TopicClosed");
  assert_false(again_kit_assert_all_delivered(&c.f.kit));
  assert_non_null(strstr(c.f.caught.text, "\n>     7 kit "));
  assert_caught(&c.f, "1 of 7 operations were not delivered, first operation 7: another attempt "
                      "would be refused as well");
  fixture_fini(&c.f);
  crowd_play(&c, "200 +10ms", 15);
  assert_false(again_kit_assert_all_delivered(&c.f.kit));
  assert_caught(&c.f, "4 of 6 operations were not delivered, first operation 3: it has not ended");
  fixture_fini(&c.f);
}

static void what_has_not_ended_is_lost(void **state) {
  (void)state;
  static crowd c;
  crowd_play(&c, "400 +10ms", AGAIN_NEVER);
  assert_true(again_kit_assert_nothing_lost(&c.f.kit)); /* surfaced is not lost */
  fixture_fini(&c.f);
  crowd_play(&c, "503, 200 +10ms", 105);
  assert_int_equal(c.f.caught.count, 0);
  assert_false(again_kit_assert_nothing_lost(&c.f.kit));
  assert_caught(&c.f, "operation 1 was submitted, and has not ended");
  fixture_fini(&c.f);
}

static void what_is_done_twice_is_found(void **state) {
  (void)state;
  static crowd c;
  crowd_play(&c, "200", AGAIN_NEVER);
  assert_true(again_kit_assert_nothing_twice(&c.f.kit));
  assert_int_equal(c.f.caught.count, 0);
  again_kit_trace_done(&c.f.kit.trace, &c.ops[3].op, &c.ops[3].result, 7);
  assert_false(again_kit_assert_nothing_twice(&c.f.kit));
  assert_caught(&c.f, "operation 4 was done more than once");
  fixture_fini(&c.f);
}

static void an_end_that_comes_twice_is_found(void **state) {
  (void)state;
  static crowd c;
  crowd_play(&c, "200", AGAIN_NEVER);
  again_kit_trace *trace = &c.f.kit.trace;
  for (size_t i = 0; i < trace->count;
       i++) { /* as a broken scheduler would: another's event is its */
    again_kit_record *record = &trace->records[i];
    if (record->operation == 5 && record->kind == AGAIN_EVENT_DELIVERED) record->operation = 2;
  }
  assert_false(again_kit_assert_nothing_twice(&c.f.kit));
  assert_caught(&c.f, "operation 2 was done more than once");
  fixture_fini(&c.f);
}

static void at_most_once_allows_what_was_not_applied(void **state) {
  (void)state;
  static crowd c;
  crowd_play(&c, "429, connect, 200", AGAIN_NEVER);
  assert_true(again_kit_assert_at_most_once(&c.f.kit));
  assert_int_equal(c.f.caught.count, 0);
  fixture_fini(&c.f);
  crowd_play(&c, "connect, timeout, 200", AGAIN_NEVER);
  assert_false(again_kit_assert_at_most_once(&c.f.kit));
  assert_caught(&c.f, "operation 1 was tried again though the service may have acted on it");
  fixture_fini(&c.f);
  again_policy policy = kit_policy;
  policy.at_most_once = true;
  again_kit_op op = {0};
  fixture_init(&c.f, &policy);
  fixture_play(&c.f, &op, "connect, timeout, 200");
  assert_true(again_kit_assert_at_most_once(&c.f.kit));
  assert_true(again_kit_assert_ended(&c.f.kit, &op, AGAIN_REASON_NOT_IDEMPOTENT));
  fixture_fini(&c.f);
}

static bool check_rate(const again_kit *kit, const char *file, int line) {
  return again_kit_check_rate(kit, NULL, 1000, 1, file, line);
}

static bool check_in_flight(const again_kit *kit, const char *file, int line) {
  return again_kit_check_in_flight(kit, NULL, 1000, file, line);
}

static void nothing_is_right_where_nothing_was_submitted_or_recorded(void **state) {
  (void)state;
  typedef bool (*check)(const again_kit *kit, const char *file, int line);
  static const check checks[] = {again_kit_check_all_delivered,
                                 again_kit_check_nothing_lost,
                                 again_kit_check_nothing_twice,
                                 again_kit_check_at_most_once,
                                 check_rate,
                                 check_in_flight};
  for (size_t i = 0; i < COUNT_OF(checks); i++) {
    fixture f;
    fixture_init(&f, &kit_policy);
    assert_false(checks[i](&f.kit, "", 0));
    assert_caught(&f, "no operation was submitted");
    again_kit_op op = {0};
    fixture_play(&f, &op, "200");
    f.kit.trace.incomplete = true;
    assert_false(checks[i](&f.kit, "", 0));
    assert_caught(&f, "not everything was recorded");
    fixture_fini(&f);
  }
}

/* The first scope has every other operation; what the other does does not count. */
static void the_rate_and_what_is_under_way_are_asked_of_one_scope(void **state) {
  (void)state;
  static crowd c;
  c = (crowd){0};
  again_scope quiet = {.name = "quiet", .kind = AGAIN_DAMAGE_TOPIC};
  fixture_init(&c.f, &kit_policy);
  assert_int_equal(again_scope_init(&quiet, c.f.kit.sched), 0);
  for (size_t i = 0; i < OPS; i++) {
    c.ops[i].script = "200 +10ms";
    again_scope *scope = i == 0 ? &quiet : NULL;
    assert_int_equal(again_kit_submit(&c.f.kit, &c.ops[i], scope, AGAIN_NEVER), 0);
  }
  again_kit_run(&c.f.kit, AGAIN_NEVER);
  assert_true(again_kit_assert_scope_rate_never_above(&c.f.kit, "quiet", 1, 1000));
  assert_true(again_kit_assert_scope_in_flight_never_above(&c.f.kit, "quiet", 1));
  assert_true(again_kit_assert_scope_rate_never_above(&c.f.kit, "kit", 5, 1000));
  assert_int_equal(c.f.caught.count, 0);
  assert_false(again_kit_assert_scope_rate_never_above(&c.f.kit, "kit", 4, 1000));
  assert_caught(&c.f, "5 attempts of \"kit\" began from 0 ms to 20 ms: more than 4 in 1000 ms");
  assert_false(again_kit_assert_scope_in_flight_never_above(&c.f.kit, "quiet", 0));
  assert_caught(&c.f, "1 attempts of \"quiet\" were under way at 0 ms: more than 0");
  assert_false(again_kit_assert_scope_rate_never_above(&c.f.kit, "quite", 1, 1000));
  assert_caught(&c.f, "no operation was submitted to the scope \"quite\"");
  assert_false(again_kit_assert_scope_in_flight_never_above(&c.f.kit, "quite", 1));
  assert_caught(&c.f, "no operation was submitted to the scope \"quite\"");
  assert_int_equal(again_scope_fini(&quiet), 0);
  fixture_fini(&c.f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_rate_is_that_of_any_period),
      cmocka_unit_test(the_words_end_where_the_rate_is_exceeded),
      cmocka_unit_test(what_is_under_way_is_counted),
      cmocka_unit_test(attempts_that_take_no_time_are_never_under_way_together),
      cmocka_unit_test(an_attempt_is_over_when_it_has_ended_not_when_it_is_told),
      cmocka_unit_test(what_has_not_ended_is_under_way),
      cmocka_unit_test(what_ends_while_it_waits_was_not_under_way),
      cmocka_unit_test(all_are_delivered_or_the_first_that_was_not_is_shown),
      cmocka_unit_test(what_has_not_ended_is_lost),
      cmocka_unit_test(what_is_done_twice_is_found),
      cmocka_unit_test(an_end_that_comes_twice_is_found),
      cmocka_unit_test(at_most_once_allows_what_was_not_applied),
      cmocka_unit_test(nothing_is_right_where_nothing_was_submitted_or_recorded),
      cmocka_unit_test(the_rate_and_what_is_under_way_are_asked_of_one_scope),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
