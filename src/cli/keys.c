/* again keys: the manual page of the policy file. */
#include "cli/command.h"
#include "cli/options.h"
#include <again/policy.h>

static int run(int argc, char **argv) {
  bool schema = false;
  const again_cli_option options[] = {{.name = "--schema", .flag = &schema}};
  int rest = again_cli_options(argc, argv, options, 1);
  if (rest < 0) return CLI_USAGE;
  if (rest > 0) return again_cli_usage_error(argv[0], "it takes no arguments");
  if (schema) return again_cli_print_text(argv[0], again_policy_schema());
  return again_cli_print_text(argv[0], again_policy_manual());
}

const again_cli_command again_cli_keys = {
    .name = "keys",
    .arguments = "[--schema]",
    .sentence = "print the manual of policy files: every key, its range and default",
    .help = "Prints docs/policy.md from the table that the library reads policies by; with\n"
            "--schema the JSON Schema, docs/policy.schema.json, by which editors complete\n"
            "and check policy files.\n"
            "\n"
            "example  again keys > policy.md",
    .run = run,
};
