/* What the emulator has stored: counted, told apart from duplicates, and written to a file. */
#ifndef AGAIN_EMULATOR_STORE_H
#define AGAIN_EMULATOR_STORE_H

#include "emulator/fingerprints.h"
#include <again/emulator.h>
#include <cls_logs.pb-c.h>
#include <stdio.h>

typedef struct again_store {
  again_fingerprints logs;
  again_fingerprints bodies;
  FILE *record; /* NULL: none */
  bool failed;  /* something could not be remembered or written */
  bool named;   /* the record has a name; otherwise it is a temporary file */
  bool full;    /* a temporary file, and not all went in */
  long begin;   /* where the records begin that are still of interest; -1: they cannot be read */
  uint64_t keep_max; /* bytes of a temporary file */
  uint64_t kept;
} again_store;

/* One accepted request. `raw` is its body, not compressed. */
typedef struct again_store_request {
  const char *topic;
  const char *request_id;
  const uint8_t *raw;
  size_t raw_length;
  const Cls__LogGroupList *list;
} again_store_request;

/* `path`: the record file, truncated; NULL: a temporary file for at most `keep_max` bytes, 0: none.
 * AGAIN_EIO (errno says why). */
int again_store_init(again_store *store, const char *path, uint64_t keep_max);

/* AGAIN_EIO if not all that was stored is counted and in the record file. */
int again_store_fini(again_store *store);

/* Forgets what was stored. A record file that has a name keeps its lines, but they are not read any
 * more. */
void again_store_reset(again_store *store);

/* Where what was stored can be read: an open file, which the caller closes, and the part of it.
 * Returns NULL, or why it cannot be read. */
const char *again_store_read(again_store *store, int *file, uint64_t *offset, uint64_t *size);

/* Stores a request: counts its logs in `stats`, and writes each as a line of JSON. */
void again_store_add(again_store *store, const again_store_request *request,
                     again_emulator_stats *stats);

#endif
