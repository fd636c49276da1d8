#include "cls/wire.h"
#include "support.h"

static void numbers_take_seven_bits_a_byte_the_lowest_first(void **state) {
  (void)state;
  static const struct {
    uint64_t number;
    size_t size;
    const char *bytes;
  } rows[] = {
      {0, 1, "\x00"},
      {1, 1, "\x01"},
      {127, 1, "\x7f"},
      {128, 2, "\x80\x01"},
      {300, 2, "\xac\x02"}, /* the example of the encoding guide */
      {16383, 2, "\xff\x7f"},
      {16384, 3, "\x80\x80\x01"},
      {UINT64_C(1700000000000), 6, "\x80\xd0\x95\xff\xbc\x31"},
      {UINT64_MAX, 10, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    uint8_t out[16];
    assert_int_equal(again_wire_number_size(rows[i].number), rows[i].size);
    assert_ptr_equal(again_wire_number(out, rows[i].number), out + rows[i].size);
    assert_memory_equal(out, rows[i].bytes, rows[i].size);
  }
}

static void a_field_is_its_key_its_length_and_its_bytes(void **state) {
  (void)state;
  uint8_t out[16];
  uint8_t *end = again_wire_field(out, AGAIN_WIRE_BYTES(2), "testing", 7);
  assert_int_equal(end - out, 9);
  assert_memory_equal(out, "\x12\x07testing", 9); /* the guide's as well */
  assert_int_equal(again_wire_field_size(7), 9);
  assert_int_equal(again_wire_field_size(128), 131);
  assert_int_equal(AGAIN_WIRE_NUMBER(1), 0x08);
  end = again_wire_field(out, AGAIN_WIRE_BYTES(1), NULL, 0);
  assert_int_equal(end - out, 2);
}

static void fields_are_skipped_whatever_their_length(void **state) {
  (void)state;
  static const size_t lengths[] = {0, 1, 127, 128, 20000, 3};
  uint8_t *bytes = test_calloc(1, 40000);
  uint8_t *ends[COUNT_OF(lengths)];
  uint8_t *at = bytes;
  for (size_t i = 0; i < COUNT_OF(lengths); i++) {
    at = again_wire_head(at, AGAIN_WIRE_BYTES(1), lengths[i]);
    memset(at, 0xff, lengths[i]); /* nothing of it may be taken for a length */
    at += lengths[i];
    ends[i] = at;
  }
  assert_ptr_equal(again_wire_skip(bytes, 0), bytes);
  for (size_t i = 0; i < COUNT_OF(lengths); i++)
    assert_ptr_equal(again_wire_skip(bytes, i + 1), ends[i]);
  test_free(bytes);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(numbers_take_seven_bits_a_byte_the_lowest_first),
      cmocka_unit_test(a_field_is_its_key_its_length_and_its_bytes),
      cmocka_unit_test(fields_are_skipped_whatever_their_length),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
