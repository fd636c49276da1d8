#include "json/json.h"
#include "policy/slip.h"
#include <ctype.h>
#include <errno.h>
#include <json-c/json.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 16 };

void again_json_place(const char *text, size_t at, uint32_t *line, uint32_t *column) {
  *line = 1;
  *column = 1;
  for (size_t i = 0; i < at; i++) {
    (*column)++;
    if (text[i] == '\n') {
      (*line)++;
      *column = 1;
    }
  }
}

static int refuse(const char *text, size_t at, const char *message, again_diagnostic *wrong) {
  again_json_place(text, at, &wrong->line, &wrong->column);
  snprintf(wrong->message, sizeof wrong->message, "%s", message);
  return AGAIN_EFORMAT;
}

static size_t skip_space(const char *text, size_t at) {
  return at + strspn(text + at, " \t\r\n");
}

/* Does json-c, strict as it can be told to be, take the text as a whole? */
static int validate(const char *text, size_t length, again_diagnostic *wrong) {
  if (length >= INT_MAX) return refuse(text, 0, "too long", wrong);
  json_tokener *tokener = json_tokener_new_ex(DEPTH_MAX);
  if (tokener == NULL) return AGAIN_ENOMEM;
  json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
  json_object *root = json_tokener_parse_ex(tokener, text, (int)length + 1);
  enum json_tokener_error error = json_tokener_get_error(tokener);
  size_t end = json_tokener_get_parse_end(tokener);
  json_tokener_free(tokener);
  json_object_put(root);
  if (error == json_tokener_success) return 0; /* strict: nothing follows but white space */
  if (error == json_tokener_continue || end >= length) {
    return refuse(text, length,
                  "the file ends in the middle of a value: a closing bracket or quote is missing",
                  wrong);
  }
  if (error == json_tokener_error_depth) return refuse(text, end, "nested too deep", wrong);
  if (error == json_tokener_error_parse_utf8_string)
    return refuse(text, end, "this text is not UTF-8", wrong);
  char message[160];
  end = again_slip_describe(text, end, message, sizeof message);
  return refuse(text, end, message, wrong);
}

/* ---- The tree, from a text that is valid ------------------------------------------------------- */

typedef struct scanner {
  const char *text;
  size_t at;
  again_diagnostic *wrong;
  int error;
} scanner;

static size_t string_end(const char *text, size_t at) {
  for (at++; text[at] != '"' && text[at] != '\0'; at++) {
    if (text[at] == '\\' && text[at + 1] != '\0') at++;
  }
  return at + 1;
}

/* What the string from `at` to `end` says; NULL: out of memory. */
static char *decode(const char *text, size_t at, size_t end) {
  json_tokener *tokener = json_tokener_new();
  if (tokener == NULL) return NULL;
  json_object *string = json_tokener_parse_ex(tokener, text + at, (int)(end - at));
  const char *said = string != NULL ? json_object_get_string(string) : NULL;
  char *copy = said != NULL ? strdup(said) : NULL;
  json_object_put(string);
  json_tokener_free(tokener);
  return copy;
}

static again_json *scan(scanner *s);

/* Members of an object or elements of an array, from behind its bracket to behind the one that closes. */
static void scan_inside(scanner *s, again_json *node) {
  again_json **last = &node->first;
  s->at = skip_space(s->text, s->at + 1);
  while (s->error == 0 && s->text[s->at] != '}' && s->text[s->at] != ']') {
    size_t key_at = s->at;
    char *key = NULL;
    if (node->kind == AGAIN_JSON_OBJECT) {
      size_t end = string_end(s->text, key_at);
      key = s->text[key_at] == '"' ? decode(s->text, key_at, end) : NULL;
      if (key == NULL) {
        s->error = s->text[key_at] == '"'
                       ? AGAIN_ENOMEM
                       : refuse(s->text, key_at, "a name stands in double quotes", s->wrong);
        return;
      }
      s->at = skip_space(s->text, skip_space(s->text, end) + 1); /* behind the colon */
    }
    *last = scan(s);
    if (*last == NULL) {
      free(key);
      return;
    }
    (*last)->key = key;
    (*last)->key_at = key_at;
    last = &(*last)->next;
    node->count++;
    s->at = skip_space(s->text, s->at);
    if (s->text[s->at] == ',') s->at = skip_space(s->text, s->at + 1);
  }
  s->at++;
}

static void scan_number(scanner *s, again_json *node) {
  const char *text = s->text + s->at;
  size_t length = strspn(text, "+-.0123456789eE");
  char *end;
  errno = 0;
  node->kind = AGAIN_JSON_NUMBER;
  unsigned long long number = strtoull(text, &end, 10);
  node->whole = text[0] != '-' && end == text + length && errno == 0;
  node->number = number;
  s->at += length;
}

static void scan_word(scanner *s, again_json *node) {
  const char *const words[] = {"true", "false", "null"};
  for (size_t i = 0; i < 3; i++) {
    size_t length = strlen(words[i]);
    if (strncmp(s->text + s->at, words[i], length) != 0) continue;
    node->kind = i < 2 ? AGAIN_JSON_FLAG : AGAIN_JSON_NULL;
    node->flag = i == 0;
    s->at += length;
    return;
  }
  /* json-c takes 'single quotes', NaN and words in capitals. */
  s->error = refuse(s->text, s->at, "not valid JSON: a value was expected", s->wrong);
}

/* The value that begins here. The depth was limited when the text was validated. */
static again_json *scan(scanner *s) {
  again_json *node = calloc(1, sizeof *node);
  if (node == NULL) {
    s->error = AGAIN_ENOMEM;
    return NULL;
  }
  node->at = s->at;
  char first = s->text[s->at];
  if (first == '{' || first == '[') {
    node->kind = first == '{' ? AGAIN_JSON_OBJECT : AGAIN_JSON_ARRAY;
    scan_inside(s, node);
  } else if (first == '"') {
    node->kind = AGAIN_JSON_STRING;
    s->at = string_end(s->text, s->at);
    node->text = decode(s->text, node->at, s->at);
    if (node->text == NULL) s->error = AGAIN_ENOMEM;
  } else if (first == '-' || isdigit((unsigned char)first)) {
    scan_number(s, node);
  } else {
    scan_word(s, node);
  }
  node->end = s->at;
  if (s->error == 0) return node;
  again_json_free(node);
  return NULL;
}

int again_json_read(const char *text, size_t length, again_json **root, again_diagnostic *wrong) {
  if (strlen(text) != length) return refuse(text, strlen(text), "a NUL byte", wrong);
  int error = validate(text, length, wrong);
  if (error != 0) return error;
  scanner s = {.text = text, .at = skip_space(text, 0), .wrong = wrong};
  *root = scan(&s);
  return s.error;
}

void again_json_free(again_json *root) {
  while (root != NULL) {
    again_json *next = root->next;
    again_json_free(root->first);
    free(root->key);
    free(root->text);
    free(root);
    root = next;
  }
}

const again_json *again_json_member(const again_json *object, const char *key) {
  const again_json *found = NULL;
  for (const again_json *at = object->first; at != NULL; at = at->next) {
    if (at->key != NULL && strcmp(at->key, key) == 0) found = at;
  }
  return found;
}
