/* What is wrong, where, and what to do: the messages of a policy file. */
#include "policy/reader.h"
#include "policy/suggest.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool again_reader_fail(again_reader *reader, again_path path, bool of_key, const char *format,
                       ...) {
  again_diagnostic *diagnostic = &reader->diagnostic;
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(diagnostic->message, sizeof diagnostic->message, format, arguments);
  va_end(arguments);
  again_locate_line(reader->text, again_locate(reader->text, path, of_key), &diagnostic->line,
                    &diagnostic->column);
  reader->error = AGAIN_EPOLICY;
  return false;
}

bool again_reader_fail_memory(again_reader *reader) {
  snprintf(reader->diagnostic.message, sizeof reader->diagnostic.message, "out of memory");
  reader->error = AGAIN_ENOMEM;
  return false;
}

bool again_reader_fail_key(again_reader *reader, again_path path, const char *key,
                           const char *object, const char *const *allowed, size_t count) {
  const char *near = again_suggest(key, allowed, count);
  char list[160];
  path = again_path_key(path, key);
  if (near != NULL) {
    return again_reader_fail(
        reader, path, true, "unknown key \"%.40s\" in %s; did you mean \"%s\"?", key, object, near);
  }
  again_suggest_list(allowed, count, list, sizeof list);
  return again_reader_fail(reader, path, true, "unknown key \"%.40s\" in %s; allowed: %s", key,
                           object, list);
}

const char *again_reader_found(json_object *value, char *buffer, size_t size) {
  switch (json_object_get_type(value)) {
  case json_type_null: return "null";
  case json_type_boolean: return json_object_get_boolean(value) ? "true" : "false";
  case json_type_object: return "an object";
  case json_type_array: return "a list";
  case json_type_string:
    snprintf(buffer, size, "the string \"%.40s\"", json_object_get_string(value));
    return buffer;
  case json_type_int:
  case json_type_double:
    snprintf(buffer, size, "the number %.40s", json_object_to_json_string(value));
    return buffer;
  }
  return "?";
}
