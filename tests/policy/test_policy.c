#include "folder.h"
#include <again/policy.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void the_shipped_default_file_is_the_built_in_policy(void **state) {
  (void)state;
  const again_policy *built_in = again_policy_default();
  const again_policy *loaded;
  again_diagnostic diagnostic = {.line = 0};
  if (again_policy_load(AGAIN_SOURCE_DIR "/src/policy/shipped/default.json", &loaded,
                        &diagnostic) != 0) {
    fail_msg("%u:%u: %s", diagnostic.line, diagnostic.column, diagnostic.message);
  }
  assert_true(again_policy_equal(loaded, built_in));
  assert_string_equal(loaded->name, built_in->name);
  again_policy_unref(loaded);
}

static void the_text_of_the_default_is_that_file(void **state) {
  (void)state;
  FILE *file = fopen(AGAIN_SOURCE_DIR "/src/policy/shipped/default.json", "rb");
  assert_non_null(file);
  char text[8192];
  size_t length = fread(text, 1, sizeof text - 1, file);
  fclose(file);
  text[length] = '\0';
  assert_string_equal(again_policy_shipped(0)->text, text);
}

static void every_shipped_policy_is_valid_and_says_when_to_use_it(void **state) {
  (void)state;
  size_t count = 0;
  for (const again_shipped_policy *shipped; (shipped = again_policy_shipped(count)) != NULL;
       count++) {
    char path[64];
    snprintf(path, sizeof path, "builtin:%s", shipped->name);
    const again_policy *policy;
    again_diagnostic diagnostic = {.line = 0};
    if (again_policy_load(path, &policy, &diagnostic) != 0) {
      fail_msg("%s:%u:%u: %s", path, diagnostic.line, diagnostic.column, diagnostic.message);
    }
    assert_string_equal(policy->name, shipped->name);
    assert_non_null(strstr(shipped->text, "\n  \"//\": \""));
    assert_int_equal(again_policy_equal(policy, again_policy_default()), count == 0);
    again_policy_unref(policy);
  }
  assert_int_equal(count, 6);
  const again_policy *policy;
  again_diagnostic diagnostic = {.line = 7};
  assert_int_equal(again_policy_load("builtin:fast", &policy, &diagnostic), AGAIN_EIO);
  assert_int_equal(diagnostic.line, 0);
  assert_string_equal(diagnostic.message,
                      "there is no such shipped policy; there are \"default\", \"patient\", "
                      "\"impatient\", \"drop-nothing\", \"aws-standard\" or \"aws-2026\"");
}

static void equality_sees_every_difference(void **state) {
  (void)state;
  static const char *const texts[] = {
      "{\"again\":1}",
      "{\"again\":1,\"auth\":{\"max_attempts\":7}}",
      "{\"again\":1,\"hint\":{\"spread\":0.26}}",
      "{\"again\":1,\"retryable\":{\"jitter\":\"none\"}}",
      "{\"again\":1,\"pace\":{\"refusals\":0}}",
      "{\"again\":1,\"hold\":{\"cap\":\"6m\"}}",
      "{\"again\":1,\"topics\":{\"a\":{}}}",
      "{\"again\":1,\"topics\":{\"a\":{\"hold\":{\"cap\":\"6m\"}}}}",
      "{\"again\":1,\"topics\":{\"a*\":{}}}",
      "{\"again\":1,\"classify\":[{\"shape\":\"flat\",\"class\":\"ok\"}]}",
      "{\"again\":1,\"classify\":[{\"code\":\"A\",\"class\":\"ok\"}]}",
      "{\"again\":1,\"classify\":[{\"code\":\"B\",\"class\":\"ok\"}]}",
      "{\"again\":1,\"classify\":[{\"code\":\"A\",\"class\":\"fatal\"}]}",
      "{\"again\":1,\"classify\":[{\"status\":400,\"class\":\"ok\"}]}",
      "{\"again\":1,\"classify\":[{\"status\":\"400-401\",\"class\":\"ok\"}]}",
      "{\"again\":1,\"classify\":[{\"transport\":\"tls\",\"class\":\"ok\"}]}",
      "{\"again\":1,\"classify\":[{\"transport\":\"tls\",\"class\":\"ok\",\"remedy\":\"hold\"}]}",
      "{\"again\":1,\"classify\":[{\"transport\":\"tls\",\"class\":\"ok\",\"scope\":\"topic\"}]}",
  };
  const again_policy *policies[COUNT_OF(texts)];
  for (size_t i = 0; i < COUNT_OF(texts); i++) {
    assert_int_equal(again_policy_parse("x", texts[i], strlen(texts[i]), &policies[i], NULL), 0);
  }
  assert_true(again_policy_equal(policies[0], again_policy_default()));
  for (size_t i = 0; i < COUNT_OF(texts); i++) {
    for (size_t j = 0; j < COUNT_OF(texts); j++) {
      assert_int_equal(again_policy_equal(policies[i], policies[j]), i == j);
    }
  }
  for (size_t i = 0; i < COUNT_OF(texts); i++)
    again_policy_unref(policies[i]);
}

