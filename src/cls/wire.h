/* The wire format of a LogGroupList (protobuf, proto2; document 614/50267), written piece by piece.
 *
 *   LogGroupList { LogGroup = 1 }
 *   LogGroup     { Log = 1, contextFlow = 2, filename = 3, source = 4, LogTag = 5, hostname = 6 }
 *   Log          { time = 1 (int64), Content = 2 }
 *   Content      { key = 1, value = 2 }
 *   LogTag       { key = 1, value = 2 }
 *
 * Source: the encoding guide of Protocol Buffers. Every key here is one byte: number and kind. */
#ifndef AGAIN_CLS_WIRE_H
#define AGAIN_CLS_WIRE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* number << 3 | 2: bytes with their length in front. */
#define AGAIN_WIRE_BYTES(number) ((uint8_t)((number) << 3 | 2))
/* number << 3 | 0: a number. */
#define AGAIN_WIRE_NUMBER(number) ((uint8_t)((number) << 3))

/* Bytes of a number: seven bits each. */
static inline size_t again_wire_number_size(uint64_t number) {
  size_t size = 1;
  for (; number >= 0x80; number >>= 7)
    size++;
  return size;
}

/* Writes a number; returns where the next byte goes. */
static inline uint8_t *again_wire_number(uint8_t *at, uint64_t number) {
  for (; number >= 0x80; number >>= 7)
    *at++ = (uint8_t)(number | 0x80);
  *at++ = (uint8_t)number;
  return at;
}

/* Bytes of a field of `length` bytes, its key and length included. */
static inline size_t again_wire_field_size(size_t length) {
  return 1 + again_wire_number_size(length) + length;
}

/* Writes the key and the length of a field; its bytes come next. */
static inline uint8_t *again_wire_head(uint8_t *at, uint8_t key, size_t length) {
  *at++ = key;
  return again_wire_number(at, length);
}

static inline uint8_t *again_wire_field(uint8_t *at, uint8_t key, const char *bytes,
                                        size_t length) {
  at = again_wire_head(at, key, length);
  if (length > 0) memcpy(at, bytes, length);
  return at + length;
}

/* The end of the fields of bytes that begin here, after `count` of them: what this writer wrote, so
 * nothing is checked. */
const uint8_t *again_wire_skip(const uint8_t *at, size_t count);

#endif
