/* Bytes of a file that are settled although something before them is not: batches settle in any
 * order. A start that knows them does not send them again. */
#ifndef AGENT_SPANS_H
#define AGENT_SPANS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SPANS_MAX 128

typedef struct span {
  uint64_t begin;
  uint64_t end; /* behind its last byte */
} span;

/* In the order of the file, none touching the next. Zeroed: none. */
typedef struct spans {
  size_t count;
  span at[SPANS_MAX];
} spans;

/* Adds one that begins at or behind the begin of the last; joins what touches. One too many is left
 * out: what is in it is sent again. */
void spans_add(spans *to, uint64_t begin, uint64_t end);

/* Is a line settled: its bytes up to `end`, or, of one that goes on, at least its first? */
bool spans_hold(const spans *in, uint64_t begin, uint64_t end);

#endif
