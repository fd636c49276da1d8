/* Faults from JSON. One table knows the keys; what is not in it is refused. */
#include "emulator/script.h"
#include <again/cls.h>
#include <again/policy.h>
#include <json-c/json.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct reader {
  const char *key;
  json_object *value;
  again_script_fault *fault;
  char *why;
  size_t why_size;
} reader;

static int refuse(const reader *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

static int refuse(const reader *r, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(r->why, r->why_size, format, arguments);
  va_end(arguments);
  return AGAIN_EFORMAT;
}

static const char *string_of(const reader *r) {
  return json_object_is_type(r->value, json_type_string) ? json_object_get_string(r->value) : NULL;
}

static int read_text(const reader *r, char **text) {
  const char *value = string_of(r);
  if (value == NULL) return refuse(r, "\"%s\" must be a text in quotes", r->key);
  *text = strdup(value);
  return *text != NULL ? 0 : AGAIN_ENOMEM;
}

/* A text that goes into a line of its own kind: not empty, printable ASCII. */
static int read_word(const reader *r, size_t max, char **text) {
  const char *value = string_of(r);
  bool plain = value != NULL && value[0] != '\0' && strlen(value) <= max;
  for (const char *at = value; plain && *at != '\0'; at++)
    plain = *at >= ' ' && *at <= '~';
  if (!plain) {
    return refuse(r, "\"%s\" must be 1 to %zu printable ASCII characters in quotes", r->key, max);
  }
  return read_text(r, text);
}

static int read_duration(const reader *r, const char *text, again_ms *duration) {
  if (text == NULL || again_duration_parse(text, duration) != 0 || *duration == AGAIN_NEVER) {
    return refuse(r, "\"%s\" must be a duration like \"250ms\", \"1.5s\" or \"10m\"", r->key);
  }
  return 0;
}

static int read_integer(const reader *r, int64_t min, int64_t max, int64_t *number) {
  bool integer = json_object_is_type(r->value, json_type_int);
  *number = integer ? json_object_get_int64(r->value) : 0;
  if (!integer || *number < min || *number > max) {
    return refuse(r, "\"%s\" must be a whole number from %lld to %lld", r->key, (long long)min,
                  (long long)max);
  }
  return 0;
}

static int read_at(const reader *r) {
  return read_duration(r, string_of(r), &r->fault->from);
}

static int read_for(const reader *r) {
  return read_duration(r, string_of(r), &r->fault->until);
}

static int read_topic(const reader *r) {
  return read_text(r, &r->fault->topic);
}

static int read_share(const reader *r) {
  bool number = json_object_is_type(r->value, json_type_double) ||
                json_object_is_type(r->value, json_type_int);
  double share = number ? json_object_get_double(r->value) : -1;
  if (!(share >= 0 && share <= 1)) return refuse(r, "\"share\" must be a number from 0 to 1");
  r->fault->share = share;
  return 0;
}

static int read_count(const reader *r) {
  int64_t count;
  int error = read_integer(r, 1, INT64_MAX, &count);
  if (error == 0) r->fault->left = (uint64_t)count;
  return error;
}

static int read_min_logs(const reader *r) {
  int64_t logs;
  int error = read_integer(r, 1, AGAIN_CLS_LOGS_MAX, &logs);
  if (error == 0) r->fault->min_logs = (size_t)logs;
  return error;
}

static int read_status(const reader *r) {
  int64_t status;
  int error = read_integer(r, 200, 599, &status);
  if (error == 0) r->fault->status = (int)status;
  return error;
}

static int read_code(const reader *r) {
  return read_word(r, 63, &r->fault->code);
}

static int read_body(const reader *r) {
  return read_text(r, &r->fault->body);
}

static int read_retry_after(const reader *r) {
  return read_word(r, 64, &r->fault->retry_after);
}

static int read_close(const reader *r) {
  const char *when = string_of(r);
  bool before = when != NULL && strcmp(when, "before") == 0;
  if (!before && (when == NULL || strcmp(when, "after") != 0)) {
    return refuse(r, "\"close\" must be \"before\" or \"after\"");
  }
  r->fault->kind = before ? AGAIN_SCRIPT_CLOSE_BEFORE : AGAIN_SCRIPT_CLOSE_AFTER;
  return 0;
}

static int read_refuse(const reader *r) {
  if (!json_object_is_type(r->value, json_type_boolean) || !json_object_get_boolean(r->value)) {
    return refuse(r, "\"refuse\" must be true");
  }
  return 0;
}

static int read_clock(const reader *r) {
  const char *text = string_of(r);
  bool behind = text != NULL && text[0] == '-';
  again_ms offset;
  int error = read_duration(r, behind ? text + 1 : text, &offset);
  if (error != 0) return error;
  if (offset > UINT64_C(1000) * 86400 * 36525) {
    return refuse(r, "\"clock\" must be less than a century");
  }
  r->fault->clock_ms = behind ? -(int64_t)offset : (int64_t)offset;
  return 0;
}

static int read_latency(const reader *r) {
  return read_duration(r, string_of(r), &r->fault->latency);
}

enum { WHEN = 1, WHOM = 2, WHAT = 4, ALSO = 8 };

static const struct key {
  const char *name;
  int group;
  again_script_kind kind; /* of a key that says what */
  int (*read)(const reader *r);
} keys[] = {
    {"at", WHEN, 0, read_at},
    {"for", WHEN, 0, read_for},
    {"topic", WHOM, 0, read_topic},
    {"share", WHOM, 0, read_share},
    {"count", WHOM, 0, read_count},
    {"min_logs", WHOM, 0, read_min_logs},
    {"code", WHAT, AGAIN_SCRIPT_CODE, read_code},
    {"body", WHAT, AGAIN_SCRIPT_BODY, read_body},
    {"close", WHAT, AGAIN_SCRIPT_CLOSE_BEFORE, read_close},
    {"refuse", WHAT, AGAIN_SCRIPT_REFUSE, read_refuse},
    {"clock", WHAT, AGAIN_SCRIPT_CLOCK, read_clock},
    {"latency", WHAT, AGAIN_SCRIPT_LATENCY, read_latency},
    {"status", ALSO, 0, read_status},
    {"retry_after", ALSO, 0, read_retry_after},
};

enum { KEY_COUNT = sizeof keys / sizeof *keys };

static const struct key *find_key(const char *name) {
  for (size_t i = 0; i < KEY_COUNT; i++) {
    if (strcmp(keys[i].name, name) == 0) return &keys[i];
  }
  return NULL;
}

/* What only the entry as a whole can show. */
static int complete(const reader *r, int whats, bool whom, again_ms now) {
  again_script_fault *fault = r->fault;
  static const char one_of[] = "\"code\", \"body\", \"close\", \"refuse\", \"clock\", \"latency\"";
  if (whats != 1) return refuse(r, "it must have exactly one of %s", one_of);
  bool answers = fault->kind == AGAIN_SCRIPT_CODE || fault->kind == AGAIN_SCRIPT_BODY;
  if (!answers && (fault->status != 0 || fault->retry_after != NULL)) {
    return refuse(r, "\"status\" and \"retry_after\" go with \"code\" or \"body\"");
  }
  if ((fault->kind == AGAIN_SCRIPT_REFUSE || fault->kind == AGAIN_SCRIPT_CLOCK) && whom) {
    return refuse(r, "\"refuse\" and \"clock\" concern every request: remove \"topic\", \"share\", "
                     "\"count\", \"min_logs\"");
  }
  if (fault->kind == AGAIN_SCRIPT_CODE && fault->status == 0) {
    const again_code *known = again_catalogue_find(again_cls_catalogue(), fault->code, NULL);
    if (known != NULL) fault->status = known->status;
  }
  if (answers && fault->status == 0) {
    return refuse(r, "it needs a \"status\", 200 to 599: the documents name none for it");
  }
  fault->from = again_ms_add(fault->from, now);
  fault->until = again_ms_add(fault->until, fault->from);
  return 0;
}

static int read_fault(json_object *entry, again_ms now, again_script_fault *fault, char *why,
                      size_t why_size) {
  reader r = {.fault = fault, .why = why, .why_size = why_size};
  *fault = (again_script_fault){.until = AGAIN_NEVER, .share = 1, .left = UINT64_MAX};
  if (!json_object_is_type(entry, json_type_object)) return refuse(&r, "it must be an object");
  int whats = 0;
  bool whom = false;
  json_object_object_foreach(entry, name, value) {
    const struct key *key = find_key(name);
    if (key == NULL) {
      return refuse(&r,
                    "there is no key \"%.40s\"; there are at, for, topic, share, count, "
                    "min_logs, code, status, body, close, refuse, clock, latency, retry_after",
                    name);
    }
    r.key = name;
    r.value = value;
    if (key->group == WHAT) {
      whats++;
      fault->kind = key->kind;
    }
    whom = whom || key->group == WHOM;
    int error = key->read(&r);
    if (error != 0) return error;
  }
  return complete(&r, whats, whom, now);
}

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
      error = read_fault(json_object_array_get_idx(root, i), now, fault, what, sizeof what);
      end = &fault->next;
    }
    if (error != 0) snprintf(why, why_size, "fault %zu of the script: %s", i + 1, what);
  }
  if (error != 0) {
    again_script_fini(&read);
    return error;
  }
  again_script_fault **last = &script->faults;
  while (*last != NULL)
    last = &(*last)->next;
  *last = read.faults;
  return 0;
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
  size_t length = (size_t)(behind - string) - 2;
  for (int i = 0; i < KEY_COUNT; i++) {
    if (strlen(keys[i].name) == length && memcmp(keys[i].name, string + 1, length) == 0) return i;
  }
  return -1;
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
      snprintf(
          why, why_size,
          "line %u, column %u of the script: the key \"%s\" stands twice in this fault; remove "
          "one",
          line, (unsigned)(at - line_begin) + 1, keys[key].name);
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
  json_object_put(root);
  json_tokener_free(tokener);
  return result;
}
