#include "emulator/fingerprints.h"
#include <again/core.h>
#include <stdlib.h>
#include <string.h>

static const again_fingerprint empty;

/* The digest's slot, or the free one where it belongs. */
static again_fingerprint *find(again_fingerprint *slots, size_t size,
                               const again_fingerprint *digest) {
  size_t at;
  memcpy(&at, digest->bytes, sizeof at);
  for (;; at++) {
    again_fingerprint *slot = &slots[at & (size - 1)];
    if (memcmp(slot, digest, sizeof *slot) == 0 || memcmp(slot, &empty, sizeof *slot) == 0) {
      return slot;
    }
  }
}

static bool grow(again_fingerprints *set) {
  size_t size = set->size == 0 ? 1024 : set->size * 2;
  again_fingerprint *slots = calloc(size, sizeof *slots);
  if (slots == NULL) return false;
  for (size_t i = 0; i < set->size; i++) {
    const again_fingerprint *digest = &set->slots[i];
    if (memcmp(digest, &empty, sizeof empty) != 0) *find(slots, size, digest) = *digest;
  }
  free(set->slots);
  set->slots = slots;
  set->size = size;
  return true;
}

int again_fingerprints_add(again_fingerprints *set, const again_fingerprint *digest) {
  if (set->count >= set->size / 4 * 3 && !grow(set)) return AGAIN_ENOMEM;
  again_fingerprint *slot = find(set->slots, set->size, digest);
  if (memcmp(slot, digest, sizeof *slot) == 0) return 0;
  *slot = *digest;
  set->count++;
  return 1;
}

void again_fingerprints_fini(again_fingerprints *set) {
  free(set->slots);
}
