#include "json/reader.h"
#include "policy/suggest.h"
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool again_json_fail(again_json_reader *reader, size_t at, const char *format, ...) {
  if (reader->error != 0) return false;
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(reader->wrong->message, sizeof reader->wrong->message, format, arguments);
  va_end(arguments);
  again_json_place(reader->text, at, &reader->wrong->line, &reader->wrong->column);
  reader->error = AGAIN_EFORMAT;
  return false;
}

bool again_json_fail_memory(again_json_reader *reader) {
  *reader->wrong = (again_diagnostic){0};
  snprintf(reader->wrong->message, sizeof reader->wrong->message, "out of memory");
  reader->error = AGAIN_ENOMEM;
  return false;
}

bool again_json_fail_kind(again_json_reader *reader, const char *key, const char *must,
                          const again_json *value) {
  char found[64];
  int length = (int)(value->end - value->at < 40 ? value->end - value->at : 40);
  const char *text = reader->text + value->at;
  switch (value->kind) {
  case AGAIN_JSON_OBJECT: snprintf(found, sizeof found, "an object"); break;
  case AGAIN_JSON_ARRAY: snprintf(found, sizeof found, "a list"); break;
  case AGAIN_JSON_STRING: snprintf(found, sizeof found, "the text %.*s", length, text); break;
  case AGAIN_JSON_NUMBER: snprintf(found, sizeof found, "the number %.*s", length, text); break;
  case AGAIN_JSON_FLAG:
  case AGAIN_JSON_NULL: snprintf(found, sizeof found, "%.*s", length, text); break;
  }
  return again_json_fail(reader, value->at, "\"%s\" must be %s, not %s", key, must, found);
}

bool again_json_fail_word(again_json_reader *reader, size_t at, const char *what, const char *word,
                          const char *const *allowed, size_t count) {
  char list[320];
  const char *near = again_suggest(word, allowed, count);
  if (near != NULL) {
    return again_json_fail(reader, at, "unknown %s \"%.40s\": did you mean \"%s\"?", what, word,
                           near);
  }
  again_suggest_list(allowed, count, list, sizeof list);
  return again_json_fail(reader, at, "unknown %s \"%.40s\": say %s", what, word, list);
}

bool again_json_read_count(again_json_reader *reader, const char *key, uint64_t least,
                           uint64_t most, const again_json *value, uint64_t *number) {
  char must[80];
  snprintf(must, sizeof must, "a whole number from %" PRIu64 " to %" PRIu64, least, most);
  if (least == most) snprintf(must, sizeof must, "%" PRIu64, least);
  bool right = value->kind == AGAIN_JSON_NUMBER && value->whole && value->number >= least &&
               value->number <= most;
  if (right) *number = value->number;
  return right || again_json_fail_kind(reader, key, must, value);
}

bool again_json_read_duration(again_json_reader *reader, const char *key, const char *must,
                              const again_json *value, again_ms *duration) {
  again_ms read = 0;
  bool right = value->kind == AGAIN_JSON_STRING && again_duration_parse(value->text, &read) == 0 &&
               read != AGAIN_NEVER;
  if (right) *duration = read;
  return right || again_json_fail_kind(reader, key, must, value);
}

/* ---- The text ---------------------------------------------------------------------------------- */

static int fail_file(again_json_reader *reader, int error, const char *what, const char *why) {
  *reader->wrong = (again_diagnostic){0};
  snprintf(reader->wrong->message, sizeof reader->wrong->message, "%s: %s", what, why);
  return reader->error = error;
}

static int make_tree(again_json_reader *reader) {
  reader->error = again_json_read(reader->text, reader->length, &reader->root, reader->wrong);
  if (reader->error == AGAIN_ENOMEM) again_json_fail_memory(reader);
  return reader->error;
}

int again_json_reader_load(again_json_reader *reader, const char *path, size_t most,
                           const char *too_long) {
  FILE *in = fopen(path, "rb");
  if (in == NULL) return fail_file(reader, AGAIN_EIO, "cannot be opened", strerror(errno));
  reader->text = malloc(most + 1);
  if (reader->text == NULL) again_json_fail_memory(reader);
  if (reader->error == 0) reader->length = fread(reader->text, 1, most + 1, in);
  if (reader->error == 0 && ferror(in))
    fail_file(reader, AGAIN_EIO, "cannot be read", strerror(errno));
  fclose(in);
  if (reader->error == 0 && reader->length > most)
    fail_file(reader, AGAIN_EFORMAT, "too long", too_long);
  if (reader->error != 0) return reader->error;
  reader->text[reader->length] = '\0';
  char *fitting = realloc(reader->text, reader->length + 1);
  if (fitting != NULL) reader->text = fitting;
  return make_tree(reader);
}

int again_json_reader_parse(again_json_reader *reader, const char *text, size_t length) {
  reader->text = malloc(length + 1);
  if (reader->text == NULL) {
    again_json_fail_memory(reader);
    return reader->error;
  }
  memcpy(reader->text, text, length);
  reader->text[length] = '\0';
  reader->length = length;
  return make_tree(reader);
}

void again_json_reader_end(again_json_reader *reader) {
  again_json_free(reader->root);
  free(reader->text);
  reader->root = NULL;
  reader->text = NULL;
}
