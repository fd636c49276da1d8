#include "emulator/store.h"
#include "support.h"

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
  assert_int_equal(again_store_init(&store, NULL), 0);
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
  assert_int_equal(again_store_init(&store, NULL), 0);
  add(&store, &stats, "t", NULL, text, 1);
  add(&store, &stats, "t", NULL, text, 1);
  assert_int_equal(stats.batches, 1);
  add(&store, &stats, "t", NULL, text, 2);
  assert_int_equal(stats.batches, 2);
  assert_int_equal(again_store_fini(&store), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_log_is_the_same_as_another_by_topic_file_and_contents),
      cmocka_unit_test(a_body_that_came_before_is_no_new_batch),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
