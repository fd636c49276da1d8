#include "emulator/script.h"
#include "support.h"
#include <stdlib.h>
#include <string.h>

static void every_key_is_read(void **state) {
  (void)state;
  again_script script;
  again_script_init(&script, 0);
  static const char json[] =
      "[{\"at\":\"1s\",\"for\":\"2s\",\"topic\":\"t\",\"share\":0.25,\"count\":3,\"min_logs\":4,"
      "\"code\":\"X\",\"status\":599,\"retry_after\":\"Fri, 31 Dec 1999 23:59:59 GMT\"},"
      "{\"body\":\"\",\"status\":204},{\"close\":\"after\"},{\"refuse\":true},"
      "{\"clock\":\"-1.5s\"},{\"latency\":\"7ms\"},{\"code\":\"TopicClosed\"},{\"close\":\"reset\"}"
      "]";
  char why[256] = "";
  if (again_script_read(&script, json, 10, why, sizeof why) != 0) fail_msg("%s", why);
  const again_script_fault *f = script.faults;
  assert_int_equal(f->kind, AGAIN_SCRIPT_CODE);
  assert_int_equal(f->from, 1010);
  assert_int_equal(f->until, 3010);
  assert_string_equal(f->topic, "t");
  assert_true(f->share == 0.25);
  assert_int_equal(f->left, 3);
  assert_int_equal(f->min_logs, 4);
  assert_string_equal(f->code, "X");
  assert_int_equal(f->status, 599);
  assert_string_equal(f->retry_after, "Fri, 31 Dec 1999 23:59:59 GMT");
  f = f->next;
  assert_int_equal(f->kind, AGAIN_SCRIPT_BODY);
  assert_int_equal(f->from, 10);
  assert_true(f->until == AGAIN_NEVER);
  f = f->next;
  assert_int_equal(f->kind, AGAIN_SCRIPT_CLOSE_AFTER);
  f = f->next;
  assert_int_equal(f->kind, AGAIN_SCRIPT_REFUSE);
  f = f->next;
  assert_int_equal(f->clock_ms, -1500);
  f = f->next;
  assert_int_equal(f->latency, 7);
  f = f->next;
  assert_int_equal(f->status, 400); /* as the catalogue has it */
  f = f->next;
  assert_int_equal(f->kind, AGAIN_SCRIPT_RESET);
  assert_null(f->next);
  again_script_fini(&script);
}

static void a_status_alone_has_the_one_code_of_its_documents_or_an_empty_body(void **state) {
  (void)state;
  again_script script;
  again_script_init(&script, 0);
  char why[256];
  static const char json[] =
      "[{\"status\":429},{\"status\":500},{\"status\":503},{\"status\":401}]";
  assert_int_equal(again_script_read(&script, json, 0, why, sizeof why), 0);
  const again_script_fault *f = script.faults;
  assert_string_equal(f->code, "SpeedQuotaExceed");
  assert_int_equal(f->status, 429);
  f = f->next;
  assert_string_equal(f->code, "InternalError");
  for (f = f->next; f != NULL; f = f->next) {
    assert_int_equal(f->kind, AGAIN_SCRIPT_BODY);
    assert_null(f->code);
    assert_string_equal(f->body, "");
  }
  again_script_fini(&script);
}

static void faults_that_are_over_make_room_for_others(void **state) {
  (void)state;
  again_script script;
  again_script_init(&script, 0);
  char why[256];
  static const char over[] = "[{\"latency\":\"1s\",\"for\":\"1s\"}]";
  static const char lasting[] = "[{\"latency\":\"1s\"}]";
  for (int i = 0; i < AGAIN_SCRIPT_FAULTS_MAX; i++)
    assert_int_equal(again_script_read(&script, over, (again_ms)i * 1000, why, sizeof why), 0);
  assert_null(script.faults->next);
  for (int i = 1; i < AGAIN_SCRIPT_FAULTS_MAX; i++) {
    again_script_fault *fault = calloc(1, sizeof *fault);
    *fault = (again_script_fault){.until = AGAIN_NEVER, .left = 1, .next = script.faults->next};
    script.faults->next = fault;
  }
  again_ms last = (again_ms)AGAIN_SCRIPT_FAULTS_MAX * 1000;
  assert_int_equal(again_script_read(&script, lasting, last, why, sizeof why), 0);
  assert_int_equal(again_script_read(&script, lasting, last, why, sizeof why), AGAIN_EFORMAT);
  assert_string_equal(why, "the script would have more than 10000 faults: remove some");
  again_script_fini(&script);
}

