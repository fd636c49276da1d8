#include "bad.h"

#define RULES(text) "{\"again\": 1, \"classify\": " text "}"

static void a_wrong_rule_is_refused_where_it_stands(void **state) {
  (void)state;
  static const bad rows[] = {
      {RULES("{}"), 1, 26, "\"classify\" must be a list of rules, not an object"},
      {RULES("[7]"), 1, 27, "a rule is an object"},
      {RULES("[{}]"), 1, 27, "would match everything"},
      {RULES("[{\"class\": \"fatal\"}]"), 1, 27, "would match everything"},
      {RULES("[{\"code\": \"X\"}]"), 1, 27, "a rule needs a \"class\""},
      {RULES("[{\"code\": \"X\", \"clas\": 1}]"), 1, 41, "did you mean \"class\"?"},
      {RULES("[{\"code\": \"X\", \"class\": \"bad\"}]"), 1, 50, "one of ok, retryable, throttled"},
      {RULES("[{\"code\": 5, \"class\": \"ok\"}]"), 1, 36, "\"code\" must be an error code"},
      {RULES("[{\"code\": \"\", \"class\": \"ok\"}]"), 1, 36, "\"code\" must be an error code"},
      {RULES("[{\"code\": \"A*B\", \"class\": \"ok\"}]"), 1, 36, "\"*\" at the end"},
      {RULES("[{\"status\": 99, \"class\": \"ok\"}]"), 1, 38, "from 100 to 599"},
      {RULES("[{\"status\": \"429\", \"class\": \"ok\"}]"), 1, 38,
       "is a number: 429, without quotes"},
      {RULES("[{\"status\": \"6xx\", \"class\": \"ok\"}]"), 1, 38, "\"5xx\" or"},
      {RULES("[{\"status\": \"504-500\", \"class\": \"ok\"}]"), 1, 38, "\"500-504\""},
      {RULES("[{\"status\": \"500-\", \"class\": \"ok\"}]"), 1, 38, "\"500-504\""},
      {RULES("[{\"status\": 4.5, \"class\": \"ok\"}]"), 1, 38, "not the number 4.5"},
      {RULES("[{\"transport\": \"none\", \"class\": \"ok\"}]"), 1, 41, "one of resolve, connect"},
      {RULES("[{\"transport\": \"dns\", \"class\": \"ok\"}]"), 1, 41, "not the string \"dns\""},
      {RULES("[{\"transport\": \"CURLE_X\", \"code\": \"Y\", \"class\": \"ok\"}]"), 1, 60,
       "cannot stand beside"},
      {RULES("[{\"shape\": \"round\", \"class\": \"ok\"}]"), 1, 37, "one of flat, nested"},
      {RULES("[{\"code\": \"X\", \"class\": \"ok\", \"remedy\": \"pray\"}]"), 1, 66,
       "one of none, refresh-credentials, resync-clock, split, hold"},
      {RULES("[{\"code\": \"X\", \"class\": \"ok\", \"scope\": \"all\"}]"), 1, 65,
       "one of batch, topic, credential, account, endpoint"},
      {RULES("[{\"code\": \"X\", \"class\": \"ok\"},\n {\"code\": \"Y\"}]"), 2, 2,
       "needs a \"class\""},
  };
  check_bad(rows, COUNT_OF(rows));
}

static void rules_match_what_they_say_and_know_their_line(void **state) {
  (void)state;
  static const char text[] =
      "{\"again\": 1, \"classify\": [\n"
      "{\"code\": \"Foo.*\", \"class\": \"throttled\", \"scope\": \"topic\"},\n"
      "{\"status\": \"5xx\", \"class\": \"fatal\", \"remedy\": \"hold\"},\n"
      "{\"status\": \"420-425\", \"class\": \"retryable\"},\n"
      "{\"status\": 404, \"class\": \"retryable\", \"//\": \"new topics\"},\n"
      "{\"transport\": \"tls\", \"class\": \"fatal\"},\n"
      "{\"transport\": \"CURLE_SSL_CACERT\", \"class\": \"retryable\"},\n"
      "{\"shape\": \"nested\", \"code\": \"A\", \"class\": \"throttled\"}]}";
  const again_policy *policy;
  assert_int_equal(again_policy_parse("f", text, strlen(text), &policy, NULL), 0);
  static const struct {
    again_outcome outcome;
    again_class error_class;
    uint32_t line;
  } rows[] = {
      {{.status = 400, .code = "Foo.Bar"}, AGAIN_CLASS_THROTTLED, 2},
      {{.status = 503}, AGAIN_CLASS_FATAL, 3},
      {{.status = 420}, AGAIN_CLASS_RETRYABLE, 4},
      {{.status = 425}, AGAIN_CLASS_RETRYABLE, 4},
      {{.status = 404, .code = "TopicNotExist"}, AGAIN_CLASS_RETRYABLE, 5},
      {{.status = 400, .code = "A", .shape = AGAIN_SHAPE_NESTED}, AGAIN_CLASS_THROTTLED, 8},
      {{.status = 400, .code = "A", .shape = AGAIN_SHAPE_FLAT}, AGAIN_CLASS_FATAL, 0},
      {{.fault = AGAIN_FAULT_TLS}, AGAIN_CLASS_FATAL, 6},
      {{.fault = AGAIN_FAULT_VERIFY, .code = "CURLE_SSL_CACERT"}, AGAIN_CLASS_RETRYABLE, 7},
      {{.status = 426}, AGAIN_CLASS_FATAL, 0},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    again_verdict verdict = again_classify(policy, NULL, &rows[i].outcome);
    assert_int_equal(verdict.error_class, rows[i].error_class);
    assert_int_equal(verdict.rule, rows[i].line);
  }
  again_policy_unref(policy);
}

static void a_list_of_rules_replaces_the_default_ones(void **state) {
  (void)state;
  static const char text[] = "{\"again\": 1, \"classify\": []}";
  const again_policy *policy;
  assert_int_equal(again_policy_parse("f", text, strlen(text), &policy, NULL), 0);
  assert_int_equal(policy->rule_count, 0);
  again_policy_unref(policy);
}

static void more_rules_than_the_limit_are_refused(void **state) {
  (void)state;
  enum { RULES_MAX = 1000 };
  static const char rule[] = "{\"status\":429,\"class\":\"ok\"},";
  size_t size = 64 + (RULES_MAX + 1) * strlen(rule);
  char *text = test_malloc(size);
  size_t used = 0;
  const again_policy *policy;
  strcpy(text, "{\"again\":1,\"classify\":[");
  used = strlen(text);
  for (int i = 0; i < RULES_MAX; i++, used += strlen(rule))
    strcpy(text + used, rule);
  strcpy(text + used - 1, "]}");
  assert_int_equal(again_policy_parse("f", text, strlen(text), &policy, NULL), 0);
  assert_int_equal(policy->rule_count, RULES_MAX);
  again_policy_unref(policy);
  strcpy(text + used, rule);
  text[used - 1] = ',';
  strcpy(text + used + strlen(rule) - 1, "]}");
  again_diagnostic diagnostic;
  assert_int_equal(again_policy_parse("f", text, strlen(text), &policy, &diagnostic),
                   AGAIN_EPOLICY);
  assert_non_null(strstr(diagnostic.message, "more than 1000 rules"));
  test_free(text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_wrong_rule_is_refused_where_it_stands),
      cmocka_unit_test(rules_match_what_they_say_and_know_their_line),
      cmocka_unit_test(a_list_of_rules_replaces_the_default_ones),
      cmocka_unit_test(more_rules_than_the_limit_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
