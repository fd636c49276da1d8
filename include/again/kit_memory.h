/* again/kit_memory.h - an allocator for tests: it fails on the n-th call, and knows what was not freed.
 *
 *   for (uint64_t n = 1;; n++) {
 *     again_kit_memory memory;
 *     again_kit_memory_init(&memory);
 *     memory.fail_at = n;
 *     ... what is tested, with &memory.allocator ...
 *     again_kit_assert_no_leaks(&memory);
 *     if (memory.failed == 0) break; // it needs fewer calls than n
 *   }
 *
 * One thread.
 */
#ifndef AGAIN_KIT_MEMORY_H
#define AGAIN_KIT_MEMORY_H

#include <again/host.h>
#include <again/kit_assert.h>

#ifdef __cplusplus
extern "C" {
#endif

struct again_kit_block;

typedef struct again_kit_memory {
  again_allocator allocator; /* for the options of what is tested; it refers to this object */
  uint64_t fail_at;    /* this call that asks for memory, counted from 1, gets none; 0: none */
  bool fail_on;        /* and all after it get none either */
  again_kit_fail fail; /* for the assertion, and for memory that is not of this allocator */

  /* What was seen, for the test to read. */
  uint64_t calls;  /* that asked for memory, for a new block or a larger or smaller one */
  uint64_t failed; /* of them, got none */
  size_t blocks;   /* there are now, */
  size_t bytes;    /* and in them */
  size_t most_bytes;

  struct again_kit_block *first; /* the newest */
} again_kit_memory;

void again_kit_memory_init(again_kit_memory *memory);

/* Writes what was not freed, a line for each block with its size and the number of the call that took it,
 * cut to `size`. Returns how many there are. */
size_t again_kit_memory_report(const again_kit_memory *memory, char *buffer, size_t size);

/* Frees what was not freed. */
void again_kit_memory_fini(again_kit_memory *memory);

/* All memory was given back. What was not is named, and freed. */
#define again_kit_assert_no_leaks(memory) again_kit_check_no_leaks(memory, __FILE__, __LINE__)

bool again_kit_check_no_leaks(again_kit_memory *memory, const char *file, int line);

#ifdef __cplusplus
}
#endif

#endif
