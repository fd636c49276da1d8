/* Objects of JSON, for what this program writes. */
#ifndef AGENT_RECORD_H
#define AGENT_RECORD_H

#include <json-c/json.h>
#include <stdbool.h>

/* Adds a member, taking the value, which is NULL where memory ran out. False: out of memory. */
bool record_put(json_object *record, const char *key, json_object *value);

#endif
