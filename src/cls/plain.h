/* Copying text while looking at it: nearly all text of logs is ASCII, and one pass is enough for it. */
#ifndef AGAIN_CLS_PLAIN_H
#define AGAIN_CLS_PLAIN_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The high bit of a byte of the result is set if one of the 8 bytes is no ASCII, or a NUL: taking 1 from
 * each byte sets the high bit of one that is 0, and a borrow begins at a 0 only. Other bits mean nothing:
 * results may be joined by |, and looked at with AGAIN_PLAIN_ODD once. Source: H. S. Warren, Hacker's
 * Delight, section 6-1. */
#define AGAIN_PLAIN_ODD UINT64_C(0x8080808080808080)

static inline uint64_t again_plain_look(uint64_t word) {
  return (word - UINT64_C(0x0101010101010101)) | word;
}

static inline uint64_t again_plain_load(const char *from) {
  uint64_t word;
  memcpy(&word, from, sizeof word);
  return word;
}

static inline uint64_t again_plain_copy_word(uint8_t *to, const char *from) {
  uint64_t word = again_plain_load(from);
  memcpy(to, &word, sizeof word);
  return again_plain_look(word);
}

/* Two words at a time, as all compilers for 64 bits can. */
typedef uint64_t again_plain_pair __attribute__((vector_size(16)));

static inline again_plain_pair again_plain_copy_pair(uint8_t *to, const char *from) {
  const again_plain_pair ones = {UINT64_C(0x0101010101010101), UINT64_C(0x0101010101010101)};
  again_plain_pair pair;
  memcpy(&pair, from, sizeof pair);
  memcpy(to, &pair, sizeof pair);
  return (pair - ones) | pair;
}

static inline uint64_t again_plain_copy_short(uint8_t *to, const char *from, size_t length) {
  uint64_t seen = 0;
  if (length >= 4) {
    /* Two halves that may overlap. */
    uint32_t first;
    uint32_t last;
    memcpy(&first, from, 4);
    memcpy(&last, from + length - 4, 4);
    memcpy(to, &first, 4);
    memcpy(to + length - 4, &last, 4);
    return again_plain_look((uint64_t)last << 32 | first);
  }
  for (size_t i = 0; i < length; i++) {
    to[i] = (uint8_t)from[i];
    seen |= again_plain_look(0x01010101010101 << 8 | (uint8_t)from[i]);
  }
  return seen;
}

/* Copies the text; with AGAIN_PLAIN_ODD, not 0 if a byte of it is no ASCII, or a NUL. The last bytes are
 * copied as a whole word or pair, some of it a second time. */
static inline uint64_t again_plain_copy(uint8_t *to, const char *from, size_t length) {
  if (length < 8) return again_plain_copy_short(to, from, length);
  if (length < 16) {
    return again_plain_copy_word(to, from) |
           again_plain_copy_word(to + length - 8, from + length - 8);
  }
  again_plain_pair seen = again_plain_copy_pair(to + length - 16, from + length - 16);
  for (size_t i = 0; i + 16 < length; i += 16)
    seen |= again_plain_copy_pair(to + i, from + i);
  return seen[0] | seen[1];
}

#endif
