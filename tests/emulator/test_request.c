#include "emulator/request.h"
#include "support.h"
#include <stdlib.h>
#include <string.h>

static const char *no_header(void *data, const char *name) {
  (void)data;
  (void)name;
  return NULL;
}

/* What the limits say of `groups` groups of `logs` logs with one value of `size` bytes each. */
static bool check(size_t groups, size_t logs, const char *key, const char *value,
                  again_answer *answer) {
  char key_copy[32] = "";
  strncpy(key_copy, key, sizeof key_copy - 1);
  Cls__Log__Content content = CLS__LOG__CONTENT__INIT;
  content.key = key_copy;
  content.value = strdup(value);
  Cls__Log__Content *contents[] = {&content};
  Cls__Log log = CLS__LOG__INIT;
  log.contents = contents;
  log.n_contents = 1;
  Cls__Log **list = calloc(logs + 1, sizeof(*list));
  for (size_t i = 0; i < logs; i++)
    list[i] = &log;
  Cls__LogGroup group = CLS__LOG_GROUP__INIT;
  group.logs = list;
  group.n_logs = logs;
  Cls__LogGroup *group_list[16];
  for (size_t i = 0; i < groups; i++)
    group_list[i] = &group;
  Cls__LogGroupList root = CLS__LOG_GROUP_LIST__INIT;
  root.loggrouplist = group_list;
  root.n_loggrouplist = groups;
  size_t size = cls__log_group_list__get_packed_size(&root);
  uint8_t *body = malloc(size + 1);
  cls__log_group_list__pack(&root, body);
  again_request request = {.head = {.header = no_header}, .body = body, .body_length = size};
  *answer = (again_answer){0};
  bool taken =
      again_request_decode(&request, answer) && again_request_check_limits(&request, answer);
  if (taken) assert_int_equal(request.logs, groups * logs);
  again_request_fini(&request);
  free(body);
  free(list);
  free(content.value);
  return taken;
}

static char *text_of(size_t length) {
  char *text = malloc(length + 1);
  memset(text, 'v', length);
  text[length] = '\0';
  return text;
}

static void each_limit_is_enforced_at_its_edge(void **state) {
  (void)state;
  char *mib = text_of(1024 * 1024);
  char *over = text_of(1024 * 1024 + 1);
  const struct {
    size_t groups;
    size_t logs;
    const char *key;
    const char *value;
    const char *code; /* NULL: taken */
  } rows[] = {
      {1, 1, "k", "v", NULL},
      {10, 1, "k", "v", NULL},
      {11, 1, "k", "v", "LogSizeExceed"},
      {1, 10000, "k", "v", NULL},
      {1, 10001, "k", "v", "LogSizeExceed"},
      {1, 0, "k", "v", "InvalidContent"},
      {1, 1, "k", mib, NULL},
      {1, 1, "k", over, "LogSizeExceed"},
      {1, 5, "k", mib, NULL},
      {5, 1, "k", mib, NULL},
      {1, 6, "k", mib, "LogSizeExceed"},
      {1, 1, "", "v", "InvalidContent"},
      {1, 1, "_k", "v", "InvalidContent"},
      {1, 1, "k\xff", "v", "InvalidContent"},
      {1, 1, "k", "v\xc0", "InvalidContent"},
      {1, 1, "k", "", NULL},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    again_answer answer;
    bool taken = check(rows[i].groups, rows[i].logs, rows[i].key, rows[i].value, &answer);
    if (taken != (rows[i].code == NULL) || (!taken && strcmp(answer.code, rows[i].code) != 0)) {
      fail_msg("row %zu: %d %s %s", i, taken, answer.code, answer.message);
    }
  }
  free(mib);
  free(over);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(each_limit_is_enforced_at_its_edge)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
