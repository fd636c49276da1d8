/* The batches of one input in the order of their lines.
 *
 * Batches settle in any order, but a file can only be read again from one place. So the batches
 * ("parcels") are kept in a queue, and the input is settled up to the first line of the oldest
 * parcel that is not. */
#ifndef AGENT_PARCEL_H
#define AGENT_PARCEL_H

#include "spans.h"
#include "splitter.h"

/* Where a line of a parcel is. */
typedef struct mark {
  uint64_t offset; /* in the input */
  int64_t time_ms; /* when it was read */
  size_t at;       /* in the parcel's text */
} mark;

/* A batch keeps its lines encoded; the parcel keeps them as they were read, in case they become
 * dead letters. */
typedef struct parcel {
  struct parcel *next;
  void *owner;
  void *batch;
  uint64_t begin; /* of the first line that is not settled */
  uint64_t end;
  bool settled;
  bool passed; /* its lines were settled before they were read */
  mark *marks;
  size_t count;
  size_t marks_size;
  char *text;
  size_t length;
  size_t text_size;
} parcel;

typedef struct parcels {
  parcel *first;
  parcel *last;
  uint64_t settled; /* every byte of the input before this one is settled */
} parcels;

/* Appends an empty parcel that begins with this line. NULL: out of memory. */
parcel *parcels_append(parcels *queue, const line *first);

/* Lets go of the oldest parcels as far as they are settled. */
void parcels_advance(parcels *queue);

/* A line that was settled before it was read: a settled parcel, or the last one's next part. False:
 * out of memory. */
bool parcels_pass(parcels *queue, const line *found);

/* What is settled behind the first parcel, and behind the last one as far as it is `known`. */
void parcels_ahead(const parcels *queue, const spans *known, spans *settled);

/* The next parcel behind this one that has a batch to send; NULL: none but, perhaps, the open one. */
parcel *parcels_after(const parcel *sent, const parcel *open);

/* Takes back the last parcel. */
void parcels_drop_last(parcels *queue);

void parcels_free(parcels *queue);

/* Makes room for a line, so that parcel_keep cannot fail. False: out of memory. */
bool parcel_reserve(parcel *open, const line *next);
void parcel_keep(parcel *open, const line *next, int64_t time_ms);

/* The parcel is not settled from line `index` on. The first call counts. */
void parcel_unsettle(parcel *done, size_t index);

/* The text of a line. */
const char *parcel_line(const parcel *from, size_t index, size_t *length);

/* The bytes of some lines. */
size_t parcel_bytes(const parcel *from, size_t first, size_t count);

/* Frees the lines; the parcel keeps its place in the queue. */
void parcel_empty(parcel *done);

/* The memory that lines take until they are settled, roughly. */
uint64_t parcel_cost(size_t lines, size_t bytes);

#endif
