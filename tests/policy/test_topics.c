#include "bad.h"
#include "folder.h"
#include <stdlib.h>

#define TOPICS(text) "{\"again\": 1, \"topics\": " text "}"

static const again_policy *parse(const char *text) {
  const again_policy *policy = NULL;
  again_diagnostic why = {.line = 0};
  if (again_policy_parse("x", text, strlen(text), &policy, &why) != 0) {
    fail_msg("%u:%u: %s", why.line, why.column, why.message);
  }
  return policy;
}

static void a_topic_has_what_its_entry_says_and_the_rest_of_the_file(void **state) {
  (void)state;
  const again_policy *policy =
      parse("{\"again\": 1, \"topics\": {\"//\": \"first\",\n"
            "  \"audit-*\": {\"operation\": {\"deadline\": \"1d\"}, \"//\": 0,\n"
            "    \"classify\": [{\"status\": 404, \"class\": \"retryable\"}]},\n"
            "  \"debug\": {\"in_flight\": {\"scope\": 2}, \"hold\": {\"delays\": [\"1m\"]}}},\n"
            " \"classify\": [{\"code\": \"Mine\", \"class\": \"throttled\"}],\n"
            " \"retryable\": {\"cap\": \"7s\"}}");
  const again_policy *audit = again_policy_for(policy, "audit-eu");
  const again_policy *debug = again_policy_for(policy, "debug");
  assert_ptr_equal(again_policy_for(policy, "other"), policy);
  assert_int_equal(audit->operation_deadline, 86400000);
  assert_int_equal(policy->operation_deadline, 3600000);
  assert_int_equal(audit->retryable.backoff.cap,
                   7000); /* of the file, although that stands behind */
  assert_int_equal(debug->retryable.backoff.cap, 7000);
  assert_int_equal(debug->scope_in_flight, 2);
  assert_int_equal(debug->hold.backoff.growth, AGAIN_GROWTH_LIST);
  assert_int_equal(again_backoff_delay(&debug->hold.backoff, 3), 60000);
  assert_string_equal(audit->name, policy->name);
  again_outcome missing = {.status = 404};
  assert_int_equal(again_classify(audit, NULL, &missing).error_class, AGAIN_CLASS_RETRYABLE);
  assert_int_equal(again_classify(audit, NULL, &missing).rule, 3);
  assert_int_equal(again_classify(debug, NULL, &missing).error_class, AGAIN_CLASS_FATAL);
  again_outcome mine = {.status = 400, .code = "Mine"};
  assert_int_equal(again_classify(audit, NULL, &mine).error_class, AGAIN_CLASS_THROTTLED);
  again_policy_unref(policy);
}

static void a_wrong_entry_is_refused_where_it_stands(void **state) {
  (void)state;
  static const bad rows[] = {
      {TOPICS("[]"), 1, 24, "\"topics\" must be an object of topics, not a list"},
      {TOPICS("{\"a\": 1}"), 1, 30, "what is said of a topic is an object, not the number 1"},
      {TOPICS("{\"\": {}}"), 1, 25, "a topic is its id, or the beginning"},
      {TOPICS("{\"a*b\": {}}"), 1, 25, "a topic is its id, or the beginning"},
      {TOPICS("{\"a\": {\"retyable\": {}}}"), 1, 31, "did you mean \"retryable\"?"},
      {TOPICS("{\"a\": {\"topics\": {}}}"), 1, 31, "unknown key \"topics\" in a topic"},
      {TOPICS("{\"a\": {\"auth\": {\"base\": 5}}}"), 1, 48, "\"base\" must be a duration"},
      {TOPICS("{\"a\": {\"in_flight\": {\"total\": 5}}}"), 1, 45, "is of all topics together"},
      {TOPICS("{\"a\": {\"classify\": [{\"code\": \"X\"}]}}"), 1, 44, "needs a \"class\""},
      {TOPICS("{\"a\": {},\n \"a\": {}}"), 2, 2, "stands twice"},
  };
  check_bad(rows, COUNT_OF(rows));
}

