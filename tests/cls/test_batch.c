#include "cls/batch.h"
#include "support.h"
#include <stdlib.h>
#include <string.h>

static again_cls_field field(const char *key, const char *value) {
  return (again_cls_field){key, strlen(key), value, strlen(value)};
}

static void encoding_gives_the_golden_bytes(void **state) {
  (void)state;
  static const uint8_t golden[] = {0x0a, 0x24, 0x0a, 0x17, 0x08, 0x80, 0xd0, 0x95, 0xff, 0xbc,
                                   0x31, 0x12, 0x0e, 0x0a, 0x04, 0x6b, 0x65, 0x79, 0x31, 0x12,
                                   0x06, 0x76, 0x61, 0x6c, 0x75, 0x65, 0x31, 0x22, 0x09, 0x31,
                                   0x32, 0x37, 0x2e, 0x30, 0x2e, 0x30, 0x2e, 0x31};
  again_cls_batch *batch;
  again_cls_batch_options options = {.source = "127.0.0.1"};
  assert_int_equal(again_cls_batch_new(&options, &batch), 0);
  again_cls_field one = field("key1", "value1");
  assert_int_equal(again_cls_batch_add(batch, INT64_C(1700000000000), &one, 1), 0);
  uint8_t *data;
  size_t length;
  assert_int_equal(again_cls_batch_encode(batch, 0, 1, &data, &length), 0);
  assert_int_equal(length, sizeof golden);
  assert_memory_equal(data, golden, length);
  free(data);
  again_cls_batch_free(batch);
}

static void a_range_encodes_as_a_batch_of_just_those_logs(void **state) {
  (void)state;
  static const again_cls_pair tags[] = {{"host", "web-1"}};
  again_cls_batch_options options = {.filename = "/var/log/x", .tags = tags, .tag_count = 1};
  again_cls_batch *whole;
  again_cls_batch *middle;
  assert_int_equal(again_cls_batch_new(&options, &whole), 0);
  assert_int_equal(again_cls_batch_new(&options, &middle), 0);
  for (int i = 0; i < 10; i++) {
    char number[2] = {(char)('0' + i), '\0'};
    again_cls_field fields[] = {field("n", number), field("text", "line")};
    assert_int_equal(again_cls_batch_add(whole, i, fields, 2), 0);
    if (i >= 3 && i < 7) assert_int_equal(again_cls_batch_add(middle, i, fields, 2), 0);
  }
  uint8_t *a;
  uint8_t *b;
  size_t a_length;
  size_t b_length;
  assert_int_equal(again_cls_batch_encode(whole, 3, 4, &a, &a_length), 0);
  assert_int_equal(again_cls_batch_encode(middle, 0, 4, &b, &b_length), 0);
  assert_int_equal(a_length, b_length);
  assert_memory_equal(a, b, a_length);
  free(a);
  free(b);
  static const size_t bad[][2] = {{0, 0}, {0, 11}, {10, 1}, {5, 6}, {SIZE_MAX, 2}, {2, SIZE_MAX}};
  for (size_t i = 0; i < COUNT_OF(bad); i++) {
    assert_int_equal(again_cls_batch_encode(whole, bad[i][0], bad[i][1], &a, &a_length),
                     AGAIN_EINVAL);
  }
  again_cls_batch_free(whole);
  again_cls_batch_free(middle);
}

static void what_the_service_would_refuse_is_refused_and_changes_nothing(void **state) {
  (void)state;
  again_cls_batch *batch;
  assert_int_equal(again_cls_batch_new(NULL, &batch), 0);
  again_cls_field empty = field("", "v");
  again_cls_field reserved = field("__TOPICID__", "v");
  char *large = test_malloc(AGAIN_CLS_VALUE_MAX + 1);
  memset(large, 'x', AGAIN_CLS_VALUE_MAX + 1);
  again_cls_field long_value = {"k", 1, large, AGAIN_CLS_VALUE_MAX + 1};
  assert_int_equal(again_cls_batch_add(batch, 0, &empty, 1), AGAIN_EINVAL);
  assert_int_equal(again_cls_batch_add(batch, 0, &reserved, 1), AGAIN_EINVAL);
  assert_int_equal(again_cls_batch_add(batch, 0, &long_value, 1), AGAIN_ELIMIT);
  assert_int_equal(again_cls_batch_count(batch), 0);
  assert_int_equal(again_cls_batch_bytes(batch), 0);
  long_value.value_length--;
  for (int i = 0; i < 5; i++)
    assert_int_equal(again_cls_batch_add(batch, 0, &long_value, 1), 0);
  again_cls_field one = field("k", "v");
  assert_int_equal(again_cls_batch_add(batch, 0, &one, 1), AGAIN_ELIMIT); /* 5 MiB of values */
  assert_int_equal(again_cls_batch_bytes(batch), AGAIN_CLS_VALUES_MAX);
  test_free(large);
  again_cls_batch_free(batch);

  assert_int_equal(again_cls_batch_new(NULL, &batch), 0);
  for (int i = 0; i < AGAIN_CLS_LOGS_MAX; i++) {
    assert_int_equal(again_cls_batch_add(batch, 0, &one, 1), 0);
  }
  assert_int_equal(again_cls_batch_add(batch, 0, &one, 1), AGAIN_ELIMIT);
  again_cls_batch_free(batch);
}

