#include "json/schema.h"
#include "json/write.h"

void again_schema_put(json_object *object, const char *key, json_object *value, bool *whole) {
  if (object == NULL || value == NULL || json_object_object_add(object, key, value) != 0) {
    json_object_put(value);
    *whole = false;
  }
}

void again_schema_put_text(json_object *object, const char *key, const char *text, bool *whole) {
  again_schema_put(object, key, json_object_new_string(text), whole);
}

void again_schema_push(json_object *list, json_object *value, bool *whole) {
  if (list == NULL || value == NULL || json_object_array_add(list, value) != 0) {
    json_object_put(value);
    *whole = false;
  }
}

json_object *again_schema_typed(const char *type, bool *whole) {
  json_object *object = json_object_new_object();
  again_schema_put_text(object, "type", type, whole);
  return object;
}

json_object *again_schema_pattern(const char *text, bool *whole) {
  json_object *object = again_schema_typed("string", whole);
  again_schema_put_text(object, "pattern", text, whole);
  return object;
}

json_object *again_schema_count(uint64_t least, uint64_t most, bool *whole) {
  json_object *object = again_schema_typed("integer", whole);
  again_schema_put(object, "minimum", json_object_new_uint64(least), whole);
  again_schema_put(object, "maximum", json_object_new_uint64(most), whole);
  return object;
}

char *again_schema_text(json_object *root, const char *title, bool whole) {
  again_schema_put_text(root, "$schema", "http://json-schema.org/draft-07/schema#", &whole);
  again_schema_put_text(root, "title", title, &whole);
  if (whole) return again_json_text(root, true);
  json_object_put(root);
  return NULL;
}
