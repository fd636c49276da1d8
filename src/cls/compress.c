/* LZ4: one block, with no frame and no size around it. Zstandard: one frame. Deflate: raw (RFC 1951), with
 * neither zlib's nor gzip's frame. */
#include "cls/compress.h"
#include <lz4.h>
#include <string.h>
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

void again_scratch_free(again_scratch *scratch) {
  again_resize(scratch->allocator, scratch->bytes, 0);
  *scratch = (again_scratch){.allocator = scratch->allocator, .poor = scratch->poor};
}

static bool reserve(again_scratch *scratch, size_t room) {
  if (room <= scratch->room) return true;
  again_scratch_free(scratch); /* nothing of it is needed */
  scratch->bytes = again_resize(scratch->allocator, NULL, room);
  if (scratch->bytes == NULL) return false;
  scratch->room = room;
  return true;
}

/* Nearly all logs become less than half as large: less room is tried first, unless that was in vain the
 * last time. What would take all the room is not wanted. */
static long pack_in(again_scratch *scratch, again_cls_compression compression, const uint8_t *raw,
                    size_t length) {
  size_t rooms[] = {length / 2, length - 1};
  for (size_t i = scratch->poor ? 1 : 0; i < 2; i++) {
    if (!reserve(scratch, rooms[i])) return AGAIN_ENOMEM;
    size_t room = scratch->room < rooms[1] ? scratch->room : rooms[1];
    long taken = pack(compression, raw, length, scratch->bytes, room);
    if (taken < 0) return AGAIN_ELIBRARY;
    if (taken > 0 || room == rooms[1]) {
      scratch->poor = taken == 0 || (size_t)taken > rooms[0];
      return taken;
    }
  }
  return 0;
}

/* Takes the packed bytes out: a copy of few, or the scratch itself. */
static uint8_t *take_out(again_scratch *scratch, size_t length) {
  uint8_t *taken;
  if (length <= scratch->room / 2) {
    taken = again_resize(scratch->allocator, NULL, length);
    if (taken != NULL) memcpy(taken, scratch->bytes, length);
    return taken;
  }
  taken = again_resize(scratch->allocator, scratch->bytes, length);
  if (taken == NULL) taken = scratch->bytes;
  *scratch = (again_scratch){.allocator = scratch->allocator, .poor = scratch->poor};
  return taken;
}

int again_compress(again_cls_compression compression, const uint8_t *raw, size_t length,
                   again_scratch *scratch, uint8_t **packed, size_t *packed_length) {
  *packed = NULL;
  if (compression == AGAIN_CLS_PLAIN || length < 4) return 0;
  long taken = pack_in(scratch, compression, raw, length);
  if (taken < 0) return (int)taken;
  if (taken > 0) {
    *packed = take_out(scratch, (size_t)taken);
    *packed_length = (size_t)taken;
  }
  return taken > 0 && *packed == NULL ? AGAIN_ENOMEM : 0;
}
