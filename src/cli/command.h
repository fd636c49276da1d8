/* The commands of `again`. */
#ifndef AGAIN_CLI_COMMAND_H
#define AGAIN_CLI_COMMAND_H

#include <again/policy.h>
#include <stdbool.h>
#include <stddef.h>

/* Exit codes, of every command. */
enum { CLI_OK = 0, CLI_INVALID = 1, CLI_USAGE = 2 };

typedef struct again_cli_command {
  const char *name;
  const char *arguments; /* as in the usage line */
  const char *sentence;
  const char *help;                  /* what --help says below the usage line */
  int (*run)(int argc, char **argv); /* argv[0] is the command's name */
} again_cli_command;

extern const again_cli_command again_cli_check;
extern const again_cli_command again_cli_codes;
extern const again_cli_command again_cli_emulate;
extern const again_cli_command again_cli_explain;
extern const again_cli_command again_cli_keys;
extern const again_cli_command again_cli_plot;
extern const again_cli_command again_cli_print;
extern const again_cli_command again_cli_simulate;
extern const again_cli_command again_cli_test;

/* One line on stderr, "again NAME: ..."; returns CLI_USAGE. */
int again_cli_usage_error(const char *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Loads a policy file, or "builtin:NAME"; NULL for `path`: the built-in policy. On failure *policy is
 * NULL and one line on stderr says where and what, with the place shown below it; returns an exit
 * code. */
int again_cli_load(const char *path, const again_policy **policy);

/* Shows on stderr what is wrong with a file, as compilers do, with the place below it. */
void again_cli_show(const char *path, const again_diagnostic *diagnostic);

/* Tells all that is wrong with a policy file; returns an exit code. */
int again_cli_examine(const char *path, again_diagnostic_fn tell, void *data);

/* Flushes standard output: `status`, or CLI_USAGE and a line on stderr if it could not be written. */
int again_cli_finish(const char *command, int status);

/* Prints a text and frees it; NULL: out of memory. As again_cli_finish. */
int again_cli_print_text(const char *command, char *text);

#endif
