/* Unpacking, by the compressors' own libraries. */
#ifndef AGAIN_TESTS_CLS_PACKED_H
#define AGAIN_TESTS_CLS_PACKED_H

#include "support.h"
#include <again/cls.h>
#include <lz4.h>
#ifdef AGAIN_HAS_ZSTD
#include <zstd.h>
#endif
#ifdef AGAIN_HAS_ZLIB
#include <zlib.h>
#endif

/* Returns the length of what was packed, which must fit into `room` bytes. */
static inline size_t unpack(again_cls_compression compression, const uint8_t *packed, size_t length,
                            uint8_t *out, size_t room) {
  if (compression == AGAIN_CLS_LZ4) {
    int got = LZ4_decompress_safe((const char *)packed, (char *)out, (int)length, (int)room);
    assert_true(got >= 0);
    return (size_t)got;
  }
#ifdef AGAIN_HAS_ZSTD
  if (compression == AGAIN_CLS_ZSTD) {
    size_t got = ZSTD_decompress(out, room, packed, length);
    assert_false(ZSTD_isError(got));
    return got;
  }
#endif
#ifdef AGAIN_HAS_ZLIB
  if (compression == AGAIN_CLS_DEFLATE) {
    z_stream stream = {.next_out = out, .avail_out = (uInt)room};
    stream.next_in = (Bytef *)(uintptr_t)packed;
    stream.avail_in = (uInt)length;
    assert_int_equal(inflateInit2(&stream, -15), Z_OK); /* raw */
    assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
    assert_int_equal(stream.avail_in, 0);
    size_t got = stream.total_out;
    inflateEnd(&stream);
    return got;
  }
#endif
  fail_msg("compression %d is not built in", (int)compression);
  return 0;
}

#endif
