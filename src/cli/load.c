/* Policy files from the command line: loaded, or their first mistake shown. */
#include "cli/command.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { WIDTH = 120 };

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
  for (int width = 0; width < WIDTH && (character = fgetc(file)) != EOF && character != '\n';
       width++)
    fputc(character == '\t' ? ' ' : character, stderr);
  if (diagnostic->column <= WIDTH) fprintf(stderr, "\n  %*s", (int)diagnostic->column, "^");
  fputc('\n', stderr);
  fclose(file);
}

void again_cli_show(const char *path, const again_diagnostic *diagnostic) {
  fprintf(stderr, "%s:", path);
  if (diagnostic->line > 0) {
    fprintf(stderr, "%" PRIu32 ":%" PRIu32 ":", diagnostic->line, diagnostic->column);
  }
  fprintf(stderr, " %s: %s\n", diagnostic->warning ? "warning" : "error", diagnostic->message);
  show_place(path, diagnostic);
}

int again_cli_examine(const char *path, again_diagnostic_fn tell, void *data) {
  int error = again_policy_examine(path, tell, data);
  if (error == 0) return CLI_OK;
  return error == AGAIN_EPOLICY ? CLI_INVALID : CLI_USAGE;
}

int again_cli_load(const char *path, const again_policy **policy) {
  again_diagnostic diagnostic = {0};
  *policy = NULL;
  if (path == NULL) {
    *policy = again_policy_default();
    return CLI_OK;
  }
  int error = again_policy_load(path, policy, &diagnostic);
  if (error == 0) return CLI_OK;
  *policy = NULL;
  again_cli_show(path, &diagnostic);
  return error == AGAIN_EPOLICY ? CLI_INVALID : CLI_USAGE;
}
