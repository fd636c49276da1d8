/* again check: is a policy file valid, and what does it cost while all fails? */
#include "cli/command.h"
#include "cli/known.h"
#include "cli/options.h"
#include "cli/report.h"
#include <stdio.h>

/* A file, and what was found wrong with it: a list for --json. */
typedef struct finding {
  const char *path;
  json_object *problems;
} finding;

/* The file as a whole has no line. */
static json_object *place_json(const again_diagnostic *wrong, uint32_t number) {
  return wrong->line > 0 ? json_object_new_int64(number) : NULL;
}

static void note(void *data, const again_diagnostic *wrong) {
  finding *found = data;
  json_object *one = json_object_new_object();
  json_object_object_add(one, "line", place_json(wrong, wrong->line));
  json_object_object_add(one, "column", place_json(wrong, wrong->column));
  json_object_object_add(one, "severity",
                         json_object_new_string(wrong->warning ? "warning" : "error"));
  json_object_object_add(one, "message", json_object_new_string(wrong->message));
  json_object_array_add(found->problems, one);
  again_cli_show(found->path, wrong);
}

static void print_json(const finding *found, const again_policy *policy) {
  json_object *root = json_object_new_object();
  json_object_object_add(root, "file", json_object_new_string(found->path));
  json_object_object_add(root, "valid", json_object_new_boolean(policy != NULL));
  json_object_object_add(root, "problems", json_object_get(found->problems));
  if (policy != NULL) again_report_json(root, policy);
  puts(json_object_to_json_string_ext(root,
                                      JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
  json_object_put(root);
}

static int check_file(const char *path, bool json) {
  const again_policy *policy = NULL;
  finding found = {.path = path, .problems = json_object_new_array()};
  int status = again_cli_examine(path, note, &found);
  if (status == CLI_OK) status = again_cli_load(path, &policy);
  if (policy != NULL) again_known_warn(path, policy, note, &found);
  if (json) {
    print_json(&found, policy);
  } else if (policy != NULL) {
    printf("%s: valid policy \"%s\"\n", path, policy->name);
    again_report_print(policy);
  }
  json_object_put(found.problems);
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
    .sentence = "say whether policy files are valid, where not, and what they cost",
    .help = "Reads each policy file as the library does. Mistakes are reported as\n"
            "file:line:column, with what is allowed, and so is what can hardly be meant;\n"
            "of a valid file it says how often and how long an operation is tried that\n"
            "keeps failing, and which error codes of the service are held and which are\n"
            "surfaced. builtin:NAME names a policy that comes with the library: default,\n"
            "patient, impatient, drop-nothing, aws-standard, aws-2026.\n"
            "\n"
            "  --json  one object a file: valid, problems (line and column, null where\n"
            "          the file cannot be read; severity, \"error\" or \"warning\";\n"
            "          message); of a valid one also tries and wait_ms per class if\n"
            "          delays are short, median or long (null: no end), calls_median\n"
            "          for each operation (null: no end), held, split and surfaced\n"
            "          codes, topics. What is wrong is on stderr as well\n"
            "\n"
            "exit status  0  all are valid\n"
            "             1  one is not\n"
            "             2  one cannot be read\n"
            "\n"
            "example  again print > retry.json && again check retry.json",
    .run = run,
};
