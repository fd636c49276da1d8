/* again check: is a policy file valid, and what does it cost while all fails? */
#include "cli/command.h"
#include "cli/known.h"
#include "cli/options.h"
#include "cli/report.h"
#include <stdio.h>

static void print_json(const char *path, const again_policy *policy) {
  json_object *root = json_object_new_object();
  json_object_object_add(root, "file", json_object_new_string(path));
  json_object_object_add(root, "valid", json_object_new_boolean(policy != NULL));
  if (policy != NULL) again_report_json(root, policy);
  puts(json_object_to_json_string_ext(root,
                                      JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
  json_object_put(root);
}

static int check_file(const char *path, bool json) {
  const again_policy *policy = NULL;
  int status = again_cli_examine(path);
  if (status == CLI_OK) status = again_cli_load(path, &policy);
  if (policy != NULL) again_known_warn(path, policy);
  if (json) {
    print_json(path, policy);
  } else if (policy != NULL) {
    printf("%s: valid policy \"%s\"\n", path, policy->name);
    again_report_print(policy);
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
    .sentence = "say whether policy files are valid, where not, and what they cost",
    .help = "Reads each policy file as the library does. Mistakes are reported as\n"
            "file:line:column, with what is allowed, and so is what can hardly be meant;\n"
            "of a valid file it says how often and how long an operation is tried that\n"
            "keeps failing, and which error codes of the service are held and which are\n"
            "surfaced. builtin:NAME names a policy that comes with the library: default,\n"
            "patient, impatient, drop-nothing, aws-standard, aws-2026.\n"
            "\n"
            "  --json  one object a file: valid, tries and wait_ms per class if\n"
            "          delays are short, median or long (null: no end),\n"
            "          calls_median for each operation (null: no end), held,\n"
            "          split and surfaced codes, topics\n"
            "\n"
            "exit status  0  all are valid\n"
            "             1  one is not\n"
            "             2  one cannot be read\n"
            "\n"
            "example  again print > retry.json && again check retry.json",
    .run = run,
};
