#include "bad.h"

#define KEY(text) "{\"again\": 1, " text "}"

static void what_is_not_json_is_refused_where_it_stands(void **state) {
  (void)state;
  static const bad rows[] = {
      {"", 1, 1, "the file is empty"},
      {" \n\t ", 1, 1, "the file is empty"},
      {"hello", 1, 1, "not valid JSON"},
      {"{\"again\": 1,}", 1, 12, "remove this comma"},
      {"{\"again\": 1", 1, 12, "ends in the middle"},
      {"{\"again\": 1, \"name", 1, 19, "ends in the middle"},
      {"{\n  \"again\": 1\n  \"name\": \"x\"\n}", 3, 3, "not valid JSON"},
      {"{'again': 1}", 1, 2, "not valid JSON"},
      {"{\"again\": NaN}", 1, 11, "not valid JSON"},
      {"{\"again\": 1} {}", 1, 14, "not valid JSON"},
      {"// comment\n{\"again\": 1}", 1, 1, "not valid JSON"},
      {KEY("\"name\": \"\xff\""), 1, 23, "not UTF-8"},
      {KEY("\"x\": [[[[[[[[1]]]]]]]]"), 1, 26, "nested deeper than 8"},
  };
  check_bad(rows, COUNT_OF(rows));
}

static void what_is_not_a_policy_is_refused(void **state) {
  (void)state;
  static const bad rows[] = {
      {"[]", 1, 1, "a policy is an object: { ... }, not a list"},
      {"7", 1, 1, "not the number 7"},
      {"null", 1, 1, "a policy is an object"},
      {"{}", 1, 1, "\"again\": 1, the version of the format, is missing"},
      {"{\"again\": 2}", 1, 11, "must be 1, the only version of the format, not the number 2"},
      {"{\"again\": \"1\"}", 1, 11, "not the string \"1\""},
      {"{\"again\": 1.0}", 1, 11, "not the number 1.0"},
      {KEY("\"name\": 3"), 1, 22, "\"name\" must be a text that is not empty, not the number 3"},
      {KEY("\"name\": \"\""), 1, 22, "not the string \"\""},
      {KEY("\"again\": 1"), 1, 14, "the key \"again\" stands twice"},
      {KEY("\"auth\": {\"cap\": \"9s\",\n \"cap\": \"9s\"}"), 2, 2, "\"cap\" stands twice"},
      {KEY("\"retriable\": {}"), 1, 14, "did you mean \"retryable\"?"},
      {KEY("\"colour\": 1"), 1, 14, "allowed: \"retryable\", \"throttled\", \"auth\""},
      {KEY("\"retryable\": 5"), 1, 27, "\"retryable\" must be an object, not the number 5"},
      {KEY("\"retryable\": []"), 1, 27, "not a list"},
  };
  check_bad(rows, COUNT_OF(rows));
}

static void a_wrong_number_names_what_is_allowed(void **state) {
  (void)state;
  static const bad rows[] = {
      {KEY("\"retryable\": {\"bse\": \"1s\"}"), 1, 28, "\"retryable\"; did you mean \"base\"?"},
      {KEY("\"timeout\": \"5s\""), 1, 14, "it belongs into \"budget\" or \"attempt\""},
      {KEY("\"auth\": {\"capacity\": 1}"), 1, 23, "in \"auth\": it belongs into \"budget\""},
      {KEY("\"auth\": {\"xyzzy\": 1}"), 1, 23, "in \"auth\"; allowed: \"delays\", \"growth\""},
      {KEY("\"auth\": {\"base\": 500}"), 1, 31, "a duration such as \"500ms\""},
      {KEY("\"auth\": {\"base\": \"5 s\"}"), 1, 31, "not the string \"5 s\""},
      {KEY("\"auth\": {\"base\": \"none\"}"), 1, 31, "not the string \"none\""},
      {KEY("\"auth\": {\"base\": true}"), 1, 31, "not true"},
      {KEY("\"auth\": {\"base\": null}"), 1, 31, "not null"},
      {KEY("\"auth\": {\"base\": {}}"), 1, 31, "not an object"},
      {KEY("\"auth\": {\"base\": \"0ms\"}"), 1, 31, "must be from \"1ms\" to \"1d\""},
      {KEY("\"auth\": {\"base\": \"2d\"}"), 1, 31, "must be from \"1ms\" to \"1d\""},
      {KEY("\"auth\": {\"multiplier\": 0.5}"), 1, 37, "must be from 1 to 10, not the number 0.5"},
      {KEY("\"auth\": {\"multiplier\": 10.01}"), 1, 37, "must be from 1 to 10"},
      {KEY("\"auth\": {\"multiplier\": 1.234}"), 1, 37, "at most two decimals"},
      {KEY("\"auth\": {\"multiplier\": \"2\"}"), 1, 37, "a number with at most two decimals"},
      {KEY("\"auth\": {\"multiplier\": -2}"), 1, 37, "must be from 1 to 10, not the number -2"},
      {KEY("\"auth\": {\"multiplier\": 1e300}"), 1, 37, "must be from 1 to 10"},
      {KEY("\"auth\": {\"jitter\": \"ful\"}"), 1, 33, "\"none\", \"full\", \"equal\" or"},
      {KEY("\"auth\": {\"growth\": \"cubic\"}"), 1, 33,
       "\"exponential\", \"constant\", \"linear\""},
      {KEY("\"auth\": {\"delays\": \"1s\"}"), 1, 33, "a list of 1 to 100 durations"},
      {KEY("\"auth\": {\"delays\": []}"), 1, 33, "a list of 1 to 100 durations"},
      {KEY("\"auth\": {\"delays\": [\"1s\", 2]}"), 1, 40,
       "from \"1ms\" to \"7d\", not the number 2"},
      {KEY("\"auth\": {\"delays\": [\"none\"]}"), 1, 34, "a delay must be a duration"},
      {KEY("\"operation\": {\"at_most_once\": 1}"), 1, 44,
       "must be true or false, not the number 1"},
      {KEY("\"budget\": {\"capacity\": 0}"), 1, 37, "must be from 1 to 1000000"},
      {KEY("\"budget\": {\"refill\": \"1000.01/s\"}"), 1, 35, "must be from \"0/s\" to \"1000/s\""},
      {KEY("\"budget\": {\"refill\": 2}"), 1, 35, "a rate such as \"500/s\" or \"30/m\""},
      {KEY("\"budget\": {\"refill\": \"2 per day\"}"), 1, 35, "a rate such as"},
      {KEY("\"auth\": {\"max_attempts\": 0}"), 1, 39, "must be from 1 to 1000000"},
      {KEY("\"auth\": {\"max_attempts\": -1}"), 1, 39, "must be from 1 to 1000000"},
      {KEY("\"auth\": {\"max_attempts\": 2.5}"), 1, 39, "a whole number, or \"none\""},
      {KEY("\"auth\": {\"max_attempts\": 99999999999999999999}"), 1, 39, "must be from 1"},
      {KEY("\"auth\": {\"max_elapsed\": \"never\"}"), 1, 38, "or \"none\""},
      {KEY("\"hint\": {\"spread\": 1.01}"), 1, 33, "must be from 0 to 1"},
      {KEY("\"in_flight\": {\"scope\": 0}"), 1, 37, "must be from 1 to 100000"},
      {KEY("\"in_flight\": {\"total\": \"none\"}"), 1, 37, "a whole number"},
  };
  check_bad(rows, COUNT_OF(rows));
}

