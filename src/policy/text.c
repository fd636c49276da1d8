#include "policy/text.h"
#include <json-c/json.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

again_text again_text_new(void) {
  enum { FIRST = 4096 };
  return (again_text){.text = malloc(FIRST), .size = FIRST};
}

void again_text_add(again_text *out, const char *format, ...) {
  if (out->text == NULL) return;
  va_list arguments;
  va_start(arguments, format);
  va_list again;
  va_copy(again, arguments);
  int length = vsnprintf(NULL, 0, format, arguments);
  va_end(arguments);
  size_t needed = out->length + (size_t)length + 1;
  if (needed > out->size) {
    char *grown = realloc(out->text, needed * 2);
    if (grown == NULL) free(out->text);
    out->text = grown;
    out->size = needed * 2;
  }
  if (out->text != NULL) {
    vsnprintf(out->text + out->length, out->size - out->length, format, again);
    out->length += (size_t)length;
  }
  va_end(again);
}

void again_text_string(again_text *out, const char *text) {
  json_object *string = json_object_new_string(text);
  const char *quoted = string != NULL
                           ? json_object_to_json_string_ext(string, JSON_C_TO_STRING_NOSLASHESCAPE)
                           : NULL;
  if (quoted != NULL) {
    again_text_add(out, "%s", quoted);
  } else {
    free(out->text);
    out->text = NULL;
  }
  json_object_put(string);
}
