/* What is wrong, where, and what to do: the messages of a policy file. */
#include "policy/reader.h"
#include "policy/keys.h"
#include "policy/suggest.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Nobody hears of it any more: the first error is kept, and enough was told. */
static bool is_deaf(const again_reader *reader) {
  return reader->error != 0 && (reader->tell == NULL || reader->told >= AGAIN_POLICY_TOLD_MAX);
}

/* Keeps the first error and tells of everything. */
static void record(again_reader *reader, const again_diagnostic *diagnostic) {
  if (!diagnostic->warning && reader->error == 0) {
    reader->diagnostic = *diagnostic;
    reader->error = AGAIN_EPOLICY;
  }
  if (reader->tell != NULL && reader->told < AGAIN_POLICY_TOLD_MAX) {
    reader->told++;
    reader->tell(reader->data, diagnostic);
  }
}

static void place(const again_reader *reader, again_path path, bool of_key,
                  again_diagnostic *diagnostic) {
  again_locate_line(reader->text, again_locate(reader->text, path, of_key), &diagnostic->line,
                    &diagnostic->column);
}

bool again_reader_fail(again_reader *reader, again_path path, bool of_key, const char *format,
                       ...) {
  if (is_deaf(reader)) return false;
  again_diagnostic diagnostic = {.warning = false};
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(diagnostic.message, sizeof diagnostic.message, format, arguments);
  va_end(arguments);
  place(reader, path, of_key, &diagnostic);
  record(reader, &diagnostic);
  return false;
}

bool again_reader_fail_at(again_reader *reader, size_t offset, const char *message) {
  if (is_deaf(reader)) return false;
  again_diagnostic diagnostic = {.warning = false};
  snprintf(diagnostic.message, sizeof diagnostic.message, "%s", message);
  again_locate_line(reader->text, offset, &diagnostic.line, &diagnostic.column);
  record(reader, &diagnostic);
  return false;
}

void again_reader_warn(again_reader *reader, again_path path, bool of_key, const char *format,
                       ...) {
  if (reader->tell == NULL || reader->told >= AGAIN_POLICY_TOLD_MAX) return;
  again_diagnostic diagnostic = {.warning = true};
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(diagnostic.message, sizeof diagnostic.message, format, arguments);
  va_end(arguments);
  place(reader, path, of_key, &diagnostic);
  record(reader, &diagnostic);
}

bool again_reader_fail_memory(again_reader *reader) {
  snprintf(reader->diagnostic.message, sizeof reader->diagnostic.message, "out of memory");
  reader->error = AGAIN_ENOMEM;
  return false;
}

bool again_reader_fail_key(again_reader *reader, again_path path, const char *key,
                           const char *object, const char *const *allowed, size_t count) {
  if (is_deaf(reader)) return false;
  const char *near = again_suggest(key, allowed, count);
  char list[256];
  path = again_path_key(path, key);
  if (near != NULL) {
    return again_reader_fail(
        reader, path, true, "unknown key \"%.40s\" in %s; did you mean \"%s\"?", key, object, near);
  }
  if (again_key_sections(key, list, sizeof list) > 0) {
    return again_reader_fail(reader, path, true, "unknown key \"%.40s\" in %s: it belongs into %s",
                             key, object, list);
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
