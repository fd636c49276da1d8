/* A set of SHA-1 digests: has this been seen before? */
#ifndef AGAIN_EMULATOR_FINGERPRINTS_H
#define AGAIN_EMULATOR_FINGERPRINTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct again_fingerprint {
  uint8_t bytes[20];
} again_fingerprint;

typedef struct again_fingerprints {
  again_fingerprint *slots; /* open addressing; all zero: free */
  size_t count;
  size_t size; /* a power of two */
} again_fingerprints;

/* Adds a digest. 1: it is new; 0: it was there; AGAIN_ENOMEM. */
int again_fingerprints_add(again_fingerprints *set, const again_fingerprint *digest);

void again_fingerprints_fini(again_fingerprints *set);

#endif
