#include "cli/known.h"
#include "policy/near.h"
#include "policy/suggest.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

CURLcode again_known_curl(const char *name) {
  for (int code = 1; code < CURL_LAST; code++) {
    if (strcmp(again_http_result_name((CURLcode)code), name) == 0) return (CURLcode)code;
  }
  return CURLE_OK;
}

static bool is_curl(const char *code) {
  return strncmp(code, "CURLE_", 6) == 0;
}

const char *again_known_near(const char *code) {
  const char *names[CURL_LAST];
  size_t count = 0;
  if (!is_curl(code)) return again_near_code(again_cls_catalogue(), code);
  if (again_known_curl(code) != CURLE_OK) return NULL;
  for (int i = 1; i < CURL_LAST; i++)
    names[count++] = again_http_result_name((CURLcode)i);
  return again_suggest(code, names, count);
}

/* Finds the code in quotes, from the line of its rule on. */
static void find(const char *path, const again_rule *rule, again_diagnostic *wrong) {
  char quoted[128];
  char *text = NULL;
  size_t room = 0;
  FILE *file = fopen(path, "r");
  snprintf(quoted, sizeof quoted, "\"%s\"", rule->code);
  wrong->line = rule->line;
  wrong->column = 1;
  for (uint32_t line = 1; file != NULL && getline(&text, &room, file) >= 0; line++) {
    const char *at = line >= rule->line ? strstr(text, quoted) : NULL;
    if (at == NULL) continue;
    wrong->line = line;
    wrong->column = (uint32_t)(at - text) + 1;
    break;
  }
  free(text);
  if (file != NULL) fclose(file);
}

static again_diagnostic warning_of(const char *path, const again_rule *rule, const char *near) {
  again_diagnostic wrong = {.warning = true};
  find(path, rule, &wrong);
  if (near != NULL) {
    snprintf(wrong.message, sizeof wrong.message, "\"%.60s\" is not known; did you mean \"%s\"?",
             rule->code, near);
  } else {
    snprintf(wrong.message, sizeof wrong.message,
             "libcurl has no result \"%.60s\"; see libcurl-errors(3)", rule->code);
  }
  return wrong;
}

void again_known_warn(const char *path, const again_policy *policy, again_diagnostic_fn tell,
                      void *data) {
  for (size_t i = 0; i < policy->rule_count; i++) {
    const again_rule *rule = &policy->rules[i];
    bool own = rule->file != NULL && strcmp(rule->file, path) == 0;
    if (!own || rule->code == NULL || strchr(rule->code, '*') != NULL) continue;
    const char *near = again_known_near(rule->code);
    bool no_result = is_curl(rule->code) && again_known_curl(rule->code) == CURLE_OK;
    if (near == NULL && !no_result) continue;
    again_diagnostic wrong = warning_of(path, rule, near);
    tell(data, &wrong);
  }
}
