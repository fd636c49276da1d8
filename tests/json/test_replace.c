#include "folder.h"
#include "json/replace.h"
#include <again/words.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static void assert_says(const char *path, const char *text) {
  char buffer[64] = "";
  FILE *file = fopen(path, "r");
  assert_non_null(file);
  size_t length = fread(buffer, 1, sizeof buffer - 1, file);
  fclose(file);
  assert_int_equal(length, strlen(text));
  assert_string_equal(buffer, text);
}

static void a_file_is_made_or_replaced_and_keeps_its_rights(void **state) {
  (void)state;
  folder f;
  char path[128];
  struct stat made;
  folder_make(&f);
  folder_path(&f, "a.svg", path);
  umask(022);
  assert_int_equal(again_file_replace(path, "one", 3), 0);
  assert_says(path, "one");
  assert_int_equal(stat(path, &made), 0);
  assert_int_equal(made.st_mode & 07777, 0644);
  assert_int_equal(chmod(path, 0600), 0);
  assert_int_equal(again_file_replace(path, "three", 5), 0);
  assert_says(path, "three");
  assert_int_equal(stat(path, &made), 0);
  assert_int_equal(made.st_mode & 07777, 0600);
  folder_remove(&f);
}

static void a_link_stays_a_link(void **state) {
  (void)state;
  folder f;
  char path[128];
  char link[128];
  struct stat made;
  folder_make(&f);
  folder_write(&f, "a.svg", "one");
  folder_path(&f, "a.svg", path);
  folder_path(&f, "b.svg", link);
  assert_int_equal(symlink("a.svg", link), 0);
  assert_int_equal(again_file_replace(link, "two", 3), 0);
  assert_int_equal(lstat(link, &made), 0);
  assert_true(S_ISLNK(made.st_mode));
  assert_says(path, "two");
  folder_remove(&f);
}

static void where_there_is_no_room_the_old_one_stays(void **state) {
  (void)state;
  folder f;
  char path[128];
  folder_make(&f);
  folder_write(&f, "a.svg", "one");
  folder_path(&f, "a.svg", path);
  struct rlimit before;
  assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
  struct rlimit little = {.rlim_cur = 4, .rlim_max = before.rlim_max};
  signal(SIGXFSZ, SIG_IGN);
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &little), 0);
  int error = again_file_replace(path, "too much", 8);
  int why = errno;
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
  signal(SIGXFSZ, SIG_DFL);
  assert_int_equal(error, AGAIN_EIO);
  assert_int_equal(why, EFBIG);
  assert_says(path, "one");
  assert_int_equal(unlink(path), 0);
  assert_int_equal(rmdir(f.path), 0); /* nothing else is in it */
}

static void what_cannot_be_written_says_why(void **state) {
  (void)state;
  assert_int_equal(again_file_replace("/no/such/folder/a", "x", 1), AGAIN_EIO);
  assert_int_equal(errno, ENOENT);
  assert_int_equal(again_file_replace("/", "x", 1), AGAIN_EIO);
  assert_int_equal(errno, EISDIR);
  assert_int_equal(again_file_replace("/dev/full", "x", 1), AGAIN_EIO);
  assert_int_equal(errno, ENOSPC);
  assert_int_equal(again_file_replace("/dev/null", "x", 1), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_file_is_made_or_replaced_and_keeps_its_rights),
      cmocka_unit_test(a_link_stays_a_link),
      cmocka_unit_test(where_there_is_no_room_the_old_one_stays),
      cmocka_unit_test(what_cannot_be_written_says_why),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
