#include "cls/error_scan.h"
#include <string.h>

/* Where reading has come to. */
typedef struct cursor {
  const char *at;
  const char *end;
} cursor;

static void skip_space(cursor *c) {
  while (c->at < c->end && (*c->at == ' ' || *c->at == '\t' || *c->at == '\r' || *c->at == '\n'))
    c->at++;
}

static bool take(cursor *c, const char *text, size_t length) {
  skip_space(c);
  if ((size_t)(c->end - c->at) < length || memcmp(c->at, text, length) != 0) return false;
  c->at += length;
  return true;
}

#define TAKE(c, text) take((c), (text), sizeof(text) - 1)

/* A string of printable ASCII without escapes that fits, in front of its closing quote. */
static bool take_string(cursor *c, size_t size, const char **text, size_t *length) {
  if (!TAKE(c, "\"")) return false;
  *text = c->at;
  while (c->at < c->end && *c->at >= ' ' && *c->at <= '~' && *c->at != '"' && *c->at != '\\')
    c->at++;
  *length = (size_t)(c->at - *text);
  if (c->at == c->end || *c->at != '"' || *length >= size) return false;
  c->at++;
  return true;
}

bool again_cls_error_scan(const char *body, size_t length, again_cls_error *error) {
  cursor c = {body, body + length};
  const char *code;
  const char *message;
  size_t code_length;
  size_t message_length;
  if (!TAKE(&c, "{") || !TAKE(&c, "\"errorcode\"") || !TAKE(&c, ":") ||
      !take_string(&c, sizeof error->code, &code, &code_length) || code_length == 0 ||
      !TAKE(&c, ",") || !TAKE(&c, "\"errormessage\"") || !TAKE(&c, ":") ||
      !take_string(&c, sizeof error->message, &message, &message_length) || !TAKE(&c, "}")) {
    return false;
  }
  skip_space(&c);
  if (c.at != c.end) return false; /* json-c may mind what follows */
  memcpy(error->code, code, code_length);
  error->code[code_length] = '\0';
  memcpy(error->message, message, message_length);
  error->message[message_length] = '\0';
  error->request_id[0] = '\0';
  return true;
}
