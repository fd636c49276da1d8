/* What the program and the archives linked into it take from the allocator: the linker sends their
 * calls here. */
#ifndef AGAIN_TESTS_BENCH_CLS_MEMORY_H
#define AGAIN_TESTS_BENCH_CLS_MEMORY_H

#include <stddef.h>
#include <stdint.h>

typedef struct cls_memory {
  uint64_t calls; /* of malloc, calloc and realloc */
  size_t live;    /* bytes in use */
  size_t peak;    /* the most there were */
} cls_memory;

extern cls_memory cls_memory_now;

#endif