static void a_text_of_the_wrong_size_or_kind_is_refused(void **state) {
  (void)state;
  const again_policy *policy;
  again_diagnostic diagnostic;
  static const char with_nul[] = "{\"again\": 1}\0";
  assert_int_equal(again_policy_parse("x", with_nul, sizeof with_nul, &policy, &diagnostic),
                   AGAIN_EPOLICY);
  assert_non_null(strstr(diagnostic.message, "NUL"));
  size_t size = 1024 * 1024 + 1;
  char *large = test_malloc(size);
  memset(large, ' ', size);
  assert_int_equal(again_policy_parse("x", large, size, &policy, &diagnostic), AGAIN_EPOLICY);
  assert_non_null(strstr(diagnostic.message, "larger than 1 MiB"));
  test_free(large);
}

static void delays_are_a_list_of_their_own(void **state) {
  (void)state;
  static const char text[] =
      KEY("\"retryable\": {\"delays\": [\"1s\", \"1.5m\"], \"cap\": \"1d\"}");
  const again_policy *policy;
  assert_int_equal(again_policy_parse("file", text, strlen(text), &policy, NULL), 0);
  assert_int_equal(policy->retryable.backoff.growth, AGAIN_GROWTH_LIST);
  assert_int_equal(policy->retryable.backoff.list_count, 2);
  assert_int_equal(again_backoff_delay(&policy->retryable.backoff, 1), 1000);
  assert_int_equal(again_backoff_delay(&policy->retryable.backoff, 2), 90000);
  assert_int_equal(again_backoff_delay(&policy->retryable.backoff, 99), 90000);
  assert_false(again_policy_equal(policy, again_policy_default()));
  again_policy_unref(policy);
}

static void a_text_sets_what_it_says_and_leaves_the_rest_at_its_default(void **state) {
  (void)state;
  static const char text[] =
      "{\"//\": \"a\", \"again\": 1, \"//\": \"b\", \"name\": \"mine\",\n"
      " \"retryable\": {\"//\": \"c\", \"base\": \"2s\", \"cap\": \"1.5m\", \"multiplier\": 1.5,\n"
      " \"jitter\": \"equal\", \"max_attempts\": 9, \"max_elapsed\": \"none\"},\n"
      " \"auth\": {\"max_attempts\": \"none\"}, \"hint\": {\"spread\": 0.5}}";
  const again_policy *policy;
  assert_int_equal(again_policy_parse("file", text, strlen(text), &policy, NULL), 0);
  assert_string_equal(policy->name, "mine");
  assert_int_equal(policy->retryable.backoff.base, 2000);
  assert_int_equal(policy->retryable.backoff.cap, 90000);
  assert_int_equal(policy->retryable.backoff.multiplier_pct, 150);
  assert_int_equal(policy->retryable.backoff.jitter, AGAIN_JITTER_EQUAL);
  assert_int_equal(policy->retryable.max_attempts, 9);
  assert_true(policy->retryable.max_elapsed == AGAIN_NEVER);
  assert_int_equal(policy->auth.max_attempts, 0);
  assert_int_equal(policy->hint_spread_pct, 50);
  assert_int_equal(policy->throttled.backoff.base, again_policy_default()->throttled.backoff.base);
  assert_int_equal(policy->rule_count, again_policy_default()->rule_count);
  again_policy_unref(policy);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_is_not_json_is_refused_where_it_stands),
      cmocka_unit_test(what_is_not_a_policy_is_refused),
      cmocka_unit_test(a_wrong_number_names_what_is_allowed),
      cmocka_unit_test(a_text_of_the_wrong_size_or_kind_is_refused),
      cmocka_unit_test(delays_are_a_list_of_their_own),
      cmocka_unit_test(a_text_sets_what_it_says_and_leaves_the_rest_at_its_default),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
