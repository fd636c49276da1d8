/* Bytes in, lines out. */
#ifndef AGENT_SPLITTER_H
#define AGENT_SPLITTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A longer line is given out in pieces of this many bytes: CLS takes no larger value. */
#define LINE_MAX_BYTES ((size_t)1024 * 1024)

/* A line without its newline, or a piece of one that is too long. */
typedef struct line {
  const char *text; /* valid during the call */
  size_t length;
  uint64_t offset; /* of its first byte in the input */
  uint64_t begin;  /* of the whole line: differs from `offset` only in a piece */
  uint64_t end;    /* where reading may begin once it is settled: behind its newline, or, of a piece
                      that is not the last, at `begin` */
  bool too_long;   /* a piece */
  bool last;       /* it ends a line: false for the pieces before the last */
} line;

typedef void (*line_fn)(void *data, const line *found);

typedef struct splitter {
  line_fn found;
  void *data;
  uint64_t offset; /* of the first byte not given out */
  char *held;      /* the begin of a line whose end was not seen yet; the caller's to free */
  size_t held_length;
  size_t held_size;
  uint64_t begin; /* of the line under way */
  bool too_long;  /* pieces of it were given out */
} splitter;

/* Begins at byte `offset` of the input. */
void splitter_init(splitter *state, uint64_t offset, line_fn found, void *data);

/* Takes the next bytes. False: out of memory, and they are not all taken. */
bool splitter_feed(splitter *state, const char *bytes, size_t length);

/* The input is over: gives out a last line that has no newline. */
void splitter_end(splitter *state);

#endif
