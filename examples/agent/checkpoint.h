/* checkpoint.json: for every file and topic, the place up to which everything is settled. */
#ifndef AGENT_CHECKPOINT_H
#define AGENT_CHECKPOINT_H

#include "place.h"
#include "spans.h"

typedef struct checkpoint checkpoint;

typedef struct checkpoint_entry {
  const char *path; /* absolute; the checkpoint's, as the topic is */
  const char *topic;
  place at;
  spans ahead; /* settled behind that place */
} checkpoint_entry;

/* Reads the file in `folder`; there may be none yet. False: `why` says what is wrong with it and
 * what to do: a checkpoint that cannot be understood is never taken for an empty one. */
bool checkpoint_open(const char *folder, checkpoint **opened, char *why, size_t why_size);

/* The entry of a file and topic, made if there is none (at no place). It stays where it is
 * and is changed in place. NULL: out of memory. */
checkpoint_entry *checkpoint_find(checkpoint *state, const char *path, const char *topic);

/* Writes all entries in place of the old file, durably: whole or not at all. */
bool checkpoint_write(checkpoint *state, char *why, size_t why_size);

void checkpoint_close(checkpoint *state);

#endif