static void the_encoded_size_stays_below_six_mebibytes(void **state) {
  (void)state;
  again_cls_batch *batch;
  assert_int_equal(again_cls_batch_new(NULL, &batch), 0);
  char *key = test_malloc(1024 * 1024);
  memset(key, 'k', 1024 * 1024);
  again_cls_field wide = {key, 1024 * 1024, "", 0}; /* keys do not count as values */
  int added = 0;
  while (again_cls_batch_add(batch, 0, &wide, 1) == 0)
    added++;
  assert_int_equal(added, 5);
  uint8_t *data;
  size_t length;
  assert_int_equal(again_cls_batch_encode(batch, 0, 5, &data, &length), 0);
  assert_true(length <= 6 * 1024 * 1024);
  free(data);
  test_free(key);
  again_cls_batch_free(batch);
}

static void bytes_that_are_no_utf8_are_repaired_and_counted(void **state) {
  (void)state;
  again_cls_batch *batch;
  assert_int_equal(again_cls_batch_new(NULL, &batch), 0);
  again_cls_field broken = field("k", "caf\xE9");
  again_cls_field fine = field("k", "caf\xC3\xA9");
  assert_int_equal(again_cls_batch_add(batch, 0, &broken, 1), 0);
  assert_int_equal(again_cls_batch_add(batch, 0, &fine, 1), 0);
  assert_int_equal(again_cls_batch_repaired(batch), 1);
  uint8_t *data;
  size_t length;
  assert_int_equal(again_cls_batch_encode(batch, 0, 1, &data, &length), 0);
  assert_memory_equal(data + length - 6, "caf\xEF\xBF\xBD", 6);
  free(data);
  again_cls_batch_free(batch);
}

static void what_is_cured_is_counted_by_its_kind(void **state) {
  (void)state;
  again_cls_batch_options options = {.bad_keys = AGAIN_CLS_REPAIR,
                                     .large_values = AGAIN_CLS_REPAIR};
  again_cls_batch *batch;
  assert_int_equal(again_cls_batch_new(&options, &batch), 0);
  char *large = test_malloc(AGAIN_CLS_VALUE_MAX + 1);
  memset(large, 'x', AGAIN_CLS_VALUE_MAX + 1);
  again_cls_field fields[] = {field("__TOPICID__", "v"),
                              field("k\xff", "v\xff"),
                              {"large", 5, large, AGAIN_CLS_VALUE_MAX + 1}};
  assert_int_equal(again_cls_batch_add(batch, 0, fields, 3), 0);
  assert_int_equal(again_cls_batch_add(batch, 0, &(again_cls_field){"k", 1, "v", 1}, 1), 0);
  again_cls_batch_counts counts = again_cls_batch_counters(batch);
  assert_int_equal(counts.logs_refused, 0);
  assert_int_equal(counts.logs_repaired, 1);
  assert_int_equal(counts.keys_renamed, 1);
  assert_int_equal(counts.texts_repaired, 2);
  assert_int_equal(counts.values_truncated, 1);
  test_free(large);
  again_cls_batch_free(batch);

  options = (again_cls_batch_options){.bad_texts = AGAIN_CLS_REFUSE};
  assert_int_equal(again_cls_batch_new(&options, &batch), 0);
  assert_int_equal(again_cls_batch_add(batch, 0, &fields[1], 1), AGAIN_EINVAL);
  assert_int_equal(again_cls_batch_counters(batch).logs_refused, 1);
  assert_int_equal(again_cls_batch_count(batch), 0);
  again_cls_batch_free(batch);
}

static void a_batch_has_at_most_ten_groups_of_ten_thousand_logs(void **state) {
  (void)state;
  again_cls_batch *batch;
  again_cls_field one = field("k", "v");
  assert_int_equal(again_cls_batch_new(NULL, &batch), 0);
  for (int group = 0; group < AGAIN_CLS_GROUPS_MAX; group++) {
    again_cls_batch_options options = {.filename = "f"};
    if (group > 0) assert_int_equal(again_cls_batch_group(batch, &options), 0);
    for (int i = 0; i < AGAIN_CLS_LOGS_MAX; i++)
      assert_int_equal(again_cls_batch_add(batch, 0, &one, 1), 0);
    assert_int_equal(again_cls_batch_add(batch, 0, &one, 1), AGAIN_ELIMIT);
  }
  assert_int_equal(again_cls_batch_group(batch, NULL), AGAIN_ELIMIT);
  assert_int_equal(again_cls_batch_count(batch), 100000);
  again_cls_batch_free(batch);
}

