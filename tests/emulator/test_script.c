#include "emulator/script.h"
#include "support.h"
#include <string.h>

static void read_script(again_script *script, const char *json, again_ms now) {
  char why[256];
  again_script_init(script, 1);
  if (again_script_read(script, json, now, why, sizeof why) != 0) fail_msg("%s", why);
}

static const again_script_fault *pick(again_script *script, const char *topic, size_t logs,
                                      again_ms now) {
  again_script_request request = {.topic = topic, .logs = logs, .now = now};
  return again_script_pick(script, &request);
}

static void a_fault_is_on_from_at_for_as_long_as_it_says(void **state) {
  (void)state;
  again_script script;
  read_script(&script, "[{\"at\":\"1s\",\"for\":\"2s\",\"code\":\"InternalError\"}]", 5000);
  assert_null(pick(&script, "t", 1, 5999));
  assert_non_null(pick(&script, "t", 1, 6000));
  assert_non_null(pick(&script, "t", 1, 7999));
  assert_null(pick(&script, "t", 1, 8000));
  again_script_fini(&script);
}

static void the_first_fault_that_applies_is_played(void **state) {
  (void)state;
  again_script script;
  read_script(&script,
              "[{\"topic\":\"a\",\"code\":\"TopicClosed\"},"
              " {\"min_logs\":10,\"code\":\"LogSizeExceed\"},"
              " {\"count\":2,\"code\":\"InternalError\"}]",
              0);
  assert_string_equal(pick(&script, "a", 50, 0)->code, "TopicClosed");
  assert_string_equal(pick(&script, "b", 10, 0)->code, "LogSizeExceed");
  assert_string_equal(pick(&script, "b", 9, 0)->code, "InternalError");
  assert_string_equal(pick(&script, "b", 9, 0)->code, "InternalError");
  assert_null(pick(&script, "b", 9, 0));
  again_script_fini(&script);
}

static void a_share_hits_about_so_many_the_same_ones_with_the_same_seed(void **state) {
  (void)state;
  unsigned hits[2] = {0};
  bool first[1000];
  for (int run = 0; run < 2; run++) {
    again_script script;
    read_script(&script, "[{\"share\":0.1,\"code\":\"InternalError\"}]", 0);
    for (int i = 0; i < 10000; i++) {
      bool hit = pick(&script, "t", 1, 0) != NULL;
      hits[run] += hit;
      if (i < 1000 && run == 0) first[i] = hit;
      if (i < 1000 && run == 1) assert_int_equal(first[i], hit);
    }
    again_script_fini(&script);
  }
  assert_in_range(hits[0], 900, 1100);
  assert_int_equal(hits[0], hits[1]);
}

static void latencies_add_up_and_answers_are_not_among_them(void **state) {
  (void)state;
  again_script script;
  read_script(&script,
              "[{\"latency\":\"20ms\"},{\"latency\":\"1s\",\"topic\":\"slow\"},"
              " {\"code\":\"InternalError\"}]",
              0);
  assert_int_equal(
      again_script_latency(&script, &(again_script_request){.topic = "fast", .logs = 1}), 20);
  assert_int_equal(
      again_script_latency(&script, &(again_script_request){.topic = "slow", .logs = 1}), 1020);
  again_script_fini(&script);
}

static void clock_and_refusal_hold_while_they_are_on(void **state) {
  (void)state;
  again_script script;
  read_script(&script,
              "[{\"at\":\"1s\",\"for\":\"1s\",\"clock\":\"-10m\"},{\"at\":\"2s\",\"clock\":\"1m\"},"
              " {\"for\":\"1s\",\"refuse\":true}]",
              0);
  assert_int_equal(again_script_clock(&script, 999), 0);
  assert_int_equal(again_script_clock(&script, 1000), -600000);
  assert_int_equal(again_script_clock(&script, 2000), 60000);
  assert_true(again_script_refuses(&script, 999));
  assert_false(again_script_refuses(&script, 1000));
  assert_null(pick(&script, "t", 1, 500));
  again_script_fini(&script);
}

static bool has_text(const void *data, const char *text) {
  return strcmp(data, text) == 0;
}

static void a_fault_may_be_for_one_text_or_one_compression(void **state) {
  (void)state;
  static const struct {
    const char *script;
    const char *compression;
    const char *text; /* NULL: the request was not decoded */
    bool hit;
  } rows[] = {
      {"[{\"contains\":\"poison\",\"code\":\"InvalidContent\"}]", "lz4", "poison", true},
      {"[{\"contains\":\"poison\",\"code\":\"InvalidContent\"}]", "lz4", "water", false},
      {"[{\"contains\":\"poison\",\"code\":\"InvalidContent\"}]", "lz4", NULL, false},
      {"[{\"compression\":\"zstd\",\"code\":\"InvalidCompressType\"}]", "ZSTD", "", true},
      {"[{\"compression\":\"zstd\",\"code\":\"InvalidCompressType\"}]", "lz4", "", false},
      {"[{\"compression\":\"zstd\",\"code\":\"InvalidCompressType\"}]", NULL, "", false},
      {"[{\"compression\":\"none\",\"code\":\"InvalidCompressType\"}]", NULL, "", true},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    again_script script;
    char why[200];
    again_script_init(&script, 1);
    assert_int_equal(again_script_read(&script, rows[i].script, 0, why, sizeof why), 0);
    again_script_request asked = {.topic = "t",
                                  .logs = 1,
                                  .compression = rows[i].compression,
                                  .contains = rows[i].text != NULL ? has_text : NULL,
                                  .data = rows[i].text};
    assert_int_equal(again_script_pick(&script, &asked) != NULL, rows[i].hit);
    again_script_fini(&script);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_fault_is_on_from_at_for_as_long_as_it_says),
      cmocka_unit_test(the_first_fault_that_applies_is_played),
      cmocka_unit_test(a_share_hits_about_so_many_the_same_ones_with_the_same_seed),
      cmocka_unit_test(latencies_add_up_and_answers_are_not_among_them),
      cmocka_unit_test(clock_and_refusal_hold_while_they_are_on),
      cmocka_unit_test(a_fault_may_be_for_one_text_or_one_compression),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
