/* How assertions fail. */
#include "kit/fail.h"
#include "kit/draw.h"
#include <stdarg.h>
#include <stdlib.h>

void again_kit_fail_with(const again_kit_fail *fail, const char *file, int line, const char *text) {
  if (fail->fn != NULL) {
    fail->fn(fail->data, file, line, text);
    return;
  }
  if (file[0] != '\0') {
    fprintf(stderr, "%s:%d: %s", file, line, text);
  } else {
    fputs(text, stderr);
  }
  abort();
}

bool again_kit_failed(const again_kit *kit, const char *file, int line,
                      const again_kit_focus *focus, const char *format, ...) {
  char text[12288]; /* on the stack: `fail` may leave by longjmp, and nothing is lost */
  char picture[8192];
  char what[1024];
  static const again_kit_focus all = {0, SIZE_MAX};
  if (focus == NULL) focus = &all;
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(what, sizeof what, format, arguments);
  va_end(arguments);
  again_kit_draw_until(&kit->trace, focus->operation, focus->end, picture, sizeof picture);
  snprintf(text, sizeof text, "%s\n%s%s", what, picture,
           kit->trace.incomplete ? "  the trace is incomplete: there was no memory for all\n" : "");
  again_kit_fail_with(&kit->fail, file, line, text);
  return false;
}
