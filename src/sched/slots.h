/* What the wheel's slots are made of: queues of pointers to timers, in chunks from one pool.
 *
 * A queue tells the addresses of its timers before they are touched, so a pass over it fetches the
 * records ahead, many at a time. A linked list through the records has to wait for each one to learn
 * where the next is.
 *
 * A timer knows its entry. Taking it out writes NULL there and refers to nothing of it any more. Such
 * holes stay until the queue is empty, or until the pool has no chunk left: then a queue that is
 * crowded with them is squeezed. It has a hole for every two timers at least, so each hole costs at
 * most two moves, and most cost none. */
#ifndef AGAIN_SCHED_SLOTS_H
#define AGAIN_SCHED_SLOTS_H

#include <again/sched.h>

/* Two cache lines where a pointer has 8 bytes. */
enum { AGAIN_CHUNK_ENTRIES = 15, AGAIN_CHUNK_ALIGN = 64 };

typedef struct again_chunk {
  struct again_chunk *next;
  again_timer *entries[AGAIN_CHUNK_ENTRIES];
} again_chunk;

/* Memory that holds many chunks; those from `fresh` on have never been used. */
typedef struct again_block {
  struct again_block *next;
  again_chunk *fresh;
  again_chunk *end;
} again_block;

typedef struct again_pool {
  const again_allocator *allocator; /* NULL: the C library's */
  again_chunk *free;                /* used before */
  again_block *blocks;              /* oldest first */
  again_block *filling;             /* those before it have no fresh chunks */
  size_t chunks;                    /* all there are */
  size_t used;                      /* in slots */
  size_t bytes;                     /* taken from the allocator */
} again_pool;

/* A queue. All fields are 0 while no timer is in it. */
typedef struct again_slot {
  again_chunk *head;
  again_chunk *tail; /* its next is NULL */
  uint32_t live;     /* timers */
  uint32_t chunks;
  uint32_t first; /* entries of head that were popped */
  uint32_t fill;  /* entries of tail that are written */
} again_slot;

/* Makes sure that there are `chunks` in all. AGAIN_ENOMEM: nothing has changed. */
int again_pool_reserve(again_pool *pool, size_t chunks);
void again_pool_fini(again_pool *pool);
void again_pool_give(again_pool *pool, again_chunk *chunk);

/* Adds a chunk behind the others; the pool must have one. */
void again_slot_add_chunk(again_slot *slot, again_pool *pool);

/* Forgets all entries and gives back the chunks. */
void again_slot_clear(again_slot *slot, again_pool *pool);

/* Takes out the first; there is one. */
again_timer *again_slot_pop(again_slot *slot, again_pool *pool);

/* Called before each chunk of a pass over the slot: fetches the records of the next one. */
void again_slot_prefetch(const again_slot *slot, const again_chunk *chunk);

/* Has it so many holes that squeezing frees a chunk and is worth it? A slot of n timers that is not
 * crowded has fewer than 3/2 n / AGAIN_CHUNK_ENTRIES + 1 chunks, one more where it is partly popped. */
bool again_slot_crowded(const again_slot *slot);

/* Moves what is left to the front, in order, and gives back the chunks behind it. */
void again_slot_squeeze(again_slot *slot, again_pool *pool);

/* Brings a line that will be written near. */
static inline void again_prefetch(const void *address) {
#if defined(__GNUC__)
  __builtin_prefetch(address, 1);
#else
  (void)address;
#endif
}

/* Entries of a chunk of this slot that are written. */
static inline uint32_t again_slot_written(const again_slot *slot, const again_chunk *chunk) {
  return chunk == slot->tail ? slot->fill : AGAIN_CHUNK_ENTRIES;
}

/* Puts a timer behind the others. The pool must have a chunk: who reserves makes sure of it. */
static inline void again_slot_append(again_slot *slot, again_pool *pool, again_timer *timer) {
  if (slot->chunks == 0 || slot->fill == AGAIN_CHUNK_ENTRIES) again_slot_add_chunk(slot, pool);
  timer->entry = &slot->tail->entries[slot->fill++];
  *timer->entry = timer;
  slot->live++;
}

/* Takes out a timer that is in this slot. */
static inline void again_slot_remove(again_slot *slot, again_pool *pool, again_timer *timer) {
  *timer->entry = NULL;
  timer->entry = NULL;
  if (--slot->live == 0) again_slot_clear(slot, pool);
}

#endif
