#include "support.h"
#include <again/policy.h>
#include <string.h>

static void sizes_are_read_as_people_write_them(void **state) {
  (void)state;
  static const struct {
    const char *text;
    uint64_t bytes;
    const char *printed;
  } rows[] = {
      {"0B", 0, "0B"},
      {"500B", 500, "500B"},
      {"64KiB", 65536, "64KiB"},
      {"5MiB", 5242880, "5MiB"},
      {"1.5GiB", 1610612736, "1536MiB"},
      {"1024MiB", 1073741824, "1GiB"},
      {"10MB", 10000000, "10000000B"},
      {"2kB", 2000, "2000B"},
      {"0.5KiB", 512, "512B"},
      {"1GB", 1000000000, "1000000000B"},
      {"999999999GiB", UINT64_C(1073741822926258176), "999999999GiB"},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    uint64_t bytes = 7;
    char text[24];
    if (again_size_parse(rows[i].text, &bytes) != 0 || bytes != rows[i].bytes) {
      fail_msg("%s", rows[i].text);
    }
    again_size_print(bytes, text, sizeof text);
    assert_string_equal(text, rows[i].printed);
    uint64_t back = 7;
    assert_int_equal(again_size_parse(text, &back), 0);
    assert_true(back == bytes);
  }
}

static void what_is_no_size_is_refused(void **state) {
  (void)state;
  static const char *const rows[] = {"",
                                     "5",
                                     "MiB",
                                     "5 MiB",
                                     "5mib",
                                     "-5B",
                                     "5M",
                                     "0.5B",
                                     "1e3B",
                                     "none",
                                     "5MiB ",
                                     ".5KiB",
                                     "1.KiB",
                                     "0.1KiB",
                                     "99999999999GiB",
                                     "99999999999999999999B"};
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    uint64_t bytes = 7;
    if (again_size_parse(rows[i], &bytes) != AGAIN_EFORMAT || bytes != 7) fail_msg("%s", rows[i]);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(sizes_are_read_as_people_write_them),
      cmocka_unit_test(what_is_no_size_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
