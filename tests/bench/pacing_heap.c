#include "pacing_heap.h"
#include <stdio.h>
#include <stdlib.h>

enum { CHILDREN = 4 };

void *pacing_alloc(void *old, size_t size) {
  void *memory = realloc(old, size);
  if (memory != NULL) return memory;
  fprintf(stderr, "bench_pacing: out of memory\n");
  exit(1);
}

static bool before(const pacing_event *a, const pacing_event *b) {
  return a->at < b->at || (a->at == b->at && a->order < b->order);
}

void pacing_heap_push(pacing_heap *heap, pacing_event event) {
  event.order = heap->pushed++;
  if (heap->count == heap->capacity) {
    heap->capacity = heap->capacity > 0 ? 2 * heap->capacity : 1024;
    heap->events = pacing_alloc(heap->events, heap->capacity * sizeof event);
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

bool pacing_heap_pop(pacing_heap *heap, pacing_event *event) {
  if (heap->count == 0) return false;
  *event = heap->events[0];
  pacing_event last = heap->events[--heap->count];
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

void pacing_heap_free(pacing_heap *heap) {
  free(heap->events);
  *heap = (pacing_heap){0};
}
