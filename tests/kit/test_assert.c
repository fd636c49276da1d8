#include "fixture.h"

/* 0: 503, 100: reset, 300: 503 takes 50 ms, 750: 200. */
static void play(fixture *f, again_kit_op *op) {
  fixture_init(f, &kit_policy);
  *op = (again_kit_op){0};
  fixture_play(f, op, "503 InternalError, reset, 503 +50ms, 200 +10ms");
}

static void attempts_are_counted(void **state) {
  (void)state;
  fixture f;
  again_kit_op op;
  play(&f, &op);
  assert_true(again_kit_assert_attempts(&f.kit, &op, 4));
  assert_true(again_kit_assert_attempts(&f.kit, &op.op, 4));
  assert_int_equal(f.caught.count, 0);
  assert_false(again_kit_assert_attempts(&f.kit, &op, 3));
  assert_caught(&f, "operation 1 made 4 attempts, not 3");
  assert_false(again_kit_assert_attempts(&f.kit, &op, 5));
  assert_caught(&f, "operation 1 made 4 attempts, not 5");
  fixture_fini(&f);
}

static void the_picture_shows_the_operation_and_its_last_events(void **state) {
  (void)state;
  fixture f;
  again_kit_op op;
  play(&f, &op);
  again_kit_assert_attempts(&f.kit, &op, 3);
  assert_string_equal(f.caught.text, "operation 1 made 4 attempts, not 3\n"
                                     "  operation        |0ms            |320ms          |640ms\n"
                                     ">     1 kit        R....R.........==R...................=S\n"
                                     "  = under way  . waiting  R retryable  T throttled  A auth  "
                                     "F fatal, held  2-9 so many failures\n"
                                     "  S delivered  X surfaced  one column: 20 ms\n"
                                     "         0ms  operation 1: attempt 1 begins\n"
                                     "         0ms  operation 1: retryable 503 InternalError "
                                     "(attempt 1): again in 100ms, waits for its backoff\n"
                                     "       100ms  operation 1: attempt 2 begins\n"
                                     "       100ms  operation 1: retryable receive (attempt 2): "
                                     "again in 200ms, waits for its backoff\n"
                                     "       300ms  operation 1: attempt 3 begins\n"
                                     "       350ms  operation 1: retryable 503 (attempt 3): again "
                                     "in 400ms, waits for its backoff\n"
                                     "       750ms  operation 1: attempt 4 begins\n"
                                     "       760ms  operation 1: ok 200 (attempt 4): delivered\n"
                                     "       760ms  operation 1: done: delivered\n");
  f.caught.count = 0;
  fixture_fini(&f);
}

static void delays_lie_within_their_window(void **state) {
  (void)state;
  fixture f;
  again_kit_op op;
  play(&f, &op);
  assert_true(again_kit_assert_delay(&f.kit, &op, 1, 100, 100));
  assert_true(again_kit_assert_delay(&f.kit, &op, 2, 150, 250));
  assert_true(again_kit_assert_delay(&f.kit, &op, 3, 400, 400)); /* the 50 ms do not count */
  assert_true(again_kit_assert_delays_within(&f.kit, &op, 100, 400));
  assert_int_equal(f.caught.count, 0);
  assert_false(again_kit_assert_delay(&f.kit, &op, 2, 201, 300));
  assert_caught(&f, "operation 1: retry 2 came after 200 ms, not after 201 to 300 ms");
  assert_false(again_kit_assert_delay(&f.kit, &op, 2, 100, 199));
  assert_caught(&f, "operation 1: retry 2 came after 200 ms, not after 100 to 199 ms");
  assert_false(again_kit_assert_delays_within(&f.kit, &op, 100, 399));
  assert_caught(&f, "operation 1: retry 3 came after 400 ms, not after 100 to 399 ms");
  assert_false(again_kit_assert_delay(&f.kit, &op, 4, 0, AGAIN_NEVER));
  assert_caught(&f, "operation 1: there was no retry 4");
  fixture_fini(&f);
}

static void without_a_retry_no_delay_is_right(void **state) {
  (void)state;
  fixture f;
  fixture_init(&f, &kit_policy);
  again_kit_op op = {0};
  fixture_play(&f, &op, "400");
  assert_false(again_kit_assert_delays_within(&f.kit, &op, 0, AGAIN_NEVER));
  assert_caught(&f, "operation 1: there was no retry 1");
  fixture_fini(&f);
}

