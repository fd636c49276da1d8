/* again check: is a policy file valid, and what does it mean at worst? */
#include "cli/command.h"
#include "cli/forecast.h"
#include "cli/options.h"
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

static const again_class classes[] = {AGAIN_CLASS_RETRYABLE, AGAIN_CLASS_THROTTLED,
                                      AGAIN_CLASS_AUTH};
enum { CLASSES = sizeof classes / sizeof *classes, LUCKS = 3 };

/* "90s" as "1m30s", without fractions of what does not matter. */
static void say_wait(again_ms wait, char text[24]) {
  if (wait == AGAIN_NEVER) {
    snprintf(text, 24, "no end");
  } else if (wait < 60000) {
    snprintf(text, 24, "%.1fs", (double)wait / 1000);
  } else if (wait < 3600000) {
    snprintf(text, 24, "%" PRIu64 "m%02" PRIu64 "s", wait / 60000, wait / 1000 % 60);
  } else {
    snprintf(text, 24, "%" PRIu64 "h%02" PRIu64 "m", wait / 3600000, wait / 60000 % 60);
  }
}

static void print_class(const again_policy *policy, again_class error_class) {
  char tries[24] = "no end";
  char waits[LUCKS][24];
  again_forecast forecasts[LUCKS];
  for (int luck = 0; luck < LUCKS; luck++) {
    forecasts[luck] = again_forecast_class(policy, error_class, (again_forecast_luck)luck);
    say_wait(forecasts[luck].wait, waits[luck]);
  }
  const again_forecast *median = &forecasts[AGAIN_FORECAST_MEDIAN];
  if (median->tries > 0) snprintf(tries, sizeof tries, "%" PRIu64, median->tries);
  printf("  %-9s  %8s  %8s  %8s  %8s  %s\n", again_class_name(error_class), tries, waits[0],
         waits[1], waits[2], median->tries > 0 ? again_reason_text(median->reason) : "");
}

static void print_report(const again_policy *policy) {
  printf("  an operation that keeps failing in one class (delays as they fall):\n"
         "  %-9s  %8s  %8s  %8s  %8s  %s\n",
         "class", "tries", "shortest", "median", "longest", "and then");
  for (int i = 0; i < CLASSES; i++)
    print_class(policy, classes[i]);
  const again_budget_policy *budget = &policy->budget;
  if (budget->capacity == 0) {
    printf("  no retry budget: many operations that fail together are all tried so often\n");
  } else {
    printf("  retry budget of each scope: %" PRIu32 " tokens, %" PRIu32
           " for a retry, %.2f back per second\n",
           budget->capacity, budget->retryable, (double)budget->refill_pct / 100);
  }
}

static json_object *forecast_json(const again_forecast *forecast) {
  json_object *object = json_object_new_object();
  json_object_object_add(object, "tries",
                         forecast->tries > 0 ? json_object_new_uint64(forecast->tries) : NULL);
  json_object_object_add(object, "wait_ms",
                         forecast->wait != AGAIN_NEVER ? json_object_new_uint64(forecast->wait)
                                                       : NULL);
  json_object_object_add(
      object, "reason",
      forecast->tries > 0 ? json_object_new_string(again_reason_name(forecast->reason)) : NULL);
  return object;
}

static void print_json(const char *path, const again_policy *policy) {
  static const char *const lucks[LUCKS] = {"shortest", "median", "longest"};
  json_object *root = json_object_new_object();
  json_object *all = json_object_new_object();
  json_object_object_add(root, "file", json_object_new_string(path));
  json_object_object_add(root, "valid", json_object_new_boolean(policy != NULL));
  if (policy != NULL) {
    json_object_object_add(root, "name", json_object_new_string(policy->name));
    for (int i = 0; i < CLASSES; i++) {
      json_object *one = json_object_new_object();
      for (int luck = 0; luck < LUCKS; luck++) {
        again_forecast forecast =
            again_forecast_class(policy, classes[i], (again_forecast_luck)luck);
        json_object_object_add(one, lucks[luck], forecast_json(&forecast));
      }
      json_object_object_add(all, again_class_name(classes[i]), one);
    }
    json_object_object_add(root, "classes", json_object_get(all));
  }
  puts(json_object_to_json_string_ext(root,
                                      JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
  json_object_put(all);
  json_object_put(root);
}

static int check_file(const char *path, bool json) {
  const again_policy *policy = NULL;
  int status = again_cli_examine(path);
  if (status == CLI_OK) status = again_cli_load(path, &policy);
  if (json) {
    print_json(path, policy);
  } else if (policy != NULL) {
    printf("%s: valid policy \"%s\"\n", path, policy->name);
    print_report(policy);
  }
  again_policy_unref(policy);
  return status;
}

static int run(int argc, char **argv) {
  bool json = false;
  const again_cli_option options[] = {{.name = "--json", .flag = &json}};
  int files = again_cli_options(argc, argv, options, 1);
  if (files < 0) return CLI_USAGE;
  if (files == 0) return again_cli_usage_error(argv[0], "name the policy files to check");
  int status = CLI_OK;
  for (int i = 1; i <= files; i++) {
    int checked = check_file(argv[i], json);
    if (checked > status) status = checked;
  }
  return again_cli_finish(argv[0], status);
}

const again_cli_command again_cli_check = {
    .name = "check",
    .arguments = "[--json] FILE...",
    .sentence = "say whether policy files are valid, where not, and what they mean at worst",
    .help =
        "Reads each policy file as the library does. Mistakes are reported as\n"
        "file:line:column, with what is allowed, and so is what can hardly be meant; of a valid\n"
        "file it says how often and how long an operation is tried that keeps failing.\n"
        "builtin:NAME names a policy that comes with the library: default, patient,\n"
        "impatient, drop-nothing, aws-standard, aws-2026.\n\n"
        "  --json  one object a file: valid, and tries and wait_ms per class (null: no end)\n\n"
        "exit status  0  all are valid\n"
        "             1  one is not\n"
        "             2  one cannot be read\n\n"
        "example  again print > retry.json && again check retry.json",
    .run = run,
};
