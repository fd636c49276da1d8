#include "cls/credentials.h"
#include "support.h"
#include <string.h>

static void set(again_cls_credentials *c, const char *id) {
  char why[128];
  assert_int_equal(again_cls_credentials_set(c, id, "key", NULL, why, sizeof why), 0);
}

static void id_key_and_token_change_together_or_not_at_all(void **state) {
  (void)state;
  again_cls_credentials c = {0};
  char why[128];
  assert_int_equal(again_cls_credentials_set(&c, "id", "key", "token", why, sizeof why), 0);
  assert_int_equal(c.generation, 1);
  static const struct {
    const char *id;
    const char *key;
    const char *says;
  } rows[] = {{NULL, "k", "the secret id is missing"},
              {"", "k", "the secret id is missing"},
              {"i", NULL, "the secret key is missing"},
              {"i", "k\n", "the secret key has a line's end"},
              {"i&q-signature=", "k", "the secret id has a space"}};
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    assert_int_equal(again_cls_credentials_set(&c, rows[i].id, rows[i].key, "t", why, sizeof why),
                     AGAIN_EINVAL);
    assert_memory_equal(why, rows[i].says, strlen(rows[i].says));
    assert_string_equal(c.id, "id");
    assert_string_equal(c.key, "key");
    assert_string_equal(c.token, "token");
    assert_int_equal(c.generation, 1);
  }
  set(&c, "other");
  assert_string_equal(c.id, "other");
  assert_null(c.token);
  assert_int_equal(c.generation, 2);
  again_cls_credentials_clear(&c);
}

static void the_owner_is_asked_once_for_each_generation(void **state) {
  (void)state;
  again_cls_credentials c = {0};
  set(&c, "a");
  assert_true(again_cls_credentials_refused(&c, 1, 0));
  assert_false(again_cls_credentials_refused(&c, 1, 1)); /* under way */
  set(&c, "b");
  assert_false(again_cls_credentials_refused(&c, 1, 2)); /* an older one was refused */
  assert_true(again_cls_credentials_refused(&c, 2, 3));
  c.refreshing = false; /* it failed */
  assert_true(again_cls_credentials_refused(&c, 2, 4));
  again_cls_credentials_clear(&c);
}

static void no_more_than_three_times_a_minute(void **state) {
  (void)state;
  again_cls_credentials c = {0};
  unsigned asked = 0;
  set(&c, "a");
  for (again_ms now = 0; now < 600000; now += 100) {
    if (again_cls_credentials_refused(&c, c.generation, now)) {
      asked++;
      set(&c, "b");
    }
  }
  assert_int_equal(asked, 30);
  again_cls_credentials_clear(&c);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(id_key_and_token_change_together_or_not_at_all),
      cmocka_unit_test(the_owner_is_asked_once_for_each_generation),
      cmocka_unit_test(no_more_than_three_times_a_minute),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