static void attempts_end_in_a_class(void **state) {
  (void)state;
  fixture f;
  again_kit_op op;
  play(&f, &op);
  assert_true(again_kit_assert_class(&f.kit, &op, 1, AGAIN_CLASS_RETRYABLE));
  assert_true(again_kit_assert_class(&f.kit, &op, 4, AGAIN_CLASS_OK));
  assert_int_equal(f.caught.count, 0);
  assert_false(again_kit_assert_class(&f.kit, &op, 2, AGAIN_CLASS_THROTTLED));
  assert_caught(&f, "operation 1: attempt 2 was retryable, not throttled");
  assert_false(again_kit_assert_class(&f.kit, &op, 5, AGAIN_CLASS_OK));
  assert_caught(&f, "operation 1: no attempt 5 has ended");
  fixture_fini(&f);
}

static void decisions_have_a_reason(void **state) {
  (void)state;
  fixture f;
  again_kit_op op;
  play(&f, &op);
  assert_true(again_kit_assert_decided(&f.kit, &op, 1, AGAIN_REASON_BACKOFF));
  assert_true(again_kit_assert_decided(&f.kit, &op, 4, AGAIN_REASON_OK));
  assert_int_equal(f.caught.count, 0);
  assert_false(again_kit_assert_decided(&f.kit, &op, 1, AGAIN_REASON_SERVER_HINT));
  assert_caught(&f, "operation 1: the decision after attempt 1 was \"backoff\" (waits for its "
                    "backoff), not \"server-hint\" (waits as long as the service asked)");
  assert_false(again_kit_assert_decided(&f.kit, &op, 9, AGAIN_REASON_OK));
  assert_caught(&f, "operation 1: no attempt 9 has ended");
  fixture_fini(&f);
}

static void operations_end_for_a_reason(void **state) {
  (void)state;
  fixture f;
  again_kit_op op;
  play(&f, &op);
  assert_true(again_kit_assert_ended(&f.kit, &op, AGAIN_REASON_OK));
  assert_int_equal(f.caught.count, 0);
  assert_false(again_kit_assert_ended(&f.kit, &op, AGAIN_REASON_FATAL));
  assert_caught(&f,
                "operation 1 ended with \"ok\" (delivered), not \"fatal\" (another attempt would "
                "be refused as well)");
  again_kit_op other = {.script = "200 +10ms"};
  assert_int_equal(again_kit_submit(&f.kit, &other, NULL, AGAIN_NEVER), 0);
  assert_false(again_kit_assert_ended(&f.kit, &other, AGAIN_REASON_OK));
  assert_caught(&f, "operation 2 has not ended");
  fixture_fini(&f);
}

/* Interim and final are not confused: what waits has a reason for its retry, and no end. */
static void an_interim_result_is_no_end(void **state) {
  (void)state;
  fixture f;
  fixture_init(&f, &kit_policy);
  again_kit_op op = {.script = "503"};
  assert_int_equal(again_kit_submit(&f.kit, &op, NULL, AGAIN_NEVER), 0);
  again_kit_run(&f.kit, 50);
  assert_true(again_kit_assert_decided(&f.kit, &op, 1, AGAIN_REASON_BACKOFF));
  assert_false(again_kit_assert_ended(&f.kit, &op, AGAIN_REASON_BACKOFF));
  assert_caught(&f, "operation 1 has not ended");
  fixture_fini(&f);
}

static void an_operation_that_was_not_submitted_fails_every_assertion(void **state) {
  (void)state;
  fixture f;
  fixture_init(&f, &kit_policy);
  again_kit_op op = {0};
  const char *sentence = "this operation was not submitted";
  assert_false(again_kit_assert_attempts(&f.kit, &op, 0));
  assert_caught(&f, sentence);
  assert_false(again_kit_assert_delay(&f.kit, &op, 1, 0, AGAIN_NEVER));
  assert_caught(&f, sentence);
  assert_false(again_kit_assert_class(&f.kit, &op, 1, AGAIN_CLASS_OK));
  assert_caught(&f, sentence);
  assert_false(again_kit_assert_decided(&f.kit, &op, 1, AGAIN_REASON_OK));
  assert_caught(&f, sentence);
  assert_false(again_kit_assert_ended(&f.kit, &op, AGAIN_REASON_OK));
  assert_caught(&f, sentence);
  fixture_fini(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(attempts_are_counted),
      cmocka_unit_test(the_picture_shows_the_operation_and_its_last_events),
      cmocka_unit_test(delays_lie_within_their_window),
      cmocka_unit_test(without_a_retry_no_delay_is_right),
      cmocka_unit_test(attempts_end_in_a_class),
      cmocka_unit_test(decisions_have_a_reason),
      cmocka_unit_test(operations_end_for_a_reason),
      cmocka_unit_test(an_interim_result_is_no_end),
      cmocka_unit_test(an_operation_that_was_not_submitted_fails_every_assertion),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
