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
} again_store;

/* One accepted request. `raw` is its body, not compressed. */
typedef struct again_store_request {
  const char *topic;
  const char *request_id;
  const uint8_t *raw;
  size_t raw_length;
  const Cls__LogGroupList *list;
} again_store_request;

/* `path`: the record file, truncated; NULL: none. AGAIN_EIO (errno says why). */
int again_store_init(again_store *store, const char *path);

/* AGAIN_EIO if not all that was stored is counted and in the record file. */
int again_store_fini(again_store *store);

/* Stores a request: counts its logs in `stats`, and writes each as a line of JSON. */
void again_store_add(again_store *store, const again_store_request *request,
                     again_emulator_stats *stats);

#endif
