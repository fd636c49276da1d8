#include "cli/options.h"
#include "cli/command.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const again_cli_option *find(const again_cli_option *options, int count, const char *name) {
  for (int i = 0; i < count; i++) {
    if (strcmp(options[i].name, name) == 0) return &options[i];
  }
  return NULL;
}

int again_cli_options(int argc, char **argv, const again_cli_option *options, int count) {
  int left = 0;
  for (int i = 1; i < argc; i++) {
    if (argv[i][0] != '-' || argv[i][1] == '\0') {
      argv[++left] = argv[i];
      continue;
    }
    if (strcmp(argv[i], "--") == 0) {
      while (++i < argc)
        argv[++left] = argv[i];
      break;
    }
    const again_cli_option *option = find(options, count, argv[i]);
    if (option == NULL) {
      again_cli_usage_error(argv[0], "there is no option %s; see again %s --help", argv[i],
                            argv[0]);
      return -1;
    }
    if (option->flag != NULL) {
      *option->flag = true;
    } else if (i + 1 == argc) {
      again_cli_usage_error(argv[0], "%s needs a value behind it", argv[i]);
      return -1;
    } else if (option->value != NULL) {
      *option->value = argv[++i];
    } else if (option->list->count == AGAIN_CLI_LIST_MAX) {
      again_cli_usage_error(argv[0], "more than %d times %s", AGAIN_CLI_LIST_MAX, argv[i]);
      return -1;
    } else {
      option->list->values[option->list->count++] = argv[++i];
    }
  }
  return left;
}

bool again_cli_number(const char *command, const char *option, const char *text,
                      unsigned long long least, unsigned long long most,
                      unsigned long long *number) {
  if (text == NULL) return true;
  char *end = NULL;
  errno = 0;
  unsigned long long read = strtoull(text, &end, 10);
  if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || read < least || read > most) {
    again_cli_usage_error(command, "%s %s: write a whole number from %llu to %llu", option, text,
                          least, most);
    return false;
  }
  *number = read;
  return true;
}
