/* again: the policy workbench. One file for each command; this one finds it. */
#include "cli/command.h"
#include "cli/names.h"
#include <again/version.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One a line. */
/* clang-format off */
static const again_cli_command *const commands[] = {
    &again_cli_check,
    &again_cli_explain,
    &again_cli_print,
    &again_cli_keys,
    &again_cli_codes,
    &again_cli_plot,
    &again_cli_test,
    &again_cli_simulate,
    &again_cli_emulate,
};
/* clang-format on */

enum { COMMAND_COUNT = sizeof commands / sizeof *commands };

int again_cli_usage_error(const char *command, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fprintf(stderr, command != NULL ? "again %s: " : "again: ", command);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  va_end(arguments);
  return CLI_USAGE;
}

int again_cli_finish(const char *command, int status) {
  if (fflush(stdout) == 0 && !ferror(stdout)) return status;
  return again_cli_usage_error(command, "cannot write standard output: %s", strerror(errno));
}

int again_cli_print_text(const char *command, char *text) {
  if (text == NULL) return again_cli_usage_error(command, "out of memory");
  fputs(text, stdout);
  free(text);
  return again_cli_finish(command, CLI_OK);
}

static int print_help(void) {
  printf("usage: again COMMAND [arguments]\n\n"
         "Checks, explains, prints, simulates and tests retry policies, lists error\n"
         "codes, emulates the service.\n\n");
  for (int i = 0; i < COMMAND_COUNT; i++)
    printf("  %-9s %s\n", commands[i]->name, commands[i]->sentence);
  printf("\n  again COMMAND --help   a page on the command, with an example\n"
         "  again --version        the version\n"
         "  again --names KIND     the names of a KIND of argument, one a line, for\n"
         "                         completion: policy, scenario, class, code or curl\n\n"
         "exit status  0  done\n"
         "             1  what was examined is not valid\n"
         "             2  wrong usage, or a file cannot be read or written\n");
  return again_cli_finish(NULL, CLI_OK);
}

static int print_command_help(const again_cli_command *command) {
  printf("usage: again %s%s%s\n\n%s\n", command->name, command->arguments[0] != '\0' ? " " : "",
         command->arguments, command->help);
  return again_cli_finish(command->name, CLI_OK);
}

static int run_command(const again_cli_command *command, int argc, char **argv) {
  for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
    if (strcmp(argv[i], "--help") == 0) return print_command_help(command);
  }
  return command->run(argc, argv);
}

/* "check, explain or print" */
static void list_commands(char *names, size_t size) {
  size_t length = 0;
  for (int i = 0; i < COMMAND_COUNT && length < size; i++) {
    const char *between = i == 0 ? "" : i < COMMAND_COUNT - 1 ? ", " : " or ";
    length += (size_t)snprintf(names + length, size - length, "%s%s", between, commands[i]->name);
  }
}

int main(int argc, char **argv) {
  char names[256];
  list_commands(names, sizeof names);
  if (argc < 2) return again_cli_usage_error(NULL, "say what to do: %s; see again --help", names);
  if (strcmp(argv[1], "--help") == 0) return print_help();
  if (strcmp(argv[1], "--version") == 0) {
    printf("again %s\n", again_version());
    return again_cli_finish(NULL, CLI_OK);
  }
  if (strcmp(argv[1], "--names") == 0) return again_cli_names(argv[2]);
  for (int i = 0; i < COMMAND_COUNT; i++) {
    if (strcmp(argv[1], commands[i]->name) == 0)
      return run_command(commands[i], argc - 1, argv + 1);
  }
  return again_cli_usage_error(NULL, "there is no command \"%s\": say %s", argv[1], names);
}
