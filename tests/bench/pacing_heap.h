/* The events of the model of pacing, by time; equal times in the order in which they were pushed. */
#ifndef AGAIN_TESTS_BENCH_PACING_HEAP_H
#define AGAIN_TESTS_BENCH_PACING_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum pacing_event_kind {
  PACING_START,   /* an agent begins with its backlog */
  PACING_ARRIVAL, /* a batch comes to an agent */
  PACING_AGAIN,   /* an agent's program submits a batch again that was surfaced */
  PACING_WAKE,    /* the time at which an agent's scheduler wanted to be run */
  PACING_CALL,    /* a call reaches the server */
  PACING_ANSWER   /* its answer reaches the agent */
} pacing_event_kind;

typedef struct pacing_event {
  uint64_t at; /* nanoseconds */
  uint64_t order;
  void *batch; /* AGAIN, CALL, ANSWER */
  uint32_t agent;
  uint16_t status; /* ANSWER */
  uint16_t kind;
} pacing_event;

typedef struct pacing_heap {
  pacing_event *events;
  size_t count;
  size_t capacity;
  uint64_t pushed;
} pacing_heap;

void pacing_heap_push(pacing_heap *heap, pacing_event event);

/* Takes the earliest; false if there is none. */
bool pacing_heap_pop(pacing_heap *heap, pacing_event *event);

void pacing_heap_free(pacing_heap *heap);

/* Memory, or the end of the program: a bench has nothing to save. */
void *pacing_alloc(void *old, size_t size);

#endif
