#include "emulator/unpack.h"
#include "support.h"
#include <again/cls.h>
#include <lz4.h>
#include <stdlib.h>
#include <string.h>
#ifdef AGAIN_HAS_ZSTD
#include <zstd.h>
#endif
#ifdef AGAIN_HAS_ZLIB
#include <zlib.h>
#endif

enum { MAX = 10000 };

/* Unpacks; NULL and the code, or the answer is as wanted. */
static void check(const char *compression, const void *body, size_t length, const char *code,
                  const char *text, size_t text_length) {
  uint8_t *raw = NULL;
  size_t raw_length = 0;
  again_answer answer = {0};
  bool taken = again_unpack(compression, body, length, MAX, &raw, &raw_length, &answer);
  assert_int_equal(taken, code == NULL);
  if (taken) {
    assert_int_equal(raw_length, text_length);
    assert_memory_equal(raw, text, text_length);
  } else {
    assert_string_equal(answer.code, code);
  }
  free(raw);
}

static size_t pack(const char *compression, const char *text, size_t length, uint8_t *out,
                   size_t room) {
  if (strcmp(compression, "lz4") == 0) {
    return (size_t)LZ4_compress_default(text, (char *)out, (int)length, (int)room);
  }
#ifdef AGAIN_HAS_ZSTD
  if (strcmp(compression, "zstd") == 0) {
    /* As a stream, whose frame does not say how long it is. */
    ZSTD_CStream *stream = ZSTD_createCStream();
    ZSTD_inBuffer in = {text, length, 0};
    ZSTD_outBuffer to = {out, room, 0};
    while (ZSTD_compressStream2(stream, &to, &in, ZSTD_e_continue) != 0 && in.pos < in.size)
      ;
    while (ZSTD_compressStream2(stream, &to, &in, ZSTD_e_end) != 0)
      ;
    ZSTD_freeCStream(stream);
    return to.pos;
  }
#endif
#ifdef AGAIN_HAS_ZLIB
  if (strcmp(compression, "deflate") == 0) {
    z_stream stream = {.avail_in = (uInt)length, .next_out = out, .avail_out = (uInt)room};
    stream.next_in = (Bytef *)(uintptr_t)text;
    assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, -15, 8, 0), Z_OK);
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    size_t packed = stream.total_out;
    deflateEnd(&stream);
    return packed;
  }
#endif
  return 0;
}

static void each_compression_is_unpacked_up_to_the_limit(void **state) {
  (void)state;
  static const char *const all[] = {"lz4", "zstd", "deflate"};
  char *text = test_malloc(MAX + 2);
  uint8_t *packed = test_malloc(2 * MAX);
  memset(text, 'x', MAX + 2);
  for (size_t i = 0; i < COUNT_OF(all); i++) {
    size_t length = pack(all[i], text, MAX, packed, (size_t)2 * MAX);
    if (length == 0) continue; /* not built in */
    check(all[i], packed, length, NULL, text, MAX);
    check(all[i], packed, length - 1, "InvalidContent", NULL, 0);
    packed[length] = 'x'; /* more behind it */
    check(all[i], packed, length + 1, "InvalidContent", NULL, 0);
    check(all[i], "garbage!!", 9, "InvalidContent", NULL, 0);
    length = pack(all[i], text, MAX + 2, packed, (size_t)2 * MAX);
    check(all[i], packed, length, "InvalidContent", NULL, 0);
    check(all[i], packed, 0, "MissingContent", NULL, 0);
  }
  test_free(text);
  test_free(packed);
}

static void without_the_header_the_body_is_as_it_is(void **state) {
  (void)state;
  check(NULL, "text", 4, NULL, "text", 4);
  check(NULL, "", 0, "MissingContent", NULL, 0);
}

static void what_is_not_known_is_refused_by_its_name(void **state) {
  (void)state;
  check("gzip", "text", 4, "InvalidCompressType", NULL, 0);
  check("", "text", 4, "InvalidCompressType", NULL, 0);
  check("LZ4", "\x40text", 5, NULL, "text", 4); /* without regard to case */
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_compression_is_unpacked_up_to_the_limit),
      cmocka_unit_test(without_the_header_the_body_is_as_it_is),
      cmocka_unit_test(what_is_not_known_is_refused_by_its_name),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
