/* One fault from its keys, which are the same in JSON and in the compact form. */
#ifndef AGAIN_EMULATOR_SCRIPT_FAULT_H
#define AGAIN_EMULATOR_SCRIPT_FAULT_H

#include "emulator/script.h"
#include <json-c/json.h>

/* What a key's value is in JSON. */
typedef enum again_script_type {
  AGAIN_SCRIPT_TEXT,
  AGAIN_SCRIPT_NUMBER,
  AGAIN_SCRIPT_TRUE
} again_script_type;

/* The table's index of the key of this name; -1: there is none. *type may be NULL. */
int again_script_key(const char *name, size_t length, again_script_type *type);

/* Reads a fault, whose times count from `now`. On failure `why` says what; *fault is then to be freed
 * as well. AGAIN_EFORMAT, AGAIN_ENOMEM. */
int again_script_fault_read(json_object *entry, again_ms now, again_script_fault *fault, char *why,
                            size_t why_size);

/* A diagnostic may quote what it complains of: control characters become "?". */
void again_script_one_line(char *why);

/* Appends a list of faults, if there is room for them; false: `why` says how many there may be, and
 * the list is still the caller's. Faults that can play no more are forgotten first. */
bool again_script_append(again_script *script, again_script_fault *faults, again_ms now, char *why,
                         size_t why_size);

#endif
