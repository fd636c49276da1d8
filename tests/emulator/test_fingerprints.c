#include "emulator/fingerprints.h"
#include "support.h"
#include <string.h>

static again_fingerprint digest_of(uint64_t number) {
  again_fingerprint digest = {{0}};
  uint64_t mixed = number * UINT64_C(0x9e3779b97f4a7c15);
  memcpy(digest.bytes, &mixed, sizeof mixed);
  digest.bytes[19] = 1;
  return digest;
}

static void each_digest_is_new_once(void **state) {
  (void)state;
  again_fingerprints set = {0};
  for (int round = 0; round < 2; round++) {
    for (uint64_t i = 0; i < 20000; i++) {
      again_fingerprint digest = digest_of(i);
      assert_int_equal(again_fingerprints_add(&set, &digest), round == 0);
    }
  }
  assert_int_equal(set.count, 20000);
  again_fingerprints_fini(&set);
}

static void digests_that_begin_alike_are_told_apart(void **state) {
  (void)state;
  again_fingerprints set = {0};
  for (int i = 0; i < 200; i++) {
    again_fingerprint digest = digest_of(7);
    digest.bytes[18] = (uint8_t)i;
    assert_int_equal(again_fingerprints_add(&set, &digest), 1);
    assert_int_equal(again_fingerprints_add(&set, &digest), 0);
  }
  again_fingerprints_fini(&set);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_digest_is_new_once),
      cmocka_unit_test(digests_that_begin_alike_are_told_apart),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
