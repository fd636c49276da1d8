#include "dead_letters.h"
#include "folder.h"
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static dead_letters *open_letters(const folder *in) {
  dead_letters *opened = NULL;
  char why[512] = "";
  if (dead_letters_open(in->path, &opened, why, sizeof why) != DEAD_LETTERS_OPEN) {
    fail_msg("%s", why);
  }
  return opened;
}

static dead_letter letter_of(const char *text, size_t length) {
  return (dead_letter){.time_ms = 1700000000000,
                       .topic = "t",
                       .file = "/a",
                       .offset = 12,
                       .code = "TopicClosed",
                       .error_class = "fatal",
                       .reason = "fatal",
                       .message = "closed",
                       .request_id = "r",
                       .attempts = 1,
                       .line = text,
                       .length = length};
}

static void a_record_holds_the_line_and_the_reason(void **state) {
  (void)state;
  folder f;
  char why[512];
  folder_make(&f);
  dead_letters *letters = open_letters(&f);
  dead_letter text = letter_of("caf\xC3\xA9 \"x\"", 9);
  dead_letter bytes = letter_of("a\xFF\0b", 4);
  assert_true(dead_letters_add(letters, &text, why, sizeof why));
  assert_true(dead_letters_add(letters, &bytes, why, sizeof why));
  assert_true(dead_letters_sync(letters, why, sizeof why));
  dead_letters_close(letters);
  char *written = folder_read(&f, "dead-letters.ndjson");
  assert_string_equal(
      written, "{\"time\":1700000000000,\"topic\":\"t\",\"file\":\"/a\",\"offset\":12,\"code\":"
               "\"TopicClosed\",\"class\":\"fatal\",\"reason\":\"fatal\",\"message\":\"closed\","
               "\"request_id\":\"r\",\"attempts\":1,\"line\":\"caf\xC3\xA9 \\\"x\\\"\"}\n"
               "{\"time\":1700000000000,\"topic\":\"t\",\"file\":\"/a\",\"offset\":12,\"code\":"
               "\"TopicClosed\",\"class\":\"fatal\",\"reason\":\"fatal\",\"message\":\"closed\","
               "\"request_id\":\"r\",\"attempts\":1,\"line_base64\":\"Yf8AYg==\"}\n");
  free(written);
  folder_remove(&f);
}

static void a_record_is_written_whole_or_not_at_all(void **state) {
  (void)state;
  folder f;
  char why[512];
  folder_make(&f);
  dead_letters *letters = open_letters(&f);
  dead_letter letter = letter_of("line", 4);
  assert_true(dead_letters_add(letters, &letter, why, sizeof why));
  char *before = folder_read(&f, "dead-letters.ndjson");
  struct rlimit old;
  signal(SIGXFSZ, SIG_IGN);
  getrlimit(RLIMIT_FSIZE, &old);
  struct rlimit tight = {strlen(before) + 50, old.rlim_max};
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
  bool added = dead_letters_add(letters, &letter, why, sizeof why);
  setrlimit(RLIMIT_FSIZE, &old);
  assert_false(added);
  assert_non_null(strstr(why, "dead-letters.ndjson"));
  assert_non_null(strstr(why, "File too large; make room there and start again"));
  char *after = folder_read(&f, "dead-letters.ndjson");
  assert_string_equal(before, after);
  assert_true(dead_letters_add(letters, &letter, why, sizeof why));
  free(before);
  free(after);
  dead_letters_close(letters);
  folder_remove(&f);
}

static void half_a_record_that_a_crash_left_is_cut_off(void **state) {
  (void)state;
  folder f;
  folder_make(&f);
  folder_write(&f, "dead-letters.ndjson", "{\"a\":1}\n{\"b\":");
  dead_letters_close(open_letters(&f));
  char *text = folder_read(&f, "dead-letters.ndjson");
  assert_string_equal(text, "{\"a\":1}\n");
  free(text);
  folder_remove(&f);
}

static void add(dead_letters *letters, const char *text) {
  char why[512];
  dead_letter letter = letter_of(text, strlen(text));
  if (!dead_letters_add(letters, &letter, why, sizeof why)) fail_msg("%s", why);
  if (!dead_letters_sync(letters, why, sizeof why)) fail_msg("%s", why);
}

static void expect_records(const folder *f, const char *name, unsigned records) {
  char *text = folder_read(f, name);
  assert_int_equal(count_text(text, "\n"), records);
  assert_int_equal(count_text(text, "\"topic\":\"t\""), records);
  free(text);
}

