/* One table knows the keys of a fault; what is not in it is refused. */
#include "emulator/script_fault.h"
#include "policy/near.h"
#include <again/cls.h>
#include <again/policy.h>
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

static int read_contains(const reader *r) {
  int error = read_text(r, &r->fault->contains);
  if (error == 0 && r->fault->contains[0] == '\0') {
    return refuse(r, "\"contains\" must be a text that is not empty");
  }
  return error;
}

static int read_compression(const reader *r) {
  return read_word(r, 31, &r->fault->packed);
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
  static const struct {
    const char *when;
    again_script_kind kind;
  } kinds[] = {{"before", AGAIN_SCRIPT_CLOSE_BEFORE},
               {"after", AGAIN_SCRIPT_CLOSE_AFTER},
               {"reset", AGAIN_SCRIPT_RESET}};
  const char *when = string_of(r);
  for (size_t i = 0; when != NULL && i < sizeof kinds / sizeof *kinds; i++) {
    r->fault->kind = kinds[i].kind;
    if (strcmp(when, kinds[i].when) == 0) return 0;
  }
  return refuse(r, "\"close\" must be \"before\", \"after\" or \"reset\"");
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
  again_ms offset = 0;
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
  again_script_type type;
  again_script_kind kind; /* of a key that says what */
  int (*read)(const reader *r);
} keys[] = {
    {"at", WHEN, AGAIN_SCRIPT_TEXT, 0, read_at},
    {"for", WHEN, AGAIN_SCRIPT_TEXT, 0, read_for},
    {"topic", WHOM, AGAIN_SCRIPT_TEXT, 0, read_topic},
    {"share", WHOM, AGAIN_SCRIPT_NUMBER, 0, read_share},
    {"count", WHOM, AGAIN_SCRIPT_NUMBER, 0, read_count},
    {"min_logs", WHOM, AGAIN_SCRIPT_NUMBER, 0, read_min_logs},
    {"contains", WHOM, AGAIN_SCRIPT_TEXT, 0, read_contains},
    {"compression", WHOM, AGAIN_SCRIPT_TEXT, 0, read_compression},
    {"code", WHAT, AGAIN_SCRIPT_TEXT, AGAIN_SCRIPT_CODE, read_code},
    {"body", WHAT, AGAIN_SCRIPT_TEXT, AGAIN_SCRIPT_BODY, read_body},
    {"close", WHAT, AGAIN_SCRIPT_TEXT, AGAIN_SCRIPT_CLOSE_BEFORE, read_close},
    {"refuse", WHAT, AGAIN_SCRIPT_TRUE, AGAIN_SCRIPT_REFUSE, read_refuse},
    {"clock", WHAT, AGAIN_SCRIPT_TEXT, AGAIN_SCRIPT_CLOCK, read_clock},
    {"latency", WHAT, AGAIN_SCRIPT_TEXT, AGAIN_SCRIPT_LATENCY, read_latency},
    {"status", ALSO, AGAIN_SCRIPT_NUMBER, 0, read_status},
    {"retry_after", ALSO, AGAIN_SCRIPT_TEXT, 0, read_retry_after},
};

enum { KEY_COUNT = sizeof keys / sizeof *keys };

int again_script_key(const char *name, size_t length, again_script_type *type) {
  for (int i = 0; i < KEY_COUNT; i++) {
    if (strlen(keys[i].name) == length && memcmp(keys[i].name, name, length) == 0) {
      if (type != NULL) *type = keys[i].type;
      return i;
    }
  }
  return -1;
}

/* The one code that is documented with this status; NULL: there are several or none. */
static const char *only_code(int status) {
  const again_catalogue *catalogue = again_cls_catalogue();
  const char *only = NULL;
  for (size_t i = 0; i < catalogue->count; i++) {
    if (catalogue->codes[i].status != status) continue;
    if (only != NULL) return NULL;
    only = catalogue->codes[i].name;
  }
  return only;
}

/* A status alone: what the service would most likely say with it. */
static int fill_in(again_script_fault *fault) {
  const char *code = only_code(fault->status);
  fault->kind = code != NULL ? AGAIN_SCRIPT_CODE : AGAIN_SCRIPT_BODY;
  if (code != NULL) {
    fault->code = strdup(code);
    return fault->code != NULL ? 0 : AGAIN_ENOMEM;
  }
  fault->body = strdup("");
  return fault->body != NULL ? 0 : AGAIN_ENOMEM;
}

