#include "support.h"
#include <again/kit.h>
#include <stdlib.h>
#include <string.h>

static again_kit_step *parse(const char *text, size_t *count) {
  again_kit_step *steps;
  char why[256] = "";
  if (again_kit_script_parse(text, &steps, count, why, sizeof why) != 0) fail_msg("%s", why);
  return steps;
}

static void the_script_of_the_manual_is_read(void **state) {
  (void)state;
  size_t count;
  again_kit_step *steps = parse("429@2s, reset, 503 x3, 200 +20ms", &count);
  assert_int_equal(count, 6);
  assert_int_equal(steps[0].outcome.status, 429);
  assert_int_equal(steps[0].outcome.hint, 2000);
  assert_int_equal(steps[1].outcome.fault, AGAIN_FAULT_RECEIVE);
  assert_int_equal(steps[1].outcome.status, 0);
  for (int i = 2; i < 5; i++) {
    assert_int_equal(steps[i].outcome.status, 503);
    assert_int_equal(steps[i].takes, 0);
    assert_null(steps[i].outcome.code);
  }
  assert_int_equal(steps[5].outcome.status, 200);
  assert_int_equal(steps[5].takes, 20);
  free(steps);
}

static void codes_stand_alone_or_behind_a_status_or_a_fault(void **state) {
  (void)state;
  size_t count;
  again_kit_step *steps = parse("SpeedQuotaExceed,429 SpeedQuotaExceed@1s x2\n"
                                ",connect CURLE_COULDNT_CONNECT+5ms,x2 A.B-1",
                                &count);
  assert_int_equal(count, 6);
  assert_string_equal(steps[0].outcome.code, "SpeedQuotaExceed");
  assert_int_equal(steps[0].outcome.status, 0);
  assert_string_equal(steps[2].outcome.code, "SpeedQuotaExceed");
  assert_int_equal(steps[2].outcome.status, 429);
  assert_int_equal(steps[2].outcome.hint, 1000);
  assert_int_equal(steps[3].outcome.fault, AGAIN_FAULT_CONNECT);
  assert_string_equal(steps[3].outcome.code, "CURLE_COULDNT_CONNECT");
  assert_int_equal(steps[3].takes, 5);
  assert_string_equal(steps[5].outcome.code, "A.B-1");
  free(steps);
}

static void every_fault_has_its_word(void **state) {
  (void)state;
  for (int fault = AGAIN_FAULT_NONE + 1; fault < AGAIN_FAULT_COUNT; fault++) {
    size_t count;
    again_kit_step *steps = parse(again_fault_name((again_fault)fault), &count);
    assert_int_equal(count, 1);
    assert_int_equal(steps[0].outcome.fault, fault);
    free(steps);
  }
}

static void a_code_without_a_status_gets_that_of_the_catalogue(void **state) {
  (void)state;
  static const again_code codes[] = {{.name = "Busy", .status = 429}, {.name = "Several"}};
  again_catalogue catalogue = {.codes = codes, .count = COUNT_OF(codes)};
  size_t count;
  again_kit_step *steps = parse("Busy, Several, Unknown, 503 Busy, reset", &count);
  again_kit_script_complete(steps, count, &catalogue);
  static const int expected[] = {429, 400, 400, 503, 0};
  for (size_t i = 0; i < COUNT_OF(expected); i++)
    assert_int_equal(steps[i].outcome.status, expected[i]);
  free(steps);
  steps = parse("Busy", &count);
  again_kit_script_complete(steps, count, NULL);
  assert_int_equal(steps[0].outcome.status, 400);
  free(steps);
}

static void a_bad_text_is_refused_with_the_place(void **state) {
  (void)state;
  static const struct {
    const char *text;
    const char *why;
  } rows[] = {
      {"", "character 1, \"\": a status, a fault or an error code is missing here"},
      {"200,", "character 5, \"\": a status, a fault or an error code is missing here"},
      {"200, x3", "character 8, \"\": a status, a fault or an error code is missing here"},
      {"200 x0", "character 5, \"x0\": a repetition is x1 to x10000, once in a step"},
      {"200 x", "character 5, \"x\": a repetition is x1 to x10000, once in a step"},
      {"200 x3 x3", "character 8, \"x3\": a repetition is x1 to x10000, once in a step"},
      {"200 x99999999999999999999",
       "character 5, \"x99999999999999999999\": a repetition is x1 to x10000, once in a step"},
      {"503 x9999, 200 x2", "character 12, \"200\": with it there are more than 10000 steps"},
      {"99", "character 1, \"99\": a status is a number from 200 to 599"},
      {"199", "character 1, \"199\": a status is a number from 200 to 599"},
      {"600", "character 1, \"600\": a status is a number from 200 to 599"},
      {"5030", "character 1, \"5030\": a status is a number from 200 to 599"},
      {"50x", "character 1, \"50x\": a status is a number from 200 to 599"},
      {"429@2",
       "character 4, \"@2\": \"@\" needs a duration with a unit, as in \"@2s\" or \"@250ms\""},
      {"429@",
       "character 4, \"@\": \"@\" needs a duration with a unit, as in \"@2s\" or \"@250ms\""},
      {"200 +none",
       "character 5, \"+none\": \"+\" needs a duration with a unit, as in \"+2s\" or \"+250ms\""},
      {"429@1s@2s", "character 7, \"@2s\": \"@\" stands in this step twice"},
      {"reset@1s", "character 1, \"reset\": a fault is no answer: \"@\" goes with a status or an "
                   "error code"},
      {"503 429", "character 5, \"429\": only one status or fault stands in a step; commas part "
                  "steps"},
      {"503 Slow Down", "character 10, \"Down\": a step has one error code"},
      {"Slow/Down", "character 1, \"Slow/Down\": an error code has letters, digits, \".\", \"_\" "
                    "and \"-\""},
      {"200,\nrestet", "character 6, \"restet\": it is no status, no error code and none of the "
                       "faults resolve, connect, tls, verify, timeout, send, receive, protocol, "
                       "config, local, aborted, refused, reset"},
      {"none", "character 1, \"none\": it is no status, no error code and none of the faults "
               "resolve, connect, tls, verify, timeout, send, receive, protocol, config, local, "
               "aborted, refused, reset"},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    again_kit_step *steps = NULL;
    size_t count = 7;
    char why[256];
    assert_int_equal(again_kit_script_parse(rows[i].text, &steps, &count, why, sizeof why),
                     AGAIN_EFORMAT);
    assert_string_equal(why, rows[i].why);
    assert_null(steps);
    assert_int_equal(count, 7);
    assert_int_equal(again_kit_script_parse(rows[i].text, &steps, &count, why, 4), AGAIN_EFORMAT);
    assert_string_equal(why, "cha");
    assert_int_equal(again_kit_script_parse(rows[i].text, &steps, &count, NULL, 0), AGAIN_EFORMAT);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_script_of_the_manual_is_read),
      cmocka_unit_test(codes_stand_alone_or_behind_a_status_or_a_fault),
      cmocka_unit_test(every_fault_has_its_word),
      cmocka_unit_test(a_code_without_a_status_gets_that_of_the_catalogue),
      cmocka_unit_test(a_bad_text_is_refused_with_the_place),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
