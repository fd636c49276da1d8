/* Reading a file of cases: what its parts share. */
#ifndef AGAIN_CASES_READER_H
#define AGAIN_CASES_READER_H

#include "cases/keys.h"

/* What is freed with the file. */
typedef struct again_case_memory {
  struct again_case_memory *next;
  void *memory;
} again_case_memory;

typedef struct again_case_reader {
  again_case_file *file;
  again_diagnostic *wrong;
  int error; /* 0 until something is wrong */
} again_case_reader;

/* Records what is wrong at a byte of the text. Returns false. */
bool again_case_fail(again_case_reader *reader, size_t at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Out of memory. Returns false. */
bool again_case_fail_memory(again_case_reader *reader);

/* Keeps memory (NULL: that is out of memory) until the file is freed; frees it at once on failure. */
bool again_case_keep(again_case_reader *reader, void *memory);

/* The value of `key` is not of its kind: says what it must be. Returns false. */
bool again_case_fail_kind(again_case_reader *reader, const char *key, const char *must,
                          const again_json *value);

/* A word that is none of those: says which there are, and which is near. Returns false. */
bool again_case_fail_word(again_case_reader *reader, size_t at, const char *what, const char *word,
                          const char *const *allowed, size_t count);

/* read.c: reads an object into its struct, which has the defaults. */
bool again_case_read_object(again_case_reader *reader, again_case_object object, const char *what,
                            const again_json *node, void *into);

/* values.c: reads one value into its field. */
bool again_case_read_value(again_case_reader *reader, const again_case_key *key,
                           const again_json *value, void *field);

/* outcomes.c: reads the outcomes of a case into its steps. */
bool again_case_read_outcomes(again_case_reader *reader, const again_json *value, again_case *c);

#endif