static void what_is_wrong_is_named_with_what_is_allowed(void **state) {
  (void)state;
  static const struct {
    const char *json;
    const char *says;
  } rows[] = {
      {"[", "the script is not JSON: "},
      {"", "the script is not JSON: "},
      {"[] x", "the script is not JSON: "},
      {"{}", "the script must be an array of faults, [{..}, ..]"},
      {"null", "the script must be an array of faults, [{..}, ..]"},
      {"[7]", "fault 1 of the script: it must be an object"},
      {"[{\"code\":\"code\",\"code\" : \"X\",\"status\":500}]",
       "line 1, column 17 of the script: the key \"code\" stands twice in this fault; remove one"},
      {"[{'close':\"after\"}]", "line 1, column 3 of the script: texts stand in double quotes"},
      {"[{\"close\":\"after\"},\n {\"close\":\"after\",\n  \"at\":\"\\\"1s\",\"at\":\"2s\"}]",
       "line 3, column 15 of the script: the key \"at\" stands twice"},
      {"[{}]", "fault 1 of the script: it must have exactly one of \"code\", \"body\", "},
      {"[{\"refuse\":true,\"clock\":\"1m\"}]", "fault 1 of the script: it must have exactly one "},
      {"[{\"refuse\":true},{\"delay\":1}]", "fault 2 of the script: there is no key \"delay\"; "},
      {"[{\"at\":1,\"refuse\":true}]", "fault 1 of the script: \"at\" must be a duration like "},
      {"[{\"for\":\"none\",\"refuse\":true}]", "fault 1 of the script: \"for\" must be a duration"},
      {"[{\"share\":1.5,\"close\":\"after\"}]",
       "fault 1 of the script: \"share\" must be a number"},
      {"[{\"share\":\"1\",\"close\":\"after\"}]", "fault 1 of the script: \"share\" must be a nu"},
      {"[{\"count\":0,\"close\":\"after\"}]", "fault 1 of the script: \"count\" must be a whole n"},
      {"[{\"min_logs\":10001,\"close\":\"after\"}]",
       "fault 1 of the script: \"min_logs\" must be a whole number from 1 to 10000"},
      {"[{\"topic\":7,\"close\":\"after\"}]", "fault 1 of the script: \"topic\" must be a text"},
      {"[{\"close\":\"now\"}]",
       "fault 1 of the script: \"close\" must be \"before\", \"after\" or "},
      {"[{\"refuse\":false}]", "fault 1 of the script: \"refuse\" must be true"},
      {"[{\"refuse\":true,\"topic\":\"t\"}]",
       "fault 1 of the script: \"refuse\" and \"clock\" con"},
      {"[{\"clock\":\"--1s\"}]", "fault 1 of the script: \"clock\" must be a duration like"},
      {"[{\"clock\":\"99999999d\"}]", "fault 1 of the script: \"clock\" must be less than a cent"},
      {"[{\"latency\":\"x\"}]", "fault 1 of the script: \"latency\" must be a duration like"},
      {"[{\"a\\nb\":1}]", "fault 1 of the script: there is no key \"a?b\"; there are at, for,"},
      {"[{\"code\":\"\"}]", "fault 1 of the script: \"code\" must be 1 to 63 printable ASCII"},
      {"[{\"code\":\"A\\nB\"}]", "fault 1 of the script: \"code\" must be 1 to 63 printable ASCII"},
      {"[{\"code\":\"Unheard\"}]", "fault 1 of the script: \"Unheard\" is not a code of the "
                                   "catalogue: give it a \"status\", 200 to "
                                   "599"},
      {"[{\"code\":\"TopicClozed\"}]",
       "fault 1 of the script: \"TopicClozed\" is not a code of the catalogue; did you mean "
       "\"TopicClosed\"? Otherwise give it a \"status\", 200 to 599"},
      {"[{\"code\":\"FailedOperation\"}]",
       "fault 1 of the script: it needs a \"status\", 200 to 599: the documents name none for it"},
      {"[{\"body\":\"\"}]", "fault 1 of the script: a \"body\" needs a \"status\", 200 to 599"},
      {"[{\"body\":\"\",\"status\":99}]", "fault 1 of the script: \"status\" must be a whole numb"},
      {"[{\"close\":\"after\",\"status\":500}]", "fault 1 of the script: \"status\" and \"retry_a"},
      {"[{\"body\":\"\",\"status\":500,\"retry_after\":\"\\r\\n\"}]",
       "fault 1 of the script: \"retry_after\" must be 1 to 64 printable ASCII characters"},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    again_script script;
    again_script_init(&script, 0);
    char why[256] = "";
    assert_int_equal(again_script_read(&script, rows[i].json, 0, why, sizeof why), AGAIN_EFORMAT);
    if (strncmp(why, rows[i].says, strlen(rows[i].says)) != 0) {
      fail_msg("%s\n  says:     %s\n  expected: %s", rows[i].json, why, rows[i].says);
    }
    assert_null(script.faults);
    again_script_fini(&script);
  }
}

static void a_script_with_a_mistake_adds_nothing_to_what_is_there(void **state) {
  (void)state;
  again_script script;
  again_script_init(&script, 0);
  char why[256];
  assert_int_equal(again_script_read(&script, "[{\"refuse\":true}]", 0, why, sizeof why), 0);
  assert_int_equal(
      again_script_read(&script, "[{\"latency\":\"1s\"},{\"x\":1}]", 0, why, sizeof why),
      AGAIN_EFORMAT);
  assert_non_null(script.faults);
  assert_null(script.faults->next);
  again_script_fini(&script);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_key_is_read),
      cmocka_unit_test(a_status_alone_has_the_one_code_of_its_documents_or_an_empty_body),
      cmocka_unit_test(faults_that_are_over_make_room_for_others),
      cmocka_unit_test(what_is_wrong_is_named_with_what_is_allowed),
      cmocka_unit_test(a_script_with_a_mistake_adds_nothing_to_what_is_there),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
