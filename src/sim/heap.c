#include "sim/heap.h"
#include <stdlib.h>

enum { CHILDREN = 4 };

static bool before(const again_sim_event *a, const again_sim_event *b) {
  return a->at < b->at || (a->at == b->at && a->order < b->order);
}

void again_sim_heap_push(again_sim_heap *heap, again_sim_event event) {
  event.order = heap->pushed++;
  if (heap->count == heap->capacity) {
    size_t capacity = heap->capacity > 0 ? 2 * heap->capacity : 1024;
    again_sim_event *events = realloc(heap->events, capacity * sizeof event);
    if (events == NULL) {
      heap->failed = true;
      return;
    }
    heap->events = events;
    heap->capacity = capacity;
  }
  size_t at = heap->count++;
  while (at > 0) {
    size_t parent = (at - 1) / CHILDREN;
    if (!before(&event, &heap->events[parent])) break;
    heap->events[at] = heap->events[parent];
    at = parent;
  }
  heap->events[at] = event;
}

bool again_sim_heap_pop(again_sim_heap *heap, again_sim_event *event) {
  if (heap->count == 0) return false;
  *event = heap->events[0];
  again_sim_event last = heap->events[--heap->count];
  size_t at = 0;
  for (;;) {
    size_t child = CHILDREN * at + 1;
    size_t end = child + CHILDREN < heap->count ? child + CHILDREN : heap->count;
    if (child >= end) break;
    for (size_t i = child + 1; i < end; i++) {
      if (before(&heap->events[i], &heap->events[child])) child = i;
    }
    if (!before(&heap->events[child], &last)) break;
    heap->events[at] = heap->events[child];
    at = child;
  }
  heap->events[at] = last;
  return true;
}

void again_sim_heap_free(again_sim_heap *heap) {
  free(heap->events);
  *heap = (again_sim_heap){0};
}
