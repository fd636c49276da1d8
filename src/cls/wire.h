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

/* The bit that says that more bytes of a number come, in each byte. */
#define AGAIN_WIRE_MORE UINT64_C(0x8080808080808080)

/* Bytes of a number: a seventh of its bits, rounded up. 9/64 is near enough to 1/7 up to 64 bits;
 * nearly all are lengths, of one byte or two. */
static inline size_t again_wire_number_size(uint64_t number) {
  if (number < 1 << 14) return 1u + (number >= 0x80);
  unsigned bits = 64u - (unsigned)__builtin_clzll(number);
  return (bits * 9 + 64) >> 6;
}

/* Writes a number; returns where the next byte goes. */
static inline uint8_t *again_wire_number(uint8_t *at, uint64_t number) {
  for (; number >= 0x80; number >>= 7)
    *at++ = (uint8_t)(number | 0x80);
  *at++ = (uint8_t)number;
  return at;
}

/* The same for a number below 2^56, which times are, without a loop: its groups of seven bits are spread
 * over the bytes of a word, by halves. 8 bytes are written, whatever it takes. */
static inline uint8_t *again_wire_wide_number(uint8_t *at, uint64_t number) {
  size_t size = again_wire_number_size(number);
  number = (number & 0x0FFFFFFF) | (number & UINT64_C(0x00FFFFFFF0000000)) << 4;
  number = (number & UINT64_C(0x00003FFF00003FFF)) | (number & UINT64_C(0x0FFFC0000FFFC000)) << 2;
  number = (number & UINT64_C(0x007F007F007F007F)) | (number & UINT64_C(0x3F803F803F803F80)) << 1;
  number |= AGAIN_WIRE_MORE & ((UINT64_C(1) << (8 * (size - 1))) - 1);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  number = __builtin_bswap64(number);
#endif
  memcpy(at, &number, sizeof number);
  return at + size;
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
