/* Objects of JSON. */
#include "record.h"

bool record_put(json_object *record, const char *key, json_object *value) {
  if (value != NULL && json_object_object_add(record, key, value) == 0) return true;
  json_object_put(value);
  return false;
}
