/* again print: a policy with every key. */
#include "cli/command.h"
#include "cli/options.h"
#include <again/policy.h>
#include <inttypes.h>
#include <stdio.h>

static int run(int argc, char **argv) {
  int files = again_cli_options(argc, argv, NULL, 0);
  if (files < 0) return CLI_USAGE;
  if (files > 1) return again_cli_usage_error(argv[0], "name one policy file, or none");
  if (files == 0) return again_cli_print_text(argv[0], again_policy_print(again_policy_default()));
  const again_policy *policy;
  again_diagnostic diagnostic = {0};
  int error = again_policy_load(argv[1], &policy, &diagnostic);
  if (error != 0) {
    fprintf(stderr, "%s:", argv[1]);
    if (diagnostic.line > 0)
      fprintf(stderr, "%" PRIu32 ":%" PRIu32 ":", diagnostic.line, diagnostic.column);
    fprintf(stderr, " error: %s\n", diagnostic.message);
    return error == AGAIN_EPOLICY ? CLI_INVALID : CLI_USAGE;
  }
  int status = again_cli_print_text(argv[0], again_policy_print(policy));
  again_policy_unref(policy);
  return status;
}

const again_cli_command again_cli_print = {
    .name = "print",
    .arguments = "[FILE]",
    .sentence = "print a policy with every key, the defaults filled in",
    .help = "Prints the policy of FILE, or the built-in one, as a file that says the same with\n"
            "every key: to see what a short file means, or to start one's own.\n\n"
            "example  again print > retry.json",
    .run = run,
};
