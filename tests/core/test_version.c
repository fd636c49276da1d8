/* The version is the same wherever it can be asked for. */
#include "support.h"
#include <again/again.h>
#include <stdio.h>

static void library_and_headers_of_one_build_agree(void **state) {
  (void)state;
  assert_string_equal(again_version(), AGAIN_VERSION);
}

static void the_numbers_spell_the_version(void **state) {
  char spelled[32];
  (void)state;
  snprintf(spelled, sizeof spelled, "%d.%d.%d", AGAIN_VERSION_MAJOR, AGAIN_VERSION_MINOR,
           AGAIN_VERSION_PATCH);
  assert_string_equal(spelled, AGAIN_VERSION);
  int parts[3];
  assert_int_equal(sscanf(AGAIN_VERSION, "%d.%d.%d", &parts[0], &parts[1], &parts[2]), 3);
  assert_int_equal(AGAIN_VERSION_NUMBER, parts[0] * 10000 + parts[1] * 100 + parts[2]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(library_and_headers_of_one_build_agree),
      cmocka_unit_test(the_numbers_spell_the_version),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
