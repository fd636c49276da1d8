#include "cls/compress.h"
#include "packed.h"
#include <stdlib.h>
#include <string.h>

static const again_cls_compression all[] = {AGAIN_CLS_LZ4, AGAIN_CLS_ZSTD, AGAIN_CLS_DEFLATE};

enum { SIZE = 100000 };

static again_scratch scratch;

static void what_is_packed_unpacks_to_the_same_bytes(void **state) {
  (void)state;
  uint8_t *raw = test_malloc(SIZE);
  uint8_t *back = test_malloc(SIZE + 1);
  for (size_t i = 0; i < SIZE; i++)
    raw[i] = (uint8_t)('a' + i * i % 23);
  for (size_t i = 0; i < COUNT_OF(all); i++) {
    if (!again_cls_compression_built(all[i])) continue;
    uint8_t *packed;
    size_t length;
    assert_int_equal(again_compress(all[i], raw, SIZE, &scratch, &packed, &length), 0);
    assert_non_null(packed);
    assert_true(length < SIZE / 10);
    assert_int_equal(unpack(all[i], packed, length, back, SIZE + 1), SIZE);
    assert_memory_equal(back, raw, SIZE);
    free(packed);
  }
  test_free(raw);
  test_free(back);
}

static void what_does_not_become_smaller_is_not_packed(void **state) {
  (void)state;
  uint8_t *noise = test_malloc(SIZE);
  again_random random = {1};
  for (size_t i = 0; i < SIZE; i++)
    noise[i] = (uint8_t)(again_random_next(&random) >> 56);
  for (size_t i = 0; i < COUNT_OF(all); i++) {
    if (!again_cls_compression_built(all[i])) continue;
    uint8_t *packed = noise;
    size_t length;
    assert_int_equal(again_compress(all[i], noise, SIZE, &scratch, &packed, &length), 0);
    assert_null(packed);
    packed = noise;
    assert_int_equal(again_compress(all[i], noise, 1, &scratch, &packed, &length), 0);
    assert_null(packed);
  }
  uint8_t *packed = noise;
  size_t length;
  assert_int_equal(again_compress(AGAIN_CLS_PLAIN, noise, SIZE, &scratch, &packed, &length), 0);
  assert_null(packed);
  test_free(noise);
}

static void bodies_of_all_kinds_come_out_one_after_another(void **state) {
  (void)state;
  /* So many bytes of noise, the rest the same: packed to nearly nothing, a third, most of it, all. */
  static const size_t noise[] = {0, SIZE / 3, SIZE * 3 / 4, SIZE, SIZE * 3 / 4, 0, SIZE / 3, 0};
  uint8_t *raw = test_calloc(1, SIZE);
  uint8_t *back = test_malloc(SIZE);
  again_random random = {2};
  for (size_t i = 0; i < COUNT_OF(noise); i++) {
    size_t size = SIZE - i * 1000;
    for (size_t n = 0; n < size; n++)
      raw[n] = n < noise[i] ? (uint8_t)(again_random_next(&random) >> 56) : 'x';
    uint8_t *packed;
    size_t length;
    assert_int_equal(again_compress(AGAIN_CLS_LZ4, raw, size, &scratch, &packed, &length), 0);
    assert_int_equal(packed != NULL, noise[i] < size);
    /* What is poor is handed over as it is, and the next begins with all the room it may need. */
    assert_int_equal(scratch.poor, noise[i] > SIZE / 2);
    if (noise[i] == 0) assert_non_null(scratch.bytes);
    if (noise[i] == SIZE * 3 / 4) assert_null(scratch.bytes);
    if (packed == NULL) continue;
    assert_true(length >= noise[i] && length < noise[i] + 2000);
    assert_int_equal(unpack(AGAIN_CLS_LZ4, packed, length, back, SIZE), size);
    assert_memory_equal(back, raw, size);
    free(packed);
  }
  test_free(raw);
  test_free(back);
}

static void the_names_are_those_of_the_header(void **state) {
  (void)state;
  assert_string_equal(again_compress_name(AGAIN_CLS_LZ4), "lz4");
  assert_string_equal(again_compress_name(AGAIN_CLS_ZSTD), "zstd");
  assert_string_equal(again_compress_name(AGAIN_CLS_DEFLATE), "deflate");
  assert_null(again_compress_name(AGAIN_CLS_PLAIN));
  assert_true(again_cls_compression_built(AGAIN_CLS_LZ4));
  assert_true(again_cls_compression_built(AGAIN_CLS_PLAIN));
#ifdef AGAIN_HAS_ZSTD
  assert_true(again_cls_compression_built(AGAIN_CLS_ZSTD));
#else
  assert_false(again_cls_compression_built(AGAIN_CLS_ZSTD));
#endif
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_is_packed_unpacks_to_the_same_bytes),
      cmocka_unit_test(what_does_not_become_smaller_is_not_packed),
      cmocka_unit_test(bodies_of_all_kinds_come_out_one_after_another),
      cmocka_unit_test(the_names_are_those_of_the_header),
  };
  int failed = cmocka_run_group_tests(tests, NULL, NULL);
  again_scratch_free(&scratch);
  return failed;
}
