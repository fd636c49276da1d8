#include "emulator/answer.h"
#include <stdarg.h>
#include <stdio.h>

_Bool again_answer_refuse(again_answer *answer, int status, const char *code, const char *format,
                          ...) {
  va_list arguments;
  va_start(arguments, format);
  answer->status = status;
  snprintf(answer->code, sizeof answer->code, "%s", code);
  vsnprintf(answer->message, sizeof answer->message, format, arguments);
  va_end(arguments);
  return 0;
}