static void a_group_without_logs_is_not_sent(void **state) {
  (void)state;
  again_cls_batch *batch;
  again_cls_field one = field("k", "v");
  again_cls_batch_options options = {.source = "dropped"};
  assert_int_equal(again_cls_batch_new(&options, &batch), 0);
  assert_int_equal(again_cls_batch_group(batch, &(again_cls_batch_options){.source = "a"}), 0);
  assert_int_equal(again_cls_batch_add(batch, 0, &one, 1), 0);
  assert_int_equal(again_cls_batch_group(batch, &(again_cls_batch_options){.source = "b"}), 0);
  const uint8_t *sealed;
  size_t length;
  assert_int_equal(again_cls_batch_seal(batch, &sealed, &length), 0);
  static const char expected[] = "\x0a\x0f\x0a\x0a\x08\x00\x12\x06\x0a\x01k\x12\x01v\x22\x01"
                                 "a";
  assert_int_equal(length, sizeof expected - 1);
  assert_memory_equal(sealed, expected, length);
  again_cls_batch_free(batch);
}

static void what_was_sent_stays_as_it_is_until_the_batch_is_cleared(void **state) {
  (void)state;
  again_cls_field one = field("k", "value");
  for (int groups = 1; groups <= 2; groups++) {
    again_cls_batch *batch;
    assert_int_equal(again_cls_batch_new(NULL, &batch), 0);
    assert_string_equal(again_cls_batch_package(batch), "");
    for (int i = 0; i < groups; i++) {
      if (i > 0) assert_int_equal(again_cls_batch_group(batch, NULL), 0);
      for (int n = 0; n < 3; n++)
        assert_int_equal(again_cls_batch_add(batch, n, &one, 1), 0);
    }
    again_cls_batch_name(batch, UINT64_C(0xABCDEF0123456789), 31);
    again_cls_batch_name(batch, 7, 8); /* it has one */
    assert_string_equal(again_cls_batch_package(batch), "ABCDEF0123456789-1F");
    size_t logs = again_cls_batch_count(batch);
    uint8_t *copy;
    size_t copy_length;
    assert_int_equal(again_cls_batch_encode(batch, 0, logs, &copy, &copy_length), 0);
    for (int times = 0; times < 2; times++) {
      const uint8_t *sealed;
      size_t length;
      assert_int_equal(again_cls_batch_seal(batch, &sealed, &length), 0);
      assert_int_equal(length, copy_length);
      assert_memory_equal(sealed, copy, length);
    }
    free(copy);
    /* Parts are cut from it as before. */
    assert_int_equal(again_cls_batch_encode(batch, logs - 1, 1, &copy, &copy_length), 0);
    assert_int_equal(copy_length, 39);
    assert_memory_equal(copy + 2, "\x0a\x0e\x08\x02\x12\x0a\x0a\x01k\x12\x05value", 16);
    free(copy);
    assert_int_equal(again_cls_batch_add(batch, 0, &one, 1), AGAIN_ESTATE);
    assert_int_equal(again_cls_batch_group(batch, NULL), AGAIN_ESTATE);
    again_cls_batch_clear(batch);
    assert_int_equal(again_cls_batch_count(batch), 0);
    assert_int_equal(again_cls_batch_bytes(batch), 0);
    assert_string_equal(again_cls_batch_package(batch), "");
    assert_int_equal(again_cls_batch_add(batch, 0, &one, 1), 0);
    assert_int_equal(again_cls_batch_encode(batch, 0, 1, &copy, &copy_length), 0);
    assert_int_equal(copy_length, 18);
    free(copy);
    again_cls_batch_free(batch);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(encoding_gives_the_golden_bytes),
      cmocka_unit_test(a_range_encodes_as_a_batch_of_just_those_logs),
      cmocka_unit_test(what_the_service_would_refuse_is_refused_and_changes_nothing),
      cmocka_unit_test(the_encoded_size_stays_below_six_mebibytes),
      cmocka_unit_test(bytes_that_are_no_utf8_are_repaired_and_counted),
      cmocka_unit_test(what_is_cured_is_counted_by_its_kind),
      cmocka_unit_test(a_batch_has_at_most_ten_groups_of_ten_thousand_logs),
      cmocka_unit_test(a_group_without_logs_is_not_sent),
      cmocka_unit_test(what_was_sent_stays_as_it_is_until_the_batch_is_cleared),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
