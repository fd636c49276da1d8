#include "folder.h"
#include <again/policy.h>
#include <stdlib.h>
#include <string.h>

typedef struct told {
  char lines[4096]; /* "line:column: error: message" for each */
  unsigned count;
} told;

static void on_told(void *data, const again_diagnostic *diagnostic) {
  told *t = data;
  size_t used = strlen(t->lines);
  t->count++;
  snprintf(t->lines + used, sizeof t->lines - used, "%u:%u: %s: %s\n", diagnostic->line,
           diagnostic->column, diagnostic->warning ? "warning" : "error", diagnostic->message);
}

static int examine(const char *text, told *t) {
  folder f;
  char path[128];
  memset(t, 0, sizeof *t);
  folder_make(&f);
  folder_write(&f, "policy.json", text);
  int error = again_policy_examine(folder_path(&f, "policy.json", path), on_told, t);
  folder_remove(&f);
  return error;
}

static void all_errors_are_told_at_once(void **state) {
  (void)state;
  told t;
  assert_int_equal(examine("{\"again\": 1,\n"
                           " \"classify\": [{\"code\": \"A\", \"class\": \"fatel\"},\n"
                           "              {\"status\": 700, \"class\": \"ok\"},\n"
                           "              {\"class\": \"ok\"}],\n"
                           " \"retryable\": {\"base\": 500, \"capp\": \"1s\"},\n"
                           " \"budgt\": {},\n"
                           " \"auth\": {\"max_attempts\": 0}}",
                           &t),
                   AGAIN_EPOLICY);
  static const char *const expected[] = {
      "2:38: error: \"class\" must be one of ok, retryable, throttled, auth, fatal, not the string "
      "\"fatel\"; did you mean \"fatal\"?",
      "3:26: error: \"status\" must be",
      "4:15: error: a rule without",
      "5:24: error: \"base\" must be",
      "5:29: error: unknown key \"capp\"",
      "6:2: error: unknown key \"budgt\"",
      "7:27: error: \"max_attempts\" must be"};
  const char *at = t.lines;
  for (size_t i = 0; i < COUNT_OF(expected); i++) {
    if (strncmp(at, expected[i], strlen(expected[i])) != 0) {
      fail_msg("expected %s in\n%s", expected[i], t.lines);
    }
    at = strchr(at, '\n') + 1;
  }
  assert_int_equal(t.count, COUNT_OF(expected));
}

static void no_file_is_so_wrong_that_it_takes_for_ever(void **state) {
  (void)state;
  enum { KEYS = 20000 };
  char *text = malloc((size_t)KEYS * 24 + 32);
  size_t used = (size_t)sprintf(text, "{\"again\": 1");
  for (int i = 0; i < KEYS; i++)
    used += (size_t)sprintf(text + used, ",\n\"unknown%d\": 1", i);
  strcpy(text + used, "}");
  told t;
  assert_int_equal(examine(text, &t), AGAIN_EPOLICY);
  assert_int_equal(t.count, 100);
  free(text);
}

