#include "cls/body.h"
#include "packed.h"
#include <stdlib.h>
#include <string.h>

static again_scratch scratch;

static again_cls_batch *make_batch(const char *value, int logs) {
  again_cls_batch *batch;
  again_cls_batch_options options = {.source = "127.0.0.1"};
  assert_int_equal(again_cls_batch_new(&options, &batch), 0);
  again_cls_field field = {"key1", 4, value, strlen(value)};
  for (int i = 0; i < logs; i++)
    assert_int_equal(again_cls_batch_add(batch, INT64_C(1700000000000), &field, 1), 0);
  return batch;
}

static void the_whole_batch_is_sent_from_its_own_memory(void **state) {
  (void)state;
  again_cls_batch *batch = make_batch("value1", 1);
  again_cls_body plain;
  again_cls_body packed;
  assert_int_equal(again_cls_body_make(batch, 0, 1, AGAIN_CLS_PLAIN, &scratch, &plain), 0);
  assert_null(plain.owned);
  assert_int_equal(plain.length, 38);
  /* LZ4 would make 40 bytes of it. */
  assert_int_equal(again_cls_body_make(batch, 0, 1, AGAIN_CLS_LZ4, &scratch, &packed), 0);
  assert_int_equal(packed.compression, AGAIN_CLS_PLAIN);
  assert_ptr_equal(packed.data, plain.data);
  again_cls_body_free(&plain);
  again_cls_body_free(&packed);
  again_cls_batch_free(batch);
}

static void the_whole_and_its_halves_unpack_to_what_encoding_gives(void **state) {
  (void)state;
  static const again_cls_compression all[] = {AGAIN_CLS_LZ4, AGAIN_CLS_ZSTD, AGAIN_CLS_DEFLATE};
  static const size_t ranges[][2] = {{0, 40}, {0, 20}, {20, 20}, {39, 1}};
  again_cls_batch *batch = make_batch("a value of some length, of some length, of some length", 40);
  for (size_t i = 0; i < COUNT_OF(all) * COUNT_OF(ranges); i++) {
    again_cls_compression compression = all[i / COUNT_OF(ranges)];
    const size_t *range = ranges[i % COUNT_OF(ranges)];
    if (!again_cls_compression_built(compression)) continue;
    uint8_t *raw;
    size_t length;
    uint8_t back[8192];
    again_cls_body body;
    assert_int_equal(again_cls_body_make(batch, range[0], range[1], compression, &scratch, &body),
                     0);
    assert_int_equal(body.compression, compression);
    assert_int_equal(again_cls_batch_encode(batch, range[0], range[1], &raw, &length), 0);
    assert_int_equal(unpack(compression, body.data, body.length, back, sizeof back), length);
    assert_memory_equal(back, raw, length);
    free(raw);
    again_cls_body_free(&body);
  }
  again_cls_batch_free(batch);
}

static void a_range_outside_the_batch_is_refused(void **state) {
  (void)state;
  again_cls_batch *batch = make_batch("v", 1);
  again_cls_body body;
  assert_int_equal(again_cls_body_make(batch, 1, 1, AGAIN_CLS_LZ4, &scratch, &body), AGAIN_EINVAL);
  assert_null(body.data);
  assert_int_equal(again_cls_body_make(batch, 0, 0, AGAIN_CLS_LZ4, &scratch, &body), AGAIN_EINVAL);
  again_cls_batch_free(batch);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_whole_batch_is_sent_from_its_own_memory),
      cmocka_unit_test(the_whole_and_its_halves_unpack_to_what_encoding_gives),
      cmocka_unit_test(a_range_outside_the_batch_is_refused),
  };
  int failed = cmocka_run_group_tests(tests, NULL, NULL);
  again_scratch_free(&scratch);
  return failed;
}
