/* Parts of a JSON Schema (draft-07). `whole` becomes false where memory is missing; a part that could not
 * be made is NULL, and may be put into another all the same. */
#ifndef AGAIN_JSON_SCHEMA_H
#define AGAIN_JSON_SCHEMA_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#define AGAIN_SCHEMA_DURATION "[0-9]+(\\.[0-9]+)?(ms|s|m|h|d)"

void again_schema_put(json_object *object, const char *key, json_object *value, bool *whole);
void again_schema_put_text(json_object *object, const char *key, const char *text, bool *whole);
void again_schema_push(json_object *list, json_object *value, bool *whole);

json_object *again_schema_typed(const char *type, bool *whole);
json_object *again_schema_pattern(const char *text, bool *whole);
json_object *again_schema_count(uint64_t least, uint64_t most, bool *whole);

/* A schema as text, with a title, and frees it; NULL: out of memory. The caller frees the text. */
char *again_schema_text(json_object *root, const char *title, bool whole);

#endif
