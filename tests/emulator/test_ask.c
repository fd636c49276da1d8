#include "support.h"
#include "uploader.h"
#include <string.h>

static void topics_are_told_in_the_order_of_their_first_requests(void **state) {
  (void)state;
  again_emulator *emulator = start_emulator(&(again_emulator_options){0});
  upload_send(emulator, &(upload){.topic = "b", .logs = 3});
  upload_send(emulator, &(upload){.topic = "a"});
  upload_send(emulator, &(upload){.topic = "b"});
  again_emulator_topic topics[2];
  assert_int_equal(again_emulator_topics_get(emulator, NULL, 0), 2);
  assert_int_equal(again_emulator_topics_get(emulator, topics, 2), 2);
  assert_string_equal(topics[0].name, "b");
  assert_int_equal(topics[0].requests, 2);
  assert_int_equal(topics[0].accepted, 2);
  assert_int_equal(topics[0].stored, 4);
  assert_string_equal(topics[1].name, "a");
  assert_int_equal(again_emulator_stop(emulator), 0);
}

static void after_a_reset_nothing_was_stored_but_faults_are_as_before(void **state) {
  (void)state;
  again_emulator *emulator = start_emulator(&(again_emulator_options){0});
  assert_int_equal(again_emulator_fault(emulator, "503 topic=bad", NULL, 0), 0);
  answer before = upload_send(emulator, &(upload){0});
  assert_int_equal(upload_send(emulator, &(upload){.topic = "bad"}).status, 503);
  again_emulator_reset(emulator);
  again_emulator_stats stats = again_emulator_stats_get(emulator);
  assert_int_equal(stats.requests, 0);
  assert_true(stats.listening);
  answer after = upload_send(emulator, &(upload){0});
  assert_string_not_equal(after.request_id, before.request_id);
  assert_int_equal(upload_send(emulator, &(upload){.topic = "bad"}).status, 503);
  stats = again_emulator_stats_get(emulator);
  assert_int_equal(stats.distinct, 1);
  assert_int_equal(stats.requests, 2);
  assert_int_equal(again_emulator_stop(emulator), 0);
}

static void a_removed_fault_plays_no_more_and_a_wrong_one_changes_nothing(void **state) {
  (void)state;
  again_emulator *emulator = start_emulator(&(again_emulator_options){0});
  char why[200];
  assert_int_equal(again_emulator_fault(emulator, "500 oops=1", why, sizeof why), AGAIN_EFORMAT);
  assert_non_null(strstr(why, "there is no key \"oops\""));
  assert_int_equal(upload_send(emulator, &(upload){0}).status, 200);
  assert_int_equal(again_emulator_fault(emulator, "500", why, sizeof why), 0);
  assert_int_equal(upload_send(emulator, &(upload){0}).status, 500);
  again_emulator_script_clear(emulator);
  assert_int_equal(upload_send(emulator, &(upload){0}).status, 200);
  assert_int_equal(again_emulator_stop(emulator), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(topics_are_told_in_the_order_of_their_first_requests),
      cmocka_unit_test(after_a_reset_nothing_was_stored_but_faults_are_as_before),
      cmocka_unit_test(a_removed_fault_plays_no_more_and_a_wrong_one_changes_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
