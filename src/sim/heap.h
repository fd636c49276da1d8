/* The events of a run, by time; equal times in the order in which they were pushed. A 4-ary heap. */
#ifndef AGAIN_SIM_HEAP_H
#define AGAIN_SIM_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum again_sim_event_kind {
  AGAIN_SIM_START,   /* an agent begins with its backlog */
  AGAIN_SIM_ARRIVAL, /* a batch comes to an agent */
  AGAIN_SIM_AGAIN,   /* an agent's program submits a batch again that was surfaced */
  AGAIN_SIM_WAKE,    /* the time at which an agent's scheduler wanted to be run */
  AGAIN_SIM_CALL,    /* a call reaches the service */
  AGAIN_SIM_ANSWER   /* its answer, or that none came, reaches the agent */
} again_sim_event_kind;

typedef struct again_sim_event {
  uint64_t at; /* nanoseconds */
  uint64_t order;
  void *batch; /* AGAIN, CALL, ANSWER */
  uint32_t agent;
  uint16_t status; /* ANSWER: of HTTP, or an again_sim_fate */
  uint16_t kind;
} again_sim_event;

/* Instead of a status. */
typedef enum again_sim_fate { AGAIN_SIM_TIMEOUT = 0, AGAIN_SIM_UNREACHED = 1 } again_sim_fate;

typedef struct again_sim_heap {
  again_sim_event *events;
  size_t count;
  size_t capacity;
  uint64_t pushed;
  bool failed; /* there was no memory for an event: the run cannot go on */
} again_sim_heap;

void again_sim_heap_push(again_sim_heap *heap, again_sim_event event);

/* Takes the earliest; false if there is none. */
bool again_sim_heap_pop(again_sim_heap *heap, again_sim_event *event);

void again_sim_heap_free(again_sim_heap *heap);

#endif
