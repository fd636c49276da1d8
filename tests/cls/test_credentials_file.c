#include "cls/credentials_file.h"
#include "folder.h"
#include <string.h>
#include <sys/stat.h>

static again_cls_credentials held;
static char why[512];

static int read_file(const folder *in, const char *text, unsigned mode, bool allow) {
  char path[128];
  folder_write(in, "key", text);
  assert_int_equal(chmod(folder_path(in, "key", path), mode), 0);
  why[0] = '\0';
  return again_cls_credentials_file(path, allow, &held, why, sizeof why);
}

static void a_file_says_id_key_and_perhaps_a_token(void **state) {
  (void)state;
  folder f;
  folder_make(&f);
  assert_int_equal(read_file(&f, "secret_id = AKID1\nsecret_key=k1\n", 0600, false), 0);
  assert_string_equal(held.id, "AKID1");
  assert_string_equal(held.key, "k1");
  assert_null(held.token);
  static const char with_token[] =
      "# of the uploader\r\n\r\n  token\t= a=b #c \r\nsecret_key = k 2\nsecret_id=AKID2";
  uint64_t generation = held.generation;
  assert_int_equal(read_file(&f, with_token, 0400, false), 0);
  assert_string_equal(held.id, "AKID2");
  assert_string_equal(held.key, "k 2");
  assert_string_equal(held.token, "a=b #c");
  assert_int_equal(held.generation, generation + 1);
  assert_int_equal(read_file(&f, with_token, 0600, false), 0); /* the same: nothing is new */
  assert_int_equal(held.generation, generation + 1);
  again_cls_credentials_clear(&held);
  folder_remove(&f);
}

static void what_is_wrong_is_said_by_its_line_without_the_secret(void **state) {
  (void)state;
  static const struct {
    const char *text;
    const char *says;
  } rows[] = {
      {"secret_id = a\nSECRET = hush\n", "key:2: a line must be"},
      {"secret_id = a\nhush\n", "key:2: a line must be"},
      {"secret_id = a\nsecret_key = hush\nsecret_key = hush\n", "key:3: a line must be"},
      {"secret_id = a\n", "the secret key is missing"},
      {"", "the secret id is missing"},
      {"secret_id = a b\nsecret_key = hush\n", "the secret id has a space"},
      {"secret_id = a\nsecret_key = hush\x01\n", "the secret key has a line's end"},
  };
  folder f;
  folder_make(&f);
  assert_int_equal(read_file(&f, "secret_id = old\nsecret_key = old\n", 0600, false), 0);
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    assert_int_equal(read_file(&f, rows[i].text, 0600, false), AGAIN_EINVAL);
    if (strstr(why, rows[i].says) == NULL)
      fail_msg("\"%s\" does not say \"%s\"", why, rows[i].says);
    assert_null(strstr(why, "hush"));
    assert_string_equal(held.id, "old"); /* nothing has changed */
  }
  again_cls_credentials_clear(&held);
  folder_remove(&f);
}

static void a_file_that_others_can_use_is_refused_unless_that_is_allowed(void **state) {
  (void)state;
  static const unsigned modes[] = {0640, 0604, 0620, 0602, 0644};
  static const char text[] = "secret_id = a\nsecret_key = b\n";
  folder f;
  folder_make(&f);
  for (size_t i = 0; i < COUNT_OF(modes); i++) {
    assert_int_equal(read_file(&f, text, modes[i], false), AGAIN_EINVAL);
    assert_non_null(strstr(why, "run chmod 600"));
    assert_null(held.id);
  }
  assert_int_equal(read_file(&f, text, 0644, true), 0);
  again_cls_credentials_clear(&held);
  folder_remove(&f);
}

static void what_is_no_file_of_credentials_is_refused(void **state) {
  (void)state;
  folder f;
  char path[128];
  folder_make(&f);
  assert_int_equal(
      again_cls_credentials_file(folder_path(&f, "none", path), false, &held, why, sizeof why),
      AGAIN_EIO);
  assert_non_null(strstr(why, "cannot be read"));
  assert_int_equal(again_cls_credentials_file(f.path, true, &held, why, sizeof why), AGAIN_EINVAL);
  assert_non_null(strstr(why, "is not a file"));
  assert_int_equal(mkfifo(folder_path(&f, "fifo", path), 0600), 0);
  assert_int_equal(again_cls_credentials_file(path, true, &held, why, sizeof why), AGAIN_EINVAL);
  char *large = test_malloc(65538);
  memset(large, '#', 65537);
  large[65537] = '\0';
  assert_int_equal(read_file(&f, large, 0600, false), AGAIN_EINVAL);
  assert_non_null(strstr(why, "more than 64 KiB"));
  large[65536] = '\0';
  assert_int_equal(read_file(&f, large, 0600, false), AGAIN_EINVAL); /* one comment */
  assert_non_null(strstr(why, "the secret id is missing"));
  test_free(large);
  folder_remove(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_file_says_id_key_and_perhaps_a_token),
      cmocka_unit_test(what_is_wrong_is_said_by_its_line_without_the_secret),
      cmocka_unit_test(a_file_that_others_can_use_is_refused_unless_that_is_allowed),
      cmocka_unit_test(what_is_no_file_of_credentials_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
