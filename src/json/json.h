/* A JSON text as a tree that knows where everything stands, for messages and for changing a part of the
 * text and nothing else. json-c decides what is valid and what a string says. */
#ifndef AGAIN_JSON_JSON_H
#define AGAIN_JSON_JSON_H

#include <again/policy.h>

typedef enum again_json_kind {
  AGAIN_JSON_OBJECT,
  AGAIN_JSON_ARRAY,
  AGAIN_JSON_STRING,
  AGAIN_JSON_NUMBER,
  AGAIN_JSON_FLAG,
  AGAIN_JSON_NULL
} again_json_kind;

typedef struct again_json {
  again_json_kind kind;
  size_t at;  /* the first byte of the value */
  size_t end; /* and behind its last */
  char *key;  /* of a member of an object; NULL: none */
  size_t key_at;
  char *text; /* STRING: what it says */
  bool flag;  /* FLAG */
  bool whole; /* NUMBER: it is a whole one, not negative: */
  uint64_t number;
  size_t count; /* of members or elements */
  struct again_json *first;
  struct again_json *next;
} again_json;

/* Reads a text of `length` bytes with a NUL behind it. 0, AGAIN_EFORMAT (and `wrong` says where) or
 * AGAIN_ENOMEM. */
int again_json_read(const char *text, size_t length, again_json **root, again_diagnostic *wrong);

void again_json_free(again_json *root);

/* The member of that name, the last if there are several; NULL: none. */
const again_json *again_json_member(const again_json *object, const char *key);

/* Line and column, from 1, of a byte. */
void again_json_place(const char *text, size_t at, uint32_t *line, uint32_t *column);

#endif
