#include "cli/save.h"
#include "cli/command.h"
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int again_cli_save(const char *command, const char *path, char *text) {
  if (text == NULL) return again_cli_usage_error(command, "out of memory");
  if (strcmp(path, "-") == 0) return again_cli_print_text(command, text);
  FILE *file = fopen(path, "w");
  bool whole = file != NULL && fputs(text, file) >= 0 && fflush(file) == 0;
  int error = errno;
  if (file != NULL) fclose(file);
  free(text);
  if (whole) return CLI_OK;
  return again_cli_usage_error(command, "cannot write %s: %s", path, strerror(error));
}
