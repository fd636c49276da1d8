/* The JSON Schema of files of cases, from the table that reads them. Dialect: draft-07. */
#include "json/schema.h"
#include "cases/keys.h"
#include <stdlib.h>
#include <string.h>

#define DURATION      AGAIN_SCHEMA_DURATION
#define SPAN_OF(one)  "^(" one "(\\.\\.(" one ")?)?|\\.\\." one ")$"
#define SPAN_PATTERN  SPAN_OF(DURATION)
#define RANGE_PATTERN SPAN_OF("[0-9]+")

static json_object *text_of_one(bool *whole) {
  json_object *object = again_schema_typed("string", whole);
  again_schema_put(object, "minLength", json_object_new_int(1), whole);
  return object;
}

static json_object *list_of(json_object *items, int least, bool *whole) {
  json_object *object = again_schema_typed("array", whole);
  again_schema_put(object, "items", items, whole);
  again_schema_put(object, "minItems", json_object_new_int(least), whole);
  return object;
}

/* Any of these; NULLs behind them. */
static json_object *any_of(json_object *a, json_object *b, json_object *c, bool *whole) {
  json_object *object = json_object_new_object();
  json_object *choices = json_object_new_array();
  again_schema_push(choices, a, whole);
  again_schema_push(choices, b, whole);
  if (c != NULL) again_schema_push(choices, c, whole);
  again_schema_put(object, "anyOf", choices, whole);
  return object;
}

static json_object *word(again_case_kind kind, bool *whole) {
  json_object *object = json_object_new_object();
  json_object *words = json_object_new_array();
  const char *name;
  for (size_t i = 0; (name = again_case_word(kind, i)) != NULL; i++)
    again_schema_push(words, json_object_new_string(name), whole);
  again_schema_put(object, "enum", words, whole);
  return object;
}

static json_object *range(bool *whole) {
  json_object *number = again_schema_typed("integer", whole);
  again_schema_put(number, "minimum", json_object_new_int(0), whole);
  return any_of(number, again_schema_pattern(RANGE_PATTERN, whole), NULL, whole);
}

static json_object *counts(again_case_kind kind, bool *whole) {
  json_object *object = again_schema_typed("object", whole);
  json_object *properties = json_object_new_object();
  const char *name;
  for (size_t i = 0; (name = again_case_word(kind, i)) != NULL; i++)
    again_schema_put(properties, name, range(whole), whole);
  again_schema_put(object, "properties", properties, whole);
  again_schema_put(object, "additionalProperties", json_object_new_boolean(false), whole);
  return object;
}

static json_object *object_of(again_case_object of, bool *whole);

static json_object *value_of(const again_case_key *key, bool *whole) {
  switch (key->kind) {
  case AGAIN_CASE_KIND_TEXT: return text_of_one(whole);
  case AGAIN_CASE_KIND_COUNT: return again_schema_count(key->least, key->most, whole);
  case AGAIN_CASE_KIND_FLAG: return again_schema_typed("boolean", whole);
  case AGAIN_CASE_KIND_DURATION: return again_schema_pattern("^" DURATION "$", whole);
  case AGAIN_CASE_KIND_SPAN: return again_schema_pattern(SPAN_PATTERN, whole);
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
    return any_of(again_schema_typed("string", whole), again_schema_typed("object", whole), NULL,
                  whole);
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
    again_schema_put(list, "maxItems", json_object_new_int(AGAIN_CASES_ATTEMPTS_MAX), whole);
    json_object *number = again_schema_typed("integer", whole);
    again_schema_put(number, "minimum", json_object_new_int(0), whole);
    return any_of(number, again_schema_pattern(RANGE_PATTERN, whole), list, whole);
  }
  case AGAIN_CASE_KIND_ALL: return object_of(AGAIN_CASE_IN_ALL, whole);
  case AGAIN_CASE_KIND_REASON_COUNTS:
  case AGAIN_CASE_KIND_EVENT_COUNTS: return counts(key->kind, whole);
  }
  return NULL;
}

/* An object with the table's keys, notes, and nothing else. */
static json_object *object_of(again_case_object of, bool *whole) {
  json_object *object = again_schema_typed("object", whole);
  json_object *properties = json_object_new_object();
  json_object *required = json_object_new_array();
  for (size_t i = 0; i < again_case_key_count; i++) {
    const again_case_key *key = &again_case_keys[i];
    if (key->object != of) continue;
    json_object *value = value_of(key, whole);
    again_schema_put_text(value, "description", key->text, whole);
    again_schema_put(properties, key->name, value, whole);
    if (key->required) again_schema_push(required, json_object_new_string(key->name), whole);
  }
  again_schema_put(properties, "//", json_object_new_object(), whole);
  if (of == AGAIN_CASE_IN_FILE)
    again_schema_put(properties, "$schema", again_schema_typed("string", whole), whole);
  again_schema_put(object, "properties", properties, whole);
  again_schema_put(object, "required", required, whole);
  again_schema_put(object, "additionalProperties", json_object_new_boolean(false), whole);
  return object;
}

char *again_case_schema(void) {
  bool whole = true;
  json_object *root = object_of(AGAIN_CASE_IN_FILE, &whole);
  return again_schema_text(root, "cases for again test", whole);
}
