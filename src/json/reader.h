/* Reading a file whose keys are known: its text, its tree, and the first thing that is wrong. */
#ifndef AGAIN_JSON_READER_H
#define AGAIN_JSON_READER_H

#include "json/json.h"

typedef struct again_json_reader {
  char *text; /* of the file, NUL-terminated */
  size_t length;
  again_json *root;
  again_diagnostic *wrong;
  int error; /* 0 until something is wrong */
} again_json_reader;

/* Reads the file into text and tree. `what` in plural with its limit, for a message: "a file of cases has at
 * most 4 MiB". 0, AGAIN_EIO, AGAIN_EFORMAT or AGAIN_ENOMEM, as reader->error; the caller ends it either
 * way. */
int again_json_reader_load(again_json_reader *reader, const char *path, size_t most,
                           const char *too_long);

/* The same from a text, which is copied. */
int again_json_reader_parse(again_json_reader *reader, const char *text, size_t length);

/* Frees text and tree. */
void again_json_reader_end(again_json_reader *reader);

/* Records what is wrong at a byte of the text, unless something was before. Returns false. */
bool again_json_fail(again_json_reader *reader, size_t at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Out of memory. Returns false. */
bool again_json_fail_memory(again_json_reader *reader);

/* The value of `key` is not of its kind: says what it must be. Returns false. */
bool again_json_fail_kind(again_json_reader *reader, const char *key, const char *must,
                          const again_json *value);

/* A word that is none of those: says which there are, and which is near. Returns false. */
bool again_json_fail_word(again_json_reader *reader, size_t at, const char *what, const char *word,
                          const char *const *allowed, size_t count);

/* A whole number from `least` to `most`. False, and it has failed. */
bool again_json_read_count(again_json_reader *reader, const char *key, uint64_t least,
                           uint64_t most, const again_json *value, uint64_t *number);

/* A duration that has an end. False, and it has failed. */
bool again_json_read_duration(again_json_reader *reader, const char *key, const char *must,
                              const again_json *value, again_ms *duration);

#endif
