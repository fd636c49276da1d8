/* A fault in the compact form, for command lines: its words become the keys of a JSON object, which
 * is read as an entry of a script is. */
#include "emulator/script_fault.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 4096 };

typedef struct scan {
  const char *at;
  json_object *entry;
  char *why;
  size_t why_size;
} scan;

static int refuse(const scan *s, const char *format, ...) __attribute__((format(printf, 2, 3)));

static int refuse(const scan *s, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(s->why, s->why_size, format, arguments);
  va_end(arguments);
  return AGAIN_EFORMAT;
}

static bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_digits(const char *text) {
  return text[0] != '\0' && text[strspn(text, "0123456789")] == '\0';
}

/* Takes a word up to a blank or `stop`; what stands in "..." is taken whole, \" and \\ in it are a
 * quote and a backslash. */
static int take(scan *s, char stop, char *word) {
  bool quoted = false;
  size_t length = 0;
  for (; *s->at != '\0' && (quoted || (!is_blank(*s->at) && *s->at != stop)); s->at++) {
    if (*s->at == '"') {
      quoted = !quoted;
      continue;
    }
    if (quoted && s->at[0] == '\\' && (s->at[1] == '"' || s->at[1] == '\\')) s->at++;
    word[length++] = *s->at;
  }
  word[length] = '\0';
  return quoted ? refuse(s, "a quote (\") is not closed") : 0;
}

static int add(const scan *s, const char *key, json_object *value) {
  if (json_object_object_get_ex(s->entry, key, NULL)) {
    json_object_put(value);
    return refuse(s, "\"%s\" is said twice; remove one", key);
  }
  if (value != NULL && json_object_object_add(s->entry, key, value) == 0) return 0;
  json_object_put(value);
  return AGAIN_ENOMEM;
}

/* A value as JSON would have it. What is no number stays a text, which the key's reader refuses. */
static json_object *value_of(again_script_type type, const char *text) {
  json_object *number = NULL;
  if (type == AGAIN_SCRIPT_TRUE && strcmp(text, "true") == 0) return json_object_new_boolean(1);
  bool digits = text[0] != '\0' && text[strspn(text, "0123456789.eE+-")] == '\0';
  if (type == AGAIN_SCRIPT_NUMBER && digits) {
    struct json_tokener *tokener = json_tokener_new();
    if (tokener == NULL) return NULL;
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
    number = json_tokener_parse_ex(tokener, text, (int)strlen(text) + 1);
    json_tokener_free(tokener);
  }
  return number != NULL ? number : json_object_new_string(text);
}

static int add_bare(const scan *s, const char *word) {
  if (is_digits(word)) return add(s, "status", value_of(AGAIN_SCRIPT_NUMBER, word));
  if (strcmp(word, "reset") == 0) return add(s, "close", json_object_new_string(word));
  if (strcmp(word, "refuse") == 0) return add(s, "refuse", json_object_new_boolean(1));
  if (word[0] >= 'A' && word[0] <= 'Z') return add(s, "code", json_object_new_string(word));
  return refuse(s,
                "\"%.40s\" is no word of a fault; write a status as 429, a code as InternalError, "
                "reset, refuse, or KEY=VALUE as share=0.1 or latency=200ms",
                word);
}

/* One word, or KEY=VALUE. `word` has room for the whole text. */
static int read_word(scan *s, char *word) {
  int error = take(s, '=', word);
  if (error != 0) return error;
  if (*s->at != '=') return add_bare(s, word);
  s->at++;
  again_script_type type = AGAIN_SCRIPT_TEXT;
  size_t length = strlen(word);
  /* An unknown key is left to the reader of faults, which names those there are. */
  again_script_key(word, length, &type);
  char *value = word + length + 1;
  error = take(s, ' ', value);
  return error != 0 ? error : add(s, word, value_of(type, value));
}

static int read_words(scan *s) {
  char word[TEXT_MAX + 1];
  int error = 0;
  while (error == 0) {
    while (is_blank(*s->at))
      s->at++;
    if (*s->at == '\0') break;
    error = read_word(s, word);
  }
  return error;
}

static int read_entry(scan *s, again_script *script, again_ms now) {
  int error = read_words(s);
  if (error != 0) return error;
  again_script_fault *fault = calloc(1, sizeof *fault);
  if (fault == NULL) return AGAIN_ENOMEM;
  error = again_script_fault_read(s->entry, now, fault, s->why, s->why_size);
  if (error == 0 && !again_script_append(script, fault, now, s->why, s->why_size)) {
    error = AGAIN_EFORMAT;
  }
  if (error != 0) again_script_fault_free(fault);
  return error;
}

int again_script_read_text(again_script *script, const char *text, again_ms now, char *why,
                           size_t why_size) {
  char what[256] = "out of memory";
  scan s = {.at = text, .entry = json_object_new_object(), .why = what, .why_size = sizeof what};
  int error = AGAIN_ENOMEM;
  if (strlen(text) > TEXT_MAX) {
    error = refuse(&s, "it is longer than %d bytes; put it into a script", TEXT_MAX);
  } else if (s.entry != NULL) {
    error = read_entry(&s, script, now);
  }
  if (error != 0) {
    snprintf(why, why_size, "the fault \"%.80s\": %s", text, what);
    again_script_one_line(why);
  }
  json_object_put(s.entry);
  return error;
}
