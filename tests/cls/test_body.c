#include "cls/body.h"
#include "support.h"
#include <lz4.h>
#include <stdlib.h>
#include <string.h>

static again_cls_batch *make_batch(const char *value) {
  again_cls_batch *batch;
  again_cls_batch_options options = {.source = "127.0.0.1"};
  assert_int_equal(again_cls_batch_new(&options, &batch), 0);
  again_cls_field field = {"key1", 4, value, strlen(value)};
  assert_int_equal(again_cls_batch_add(batch, INT64_C(1700000000000), &field, 1), 0);
  return batch;
}

static void lz4_gives_the_golden_block(void **state) {
  (void)state;
  again_cls_batch *batch = make_batch("value1");
  again_cls_body plain;
  again_cls_body packed;
  assert_int_equal(again_cls_body_make(batch, 0, 1, false, &plain), 0);
  assert_int_equal(again_cls_body_make(batch, 0, 1, true, &packed), 0);
  assert_null(plain.compression);
  assert_string_equal(packed.compression, "lz4");
  assert_int_equal(plain.length, 38);
  assert_int_equal(packed.length, 40);
  assert_memory_equal(packed.data, "\xf0\x17", 2);
  assert_memory_equal(packed.data + 2, plain.data, 38);
  again_cls_body_free(&plain);
  again_cls_body_free(&packed);
  again_cls_batch_free(batch);
}

static void what_is_packed_unpacks_to_the_same_bytes(void **state) {
  (void)state;
  char value[5000];
  for (size_t i = 0; i < sizeof value - 1; i++)
    value[i] = (char)('a' + i * i % 23);
  value[sizeof value - 1] = '\0';
  again_cls_batch *batch = make_batch(value);
  again_cls_body plain;
  again_cls_body packed;
  assert_int_equal(again_cls_body_make(batch, 0, 1, false, &plain), 0);
  assert_int_equal(again_cls_body_make(batch, 0, 1, true, &packed), 0);
  assert_true(packed.length < plain.length / 4);
  char back[8192];
  int length =
      LZ4_decompress_safe((const char *)packed.data, back, (int)packed.length, sizeof back);
  assert_int_equal(length, plain.length);
  assert_memory_equal(back, plain.data, plain.length);
  again_cls_body_free(&plain);
  again_cls_body_free(&packed);
  again_cls_batch_free(batch);
}

static void a_range_outside_the_batch_is_refused(void **state) {
  (void)state;
  again_cls_batch *batch = make_batch("v");
  again_cls_body body;
  assert_int_equal(again_cls_body_make(batch, 1, 1, true, &body), AGAIN_EINVAL);
  assert_null(body.data);
  again_cls_batch_free(batch);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(lz4_gives_the_golden_block),
      cmocka_unit_test(what_is_packed_unpacks_to_the_same_bytes),
      cmocka_unit_test(a_range_outside_the_batch_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
