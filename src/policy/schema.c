/* The JSON Schema of policy files, from the same tables that read them: editors complete keys and
 * mark mistakes with it. Dialect: draft-07, which they know best. */
#include "policy/keys.h"
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* json-c's functions are called with what may be NULL for want of memory; a member that is missing
 * then is found here. */
static void put(json_object *object, const char *key, json_object *value, bool *whole) {
  if (object == NULL || value == NULL || json_object_object_add(object, key, value) != 0) {
    json_object_put(value);
    *whole = false;
  }
}

static void put_text(json_object *object, const char *key, const char *text, bool *whole) {
  put(object, key, json_object_new_string(text), whole);
}

static void append(json_object *list, json_object *value, bool *whole) {
  if (list == NULL || value == NULL || json_object_array_add(list, value) != 0) {
    json_object_put(value);
    *whole = false;
  }
}

static json_object *words(const char *(*name)(int), int first, int count, bool *whole) {
  json_object *list = json_object_new_array();
  for (int i = first; i < count; i++)
    append(list, json_object_new_string(name(i)), whole);
  return list;
}

#define WORD(kind)                                                                                 \
  static const char *kind##_name(int value) {                                                      \
    return again_##kind##_name((again_##kind)value);                                               \
  }
WORD(class)
WORD(remedy)
WORD(damage)
WORD(shape)
WORD(growth)
WORD(jitter)

static json_object *typed(const char *type, bool *whole) {
  json_object *object = json_object_new_object();
  put_text(object, "type", type, whole);
  return object;
}

static json_object *duration(bool none, bool *whole) {
  json_object *object = typed("string", whole);
  put_text(object, "pattern",
           none ? "^([0-9]+(\\.[0-9]+)?(ms|s|m|h|d)|none)$" : "^[0-9]+(\\.[0-9]+)?(ms|s|m|h|d)$",
           whole);
  return object;
}

static json_object *number(const again_key *key, bool *whole) {
  bool count = key->kind == AGAIN_KEY_COUNT || key->kind == AGAIN_KEY_COUNT_OR_NONE;
  json_object *object = typed(count ? "integer" : "number", whole);
  double scale = count ? 1 : 100;
  const uint64_t ends[] = {key->least, key->most};
  static const char *const names[] = {"minimum", "maximum"};
  for (int i = 0; i < 2; i++) {
    put(object, names[i],
        count ? json_object_new_uint64(ends[i]) : json_object_new_double((double)ends[i] / scale),
        whole);
  }
  return object;
}

/* A number, or "none". */
static json_object *number_or_none(const again_key *key, bool *whole) {
  json_object *object = json_object_new_object();
  json_object *choices = json_object_new_array();
  json_object *none = json_object_new_object();
  put_text(none, "const", "none", whole);
  append(choices, number(key, whole), whole);
  append(choices, none, whole);
  put(object, "anyOf", choices, whole);
  return object;
}

static json_object *key_schema(const again_key *key, bool *whole) {
  json_object *object = NULL;
  switch (key->kind) {
  case AGAIN_KEY_DURATION: object = duration(false, whole); break;
  case AGAIN_KEY_DURATION_OR_NONE: object = duration(true, whole); break;
  case AGAIN_KEY_COUNT:
  case AGAIN_KEY_FACTOR:
  case AGAIN_KEY_RATIO: object = number(key, whole); break;
  case AGAIN_KEY_COUNT_OR_NONE: object = number_or_none(key, whole); break;
  case AGAIN_KEY_SIZE_OR_NONE:
    object = typed("string", whole);
    put_text(object, "pattern", "^([0-9]+(\\.[0-9]+)?(B|[KMG]iB|[kMG]B)|none)$", whole);
    break;
  case AGAIN_KEY_RATE:
    object = typed("string", whole);
    put_text(object, "pattern", "^[0-9]+(\\.[0-9]+)?/[smh]$", whole);
    break;
  case AGAIN_KEY_FLAG: object = typed("boolean", whole); break;
  case AGAIN_KEY_GROWTH:
    object = json_object_new_object();
    put(object, "enum", words(growth_name, 0, AGAIN_GROWTH_COUNT, whole), whole);
    break;
  case AGAIN_KEY_JITTER:
    object = json_object_new_object();
    put(object, "enum", words(jitter_name, 0, AGAIN_JITTER_COUNT, whole), whole);
    break;
  }
  char standard[40];
  again_key_print(key, key->standard, standard, sizeof standard);
  put_text(object, "description", key->text, whole);
  put(object, "default", json_tokener_parse(standard), whole);
  return object;
}

/* An object with these properties, comments, and nothing else. */
static json_object *closed(json_object *properties, bool *whole) {
  json_object *object = typed("object", whole);
  put(properties, "//", json_object_new_object(), whole);
  put(object, "properties", properties, whole);
  put(object, "additionalProperties", json_object_new_boolean(false), whole);
  return object;
}

static json_object *delays_schema(bool *whole) {
  json_object *object = typed("array", whole);
  put(object, "items", duration(false, whole), whole);
  put(object, "minItems", json_object_new_int(1), whole);
  put(object, "maxItems", json_object_new_int(100), whole);
  put_text(object, "description", "the backoffs one by one; the last one is used for all further",
           whole);
  return object;
}

static json_object *section_schema(const char *section, bool *whole) {
  json_object *properties = json_object_new_object();
  bool delays = false;
  for (size_t i = 0; i < again_policy_key_count; i++) {
    const again_key *key = &again_policy_keys[i];
    if (strcmp(key->section, section) != 0) continue;
    put(properties, key->name, key_schema(key, whole), whole);
    delays = delays || key->kind == AGAIN_KEY_GROWTH;
  }
  if (delays) put(properties, "delays", delays_schema(whole), whole);
  return closed(properties, whole);
}

