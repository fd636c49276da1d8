#include "emulator/unpack.h"
#include <lz4.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#ifdef AGAIN_HAS_ZSTD
#include <zstd.h>
#endif
#ifdef AGAIN_HAS_ZLIB
#define ZLIB_CONST
#include <zlib.h>
#endif

/* Each writes at most `room` bytes and returns how many there are; below 0: the body is not of this
 * form, or larger. */

static long unpack_lz4(const uint8_t *body, size_t length, uint8_t *out, size_t room) {
  return LZ4_decompress_safe((const char *)body, (char *)out, (int)length, (int)room);
}

#ifdef AGAIN_HAS_ZSTD
/* The frame need not say how large its content is. */
static long unpack_zstd(const uint8_t *body, size_t length, uint8_t *out, size_t room) {
  size_t unpacked = ZSTD_decompress(out, room, body, length);
  return ZSTD_isError(unpacked) ? -1 : (long)unpacked;
}
#endif

#ifdef AGAIN_HAS_ZLIB
static long unpack_deflate(const uint8_t *body, size_t length, uint8_t *out, size_t room) {
  enum { RAW_WINDOW = -15 };
  z_stream stream = {.next_in = body, .avail_in = (uInt)length, .next_out = out};
  stream.avail_out = (uInt)room;
  if (inflateInit2(&stream, RAW_WINDOW) != Z_OK) return -1;
  bool whole = inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.avail_in == 0;
  long unpacked = (long)stream.total_out;
  inflateEnd(&stream);
  return whole ? unpacked : -1;
}
#endif

typedef struct form {
  const char *name;
  long (*unpack)(const uint8_t *body, size_t length, uint8_t *out, size_t room);
} form;

static const form forms[] = {
    {"lz4", unpack_lz4},
#ifdef AGAIN_HAS_ZSTD
    {"zstd", unpack_zstd},
#endif
#ifdef AGAIN_HAS_ZLIB
    {"deflate", unpack_deflate},
#endif
};

static const form *find(const char *name) {
  for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
    if (strcasecmp(forms[i].name, name) == 0) return &forms[i];
  }
  return NULL;
}

bool again_unpack(const char *compression, const uint8_t *body, size_t length, size_t max,
                  uint8_t **raw, size_t *raw_length, again_answer *answer) {
  const form *packed = compression != NULL ? find(compression) : NULL;
  if (compression != NULL && packed == NULL) {
    return again_answer_refuse(answer, 400, "InvalidCompressType",
                               "x-cls-compress-type must be lz4, zstd, deflate or absent, and this "
                               "emulator does not know %.40s",
                               compression);
  }
  if (length == 0) return again_answer_refuse(answer, 400, "MissingContent", "the body is empty");
  size_t room = packed != NULL ? max + 1 : length;
  *raw = malloc(room);
  if (*raw == NULL) return again_answer_refuse(answer, 500, "InternalError", "out of memory");
  if (packed == NULL) {
    memcpy(*raw, body, length);
    *raw_length = length;
    return true;
  }
  long unpacked = packed->unpack(body, length, *raw, room);
  if (unpacked <= 0) {
    return again_answer_refuse(answer, 400, "InvalidContent",
                               "the body is not compressed by %s, or larger than %zu bytes",
                               packed->name, max);
  }
  *raw_length = (size_t)unpacked;
  return true;
}