static void a_printed_policy_keeps_its_topics(void **state) {
  (void)state;
  const again_policy *policy =
      parse("{\"again\": 1, \"throttled\": {\"delays\": [\"1s\", \"2s\"]}, \"topics\": {\n"
            "  \"a\": {\"throttled\": {\"growth\": \"linear\", \"base\": \"3s\"}},\n"
            "  \"b\": {\"throttled\": {\"delays\": [\"1s\", \"9s\"]},\n"
            "         \"classify\": [{\"shape\": \"nested\", \"class\": \"fatal\"}]},\n"
            "  \"c*\": {}}}");
  assert_int_equal(again_policy_for(policy, "a")->throttled.backoff.list_count, 0);
  char *printed = again_policy_print(policy);
  const again_policy *back = parse(printed);
  assert_true(again_policy_equal(policy, back));
  assert_int_equal(back->override_count, 3);
  char *twice = again_policy_print(back);
  assert_string_equal(printed, twice);
  const again_policy *other =
      parse("{\"again\": 1, \"throttled\": {\"delays\": [\"1s\", \"2s\"]}}");
  assert_false(again_policy_equal(policy, other));
  free(printed);
  free(twice);
  again_policy_unref(policy);
  again_policy_unref(back);
  again_policy_unref(other);
}

static void an_extended_files_topics_stand_on_the_file_that_extends_it(void **state) {
  (void)state;
  folder f;
  char path[128];
  folder_make(&f);
  folder_write(&f, "b.json",
               "{\"again\": 1, \"retryable\": {\"base\": \"2s\"}, \"topics\": {\n"
               " \"t*\": {\"throttled\": {\"delays\": [\"4s\"]},\n"
               "         \"classify\": [{\"code\": \"X\", \"class\": \"ok\"}]},\n"
               " \"u\": {\"auth\": {\"max_attempts\": 2}}}}");
  folder_write(&f, "a.json",
               "{\"again\": 1, \"extends\": \"b.json\", \"retryable\": {\"base\": \"5s\"},\n"
               " \"classify\": [{\"code\": \"Y\", \"class\": \"ok\"}],\n"
               " \"topics\": {\"tt\": {\"auth\": {\"max_attempts\": 9}}}}");
  const again_policy *policy = NULL;
  assert_int_equal(again_policy_load(folder_path(&f, "a.json", path), &policy, NULL), 0);
  const again_policy *t = again_policy_for(policy, "t1");
  assert_int_equal(policy->override_count, 3);
  assert_int_equal(again_policy_for(policy, "tt")->auth.max_attempts, 9);
  assert_int_equal(again_policy_for(policy, "u")->auth.max_attempts, 2);
  assert_int_equal(t->retryable.backoff.base, 5000);
  assert_int_equal(again_backoff_delay(&t->throttled.backoff, 1), 4000);
  again_outcome x = {.status = 400, .code = "X"};
  again_outcome y = {.status = 400, .code = "Y"};
  assert_int_equal(again_classify(t, NULL, &x).error_class, AGAIN_CLASS_OK);
  assert_non_null(strstr(again_classify(t, NULL, &x).file, "/b.json"));
  assert_int_equal(again_classify(t, NULL, &y).error_class, AGAIN_CLASS_OK);
  assert_int_equal(again_classify(policy, NULL, &x).error_class, AGAIN_CLASS_FATAL);
  again_policy_unref(policy);
  folder_remove(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_topic_has_what_its_entry_says_and_the_rest_of_the_file),
      cmocka_unit_test(a_wrong_entry_is_refused_where_it_stands),
      cmocka_unit_test(a_printed_policy_keeps_its_topics),
      cmocka_unit_test(an_extended_files_topics_stand_on_the_file_that_extends_it),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
