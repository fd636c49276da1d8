/* What the table of keys says, as a JSON Schema and as a page. */
#include "json/schema.h"
#include "scenario/keys.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static json_object *words(again_scenario_kind kind, bool *whole) {
  json_object *object = json_object_new_object();
  json_object *list = json_object_new_array();
  const char *name;
  for (size_t i = 0; (name = again_scenario_word(kind, i)) != NULL; i++)
    again_schema_push(list, json_object_new_string(name), whole);
  again_schema_put(object, "enum", list, whole);
  return object;
}

static json_object *text(const again_scenario_key *key, bool *whole) {
  json_object *object = again_schema_typed("string", whole);
  again_schema_put(object, "minLength", json_object_new_uint64(key->least), whole);
  again_schema_put(object, "maxLength", json_object_new_uint64(key->most), whole);
  return object;
}

static json_object *value(const again_scenario_key *key, bool *whole) {
  switch (key->kind) {
  case AGAIN_SCENARIO_TEXT: return text(key, whole);
  case AGAIN_SCENARIO_DURATION: return again_schema_pattern("^" AGAIN_SCHEMA_DURATION "$", whole);
  case AGAIN_SCENARIO_RATE: return again_schema_pattern("^[0-9]+(\\.[0-9]+)?/[smh]$", whole);
  case AGAIN_SCENARIO_SIZE:
    return again_schema_pattern("^[0-9]+(\\.[0-9]+)?(B|[kMG]B|[KMG]iB)$", whole);
  case AGAIN_SCENARIO_QUOTA:
  case AGAIN_SCENARIO_HINT:
  case AGAIN_SCENARIO_OUTAGE: return words(key->kind, whole);
  case AGAIN_SCENARIO_COUNT:
  case AGAIN_SCENARIO_NUMBER:
  case AGAIN_SCENARIO_HUNDREDTHS:
  case AGAIN_SCENARIO_STATUS: break;
  }
  return again_schema_count(key->least, key->most, whole);
}

static json_object *object_of(const char *section, bool *whole) {
  json_object *object = again_schema_typed("object", whole);
  json_object *properties = json_object_new_object();
  for (size_t i = 0; i < again_scenario_key_count; i++) {
    const again_scenario_key *key = &again_scenario_keys[i];
    if (strcmp(key->section, section) != 0) continue;
    json_object *one = value(key, whole);
    again_schema_put_text(one, "description", key->text, whole);
    again_schema_put(properties, key->name, one, whole);
  }
  again_schema_put(properties, "//", json_object_new_object(), whole);
  again_schema_put(object, "properties", properties, whole);
  again_schema_put(object, "additionalProperties", json_object_new_boolean(false), whole);
  return object;
}

char *again_scenario_schema(void) {
  bool whole = true;
  json_object *root = object_of("", &whole);
  json_object *properties = json_object_object_get(root, "properties");
  json_object *required = json_object_new_array();
  const char *name;
  again_schema_put(properties, "$schema", again_schema_typed("string", &whole), &whole);
  for (size_t i = 0; (name = again_scenario_section(i)) != NULL; i++) {
    json_object *section = object_of(name, &whole);
    again_schema_put_text(section, "description", again_scenario_section_text(name), &whole);
    again_schema_put(properties, name, section, &whole);
  }
  again_schema_push(required, json_object_new_string("again"), &whole);
  again_schema_push(required, json_object_new_string("work"), &whole);
  again_schema_put(root, "required", required, &whole);
  return again_schema_text(root, "a scenario for again simulate", whole);
}

/* ---- The page ---------------------------------------------------------------------------------- */

static void write_section(FILE *out, const char *section) {
  fprintf(out, "\n| key | a file writes | default | |\n| --- | --- | --- | --- |\n");
  for (size_t i = 0; i < again_scenario_key_count; i++) {
    const again_scenario_key *key = &again_scenario_keys[i];
    if (strcmp(key->section, section) != 0) continue;
    fprintf(out, "| `%s` | ", key->name);
    const char *word;
    for (size_t w = 0; (word = again_scenario_word(key->kind, w)) != NULL; w++)
      fprintf(out, "%s`\"%s\"`", w > 0 ? ", " : "", word);
    if (again_scenario_word(key->kind, 0) == NULL)
      fprintf(out, "%s", again_scenario_kind_text(key->kind));
    fprintf(out, " | %s | %s", key->otherwise, key->text);
    for (size_t w = 0; (word = again_scenario_word(key->kind, w)) != NULL; w++)
      fprintf(out, "%s `%s`, %s", w > 0 ? ";" : ":", word, again_scenario_word_text(key->kind, w));
    fprintf(out, " |\n");
  }
}

char *again_scenario_manual(void) {
  char *page = NULL;
  size_t size = 0;
  FILE *out = open_memstream(&page, &size);
  if (out == NULL) return NULL;
  fprintf(out, "# Scenarios: every key\n\n"
               "Made from the table that reads them (`again simulate --keys`). "
               "[Simulating](simulate.md) says what they are for.\n");
  write_section(out, "");
  const char *name;
  for (size_t i = 0; (name = again_scenario_section(i)) != NULL; i++) {
    fprintf(out, "\n## %s\n\nAn object: %s.\n", name, again_scenario_section_text(name));
    write_section(out, name);
  }
  bool wrote = !ferror(out);
  if (fclose(out) == 0 && wrote) return page;
  free(page);
  return NULL;
}