static void what_can_hardly_be_meant_is_a_warning(void **state) {
  (void)state;
  static const struct {
    const char *text;
    const char *says; /* NULL: nothing */
  } rows[] = {
      {"{\"again\":1,\"classify\":[{\"code\":\"A*\",\"class\":\"ok\"},{\"code\":\"AB\",\"class\":"
       "\"ok\"}]}",
       "1:51: warning: this rule never decides: the one in line 1 matches all"},
      {"{\"again\":1,\"classify\":[{\"code\":\"AB\",\"class\":\"ok\"},{\"code\":\"A*\",\"class\":"
       "\"ok\"}]}",
       NULL},
      {"{\"again\":1,\"classify\":[{\"status\":\"5xx\",\"class\":\"ok\"},"
       "{\"status\":503,\"code\":\"A\",\"class\":\"ok\"}]}",
       "this rule never decides"},
      {"{\"again\":1,\"classify\":[{\"status\":503,\"code\":\"A\",\"class\":\"ok\"},"
       "{\"status\":\"5xx\",\"class\":\"ok\"}]}",
       NULL},
      {"{\"again\":1,\"classify\":[{\"transport\":\"tls\",\"class\":\"ok\"},"
       "{\"transport\":\"connect\",\"class\":\"ok\"}]}",
       NULL},
      {"{\"again\":1,\"classify\":[{\"status\":\"502-504\",\"class\":\"ok\"},"
       "{\"status\":\"500-504\",\"class\":\"ok\"}]}",
       NULL},
      {"{\"again\":1,\"classify\":[{\"code\":\"A\",\"class\":\"fatal\",\"remedy\":\"hold\"}]}",
       "1:24: warning: nothing is held without a \"scope\" that is more than the batch: add "
       "\"scope\": \"topic\", or \"account\""},
      {"{\"again\":1,\"auth\":{\"growth\":\"linear\",\"multiplier\":3}}",
       "1:38: warning: \"multiplier\" has no effect without \"growth\": \"exponential\""},
      {"{\"again\":1,\"auth\":{\"step\":\"1s\"}}", "\"step\" has no effect without"},
      {"{\"again\":1,\"auth\":{\"growth\":\"decorrelated\",\"jitter\":\"equal\"}}",
       "\"jitter\" has no effect without another growth"},
      {"{\"again\":1,\"retryable\":{\"max_elapsed\":\"2h\"}}",
       "1:39: warning: it ends earlier: the operation's \"deadline\" is 1h; raise that, too"},
      {"{\"again\":1,\"retryable\":{\"max_elapsed\":\"2h\"},\"operation\":{\"deadline\":\"none\"}}",
       NULL},
      {"{\"again\":1,\"credentials\":{\"lifetime\":\"30m\"}}",
       "1:12: warning: credentials last 30m, and an operation may wait 1h"},
      {"{\"again\":1,\"credentials\":{\"lifetime\":\"2h\"}}", NULL},
      {"{\"again\":1,\"topics\":{\"a*\":{},\"ab\":{}}}",
       "1:30: warning: this is never looked at: \"a*\""},
      {"{\"again\":1,\"topics\":{\"ab\":{},\"a*\":{}}}", NULL},
      {"{\"again\":1,\"budget\":{\"refill\":\"2/s\"}}", "no budget without a \"capacity\""},
      {"{\"again\":1,\"budget\":{\"refill\":\"2/s\",\"capacity\":\"none\"}}", NULL},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    told t;
    assert_int_equal(examine(rows[i].text, &t), 0);
    bool right =
        rows[i].says == NULL ? t.count == 0 : t.count == 1 && strstr(t.lines, rows[i].says) != NULL;
    if (!right) fail_msg("%s\ntells: %s", rows[i].text, t.lines);
  }
}

static void printed_and_shipped_policies_are_without_warnings(void **state) {
  (void)state;
  const again_shipped_policy *shipped;
  for (size_t i = 0; (shipped = again_policy_shipped(i)) != NULL; i++) {
    told t;
    assert_int_equal(examine(shipped->text, &t), 0);
    if (t.count != 0) fail_msg("%s: %s", shipped->name, t.lines);
    const again_policy *policy;
    assert_int_equal(again_policy_parse("x", shipped->text, strlen(shipped->text), &policy, NULL),
                     0);
    char *printed = again_policy_print(policy);
    assert_int_equal(examine(printed, &t), 0);
    if (t.count != 0) fail_msg("%s: %s", shipped->name, t.lines);
    free(printed);
    again_policy_unref(policy);
  }
}

static void a_file_that_cannot_be_read_is_told_as_a_whole(void **state) {
  (void)state;
  told t = {.count = 0};
  assert_int_equal(again_policy_examine("/no/such", on_told, &t), AGAIN_EIO);
  assert_string_equal(t.lines, "0:0: error: cannot be opened: No such file or directory; check the "
                               "path and its permissions\n");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(all_errors_are_told_at_once),
      cmocka_unit_test(no_file_is_so_wrong_that_it_takes_for_ever),
      cmocka_unit_test(what_can_hardly_be_meant_is_a_warning),
      cmocka_unit_test(printed_and_shipped_policies_are_without_warnings),
      cmocka_unit_test(a_file_that_cannot_be_read_is_told_as_a_whole),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
