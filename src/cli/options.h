/* The options of a command, from a table. */
#ifndef AGAIN_CLI_OPTIONS_H
#define AGAIN_CLI_OPTIONS_H

#include <stdbool.h>

enum { AGAIN_CLI_LIST_MAX = 32 };

/* The values of an option that may be repeated. */
typedef struct again_cli_list {
  const char *values[AGAIN_CLI_LIST_MAX];
  int count;
} again_cli_list;

/* `--name VALUE` sets *value or adds to *list; `--name` sets *flag. One of them is given. */
typedef struct again_cli_option {
  const char *name;
  const char **value;
  bool *flag;
  again_cli_list *list;
} again_cli_option;

/* Takes the options out of the arguments and leaves the others in argv[1..]. Returns how many are
 * left, or -1 after one line on stderr that says what is wrong. "--" ends the options. */
int again_cli_options(int argc, char **argv, const again_cli_option *options, int count);

/* Reads a whole number from `least` to `most`; false after one line on stderr. NULL leaves *number. */
bool again_cli_number(const char *command, const char *option, const char *text,
                      unsigned long long least, unsigned long long most,
                      unsigned long long *number);

#endif
