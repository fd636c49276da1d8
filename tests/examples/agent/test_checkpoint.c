#include "checkpoint.h"
#include "folder.h"
#include <stdlib.h>
#include <string.h>

static checkpoint *open_one(const folder *in) {
  checkpoint *opened = NULL;
  char why[512];
  if (!checkpoint_open(in->path, &opened, why, sizeof why)) fail_msg("%s", why);
  return opened;
}

static void what_was_written_is_read_back(void **state) {
  (void)state;
  folder f;
  char why[512];
  folder_make(&f);
  checkpoint *a = open_one(&f);
  checkpoint_entry *first = checkpoint_find(a, "/var/log/a \"quoted\"", "topic");
  checkpoint_entry *second = checkpoint_find(a, "/var/log/a \"quoted\"", "other");
  assert_ptr_not_equal(first, second);
  assert_int_equal(first->at.offset, 0);
  first->at.inode = UINT64_C(1) << 62;
  first->at.offset = UINT64_C(1) << 53;
  second->at.offset = 5;
  spans_add(&second->ahead, 7, 9);
  spans_add(&second->ahead, 20, UINT64_C(1) << 40);
  assert_true(checkpoint_write(a, why, sizeof why));
  checkpoint_close(a);
  a = open_one(&f);
  first = checkpoint_find(a, "/var/log/a \"quoted\"", "topic");
  assert_true(first->at.inode == UINT64_C(1) << 62);
  assert_true(first->at.offset == UINT64_C(1) << 53);
  assert_int_equal(first->ahead.count, 0);
  second = checkpoint_find(a, "/var/log/a \"quoted\"", "other");
  assert_int_equal(second->at.offset, 5);
  assert_int_equal(second->ahead.count, 2);
  assert_int_equal(second->ahead.at[0].begin, 7);
  assert_int_equal(second->ahead.at[0].end, 9);
  assert_true(second->ahead.at[1].end == UINT64_C(1) << 40);
  checkpoint_close(a);
  folder_remove(&f);
}

static void what_cannot_be_understood_is_never_taken_for_empty(void **state) {
  (void)state;
  static const struct {
    const char *text;
    const char *says;
  } rows[] = {
      {"", "it is not JSON"},
      {"{\"version\":1,\"files\":[", "it is not JSON"},
      {"[]", "it is not of version 1"},
      {"{\"version\":2,\"files\":[]}", "it is not of version 1"},
      {"{\"version\":1}", "it has no array \"files\""},
      {"{\"version\":1,\"files\":[{\"path\":\"/a\",\"topic\":\"t\",\"inode\":1}]}", "lacks"},
      {"{\"version\":1,\"files\":[{\"path\":\"/a\",\"topic\":\"t\",\"inode\":1,\"offset\":-1}]}",
       "lacks"},
      {"{\"version\":1,\"files\":[{\"path\":\"/a\",\"topic\":\"t\",\"inode\":1,\"offset\":1,"
       "\"ahead\":[5,9,7,12]}]}",
       "\"ahead\" is no list of rising pairs"},
      {"{\"version\":1,\"files\":[{\"path\":\"/a\",\"topic\":\"t\",\"inode\":1,\"offset\":1,"
       "\"ahead\":[5]}]}",
       "\"ahead\" is no list of rising pairs"},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    folder f;
    folder_make(&f);
    folder_write(&f, "checkpoint.json", rows[i].text);
    checkpoint *opened = NULL;
    char why[512];
    assert_false(checkpoint_open(f.path, &opened, why, sizeof why));
    if (strstr(why, rows[i].says) == NULL ||
        strstr(why, "checkpoint.json cannot be used") == NULL ||
        strstr(why, "put a good copy in its place, or delete it") == NULL) {
      fail_msg("%s", why);
    }
    folder_remove(&f);
  }
}

static void a_failed_write_leaves_the_old_file_as_it_was(void **state) {
  (void)state;
  folder f;
  char why[512];
  char path[128];
  folder_make(&f);
  checkpoint *a = open_one(&f);
  checkpoint_find(a, "/a", "t")->at.offset = 1;
  assert_true(checkpoint_write(a, why, sizeof why));
  char *before = folder_read(&f, "checkpoint.json");
  /* The temporary file's name leads to a device that is always full. */
  char command[300];
  snprintf(command, sizeof command, "ln -s /dev/full %s",
           folder_path(&f, "checkpoint.json.new", path));
  assert_int_equal(system(command), 0);
  checkpoint_find(a, "/a", "t")->at.offset = 2;
  assert_false(checkpoint_write(a, why, sizeof why));
  assert_non_null(strstr(why, "checkpoint.json: No space left on device; make room there"));
  char *after = folder_read(&f, "checkpoint.json");
  assert_string_equal(before, after);
  assert_true(checkpoint_write(a, why, sizeof why)); /* nothing half written is in the way */
  free(before);
  free(after);
  checkpoint_close(a);
  folder_remove(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_was_written_is_read_back),
      cmocka_unit_test(what_cannot_be_understood_is_never_taken_for_empty),
      cmocka_unit_test(a_failed_write_leaves_the_old_file_as_it_was),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
