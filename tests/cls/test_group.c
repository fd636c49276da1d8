#include "cls/group.h"
#include "support.h"
#include <stdlib.h>
#include <string.h>

static void common_fields_come_in_the_order_of_their_numbers(void **state) {
  (void)state;
  static const again_cls_pair tags[] = {{"t", "1"}, {"u", ""}};
  again_cls_batch_options options = {.source = "s",
                                     .filename = "f",
                                     .tags = tags,
                                     .tag_count = 2,
                                     .context_flow = "c",
                                     .hostname = "h\xff"};
  again_cls_group group;
  assert_int_equal(again_cls_group_init(&group, &options, NULL), 0);
  static const char expected[] = "\x12\x01"
                                 "c\x1a\x01"
                                 "f\x22\x01s\x2a\x06\x0a\x01t\x12\x01"
                                 "1\x2a\x05\x0a\x01u\x12\x00\x32\x04h\xEF\xBF\xBD";
  assert_int_equal(group.common_length, sizeof expected - 1);
  assert_memory_equal(group.common, expected, group.common_length);
  assert_true(group.has_flow);
  free(group.common);
}

static void the_package_id_is_the_context_of_a_group_that_has_none(void **state) {
  (void)state;
  for (int own = 0; own < 2; own++) {
    again_cls_batch_options options = {.source = "s", .context_flow = own ? "mine" : NULL};
    again_cls_group group;
    uint8_t out[64];
    assert_int_equal(again_cls_group_init(&group, &options, NULL), 0);
    size_t length = again_cls_group_tail_length(&group, "00FF-1");
    assert_ptr_equal(again_cls_group_put_tail(&group, "00FF-1", out), out + length);
    static const char *const expected[] = {"\x12\x06"
                                           "00FF-1\x22\x01s",
                                           "\x12\x04mine\x22\x01s"};
    assert_int_equal(length, strlen(expected[own]));
    assert_memory_equal(out, expected[own], length);
    assert_int_equal(again_cls_group_tail_length(&group, ""), group.common_length);
    assert_true(again_cls_group_overhead(&group) >= length + 5);
    free(group.common);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(common_fields_come_in_the_order_of_their_numbers),
      cmocka_unit_test(the_package_id_is_the_context_of_a_group_that_has_none),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
