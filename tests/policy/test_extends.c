#include "folder.h"
#include <again/policy.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Loads `a.json` of a folder with these files; checks what is said if it is refused. */
static const again_policy *load(folder *f, const char *says) {
  const again_policy *policy = NULL;
  again_diagnostic diagnostic = {.line = 0};
  char path[128];
  int error = again_policy_load(folder_path(f, "a.json", path), &policy, &diagnostic);
  if ((error != 0) != (says != NULL) ||
      (says != NULL && strstr(diagnostic.message, says) == NULL)) {
    fail_msg("%d %u:%u: %s", error, diagnostic.line, diagnostic.column, diagnostic.message);
  }
  return policy;
}

static void keys_replace_and_rules_come_first(void **state) {
  (void)state;
  folder f;
  folder_make(&f);
  folder_write(&f, "a.json",
               "{\"again\": 1, \"extends\": \"b.json\",\n"
               " \"classify\": [{\"code\": \"Mine\", \"class\": \"fatal\"}],\n"
               " \"retryable\": {\"base\": \"7s\"}}");
  folder_write(&f, "b.json",
               "{\"again\": 1, \"extends\": \"patient\",\n"
               " \"classify\": [{\"code\": \"Mine\", \"class\": \"ok\"}, {\"code\": \"Other\", "
               "\"class\": \"ok\"}],\n"
               " \"retryable\": {\"base\": \"3s\", \"delays\": [\"4s\", \"5s\"]}}");
  const again_policy *policy = load(&f, NULL);
  assert_int_equal(policy->retryable.backoff.base, 7000);
  assert_int_equal(policy->retryable.backoff.list_count, 2);
  assert_int_equal(again_backoff_delay(&policy->retryable.backoff, 2), 5000);
  assert_int_equal(policy->retryable.backoff.cap, 120000); /* of patient */
  assert_int_equal(policy->operation_deadline, 86400000);
  again_outcome mine = {.status = 400, .code = "Mine"};
  again_verdict verdict = again_classify(policy, NULL, &mine);
  assert_int_equal(verdict.error_class, AGAIN_CLASS_FATAL);
  assert_int_equal(verdict.rule, 2);
  assert_non_null(strstr(verdict.file, "/a.json"));
  again_outcome other = {.status = 400, .code = "Other"};
  verdict = again_classify(policy, NULL, &other);
  assert_int_equal(verdict.error_class, AGAIN_CLASS_OK);
  assert_non_null(strstr(verdict.file, "/b.json"));
  char *printed = again_policy_print(policy);
  const again_policy *again;
  assert_int_equal(again_policy_parse("x", printed, strlen(printed), &again, NULL), 0);
  assert_true(again_policy_equal(policy, again));
  free(printed);
  again_policy_unref(again);
  again_policy_unref(policy);
  folder_remove(&f);
}

static void the_rules_are_inherited_where_there_are_none(void **state) {
  (void)state;
  static const char text[] = "{\"again\": 1, \"extends\": \"drop-nothing\"}";
  const again_policy *policy;
  assert_int_equal(again_policy_parse("x", text, strlen(text), &policy, NULL), 0);
  again_outcome closed = {.status = 400, .code = "MissingAuthorization"};
  assert_int_equal(again_classify(policy, NULL, &closed).error_class, AGAIN_CLASS_AUTH);
  assert_string_equal(again_classify(policy, NULL, &closed).file, "builtin:drop-nothing");
  again_policy_unref(policy);
}

static void what_cannot_be_extended_is_said_at_its_place(void **state) {
  (void)state;
  static const struct {
    const char *extends;
    const char *b;
    const char *says;
  } rows[] = {
      {"7", "{}", "\"extends\" must name a shipped policy or a file, not the number 7"},
      {"\"none.json\"", "{}", "\"none.json\" cannot be opened: No such file"},
      {"\"pateint\"", "{}",
       "\"pateint\": there is no such shipped policy; did you mean \"patient\"?; and as a file it "
       "cannot be opened: No such file"},
      {"\"builtin:pateint\"", "{}",
       "\"pateint\": there is no such shipped policy; did you mean \"patient\"?"},
      {"\"/etc/passwd\"", "{}", "only a file in the folder of this one, or below it"},
      {"\"../a.json\"", "{}", "only a file in the folder of this one, or below it"},
      {"\"x/../../a.json\"", "{}", "only a file in the folder of this one, or below it"},
      {"\"b.json\"", "{\"again\": 1,\n \"auht\": {}}", "b.json:2:2: unknown key \"auht\""},
      {"\"a.json\"", "{}", "files extend one another in a loop"},
      {"\"././a.json\"", "{}", "in a loop, or more than 8 deep"},
      {"\"b.json\"", "{\"again\": 1, \"extends\": \"a.json\"}",
       "b.json:1:25: files extend one another in a loop"},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    folder f;
    char text[128];
    folder_make(&f);
    snprintf(text, sizeof text, "{\"again\": 1, \"extends\": %s}", rows[i].extends);
    folder_write(&f, "a.json", text);
    folder_write(&f, "b.json", rows[i].b);
    load(&f, rows[i].says);
    folder_remove(&f);
  }
  static const char text[] = "{\"again\": 1, \"extends\": \"b.json\"}";
  const again_policy *policy;
  again_diagnostic diagnostic;
  assert_int_equal(again_policy_parse("x", text, strlen(text), &policy, &diagnostic),
                   AGAIN_EPOLICY);
  assert_int_equal(diagnostic.column, 25);
  assert_non_null(strstr(diagnostic.message, "this text is no file"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(keys_replace_and_rules_come_first),
      cmocka_unit_test(the_rules_are_inherited_where_there_are_none),
      cmocka_unit_test(what_cannot_be_extended_is_said_at_its_place),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