static json_object *enumerated(json_object *list, const char *description, bool *whole) {
  json_object *object = json_object_new_object();
  put(object, "enum", list, whole);
  put_text(object, "description", description, whole);
  return object;
}

static json_object *transport_schema(bool *whole) {
  json_object *object = typed("string", whole);
  char pattern[512] = "^(CURLE_[A-Z0-9_]+";
  for (int i = AGAIN_FAULT_NONE + 1; i < AGAIN_FAULT_COUNT; i++) {
    size_t used = strlen(pattern);
    snprintf(pattern + used, sizeof pattern - used, "|%s", again_fault_name((again_fault)i));
  }
  strncat(pattern, ")$", sizeof pattern - strlen(pattern) - 1);
  put_text(object, "pattern", pattern, whole);
  put_text(object, "description", "a kind of transport fault, or a name of libcurl's", whole);
  return object;
}

static json_object *status_schema(bool *whole) {
  json_object *object = json_object_new_object();
  json_object *choices = json_object_new_array();
  json_object *one = typed("integer", whole);
  json_object *range = typed("string", whole);
  put(one, "minimum", json_object_new_int(100), whole);
  put(one, "maximum", json_object_new_int(599), whole);
  put_text(range, "pattern", "^([1-5]xx|[1-5][0-9][0-9]-[1-5][0-9][0-9])$", whole);
  append(choices, one, whole);
  append(choices, range, whole);
  put(object, "anyOf", choices, whole);
  put_text(object, "description", "a status (429), a hundred (\"5xx\") or a range (\"500-504\")",
           whole);
  return object;
}

static json_object *rules_schema(bool *whole) {
  json_object *properties = json_object_new_object();
  json_object *code = typed("string", whole);
  put_text(code, "pattern", "^[^*]+\\*?$|^\\*$", whole);
  put_text(code, "description", "an error code, or the beginning of one and *", whole);
  put(properties, "code", code, whole);
  put(properties, "status", status_schema(whole), whole);
  put(properties, "transport", transport_schema(whole), whole);
  put(properties, "shape",
      enumerated(words(shape_name, AGAIN_SHAPE_NONE + 1, AGAIN_SHAPE_COUNT, whole),
                 "the form of the body that the code was found in", whole),
      whole);
  put(properties, "class",
      enumerated(words(class_name, 0, AGAIN_CLASS_COUNT, whole), "what it means", whole), whole);
  put(properties, "remedy",
      enumerated(words(remedy_name, 0, AGAIN_REMEDY_COUNT, whole), "what would help", whole),
      whole);
  put(properties, "scope",
      enumerated(words(damage_name, 0, AGAIN_DAMAGE_COUNT, whole), "whom it concerns", whole),
      whole);
  json_object *rule = closed(properties, whole);
  json_object *required = json_object_new_array();
  append(required, json_object_new_string("class"), whole);
  put(rule, "required", required, whole);
  json_object *object = typed("array", whole);
  put(object, "items", rule, whole);
  put_text(object, "description", "the first rule all of whose conditions hold decides", whole);
  return object;
}

/* The sections, as properties of an object. */
static void put_sections(json_object *properties, bool *whole) {
  for (size_t i = 0; i < again_policy_key_count; i++) {
    const char *section = again_policy_keys[i].section;
    if (i > 0 && strcmp(again_policy_keys[i - 1].section, section) == 0) continue;
    put(properties, section, section_schema(section, whole), whole);
  }
}

static json_object *topics_schema(bool *whole) {
  json_object *properties = json_object_new_object();
  put(properties, "classify", rules_schema(whole), whole);
  put_sections(properties, whole);
  for (size_t i = 0; i < again_policy_key_count; i++) {
    json_object *section;
    json_object *keys;
    if (again_key_is_shared(&again_policy_keys[i]) &&
        json_object_object_get_ex(properties, again_policy_keys[i].section, &section) &&
        json_object_object_get_ex(section, "properties", &keys)) {
      json_object_object_del(keys, again_policy_keys[i].name);
    }
  }
  json_object *object = typed("object", whole);
  put(object, "additionalProperties", closed(properties, whole), whole);
  json_object *comment = json_object_new_object();
  put(comment, "//", json_object_new_object(), whole);
  put(object, "properties", comment, whole);
  put_text(object, "description", "what is different for topics: their ids, or beginnings and *",
           whole);
  return object;
}

char *again_policy_schema(void) {
  bool whole = true;
  json_object *properties = json_object_new_object();
  json_object *version = json_object_new_object();
  put(version, "const", json_object_new_int(1), &whole);
  put_text(version, "description", "the version of the format", &whole);
  put(properties, "again", version, &whole);
  put(properties, "name", typed("string", &whole), &whole);
  put(properties, "extends", typed("string", &whole), &whole);
  put(properties, "classify", rules_schema(&whole), &whole);
  put_sections(properties, &whole);
  put(properties, "topics", topics_schema(&whole), &whole);
  /* An editor's note of where this schema is. */
  put(properties, "$schema", typed("string", &whole), &whole);
  json_object *root = closed(properties, &whole);
  json_object *required = json_object_new_array();
  append(required, json_object_new_string("again"), &whole);
  put(root, "required", required, &whole);
  put_text(root, "$schema", "http://json-schema.org/draft-07/schema#", &whole);
  put_text(root, "title", "again policy file", &whole);
  int flags = JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE;
  const char *text = whole ? json_object_to_json_string_ext(root, flags) : NULL;
  size_t size = text != NULL ? strlen(text) + 2 : 0;
  char *copy = text != NULL ? malloc(size) : NULL;
  if (copy != NULL) snprintf(copy, size, "%s\n", text);
  json_object_put(root);
  return copy;
}
