/* The allocator for tests. All blocks are in one list, so that what is not among them is never touched. */
#include <again/kit_memory.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

typedef struct again_kit_block {
  struct again_kit_block *next;
  size_t size;
  uint64_t call; /* that took it */
  max_align_t memory[];
} again_kit_block;

/* Where the block is linked; NULL: it is none of this allocator's. */
static again_kit_block **find(again_kit_memory *memory, const void *address) {
  for (again_kit_block **at = &memory->first; *at != NULL; at = &(*at)->next) {
    if ((*at)->memory == address) return at;
  }
  return NULL;
}

static void take_out(again_kit_memory *memory, again_kit_block **at) {
  again_kit_block *block = *at;
  *at = block->next;
  memory->blocks--;
  memory->bytes -= block->size;
  free(block);
}

static bool may_have(again_kit_memory *memory) {
  memory->calls++;
  bool fails = memory->fail_at != 0 && (memory->calls == memory->fail_at ||
                                        (memory->fail_on && memory->calls > memory->fail_at));
  if (fails) memory->failed++;
  return !fails;
}

/* Always another place: whoever kept the old address is found out. */
static void *take(again_kit_memory *memory, size_t size) {
  if (size > SIZE_MAX - sizeof(again_kit_block)) return NULL;
  again_kit_block *block = malloc(sizeof *block + size);
  if (block == NULL) return NULL;
  *block = (again_kit_block){.next = memory->first, .size = size, .call = memory->calls};
  memory->first = block;
  memory->blocks++;
  memory->bytes += size;
  if (memory->bytes > memory->most_bytes) memory->most_bytes = memory->bytes;
  memset(block->memory, 0xA5, size);
  return block->memory;
}

static void *resize(void *data, void *address, size_t size) {
  again_kit_memory *memory = data;
  again_kit_block **old = address != NULL ? find(memory, address) : NULL;
  if (address != NULL && old == NULL) {
    again_kit_fail_with(&memory->fail, "", 0,
                        "memory is freed or resized that this allocator did not give, or that was "
                        "freed before\n");
    return NULL;
  }
  if (size == 0) {
    if (old != NULL) take_out(memory, old);
    return NULL;
  }
  if (!may_have(memory)) return NULL;
  void *taken = take(memory, size);
  if (taken == NULL || address == NULL) return taken;
  old = find(memory, address);
  memcpy(taken, address, (*old)->size < size ? (*old)->size : size);
  take_out(memory, old);
  return taken;
}

void again_kit_memory_init(again_kit_memory *memory) {
  *memory = (again_kit_memory){.allocator = {.data = memory, .resize = resize}};
}

size_t again_kit_memory_report(const again_kit_memory *memory, char *buffer, size_t size) {
  size_t used = 0;
  if (size > 0) buffer[0] = '\0';
  for (const again_kit_block *at = memory->first; at != NULL && used < size; at = at->next) {
    int length = snprintf(buffer + used, size - used, "  %zu bytes of call %" PRIu64 "\n", at->size,
                          at->call);
    used += length > 0 ? (size_t)length : 0;
  }
  return memory->blocks;
}

void again_kit_memory_fini(again_kit_memory *memory) {
  while (memory->first != NULL)
    take_out(memory, &memory->first);
}

bool again_kit_check_no_leaks(again_kit_memory *memory, const char *file, int line) {
  char text[2048];
  if (memory->blocks == 0) return true;
  int head = snprintf(text, sizeof text, "%zu blocks of memory, %zu bytes, were not freed:\n",
                      memory->blocks, memory->bytes);
  again_kit_memory_report(memory, text + head, sizeof text - (size_t)head);
  again_kit_memory_fini(memory);
  again_kit_fail_with(&memory->fail, file, line, text);
  return false;
}