static void references_are_counted(void **state) {
  (void)state;
  const again_policy *policy;
  assert_int_equal(again_policy_parse("from the caller", "{\"again\":1}", 11, &policy, NULL), 0);
  assert_string_equal(policy->name, "from the caller");
  assert_ptr_equal(again_policy_ref(policy), policy);
  again_policy_unref(policy);
  assert_string_equal(policy->name, "from the caller");
  again_policy_unref(policy); /* AddressSanitizer sees a leak if this one does not free */
  again_policy_unref(NULL);
  for (int i = 0; i < 3; i++)
    again_policy_unref(again_policy_default());
  assert_string_equal(again_policy_ref(again_policy_default())->name, "default");
}

static void a_file_that_cannot_be_read_says_why(void **state) {
  (void)state;
  const again_policy *policy = NULL;
  again_diagnostic diagnostic = {.line = 9};
  assert_int_equal(again_policy_load("/nonexistent/policy.json", &policy, &diagnostic), AGAIN_EIO);
  assert_int_equal(diagnostic.line, 0);
  assert_string_equal(diagnostic.message, "cannot be opened: No such file or directory; check the "
                                          "path and its permissions");
  assert_int_equal(again_policy_load("/", &policy, &diagnostic), AGAIN_EIO);
  assert_string_equal(diagnostic.message, "cannot be read: Is a directory");
  assert_int_equal(again_policy_load("/dev/zero", &policy, &diagnostic), AGAIN_EPOLICY);
  assert_non_null(strstr(diagnostic.message, "larger than 1 MiB"));
  assert_int_equal(again_policy_load("/nonexistent/policy.json", &policy, NULL), AGAIN_EIO);
  assert_null(policy);
}

/* A reader of a pipe that nobody writes to would wait for ever, and with it a loop that watches the file. */
static void a_pipe_that_nobody_writes_to_is_an_empty_file(void **state) {
  (void)state;
  folder f;
  char path[128];
  const again_policy *policy;
  again_diagnostic wrong;
  folder_make(&f);
  folder_path(&f, "policy.json", path);
  assert_int_equal(mkfifo(path, 0600), 0);
  assert_int_equal(again_policy_load(path, &policy, &wrong), AGAIN_EPOLICY);
  assert_non_null(strstr(wrong.message, "the file is empty"));
  folder_remove(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_shipped_default_file_is_the_built_in_policy),
      cmocka_unit_test(the_text_of_the_default_is_that_file),
      cmocka_unit_test(every_shipped_policy_is_valid_and_says_when_to_use_it),
      cmocka_unit_test(equality_sees_every_difference),
      cmocka_unit_test(references_are_counted),
      cmocka_unit_test(a_file_that_cannot_be_read_says_why),
      cmocka_unit_test(a_pipe_that_nobody_writes_to_is_an_empty_file),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
