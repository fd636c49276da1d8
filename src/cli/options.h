/* The options of a command, from a table. */
#ifndef AGAIN_CLI_OPTIONS_H
#define AGAIN_CLI_OPTIONS_H

#include <stdbool.h>

/* `--name VALUE` sets *value; `--name` sets *flag. One of both is given. */
typedef struct again_cli_option {
  const char *name;
  const char **value;
  bool *flag;
} again_cli_option;

/* Takes the options out of the arguments and leaves the others in argv[1..]. Returns how many are
 * left, or -1 after one line on stderr that says what is wrong. "--" ends the options. */
int again_cli_options(int argc, char **argv, const again_cli_option *options, int count);

/* Reads a whole number of at most `most`; false after one line on stderr. NULL leaves *number. */
bool again_cli_number(const char *command, const char *option, const char *text,
                      unsigned long long most, unsigned long long *number);

#endif
