/* Faults from JSON. */
#include "emulator/script_fault.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int read_all(json_object *root, again_script *script, again_ms now, char *why,
                    size_t why_size) {
  again_script read = {NULL, script->random};
  again_script_fault **end = &read.faults;
  int error = 0;
  size_t count = json_object_array_length(root);
  for (size_t i = 0; i < count && error == 0; i++) {
    char what[200] = "out of memory";
    again_script_fault *fault = calloc(1, sizeof *fault);
    error = AGAIN_ENOMEM;
    if (fault != NULL) {
      *end = fault;
      error = again_script_fault_read(json_object_array_get_idx(root, i), now, fault, what,
                                      sizeof what);
      end = &fault->next;
    }
    if (error != 0) snprintf(why, why_size, "fault %zu of the script: %s", i + 1, what);
  }
  if (error == 0 && !again_script_append(script, read.faults, now, why, why_size)) {
    error = AGAIN_EFORMAT;
  }
  if (error != 0) again_script_fini(&read);
  return error;
}

/* Behind the string that begins here. */
static const char *skip_string(const char *at) {
  for (at++; *at != '"'; at++) {
    if (*at == '\\') at++;
  }
  return at + 1;
}

/* The table's index of the key whose string is this; -1: it is a value, or no key of a fault. */
static int key_index(const char *string, const char *behind) {
  if (behind[strspn(behind, " \t\r\n")] != ':') return -1;
  return again_script_key(string + 1, (size_t)(behind - string) - 2, NULL);
}

/* json-c keeps the last of equal keys and no places, so they are looked for in the text, which it
 * has found valid - but for 'single quotes', which it takes and JSON does not have. Where a fault
 * has an object in it, reading refuses that. */
static int refuse_twice(const char *json, char *why, size_t why_size) {
  unsigned seen = 0;
  unsigned line = 1;
  const char *line_begin = json;
  for (const char *at = json; *at != '\0';) {
    if (*at == '\n') {
      line++;
      line_begin = at + 1;
    }
    if (*at == '{') seen = 0;
    if (*at == '\'') {
      snprintf(why, why_size, "line %u, column %u of the script: texts stand in double quotes",
               line, (unsigned)(at - line_begin) + 1);
      return AGAIN_EFORMAT;
    }
    if (*at != '"') {
      at++;
      continue;
    }
    const char *behind = skip_string(at);
    int key = key_index(at, behind);
    if (key >= 0 && (seen & 1u << key) != 0) {
      snprintf(why, why_size,
               "line %u, column %u of the script: the key %.*s stands twice in this fault; remove "
               "one",
               line, (unsigned)(at - line_begin) + 1, (int)(behind - at), at);
      return AGAIN_EFORMAT;
    }
    if (key >= 0) seen |= 1u << key;
    at = behind;
  }
  return 0;
}

int again_script_read(again_script *script, const char *json, again_ms now, char *why,
                      size_t why_size) {
  struct json_tokener *tokener = json_tokener_new();
  if (tokener == NULL) {
    snprintf(why, why_size, "out of memory");
    return AGAIN_ENOMEM;
  }
  json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
  /* With the NUL at its end, a number or word there is complete, too. */
  json_object *root = json_tokener_parse_ex(tokener, json, (int)strlen(json) + 1);
  enum json_tokener_error error = json_tokener_get_error(tokener);
  int result = AGAIN_EFORMAT;
  if (error != json_tokener_success) {
    snprintf(why, why_size, "the script is not JSON: %s at byte %zu",
             json_tokener_error_desc(error), json_tokener_get_parse_end(tokener));
  } else if (!json_object_is_type(root, json_type_array)) {
    snprintf(why, why_size, "the script must be an array of faults, [{..}, ..]");
  } else {
    result = refuse_twice(json, why, why_size);
    if (result == 0) result = read_all(root, script, now, why, why_size);
  }
  if (result != 0) again_script_one_line(why);
  json_object_put(root);
  json_tokener_free(tokener);
  return result;
}