/* A code has the status of the documents. */
static int complete_code(const reader *r) {
  again_script_fault *fault = r->fault;
  const again_code *known = again_catalogue_find(again_cls_catalogue(), fault->code, NULL);
  if (known != NULL) fault->status = known->status;
  if (fault->status != 0) return 0;
  if (known != NULL)
    return refuse(r, "it needs a \"status\", 200 to 599: the documents name none for it");
  const char *near = again_near_code(again_cls_catalogue(), fault->code);
  if (near == NULL)
    return refuse(r, "\"%s\" is not a code of the catalogue: give it a \"status\", 200 to 599",
                  fault->code);
  return refuse(r,
                "\"%s\" is not a code of the catalogue; did you mean \"%s\"? Otherwise give it a "
                "\"status\", 200 to 599",
                fault->code, near);
}

/* What only the entry as a whole can show. */
static int complete(const reader *r, int whats, bool whom, again_ms now) {
  again_script_fault *fault = r->fault;
  static const char one_of[] = "\"code\", \"body\", \"close\", \"refuse\", \"clock\", \"latency\"";
  if (whats == 0 && fault->status != 0) {
    int error = fill_in(fault);
    if (error != 0) return error;
    whats = 1;
  }
  if (whats != 1) return refuse(r, "it must have exactly one of %s; or a \"status\"", one_of);
  bool answers = fault->kind == AGAIN_SCRIPT_CODE || fault->kind == AGAIN_SCRIPT_BODY;
  if (!answers && (fault->status != 0 || fault->retry_after != NULL)) {
    return refuse(r, "\"status\" and \"retry_after\" go with \"code\" or \"body\"");
  }
  if ((fault->kind == AGAIN_SCRIPT_REFUSE || fault->kind == AGAIN_SCRIPT_CLOCK) && whom) {
    return refuse(r, "\"refuse\" and \"clock\" concern every request: remove \"topic\", \"share\", "
                     "\"count\", \"min_logs\", \"contains\", \"compression\"");
  }
  if (fault->kind == AGAIN_SCRIPT_CODE && fault->status == 0) {
    int error = complete_code(r);
    if (error != 0) return error;
  }
  if (answers && fault->status == 0) {
    return refuse(r, "a \"body\" needs a \"status\", 200 to 599");
  }
  fault->from = again_ms_add(fault->from, now);
  fault->until = again_ms_add(fault->until, fault->from);
  return 0;
}

int again_script_fault_read(json_object *entry, again_ms now, again_script_fault *fault, char *why,
                            size_t why_size) {
  reader r = {.fault = fault, .why = why, .why_size = why_size};
  *fault = (again_script_fault){.until = AGAIN_NEVER, .share = 1, .left = UINT64_MAX};
  if (!json_object_is_type(entry, json_type_object)) return refuse(&r, "it must be an object");
  int whats = 0;
  bool whom = false;
  json_object_object_foreach(entry, name, value) {
    int index = again_script_key(name, strlen(name), NULL);
    if (index < 0) {
      return refuse(&r,
                    "there is no key \"%.40s\"; there are at, for, topic, share, count, "
                    "min_logs, contains, compression, code, status, body, close, refuse, clock, "
                    "latency, retry_after",
                    name);
    }
    const struct key *key = &keys[index];
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

void again_script_one_line(char *why) {
  for (; *why != '\0'; why++) {
    if ((unsigned char)*why < ' ' || *why == 0x7F) *why = '?';
  }
}

static void forget_spent(again_script *script, again_ms now) {
  for (again_script_fault **at = &script->faults; *at != NULL;) {
    again_script_fault *fault = *at;
    if (fault->until > now && fault->left > 0) {
      at = &fault->next;
    } else {
      *at = fault->next;
      again_script_fault_free(fault);
    }
  }
}

bool again_script_append(again_script *script, again_script_fault *faults, again_ms now, char *why,
                         size_t why_size) {
  forget_spent(script, now);
  again_script added = {.faults = faults};
  size_t count = again_script_count(script, now) + again_script_count(&added, now);
  if (count > AGAIN_SCRIPT_FAULTS_MAX) {
    snprintf(why, why_size, "the script would have more than %d faults: remove some",
             AGAIN_SCRIPT_FAULTS_MAX);
    return false;
  }
  again_script_fault **last = &script->faults;
  while (*last != NULL)
    last = &(*last)->next;
  *last = faults;
  return true;
}
