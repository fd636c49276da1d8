/* Reading a file of cases: what its parts share. */
#ifndef AGAIN_CASES_READER_H
#define AGAIN_CASES_READER_H

#include "cases/keys.h"
#include "json/reader.h"

/* What is freed with the file. */
typedef struct again_case_memory {
  struct again_case_memory *next;
  void *memory;
} again_case_memory;

typedef struct again_case_reader {
  again_json_reader json;
  again_case_file *file;
} again_case_reader;

/* Keeps memory (NULL: that is out of memory) until the file is freed; frees it at once on failure. */
bool again_case_keep(again_case_reader *reader, void *memory);

/* read.c: reads an object into its struct, which has the defaults. */
bool again_case_read_object(again_case_reader *reader, again_case_object object, const char *what,
                            const again_json *node, void *into);

/* values.c: reads one value into its field. */
bool again_case_read_value(again_case_reader *reader, const again_case_key *key,
                           const again_json *value, void *field);

/* outcomes.c: reads the outcomes of a case into its steps. */
bool again_case_read_outcomes(again_case_reader *reader, const again_json *value, again_case *c);

#endif
