#include "cli/names.h"
#include "cli/command.h"
#include "cli/course.h"
#include "scenario/scenario.h"
#include <again/cls.h>
#include <stdio.h>
#include <string.h>

/* Each prints all names of its kind, one a line. */

static void print_policies(void) {
  const again_shipped_policy *shipped;
  for (size_t i = 0; (shipped = again_policy_shipped(i)) != NULL; i++)
    printf("builtin:%s\n", shipped->name);
}

static void print_scenarios(void) {
  const char *name;
  for (size_t i = 0; (name = again_scenario_shipped_name(i)) != NULL; i++)
    puts(name);
}

static void print_classes(void) {
  for (int plight = 0; plight < AGAIN_PLIGHT_COUNT; plight++)
    puts(again_plight_name((again_plight)plight));
}

static void print_codes(void) {
  const again_catalogue *catalogue = again_cls_catalogue();
  for (size_t i = 0; i < catalogue->count; i++) {
    /* The name of a family is none that comes. */
    if (strchr(catalogue->codes[i].name, '*') == NULL) puts(catalogue->codes[i].name);
  }
}

/* Numbers that libcurl gave up have no name. */
static void print_curl(void) {
  for (int code = 1; code < CURL_LAST; code++) {
    const char *name = again_http_result_name((CURLcode)code);
    if (strchr(name, '?') == NULL && strstr(name, "OBSOLETE") == NULL) puts(name);
  }
}

static const struct kind {
  const char *name;
  void (*print)(void);
} kinds[] = {{"policy", print_policies},
             {"scenario", print_scenarios},
             {"class", print_classes},
             {"code", print_codes},
             {"curl", print_curl}};

int again_cli_names(const char *name) {
  for (size_t i = 0; name != NULL && i < sizeof kinds / sizeof *kinds; i++) {
    if (strcmp(kinds[i].name, name) != 0) continue;
    kinds[i].print();
    return again_cli_finish(NULL, CLI_OK);
  }
  return again_cli_usage_error(NULL, "--names %s: say policy, scenario, class, code or curl",
                               name != NULL ? name : "needs a kind");
}