static void a_file_that_was_moved_away_is_made_anew(void **state) {
  (void)state;
  folder f;
  char path[128];
  char old[128];
  folder_make(&f);
  dead_letters *letters = open_letters(&f);
  add(letters, "one");
  assert_int_equal(
      rename(folder_path(&f, "dead-letters.ndjson", path), folder_path(&f, "old", old)), 0);
  add(letters, "two");
  add(letters, "three");
  expect_records(&f, "old", 1);
  expect_records(&f, "dead-letters.ndjson", 2);
  dead_letters_close(letters);
  folder_remove(&f);
}

static void a_file_that_was_cut_or_written_to_takes_whole_records_all_the_same(void **state) {
  (void)state;
  folder f;
  folder_make(&f);
  dead_letters *letters = open_letters(&f);
  add(letters, "one");
  add(letters, "two");
  folder_write(&f, "dead-letters.ndjson", "");
  add(letters, "three");
  expect_records(&f, "dead-letters.ndjson", 1);
  folder_write(&f, "dead-letters.ndjson", "a note without an end");
  add(letters, "four");
  char *text = folder_read(&f, "dead-letters.ndjson");
  assert_memory_equal(text, "a note without an end\n{\"time\"", 29);
  free(text);
  /* What a failed write leaves is taken back to the size there is now. */
  signal(SIGXFSZ, SIG_IGN);
  struct rlimit limit;
  getrlimit(RLIMIT_FSIZE, &limit);
  folder_write(&f, "dead-letters.ndjson", "");
  struct rlimit tight = {50, limit.rlim_max};
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
  char why[512];
  dead_letter letter = letter_of("five", 4);
  bool added = dead_letters_add(letters, &letter, why, sizeof why);
  setrlimit(RLIMIT_FSIZE, &limit);
  assert_false(added);
  add(letters, "six");
  expect_records(&f, "dead-letters.ndjson", 1);
  dead_letters_close(letters);
  folder_remove(&f);
}

static bool is_in_use(const folder *f) {
  pid_t other = fork();
  if (other == 0) {
    dead_letters *second = NULL;
    char why[512];
    _exit(dead_letters_open(f->path, &second, why, sizeof why) == DEAD_LETTERS_IN_USE ? 0 : 1);
  }
  int status = -1;
  assert_int_equal(waitpid(other, &status, 0), other);
  return status == 0;
}

static void the_lock_stays_whoever_reads_the_file_and_whatever_becomes_of_it(void **state) {
  (void)state;
  folder f;
  char path[128];
  folder_make(&f);
  dead_letters *letters = open_letters(&f);
  free(folder_read(&f, "dead-letters.ndjson")); /* opened and closed in this process */
  assert_true(is_in_use(&f));
  assert_int_equal(unlink(folder_path(&f, "dead-letters.ndjson", path)), 0);
  add(letters, "one");
  assert_true(is_in_use(&f));
  dead_letters_close(letters);
  assert_false(is_in_use(&f));
  folder_remove(&f);
}

static void two_agents_do_not_share_a_file(void **state) {
  (void)state;
  folder f;
  folder_make(&f);
  dead_letters *first = open_letters(&f);
  pid_t other = fork(); /* the lock is a process's */
  if (other == 0) {
    dead_letters *second = NULL;
    char why[512];
    bool refused = dead_letters_open(f.path, &second, why, sizeof why) == DEAD_LETTERS_IN_USE &&
                   second == NULL && strstr(why, "is in use by another again-agent") != NULL;
    _exit(refused ? 0 : 1);
  }
  int status = -1;
  assert_int_equal(waitpid(other, &status, 0), other);
  assert_int_equal(status, 0);
  dead_letters_close(first);
  folder_remove(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_record_holds_the_line_and_the_reason),
      cmocka_unit_test(a_record_is_written_whole_or_not_at_all),
      cmocka_unit_test(half_a_record_that_a_crash_left_is_cut_off),
      cmocka_unit_test(a_file_that_was_moved_away_is_made_anew),
      cmocka_unit_test(a_file_that_was_cut_or_written_to_takes_whole_records_all_the_same),
      cmocka_unit_test(the_lock_stays_whoever_reads_the_file_and_whatever_becomes_of_it),
      cmocka_unit_test(two_agents_do_not_share_a_file),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
