#include "folder.h"
#include "rotated.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void names_with_a_number_or_date_are_those_of_rotated_files(void **state) {
  (void)state;
  static const struct {
    const char *base;
    const char *name;
    const char *mark; /* NULL: it is none */
    bool compressed;
  } rows[] = {
      {"log", "log.1", ".1", false},
      {"log", "log-20260101", "-20260101", false},
      {"log", "log.2026-01-01T10:00:00Z", ".2026-01-01T10:00:00Z", false},
      {"log", "log.2.gz", ".2", true},
      {"app.log", "app.log.1", ".1", false},
      {"app.log", "app-2026-01-01.log", "-2026-01-01", false},
      {"app.log", "app.3.log.xz", ".3", true},
      {"log", "log", NULL, false},
      {"log", "log.", NULL, false},
      {"log", "log.gz", NULL, true},
      {"log", "log.err.1", NULL, false},
      {"log", "log1", NULL, false},
      {"log", "catalog.1", NULL, false},
      {"app.log", "app.log", NULL, false},
      {"app.log", "app-worker.log", NULL, false},
      {"app.log", "app.1", NULL, false},
      {".log", ".log.1", ".1", false},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    const char *mark = NULL;
    size_t length = 0;
    bool compressed = false;
    bool is = rotated_is_name(rows[i].base, rows[i].name, &mark, &length, &compressed);
    if (is != (rows[i].mark != NULL) || compressed != rows[i].compressed) {
      fail_msg("%s of %s", rows[i].name, rows[i].base);
    }
    if (is) assert_memory_equal(mark, rows[i].mark, strlen(rows[i].mark));
    if (is) assert_int_equal(length, strlen(rows[i].mark));
  }
}

/* A file that was changed at this second. */
static place make(const folder *f, const char *name, time_t second) {
  char path[128];
  struct stat found;
  folder_write(f, name, name);
  struct timespec times[2] = {{.tv_sec = second}, {.tv_sec = second}};
  assert_int_equal(utimensat(AT_FDCWD, folder_path(f, name, path), times, 0), 0);
  assert_int_equal(stat(path, &found), 0);
  return place_at(&found, strlen(name), name, strlen(name));
}

static void expect_next(const folder *f, const place *was, const char *next, const char *missed) {
  char log[128];
  char *name = NULL;
  char *left = NULL;
  folder_path(f, "log", log);
  int fd = rotated_next(log, log, was, &name, &left);
  assert_true(fd >= 0);
  assert_string_equal(strrchr(name, '/') + 1, next);
  if ((left == NULL) != (missed == NULL)) fail_msg("missed: %s", left != NULL ? left : "none");
  if (left != NULL) assert_string_equal(strrchr(left, '/') + 1, missed);
  char text[16] = "";
  assert_true(read(fd, text, sizeof text - 1) > 0);
  assert_string_equal(text, next);
  close(fd);
  free(name);
  free(left);
}

static void they_follow_one_another_in_the_order_of_their_last_change(void **state) {
  (void)state;
  folder f;
  folder_make(&f);
  place third = make(&f, "log.3", 30);
  make(&f, "log.4", 20);
  place second = make(&f, "log.2", 40);
  place first = make(&f, "log.1", 50);
  make(&f, "log.err", 35);          /* another log */
  place last = make(&f, "log", 10); /* the one of the name comes last, whatever its time */
  expect_next(&f, &third, "log.2", NULL);
  expect_next(&f, &second, "log.1", NULL);
  expect_next(&f, &first, "log", NULL);
  last.modified = UINT64_MAX;
  expect_next(&f, &last, "log", NULL);
  folder_remove(&f);
}

static void equal_times_are_told_apart_by_the_names(void **state) {
  (void)state;
  folder f;
  folder_make(&f);
  place eleventh = make(&f, "log.11", 7);
  place tenth = make(&f, "log.10", 7);
  make(&f, "log.12", 7);
  place ninth = make(&f, "log.9", 7);
  make(&f, "log", 7);
  expect_next(&f, &eleventh, "log.10", NULL);
  expect_next(&f, &tenth, "log.9", NULL);
  expect_next(&f, &ninth, "log", NULL);
  folder_remove(&f);
  folder_make(&f);
  place old = make(&f, "log-20260101", 7);
  make(&f, "log-20260102", 7);
  make(&f, "log", 7);
  expect_next(&f, &old, "log-20260102", NULL);
  folder_remove(&f);
}

static void an_inode_that_was_used_again_hides_no_file(void **state) {
  (void)state;
  folder f;
  folder_make(&f);
  place gone = make(&f, "log.1", 50);
  gone.inode = 0;
  gone.modified -= 5;
  make(&f, "log", 60);
  expect_next(&f, &gone, "log.1", NULL);
  gone.modified = 0; /* not known: not all there ever was */
  expect_next(&f, &gone, "log", NULL);
  folder_remove(&f);
}

static void a_compressed_one_on_the_way_is_named(void **state) {
  (void)state;
  folder f;
  folder_make(&f);
  place third = make(&f, "log.3", 30);
  make(&f, "log.3.gz", 30); /* the same: nothing is missed */
  make(&f, "log.2.gz", 40);
  place first = make(&f, "log.1", 50);
  make(&f, "log", 60);
  expect_next(&f, &third, "log.1", "log.2.gz");
  expect_next(&f, &first, "log", NULL);
  folder_remove(&f);
}

static void what_cannot_be_opened_is_named(void **state) {
  (void)state;
  folder f;
  char log[128];
  char *name = NULL;
  char *missed = NULL;
  folder_make(&f);
  place first = make(&f, "log.1", 50);
  folder_path(&f, "log", log);
  assert_int_equal(rotated_next(log, log, &first, &name, &missed), -1);
  assert_int_equal(errno, ENOENT);
  assert_string_equal(name, log);
  free(name);
  assert_int_equal(mkdir(log, 0777), 0);
  assert_int_equal(rotated_next(log, log, &first, &name, &missed), -1);
  assert_int_equal(errno, EISDIR);
  free(name);
  folder_remove(&f);
}

static void a_copy_is_known_by_its_head_and_is_not_older_than_what_was_read(void **state) {
  (void)state;
  folder f;
  char log[128];
  folder_make(&f);
  place was = make(&f, "log", 50);
  was.inode = 0;
  folder_path(&f, "log", log);
  char *name = NULL;
  folder_write(&f, "log.2", "log that is older and begins alike");
  struct timespec old[2] = {{.tv_sec = 40}, {.tv_sec = 40}};
  char path[128];
  assert_int_equal(utimensat(AT_FDCWD, folder_path(&f, "log.2", path), old, 0), 0);
  assert_int_equal(rotated_find_copy(log, &was, &name), -1);
  folder_write(&f, "log.1", "lag");
  assert_int_equal(rotated_find_copy(log, &was, &name), -1);
  folder_write(&f, "log.1", "log and more");
  int fd = rotated_find_copy(log, &was, &name);
  assert_true(fd >= 0);
  assert_string_equal(name, folder_path(&f, "log.1", path));
  close(fd);
  free(name);
  folder_remove(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(names_with_a_number_or_date_are_those_of_rotated_files),
      cmocka_unit_test(they_follow_one_another_in_the_order_of_their_last_change),
      cmocka_unit_test(equal_times_are_told_apart_by_the_names),
      cmocka_unit_test(an_inode_that_was_used_again_hides_no_file),
      cmocka_unit_test(a_compressed_one_on_the_way_is_named),
      cmocka_unit_test(what_cannot_be_opened_is_named),
      cmocka_unit_test(a_copy_is_known_by_its_head_and_is_not_older_than_what_was_read),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
