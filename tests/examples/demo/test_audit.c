#include "audit.h"
#include "folder.h"
#include <stdarg.h>
#include <string.h>

#define STORED(offset, text)                                                                       \
  "{\"topic\":\"t\",\"filename\":\"%s\",\"contents\":{\"content\":\"" text                         \
  "\",\"offset\":\"" offset "\"}}\n"
#define REFUSED(offset, text)                                                                      \
  "{\"topic\":\"t\",\"file\":\"%s\",\"offset\":" offset ",\"line\":\"" text "\"}\n"

/* Sums up for the log "one\ntwo\nthree", where %s in the records is the log's path. */
static audit sum_up(const char *stored, const char *refused) {
  folder f;
  folder_make(&f);
  char log[128];
  char path[128];
  char text[2048];
  char why[256];
  folder_write(&f, "log", "one\ntwo\nthr\xFF\xFF");
  folder_path(&f, "log", log);
  audit account = {0};
  assert_true(audit_add_file(&account, log, why, sizeof why));
  const char *texts[] = {stored, refused};
  for (int i = 0; i < 2; i++) {
    size_t used = 0;
    for (const char *at = texts[i]; *at != '\0'; at++) {
      if (at[0] == '%' && at[1] == 's') {
        used += (size_t)snprintf(text + used, sizeof text - used, "%s", log);
        at++;
      } else {
        text[used++] = *at;
      }
    }
    text[used] = '\0';
    folder_write(&f, i == 0 ? "stored" : "refused", text);
  }
  assert_true(audit_read_stored(&account, folder_path(&f, "stored", path), why, sizeof why));
  assert_true(audit_read_refused(&account, folder_path(&f, "refused", path), why, sizeof why));
  audit_close(&account);
  folder_remove(&f);
  return account;
}

static void expect(const char *stored, const char *refused, uint64_t delivered, uint64_t duplicates,
                   uint64_t dead, uint64_t lost, uint64_t foreign) {
  audit account = sum_up(stored, refused);
  assert_int_equal(account.lines, 3);
  assert_int_equal(account.delivered, delivered);
  assert_int_equal(account.duplicates, duplicates);
  assert_int_equal(account.refused, dead);
  assert_int_equal(account.lost, lost);
  assert_int_equal(account.foreign, foreign);
  audit_free(&account);
}

static void every_line_is_delivered_refused_or_lost(void **state) {
  (void)state;
  expect("", "", 0, 0, 0, 3, 0);
  expect(STORED("0", "one") STORED("4", "two") STORED("8", "thr\xEF\xBF\xBD\xEF\xBF\xBD"), "", 3, 0,
         0, 0, 0);
  expect(STORED("0", "one"), REFUSED("4", "two"), 1, 0, 1, 1, 0);
}

static void a_line_stored_twice_is_a_duplicate(void **state) {
  (void)state;
  expect(STORED("0", "one") STORED("0", "one") STORED("0", "one"), "", 1, 2, 0, 2, 0);
}

static void a_line_both_stored_and_refused_is_delivered(void **state) {
  (void)state;
  expect(STORED("0", "one"), REFUSED("0", "one"), 1, 0, 0, 2, 0);
}

static void a_changed_line_is_foreign_and_the_true_one_lost(void **state) {
  (void)state;
  expect(STORED("0", "onE"), REFUSED("4", "tW"), 0, 0, 0, 3, 2);
  expect(STORED("1", "one"), "", 0, 0, 0, 3, 1);
  expect("{\"filename\":\"other\",\"contents\":{\"content\":\"one\",\"offset\":\"0\"}}\n", "", 0, 0,
         0, 3, 1);
  expect("garbage\n{}\n[]\n", "", 0, 0, 0, 3, 3);
}

static void bytes_that_are_no_text_are_known_by_their_base64(void **state) {
  (void)state;
  expect("", "{\"file\":\"%s\",\"offset\":8,\"line_base64\":\"dGhy//8=\"}\n", 0, 0, 1, 2, 0);
  expect("", "{\"file\":\"%s\",\"offset\":8,\"line_base64\":\"dGhy//4=\"}\n", 0, 0, 0, 3, 1);
}

static void a_line_that_was_refused_in_pieces_is_refused_when_all_are_there(void **state) {
  (void)state;
  expect("", REFUSED("4", "t") REFUSED("5", "wo"), 0, 0, 1, 2, 0);
  expect("", REFUSED("5", "wo"), 0, 0, 0, 3, 0);
  expect("", REFUSED("5", "wx"), 0, 0, 0, 3, 1);
  expect("", REFUSED("5", "wo-and-more"), 0, 0, 0, 3, 1);
}

static void a_file_that_cannot_be_read_is_named(void **state) {
  (void)state;
  audit account = {0};
  char why[256];
  assert_false(audit_add_file(&account, "/no/such", why, sizeof why));
  assert_string_equal(why, "cannot read /no/such: No such file or directory");
  assert_false(audit_read_stored(&account, "/no/such", why, sizeof why));
  audit_free(&account);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_line_is_delivered_refused_or_lost),
      cmocka_unit_test(a_line_stored_twice_is_a_duplicate),
      cmocka_unit_test(a_line_both_stored_and_refused_is_delivered),
      cmocka_unit_test(a_changed_line_is_foreign_and_the_true_one_lost),
      cmocka_unit_test(bytes_that_are_no_text_are_known_by_their_base64),
      cmocka_unit_test(a_line_that_was_refused_in_pieces_is_refused_when_all_are_there),
      cmocka_unit_test(a_file_that_cannot_be_read_is_named),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
