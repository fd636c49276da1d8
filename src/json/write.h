/* What programs read: JSON that a command makes. */
#ifndef AGAIN_JSON_WRITE_H
#define AGAIN_JSON_WRITE_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

/* A number with so many digits as mean something; null for what is no number. */
json_object *again_json_number(double value);

/* A list of them. */
json_object *again_json_numbers(const double *values, size_t count);

/* Frees `root` (may be NULL) and returns its text with an end of line, to be freed: on one line, or for
 * people. NULL: out of memory. */
char *again_json_text(json_object *root, bool for_people);

#endif
