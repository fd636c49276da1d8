#include "cls_memory.h"
#include <malloc.h>

cls_memory cls_memory_now;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void __real_free(void *memory);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void __wrap_free(void *memory);

static void *counted(void *memory) {
  cls_memory_now.calls++;
  if (memory != NULL) cls_memory_now.live += malloc_usable_size(memory);
  if (cls_memory_now.live > cls_memory_now.peak) cls_memory_now.peak = cls_memory_now.live;
  return memory;
}

static void let_go(void *memory) {
  if (memory != NULL) cls_memory_now.live -= malloc_usable_size(memory);
}

void *__wrap_malloc(size_t size) {
  return counted(__real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size) {
  return counted(__real_calloc(count, size));
}

void *__wrap_realloc(void *memory, size_t size) {
  let_go(memory);
  return counted(__real_realloc(memory, size));
}

void __wrap_free(void *memory) {
  let_go(memory);
  __real_free(memory);
}
