/* The JSON Schema of files of cases, from the table that reads them. Dialect: draft-07. */
#include "cases/keys.h"
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#define DURATION      "[0-9]+(\\.[0-9]+)?(ms|s|m|h|d)"
#define SPAN_OF(one)  "^(" one "(\\.\\.(" one ")?)?|\\.\\." one ")$"
#define SPAN_PATTERN  SPAN_OF(DURATION)
#define RANGE_PATTERN SPAN_OF("[0-9]+")

/* What is missing for want of memory is found here. */
static void put(json_object *object, const char *key, json_object *value, bool *whole) {
  if (object == NULL || value == NULL || json_object_object_add(object, key, value) != 0) {
    json_object_put(value);
    *whole = false;
  }
}

static void put_text(json_object *object, const char *key, const char *text, bool *whole) {
  put(object, key, json_object_new_string(text), whole);
}

static void push(json_object *list, json_object *value, bool *whole) {
  if (list == NULL || value == NULL || json_object_array_add(list, value) != 0) {
    json_object_put(value);
    *whole = false;
  }
}

static json_object *typed(const char *type, bool *whole) {
  json_object *object = json_object_new_object();
  put_text(object, "type", type, whole);
  return object;
}

static json_object *pattern(const char *text, bool *whole) {
  json_object *object = typed("string", whole);
  put_text(object, "pattern", text, whole);
  return object;
}

static json_object *text_of_one(bool *whole) {
  json_object *object = typed("string", whole);
  put(object, "minLength", json_object_new_int(1), whole);
  return object;
}

static json_object *list_of(json_object *items, int least, bool *whole) {
  json_object *object = typed("array", whole);
  put(object, "items", items, whole);
  put(object, "minItems", json_object_new_int(least), whole);
  return object;
}

/* Any of these; NULLs behind them. */
static json_object *any_of(json_object *a, json_object *b, json_object *c, bool *whole) {
  json_object *object = json_object_new_object();
  json_object *choices = json_object_new_array();
  push(choices, a, whole);
  push(choices, b, whole);
  if (c != NULL) push(choices, c, whole);
  put(object, "anyOf", choices, whole);
  return object;
}

static json_object *word(again_case_kind kind, bool *whole) {
  json_object *object = json_object_new_object();
  json_object *words = json_object_new_array();
  const char *name;
  for (size_t i = 0; (name = again_case_word(kind, i)) != NULL; i++)
    push(words, json_object_new_string(name), whole);
  put(object, "enum", words, whole);
  return object;
}

static json_object *count(const again_case_key *key, bool *whole) {
  json_object *object = typed("integer", whole);
  put(object, "minimum", json_object_new_uint64(key->least), whole);
  put(object, "maximum", json_object_new_uint64(key->most), whole);
  return object;
}

static json_object *range(bool *whole) {
  json_object *number = typed("integer", whole);
  put(number, "minimum", json_object_new_int(0), whole);
  return any_of(number, pattern(RANGE_PATTERN, whole), NULL, whole);
}

static json_object *counts(again_case_kind kind, bool *whole) {
  json_object *object = typed("object", whole);
  json_object *properties = json_object_new_object();
  const char *name;
  for (size_t i = 0; (name = again_case_word(kind, i)) != NULL; i++)
    put(properties, name, range(whole), whole);
  put(object, "properties", properties, whole);
  put(object, "additionalProperties", json_object_new_boolean(false), whole);
  return object;
}

static json_object *object_of(again_case_object of, bool *whole);

