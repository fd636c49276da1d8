/* again check: is a policy file valid? */
#include "cli/command.h"
#include "cli/options.h"
#include <again/policy.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* Shows the line that a diagnostic is about, and where in it. */
static void show_place(const char *path, const again_diagnostic *diagnostic) {
  FILE *file = diagnostic->line > 0 ? fopen(path, "r") : NULL;
  if (file == NULL) return;
  int character = 0;
  for (uint32_t line = 1; line < diagnostic->line && character != EOF;) {
    character = fgetc(file);
    if (character == '\n') line++;
  }
  fputs("  ", stderr);
  for (int width = 0; width < 120 && (character = fgetc(file)) != EOF && character != '\n'; width++)
    fputc(character == '\t' ? ' ' : character, stderr);
  if (diagnostic->column <= 120) fprintf(stderr, "\n  %*s", (int)diagnostic->column, "^");
  fputc('\n', stderr);
  fclose(file);
}

static int check_file(const char *path) {
  const again_policy *policy;
  again_diagnostic diagnostic = {0};
  int error = again_policy_load(path, &policy, &diagnostic);
  if (error == 0) {
    printf("%s: valid policy \"%s\"\n", path, policy->name);
    again_policy_unref(policy);
    return CLI_OK;
  }
  if (diagnostic.line == 0) {
    fprintf(stderr, "%s: error: %s\n", path, diagnostic.message);
    return error == AGAIN_EPOLICY ? CLI_INVALID : CLI_USAGE;
  }
  fprintf(stderr, "%s:%" PRIu32 ":%" PRIu32 ": error: %s\n", path, diagnostic.line,
          diagnostic.column, diagnostic.message);
  show_place(path, &diagnostic);
  return CLI_INVALID;
}

static int run(int argc, char **argv) {
  int files = again_cli_options(argc, argv, NULL, 0);
  if (files < 0) return CLI_USAGE;
  if (files == 0) return again_cli_usage_error(argv[0], "name the policy files to check");
  int status = CLI_OK;
  for (int i = 1; i <= files; i++) {
    int checked = check_file(argv[i]);
    if (checked > status) status = checked;
  }
  return again_cli_finish(argv[0], status);
}

const again_cli_command again_cli_check = {
    .name = "check",
    .arguments = "FILE...",
    .sentence = "say whether policy files are valid, and if not, where and why",
    .help = "Reads each policy file as the library does. A mistake is reported as\n"
            "file:line:column, with what is allowed; the first in each file.\n\n"
            "exit status  0  all are valid\n"
            "             1  one is not\n"
            "             2  one cannot be read\n\n"
            "example  again print > retry.json && again check retry.json",
    .run = run,
};
