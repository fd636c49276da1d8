#include "cli/ready_file.h"
#include "support.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];
static char path[96];

static int make_folder(void **state) {
  (void)state;
  snprintf(folder, sizeof folder, "/tmp/again-ready-XXXXXX");
  if (mkdtemp(folder) == NULL) return -1;
  snprintf(path, sizeof path, "%s/ready", folder);
  return 0;
}

/* Fails if anything was left in the folder. */
static int remove_folder(void **state) {
  (void)state;
  return rmdir(folder);
}

static void read_line(char *line, size_t size) {
  FILE *file = fopen(path, "r");
  assert_non_null(file);
  assert_non_null(fgets(line, (int)size, file));
  fclose(file);
}

static void a_file_is_there_from_the_writing_to_the_end(void **state) {
  (void)state;
  FILE *old = fopen(path, "w");
  fputs("old\n", old);
  fclose(old);
  again_ready_file ready;
  assert_true(again_ready_file_init(&ready, path));
  assert_int_equal(access(path, F_OK), -1);
  assert_true(again_ready_file_write(&ready, "http://here"));
  char line[64];
  read_line(line, sizeof line);
  assert_string_equal(line, "http://here\n");
  struct stat status;
  assert_int_equal(stat(path, &status), 0);
  assert_int_equal(status.st_mode & 0777, 0644);
  again_ready_file_fini(&ready);
  assert_int_equal(access(path, F_OK), -1);
}

static void a_fifo_gets_the_line_and_stays(void **state) {
  (void)state;
  assert_int_equal(mkfifo(path, 0600), 0);
  again_ready_file ready;
  assert_true(again_ready_file_init(&ready, path));
  assert_true(again_ready_file_write(&ready, "http://here"));
  char line[64];
  read_line(line, sizeof line);
  assert_string_equal(line, "http://here\n");
  again_ready_file_fini(&ready);
  assert_int_equal(unlink(path), 0);
}

static void what_is_neither_is_left_alone(void **state) {
  (void)state;
  again_ready_file ready;
  assert_false(again_ready_file_init(&ready, folder));
  assert_int_equal(errno, EEXIST);
  again_ready_file_fini(&ready);
  assert_int_equal(access(folder, F_OK), 0);
}

static void a_folder_that_is_not_there_is_an_error_of_the_writing(void **state) {
  (void)state;
  again_ready_file ready;
  assert_true(again_ready_file_init(&ready, "/no/such/folder/x"));
  assert_false(again_ready_file_write(&ready, "x"));
  assert_int_equal(errno, ENOENT);
  again_ready_file_fini(&ready);
}

static void none_is_wanted_none_is_made(void **state) {
  (void)state;
  again_ready_file ready;
  assert_true(again_ready_file_init(&ready, NULL));
  assert_true(again_ready_file_write(&ready, "x"));
  again_ready_file_fini(&ready);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(a_file_is_there_from_the_writing_to_the_end, make_folder,
                                      remove_folder),
      cmocka_unit_test_setup_teardown(a_fifo_gets_the_line_and_stays, make_folder, remove_folder),
      cmocka_unit_test_setup_teardown(what_is_neither_is_left_alone, make_folder, remove_folder),
      cmocka_unit_test(a_folder_that_is_not_there_is_an_error_of_the_writing),
      cmocka_unit_test(none_is_wanted_none_is_made),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