static json_object *value_of(const again_case_key *key, bool *whole) {
  switch (key->kind) {
  case AGAIN_CASE_KIND_TEXT: return text_of_one(whole);
  case AGAIN_CASE_KIND_COUNT: return count(key, whole);
  case AGAIN_CASE_KIND_FLAG: return typed("boolean", whole);
  case AGAIN_CASE_KIND_DURATION: return pattern("^" DURATION "$", whole);
  case AGAIN_CASE_KIND_SPAN: return pattern(SPAN_PATTERN, whole);
  case AGAIN_CASE_KIND_RANGE: return range(whole);
  case AGAIN_CASE_KIND_FAULT:
  case AGAIN_CASE_KIND_EFFECT: return word(key->kind, whole);
  case AGAIN_CASE_KIND_CLASSES:
  case AGAIN_CASE_KIND_REMEDIES:
  case AGAIN_CASE_KIND_DAMAGES:
  case AGAIN_CASE_KIND_REASONS:
  case AGAIN_CASE_KIND_EFFECTS:
  case AGAIN_CASE_KIND_RESULTS:
    return any_of(word(key->kind, whole), list_of(word(key->kind, whole), 1, whole), NULL, whole);
  case AGAIN_CASE_KIND_BODY:
    return any_of(typed("string", whole), typed("object", whole), NULL, whole);
  case AGAIN_CASE_KIND_CASES: return list_of(object_of(AGAIN_CASE_IN_CASE, whole), 1, whole);
  case AGAIN_CASE_KIND_OUTCOMES: {
    json_object *one =
        any_of(text_of_one(whole), object_of(AGAIN_CASE_IN_OUTCOME, whole), NULL, whole);
    return any_of(text_of_one(whole), list_of(one, 1, whole),
                  object_of(AGAIN_CASE_IN_OUTCOME, whole), whole);
  }
  case AGAIN_CASE_KIND_EXPECT: return object_of(AGAIN_CASE_IN_EXPECT, whole);
  case AGAIN_CASE_KIND_ATTEMPTS: {
    json_object *list = list_of(object_of(AGAIN_CASE_IN_ATTEMPT, whole), 0, whole);
    put(list, "maxItems", json_object_new_int(AGAIN_CASES_ATTEMPTS_MAX), whole);
    json_object *number = typed("integer", whole);
    put(number, "minimum", json_object_new_int(0), whole);
    return any_of(number, pattern(RANGE_PATTERN, whole), list, whole);
  }
  case AGAIN_CASE_KIND_ALL: return object_of(AGAIN_CASE_IN_ALL, whole);
  case AGAIN_CASE_KIND_REASON_COUNTS:
  case AGAIN_CASE_KIND_EVENT_COUNTS: return counts(key->kind, whole);
  }
  return NULL;
}

/* An object with the table's keys, notes, and nothing else. */
static json_object *object_of(again_case_object of, bool *whole) {
  json_object *object = typed("object", whole);
  json_object *properties = json_object_new_object();
  json_object *required = json_object_new_array();
  for (size_t i = 0; i < again_case_key_count; i++) {
    const again_case_key *key = &again_case_keys[i];
    if (key->object != of) continue;
    json_object *value = value_of(key, whole);
    put_text(value, "description", key->text, whole);
    put(properties, key->name, value, whole);
    if (key->required) push(required, json_object_new_string(key->name), whole);
  }
  put(properties, "//", json_object_new_object(), whole);
  if (of == AGAIN_CASE_IN_FILE) put(properties, "$schema", typed("string", whole), whole);
  put(object, "properties", properties, whole);
  put(object, "required", required, whole);
  put(object, "additionalProperties", json_object_new_boolean(false), whole);
  return object;
}

char *again_case_schema(void) {
  bool whole = true;
  json_object *root = object_of(AGAIN_CASE_IN_FILE, &whole);
  put_text(root, "$schema", "http://json-schema.org/draft-07/schema#", &whole);
  put_text(root, "title", "cases for again test", &whole);
  int flags = JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE;
  const char *text = whole ? json_object_to_json_string_ext(root, flags) : NULL;
  size_t size = text != NULL ? strlen(text) + 2 : 0;
  char *copy = text != NULL ? malloc(size) : NULL;
  if (copy != NULL) snprintf(copy, size, "%s\n", text);
  json_object_put(root);
  return copy;
}
