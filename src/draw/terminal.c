#include "draw/terminal.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool again_terminal_is_rich(int descriptor) {
  const char *term = getenv("TERM");
  const char *no_color = getenv("NO_COLOR");
  return isatty(descriptor) == 1 && term != NULL && term[0] != '\0' && strcmp(term, "dumb") != 0 &&
         (no_color == NULL || no_color[0] == '\0');
}
