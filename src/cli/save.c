#include "cli/save.h"
#include "cli/command.h"
#include "json/replace.h"
#include <again/core.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

int again_cli_save(const char *command, const char *path, char *text) {
  if (text == NULL) return again_cli_usage_error(command, "out of memory");
  if (strcmp(path, "-") == 0) return again_cli_print_text(command, text);
  int error = again_file_replace(path, text, strlen(text));
  free(text);
  if (error == 0) return CLI_OK;
  return again_cli_usage_error(command, "cannot write %s: %s", path,
                               error == AGAIN_EIO ? strerror(errno) : "out of memory");
}
