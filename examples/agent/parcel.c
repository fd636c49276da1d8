/* The queue of an input's batches. */
#include "parcel.h"
#include <stdlib.h>
#include <string.h>

/* What a line takes besides its text: in the batch, its structures; here, its mark. The text is in
 * the batch, here (with room to grow), and, on its way, in a request's body. */
enum { LINE_COST = 320, TEXT_COPIES = 3 };

parcel *parcels_append(parcels *queue, const line *first) {
  parcel *made = calloc(1, sizeof *made);
  if (made == NULL) return NULL;
  made->begin = first->begin;
  made->end = first->end;
  if (queue->last != NULL) {
    queue->last->next = made;
  } else {
    queue->first = made;
  }
  queue->last = made;
  return made;
}

void parcels_advance(parcels *queue) {
  while (queue->first != NULL && queue->first->settled) {
    parcel *done = queue->first;
    queue->settled = done->end;
    queue->first = done->next;
    if (queue->first == NULL) queue->last = NULL;
    parcel_empty(done);
    free(done);
  }
  if (queue->first != NULL) queue->settled = queue->first->begin;
}

bool parcels_pass(parcels *queue, const line *found) {
  parcel *last = queue->last;
  if (last == NULL || !last->passed) {
    last = parcels_append(queue, found);
    if (last == NULL) return false;
    last->passed = true;
    last->settled = true;
  }
  last->end = found->end;
  parcels_advance(queue);
  return true;
}

void parcels_ahead(const parcels *queue, const spans *known, spans *settled) {
  settled->count = 0;
  uint64_t read = queue->last != NULL ? queue->last->end : queue->settled;
  for (const parcel *at = queue->first; at != NULL; at = at->next) {
    if (at->settled) spans_add(settled, at->begin, at->end);
  }
  for (size_t i = 0; i < known->count; i++) {
    const span *next = &known->at[i];
    spans_add(settled, next->begin > read ? next->begin : read, next->end);
  }
}

parcel *parcels_after(const parcel *sent, const parcel *open) {
  parcel *next = sent->next;
  while (next != NULL && next->batch == NULL)
    next = next->next;
  return next != open ? next : NULL;
}

void parcels_drop_last(parcels *queue) {
  parcel *dropped = queue->last;
  parcel **at = &queue->first;
  queue->last = NULL;
  while (*at != dropped) {
    queue->last = *at;
    at = &(*at)->next;
  }
  *at = NULL;
  parcel_empty(dropped);
  free(dropped);
}

void parcels_free(parcels *queue) {
  while (queue->first != NULL) {
    parcel *left = queue->first;
    queue->first = left->next;
    parcel_empty(left);
    free(left);
  }
  queue->last = NULL;
}

/* Memory that grows by doubling. NULL, and the old one is as it was: there is no more. */
static void *grow(void *memory, size_t *size, size_t needed, size_t each) {
  if (needed <= *size) return memory;
  size_t wanted = needed > *size * 2 ? needed : *size * 2;
  void *grown = realloc(memory, wanted * each);
  if (grown != NULL) *size = wanted;
  return grown;
}

bool parcel_reserve(parcel *open, const line *next) {
  mark *marks = grow(open->marks, &open->marks_size, open->count + 1, sizeof *marks);
  if (marks != NULL) open->marks = marks;
  /* One byte more, so that a line without any has a place, too. */
  char *text = grow(open->text, &open->text_size, open->length + next->length + 1, 1);
  if (text != NULL) open->text = text;
  return marks != NULL && text != NULL;
}

void parcel_keep(parcel *open, const line *next, int64_t time_ms) {
  open->marks[open->count++] =
      (mark){.offset = next->offset, .time_ms = time_ms, .at = open->length};
  memcpy(open->text + open->length, next->text, next->length);
  open->length += next->length;
  open->end = next->end;
}

void parcel_unsettle(parcel *done, size_t index) {
  if (!done->settled) return;
  done->settled = false;
  done->begin = done->marks[index].offset;
}

const char *parcel_line(const parcel *from, size_t index, size_t *length) {
  size_t end = index + 1 < from->count ? from->marks[index + 1].at : from->length;
  *length = end - from->marks[index].at;
  return from->text + from->marks[index].at;
}

size_t parcel_bytes(const parcel *from, size_t first, size_t count) {
  size_t end = first + count < from->count ? from->marks[first + count].at : from->length;
  return end - from->marks[first].at;
}

void parcel_empty(parcel *done) {
  free(done->marks);
  free(done->text);
  done->marks = NULL;
  done->text = NULL;
}

uint64_t parcel_cost(size_t lines, size_t bytes) {
  return (uint64_t)lines * LINE_COST + (uint64_t)bytes * TEXT_COPIES;
}
