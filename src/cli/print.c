/* again print: a policy with every key. */
#include "cli/command.h"
#include "cli/options.h"

static int run(int argc, char **argv) {
  int files = again_cli_options(argc, argv, NULL, 0);
  if (files < 0) return CLI_USAGE;
  if (files > 1) return again_cli_usage_error(argv[0], "name one policy file, or none");
  const again_policy *policy;
  int status = again_cli_load(files == 1 ? argv[1] : NULL, &policy);
  if (status == CLI_OK) status = again_cli_print_text(argv[0], again_policy_print(policy));
  again_policy_unref(policy);
  return status;
}

const again_cli_command again_cli_print = {
    .name = "print",
    .arguments = "[FILE]",
    .sentence = "print a policy with every key, the defaults filled in",
    .help = "Prints the policy of FILE, or the built-in one, as a file that says the same\n"
            "with every key: to see what a short file means, or to start one's own.\n"
            "builtin:NAME names a policy that comes with the library: default, patient,\n"
            "impatient, drop-nothing, aws-standard, aws-2026.\n"
            "\n"
            "example  again print builtin:patient > retry.json",
    .run = run,
};
