#include "folder.h"
#include "place.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int open_in(const folder *f, const char *name) {
  char path[128];
  int fd = open(folder_path(f, name, path), O_RDONLY);
  assert_true(fd >= 0);
  return fd;
}

static place place_in_file(const folder *f, const char *name, uint64_t offset) {
  char head[PLACE_HEAD_MAX];
  struct stat found;
  int fd = open_in(f, name);
  assert_int_equal(fstat(fd, &found), 0);
  ssize_t got = pread(fd, head, sizeof head, 0);
  close(fd);
  return place_at(&found, offset, head, (size_t)got);
}

static bool is_of(const folder *f, const char *name, const place *was) {
  int fd = open_in(f, name);
  bool is = place_of(was, fd);
  close(fd);
  return is;
}

static void a_file_is_known_by_its_inode_its_length_and_its_first_bytes(void **state) {
  (void)state;
  folder f;
  folder_make(&f);
  folder_write(&f, "log", "one\ntwo\n");
  place was = place_in_file(&f, "log", 4);
  assert_int_equal(was.head_length, 4); /* what is behind the place may change */
  assert_true(is_of(&f, "log", &was));
  folder_write(&f, "log", "one\nother\n"); /* the same inode */
  assert_true(is_of(&f, "log", &was));
  folder_write(&f, "log", "ONE\ntwo\n");
  assert_false(is_of(&f, "log", &was));
  folder_write(&f, "log", "one");
  assert_false(is_of(&f, "log", &was));
  folder_write(&f, "log", "one\n");
  folder_write(&f, "copy", "one\n");
  assert_true(is_of(&f, "log", &was));
  assert_false(is_of(&f, "copy", &was));
  folder_remove(&f);
}

static void another_device_needs_a_whole_head(void **state) {
  (void)state;
  folder f;
  char text[PLACE_HEAD_MAX + 2];
  folder_make(&f);
  memset(text, 'x', sizeof text - 1);
  text[sizeof text - 1] = '\0';
  folder_write(&f, "log", text);
  place part = place_in_file(&f, "log", PLACE_HEAD_MAX - 1);
  place whole = place_in_file(&f, "log", PLACE_HEAD_MAX + 1);
  assert_int_equal(whole.head_length, PLACE_HEAD_MAX);
  assert_true(is_of(&f, "log", &part));
  part.device++;
  whole.device++;
  assert_false(is_of(&f, "log", &part));
  assert_true(is_of(&f, "log", &whole));
  part.device = 0; /* it was not noted */
  assert_true(is_of(&f, "log", &part));
  folder_remove(&f);
}

static void a_file_that_holds_more_than_was_read_counts_as_changed_since(void **state) {
  (void)state;
  folder f;
  folder_make(&f);
  folder_write(&f, "log", "one\ntwo\n");
  assert_int_equal(place_in_file(&f, "log", 8).modified - place_in_file(&f, "log", 4).modified, 1);
  folder_remove(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_file_is_known_by_its_inode_its_length_and_its_first_bytes),
      cmocka_unit_test(another_device_needs_a_whole_head),
      cmocka_unit_test(a_file_that_holds_more_than_was_read_counts_as_changed_since),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
