#include "emulator/store.h"
#include "support.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Stores one request of one log. */
static void add(again_store *store, again_emulator_stats *stats, const char *topic, char *filename,
                char *value, int64_t time) {
  char key[] = "content";
  Cls__Log__Content content = CLS__LOG__CONTENT__INIT;
  content.key = key;
  content.value = value;
  Cls__Log__Content *contents[] = {&content};
  Cls__Log log = CLS__LOG__INIT;
  log.time = time;
  log.contents = contents;
  log.n_contents = 1;
  Cls__Log *logs[] = {&log};
  Cls__LogGroup group = CLS__LOG_GROUP__INIT;
  group.filename = filename;
  group.logs = logs;
  group.n_logs = 1;
  Cls__LogGroup *groups[] = {&group};
  Cls__LogGroupList list = CLS__LOG_GROUP_LIST__INIT;
  list.loggrouplist = groups;
  list.n_loggrouplist = 1;
  uint8_t raw[256];
  again_store_request request = {.topic = topic, .request_id = "r", .raw = raw, .list = &list};
  request.raw_length = cls__log_group_list__pack(&list, raw);
  again_store_add(store, &request, stats);
}

static void a_log_is_the_same_as_another_by_topic_file_and_contents(void **state) {
  (void)state;
  again_store store;
  again_emulator_stats stats = {0};
  char file[] = "f";
  char other[] = "g";
  char text[] = "line";
  char changed[] = "Line";
  assert_int_equal(again_store_init(&store, NULL, 0), 0);
  add(&store, &stats, "t", file, text, 1);
  assert_int_equal(stats.distinct, 1);
  add(&store, &stats, "t", file, text, 2); /* the time does not count */
  assert_int_equal(stats.distinct, 1);
  add(&store, &stats, "u", file, text, 1);
  add(&store, &stats, "t", other, text, 1);
  add(&store, &stats, "t", NULL, text, 1);
  add(&store, &stats, "t", file, changed, 1);
  assert_int_equal(stats.distinct, 5);
  assert_int_equal(stats.stored, 6);
  assert_int_equal(again_store_fini(&store), 0);
}

static void a_body_that_came_before_is_no_new_batch(void **state) {
  (void)state;
  again_store store;
  again_emulator_stats stats = {0};
  char text[] = "line";
  assert_int_equal(again_store_init(&store, NULL, 0), 0);
  add(&store, &stats, "t", NULL, text, 1);
  add(&store, &stats, "t", NULL, text, 1);
  assert_int_equal(stats.batches, 1);
  add(&store, &stats, "t", NULL, text, 2);
  assert_int_equal(stats.batches, 2);
  assert_int_equal(again_store_fini(&store), 0);
}

/* What there is to read, as a text. */
static void read_all(again_store *store, char *text, size_t size) {
  int file;
  uint64_t offset;
  uint64_t length;
  const char *why = again_store_read(store, &file, &offset, &length);
  if (why != NULL) fail_msg("%s", why);
  assert_in_range(length, 0, size - 1);
  assert_int_equal(pread(file, text, size - 1, (off_t)offset), length);
  text[length] = '\0';
  close(file);
}

static void records_are_kept_without_a_file_up_to_a_limit(void **state) {
  (void)state;
  again_store store;
  again_emulator_stats stats = {0};
  char first[] = "first";
  char second[] = "second";
  char lines[500];
  assert_int_equal(again_store_init(&store, NULL, 200), 0);
  add(&store, &stats, "t", NULL, first, 1);
  read_all(&store, lines, sizeof lines);
  assert_string_equal(lines, "{\"topic\":\"t\",\"request_id\":\"r\",\"time\":1,"
                             "\"contents\":{\"content\":\"first\"}}\n");
  again_store_reset(&store);
  read_all(&store, lines, sizeof lines);
  assert_string_equal(lines, "");
  add(&store, &stats, "t", NULL, second, 1);
  read_all(&store, lines, sizeof lines);
  assert_non_null(strstr(lines, "second"));
  assert_null(strstr(lines, "first"));
  for (int i = 0; i < 3; i++)
    add(&store, &stats, "t", NULL, first, 1);
  assert_in_range(ftell(store.record), 1, 200);
  int file;
  uint64_t place;
  assert_string_equal(again_store_read(&store, &file, &place, &place),
                      "more was stored than is kept without a record file: start with one");
  again_store_reset(&store);
  read_all(&store, lines, sizeof lines);
  assert_int_equal(again_store_fini(&store), 0);
}

static void a_record_file_keeps_its_lines_when_reading_begins_anew(void **state) {
  (void)state;
  char path[] = "/tmp/again-record-XXXXXX";
  int fd = mkstemp(path);
  again_store store;
  again_emulator_stats stats = {0};
  char first[] = "first";
  char second[] = "second";
  char lines[500];
  assert_int_equal(again_store_init(&store, path, 0), 0);
  add(&store, &stats, "t", NULL, first, 1);
  again_store_reset(&store);
  add(&store, &stats, "t", NULL, second, 1);
  read_all(&store, lines, sizeof lines);
  assert_null(strstr(lines, "first"));
  assert_non_null(strstr(lines, "second"));
  add(&store, &stats, "t", NULL, first, 1);
  assert_int_equal(stats.distinct, 3); /* what was before is forgotten */
  assert_int_equal(again_store_fini(&store), 0);
  ssize_t length = read(fd, lines, sizeof lines - 1);
  lines[length] = '\0';
  assert_non_null(strstr(lines, "first"));
  assert_true(strstr(lines, "first") < strstr(lines, "second"));
  close(fd);
  unlink(path);
}

static void what_cannot_be_read_is_said(void **state) {
  (void)state;
  again_store store;
  int file;
  uint64_t place;
  assert_int_equal(again_store_init(&store, NULL, 0), 0);
  assert_string_equal(again_store_read(&store, &file, &place, &place),
                      "no records are kept: start with a record file");
  assert_int_equal(again_store_fini(&store), 0);
  assert_int_equal(again_store_init(&store, "/dev/null", 0), 0);
  assert_string_equal(again_store_read(&store, &file, &place, &place),
                      "the record file cannot be read: name a plain file");
  assert_int_equal(again_store_fini(&store), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_log_is_the_same_as_another_by_topic_file_and_contents),
      cmocka_unit_test(a_body_that_came_before_is_no_new_batch),
      cmocka_unit_test(records_are_kept_without_a_file_up_to_a_limit),
      cmocka_unit_test(a_record_file_keeps_its_lines_when_reading_begins_anew),
      cmocka_unit_test(what_cannot_be_read_is_said),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
