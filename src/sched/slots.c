#include "sched/slots.h"

/* ---- The pool -------------------------------------------------------------------------------- */

int again_pool_reserve(again_pool *pool, size_t chunks) {
  if (chunks <= pool->chunks) return 0;
  size_t added = chunks - pool->chunks;
  size_t extra = sizeof(again_block) + AGAIN_CHUNK_ALIGN;
  if (added > (SIZE_MAX - extra) / sizeof(again_chunk)) return AGAIN_ENOMEM;
  size_t bytes = extra + added * sizeof(again_chunk);
  again_block *block = again_resize(pool->allocator, NULL, bytes);
  if (block == NULL) return AGAIN_ENOMEM;
  uintptr_t begin = (uintptr_t)(block + 1);
  size_t gap = (AGAIN_CHUNK_ALIGN - begin % AGAIN_CHUNK_ALIGN) % AGAIN_CHUNK_ALIGN;
  block->next = NULL;
  block->fresh = (again_chunk *)(void *)((char *)(block + 1) + gap);
  block->end = block->fresh + added;
  again_block **last = &pool->blocks;
  while (*last != NULL)
    last = &(*last)->next;
  *last = block;
  if (pool->filling == NULL) pool->filling = block;
  pool->chunks = chunks;
  pool->bytes += bytes;
  return 0;
}

void again_pool_fini(again_pool *pool) {
  while (pool->blocks != NULL) {
    again_block *block = pool->blocks;
    pool->blocks = block->next;
    again_resize(pool->allocator, block, 0);
  }
  *pool = (again_pool){.allocator = pool->allocator};
}

/* Chunks that were never used come last: memory that is not needed is not touched. */
static again_chunk *take_chunk(again_pool *pool) {
  again_chunk *chunk = pool->free;
  pool->used++;
  if (chunk != NULL) {
    pool->free = chunk->next;
    return chunk;
  }
  while (pool->filling->fresh == pool->filling->end)
    pool->filling = pool->filling->next;
  return pool->filling->fresh++;
}

void again_pool_give(again_pool *pool, again_chunk *chunk) {
  chunk->next = pool->free;
  pool->free = chunk;
  pool->used--;
}

/* ---- Slots ----------------------------------------------------------------------------------- */

static void prefetch_records(const again_chunk *chunk, uint32_t from, uint32_t end) {
  for (uint32_t i = from; i < end; i++)
    again_prefetch(chunk->entries[i]);
}

static void look_ahead(const again_slot *slot, const again_chunk *chunk) {
  const again_chunk *next = chunk->next;
  if (next == NULL) return;
  prefetch_records(next, 0, again_slot_written(slot, next));
  again_prefetch(next->next);
  again_prefetch((const char *)next->next + AGAIN_CHUNK_ALIGN);
}

void again_slot_prefetch(const again_slot *slot, const again_chunk *chunk) {
  if (chunk == slot->head) prefetch_records(chunk, slot->first, again_slot_written(slot, chunk));
  look_ahead(slot, chunk);
}

static void give_all(again_pool *pool, again_chunk *chunk) {
  while (chunk != NULL) {
    again_chunk *next = chunk->next;
    again_pool_give(pool, chunk);
    chunk = next;
  }
}

void again_slot_squeeze(again_slot *slot, again_pool *pool) {
  again_chunk *to = slot->head;
  uint32_t count = 0;
  uint32_t chunks = 1;
  uint32_t from = slot->first;
  for (again_chunk *chunk = slot->head; chunk != NULL; chunk = chunk->next) {
    again_slot_prefetch(slot, chunk);
    uint32_t end = again_slot_written(slot, chunk);
    for (uint32_t i = from; i < end; i++) {
      again_timer *timer = chunk->entries[i];
      if (timer == NULL) continue;
      if (count == AGAIN_CHUNK_ENTRIES) {
        to = to->next;
        count = 0;
        chunks++;
      }
      to->entries[count] = timer;
      timer->entry = &to->entries[count++];
    }
    from = 0;
  }
  give_all(pool, to->next);
  to->next = NULL;
  slot->tail = to;
  slot->chunks = chunks;
  slot->first = 0;
  slot->fill = count;
}

void again_slot_clear(again_slot *slot, again_pool *pool) {
  give_all(pool, slot->head);
  *slot = (again_slot){.live = 0};
}

bool again_slot_crowded(const again_slot *slot) {
  uint64_t allowed = slot->first > 0 ? 2 : 1;
  return slot->chunks > allowed &&
         (slot->chunks - allowed) * AGAIN_CHUNK_ENTRIES * 2 >= UINT64_C(3) * slot->live;
}

void again_slot_add_chunk(again_slot *slot, again_pool *pool) {
  again_chunk *chunk = take_chunk(pool);
  chunk->next = NULL;
  if (slot->chunks == 0) {
    slot->head = chunk;
  } else {
    slot->tail->next = chunk;
  }
  slot->tail = chunk;
  slot->chunks++;
  slot->fill = 0;
}

static void drop_head(again_slot *slot, again_pool *pool) {
  again_chunk *head = slot->head;
  slot->head = head->next;
  slot->first = 0;
  slot->chunks--;
  again_pool_give(pool, head);
  look_ahead(slot, slot->head);
}

again_timer *again_slot_pop(again_slot *slot, again_pool *pool) {
  again_timer *timer;
  if (slot->first == 0) again_slot_prefetch(slot, slot->head);
  do {
    if (slot->first == AGAIN_CHUNK_ENTRIES) drop_head(slot, pool);
    timer = slot->head->entries[slot->first++];
  } while (timer == NULL);
  timer->entry = NULL;
  if (--slot->live == 0) again_slot_clear(slot, pool);
  return timer;
}
