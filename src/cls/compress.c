/* LZ4: one block, with no frame and no size around it. Zstandard: one frame. Deflate: raw (RFC 1951), with
 * neither zlib's nor gzip's frame. */
#include "cls/compress.h"
#include <lz4.h>
#include <stdlib.h>
#ifdef AGAIN_HAS_ZSTD
#include <zstd.h>
#endif
#ifdef AGAIN_HAS_ZLIB
#define ZLIB_CONST
#include <zlib.h>
#endif

const char *again_compress_name(again_cls_compression compression) {
  static const char *const names[] = {"lz4", "zstd", "deflate", NULL};
  return names[compression];
}

bool again_cls_compression_built(again_cls_compression compression) {
  switch (compression) {
  case AGAIN_CLS_LZ4:
  case AGAIN_CLS_PLAIN: return true;
  case AGAIN_CLS_ZSTD:
#ifdef AGAIN_HAS_ZSTD
    return true;
#else
    return false;
#endif
  case AGAIN_CLS_DEFLATE:
#ifdef AGAIN_HAS_ZLIB
    return true;
#else
    return false;
#endif
  }
  return false;
}

/* Each packs into `room` bytes and returns how many it took; 0: it does not fit; below 0: an error. */

static long pack_lz4(const uint8_t *raw, size_t length, uint8_t *out, size_t room) {
  return LZ4_compress_default((const char *)raw, (char *)out, (int)length, (int)room);
}

#ifdef AGAIN_HAS_ZSTD
static long pack_zstd(const uint8_t *raw, size_t length, uint8_t *out, size_t room) {
  size_t packed = ZSTD_compress(out, room, raw, length, ZSTD_CLEVEL_DEFAULT);
  if (!ZSTD_isError(packed)) return (long)packed;
  /* Whether it was for want of room cannot be told by the stable interface: memory is the only other
     reason. */
  return 0;
}
#endif

#ifdef AGAIN_HAS_ZLIB
static long pack_deflate(const uint8_t *raw, size_t length, uint8_t *out, size_t room) {
  enum { RAW_WINDOW = -15, MEMORY = 8 };
  z_stream stream = {
      .next_in = raw, .avail_in = (uInt)length, .next_out = out, .avail_out = (uInt)room};
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, RAW_WINDOW, MEMORY,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    return -1;
  }
  int state = deflate(&stream, Z_FINISH);
  long packed = (long)stream.total_out;
  deflateEnd(&stream);
  return state == Z_STREAM_END ? packed : 0;
}
#endif

static long pack(again_cls_compression compression, const uint8_t *raw, size_t length, uint8_t *out,
                 size_t room) {
  switch (compression) {
  case AGAIN_CLS_LZ4: return pack_lz4(raw, length, out, room);
  case AGAIN_CLS_ZSTD:
#ifdef AGAIN_HAS_ZSTD
    return pack_zstd(raw, length, out, room);
#else
    return -1;
#endif
  case AGAIN_CLS_DEFLATE:
#ifdef AGAIN_HAS_ZLIB
    return pack_deflate(raw, length, out, room);
#else
    return -1;
#endif
  case AGAIN_CLS_PLAIN: return 0;
  }
  return -1;
}

int again_compress(again_cls_compression compression, const uint8_t *raw, size_t length,
                   uint8_t **packed, size_t *packed_length) {
  *packed = NULL;
  if (compression == AGAIN_CLS_PLAIN || length < 2) return 0;
  /* What needs more room is not wanted: with less than the worst case, memory holds the payload twice at
     most. */
  uint8_t *out = malloc(length - 1);
  if (out == NULL) return AGAIN_ENOMEM;
  long taken = pack(compression, raw, length, out, length - 1);
  if (taken <= 0) {
    free(out);
    return taken == 0 ? 0 : AGAIN_ELIBRARY;
  }
  /* It may wait for a long time: give back what is not needed. */
  uint8_t *fitted = realloc(out, (size_t)taken);
  *packed = fitted != NULL ? fitted : out;
  *packed_length = (size_t)taken;
  return 0;
}
