/* What protobuf-c reads from a batch is what was put in, and no limit is passed: random batches, the same
 * every time. */
#include "cls/batch.h"
#include "support.h"
#include <cls_logs.pb-c.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CASES = 100, FIELDS_MAX = 6, TEXTS = 16 };

static again_random random_bits;

static size_t up_to(size_t limit) {
  return (size_t)again_random_scale(again_random_next(&random_bits), limit);
}

/* Texts of many kinds and lengths, all valid, none beginning with "_". */
static char *texts[TEXTS];

static void make_texts(void) {
  static const char *const units[] = {"a", "log line 17 ", "\xC3\xA9", "\xE2\x82\xAC-",
                                      "\xF0\x9F\x98\x80"};
  static const size_t lengths[TEXTS] = {1,   2,    5,    17,    100,   126,   127,    128,
                                        129, 1000, 5000, 16380, 16390, 70000, 300000, 900000};
  for (size_t i = 0; i < TEXTS; i++) {
    const char *unit = units[i % COUNT_OF(units)];
    size_t size = strlen(unit);
    texts[i] = calloc(lengths[i] + size + 1, 1);
    for (size_t length = 0; length < lengths[i]; length += size)
      memcpy(texts[i] + length, unit, size);
  }
}

/* Mostly short. */
static char *any_text(void) {
  return texts[up_to(20) == 0 ? up_to(TEXTS - 1) : up_to(9)];
}

static int64_t any_time(void) {
  uint64_t bits = again_random_next(&random_bits);
  return (int64_t)(bits >> (bits & 63));
}

typedef struct expected_log {
  size_t group;
  int64_t time;
  size_t field_count;
  const char *keys[FIELDS_MAX];
  const char *values[FIELDS_MAX];
} expected_log;

typedef struct expected {
  again_cls_batch *batch;
  again_cls_batch_options groups[AGAIN_CLS_GROUPS_MAX];
  again_cls_pair tags[3];
  size_t group_count;
  expected_log *logs;
  size_t count;
  size_t values;
} expected;

static again_cls_batch_options any_options(expected *e) {
  return (again_cls_batch_options){.source = up_to(1) ? any_text() : NULL,
                                   .filename = up_to(1) ? any_text() : NULL,
                                   .context_flow = up_to(1) ? any_text() : NULL,
                                   .hostname = up_to(1) ? any_text() : NULL,
                                   .tags = e->tags,
                                   .tag_count = up_to(3)};
}

static void add_some(expected *e, size_t count) {
  for (size_t n = 0; n < count; n++) {
    expected_log log = {.group = e->group_count - 1, .time = any_time()};
    again_cls_field fields[FIELDS_MAX];
    log.field_count = up_to(FIELDS_MAX);
    size_t values = 0;
    for (size_t i = 0; i < log.field_count; i++) {
      log.keys[i] = any_text();
      log.values[i] = up_to(9) == 0 ? "" : any_text();
      values += strlen(log.values[i]);
      fields[i] =
          (again_cls_field){log.keys[i], strlen(log.keys[i]), log.values[i], strlen(log.values[i])};
    }
    int error = again_cls_batch_add(e->batch, log.time, fields, log.field_count);
    if (error == AGAIN_ELIMIT) return;
    assert_int_equal(error, 0);
    e->logs[e->count++] = log;
    e->values += values;
  }
}

static void assert_text(const char *found, const char *wanted) {
  if (wanted == NULL) {
    assert_null(found);
  } else {
    assert_non_null(found);
    assert_true(strcmp(found, wanted) == 0);
  }
}

static void check_group(const expected *e, const Cls__LogGroup *found, size_t group) {
  const again_cls_batch_options *wanted = &e->groups[group];
  assert_text(found->source, wanted->source);
  assert_text(found->filename, wanted->filename);
  assert_text(found->hostname, wanted->hostname);
  assert_text(found->contextflow, wanted->context_flow != NULL ? wanted->context_flow
                                                               : again_cls_batch_package(e->batch));
  assert_int_equal(found->n_logtags, wanted->tag_count);
  for (size_t i = 0; i < found->n_logtags; i++) {
    assert_text(found->logtags[i]->key, wanted->tags[i].key);
    assert_text(found->logtags[i]->value, wanted->tags[i].value);
  }
}

static void check_log(const Cls__Log *found, const expected_log *wanted) {
  assert_true(found->time == wanted->time);
  assert_int_equal(found->n_contents, wanted->field_count);
  for (size_t i = 0; i < found->n_contents; i++) {
    assert_text(found->contents[i]->key, wanted->keys[i]);
    assert_text(found->contents[i]->value, wanted->values[i]);
  }
}

/* Logs first .. first+count-1, as protobuf-c reads these bytes. */
static void check_bytes(const expected *e, const uint8_t *bytes, size_t length, size_t first,
                        size_t count) {
  assert_true(length <= AGAIN_CLS_RAW_MAX);
  Cls__LogGroupList *list = cls__log_group_list__unpack(NULL, length, bytes);
  assert_non_null(list);
  assert_true(list->n_loggrouplist >= 1 && list->n_loggrouplist <= AGAIN_CLS_GROUPS_MAX);
  size_t next = first;
  for (size_t g = 0; g < list->n_loggrouplist; g++) {
    const Cls__LogGroup *group = list->loggrouplist[g];
    assert_true(group->n_logs >= 1 && group->n_logs <= AGAIN_CLS_LOGS_MAX);
    check_group(e, group, e->logs[next].group);
    for (size_t i = 0; i < group->n_logs; i++, next++) {
      assert_int_equal(e->logs[next].group, e->logs[next - i].group);
      check_log(group->logs[i], &e->logs[next]);
    }
  }
  assert_int_equal(next, first + count);
  cls__log_group_list__free_unpacked(list, NULL);
}

static void check_range(const expected *e, size_t first, size_t count) {
  uint8_t *bytes;
  size_t length;
  assert_int_equal(again_cls_batch_encode(e->batch, first, count, &bytes, &length), 0);
  check_bytes(e, bytes, length, first, count);
  free(bytes);
}

static void run_case(expected *e) {
  e->count = 0;
  e->values = 0;
  e->group_count = 1;
  for (size_t i = 0; i < COUNT_OF(e->tags); i++)
    e->tags[i] = (again_cls_pair){any_text(), any_text()};
  e->groups[0] = any_options(e);
  e->groups[0].reserve = up_to(3) * 100000;
  assert_int_equal(again_cls_batch_new(&e->groups[0], &e->batch), 0);
  size_t groups = 1 + (up_to(1) ? up_to(AGAIN_CLS_GROUPS_MAX - 1) : 0);
  for (size_t g = 0; g < groups; g++) {
    size_t before = e->count;
    add_some(e, up_to(9) == 0 ? 400 : up_to(30));
    if (g + 1 == groups) break;
    if (e->count > before) e->group_count++; /* or it is replaced */
    e->groups[e->group_count - 1] = any_options(e);
    assert_int_equal(again_cls_batch_group(e->batch, &e->groups[e->group_count - 1]), 0);
  }
  assert_int_equal(again_cls_batch_count(e->batch), e->count);
  assert_int_equal(again_cls_batch_bytes(e->batch), e->values);
  assert_true(e->values <= AGAIN_CLS_VALUES_MAX);
  if (e->count > 0) {
    again_cls_batch_name(e->batch, again_random_next(&random_bits), UINT64_MAX);
    for (int when = 0; when < 2; when++) { /* before and after it is sealed */
      size_t first = up_to(e->count - 1);
      check_range(e, first, 1 + up_to(e->count - first - 1));
      check_range(e, 0, e->count);
      const uint8_t *bytes;
      size_t length;
      assert_int_equal(again_cls_batch_seal(e->batch, &bytes, &length), 0);
      check_bytes(e, bytes, length, 0, e->count);
    }
  }
  again_cls_batch_free(e->batch);
}

static void protobuf_c_reads_what_was_put_in(void **state) {
  (void)state;
  expected e = {.logs = calloc(AGAIN_CLS_GROUPS_MAX * 401, sizeof *e.logs)};
  make_texts();
  for (uint64_t seed = 0; seed < CASES; seed++) {
    random_bits = (again_random){seed};
    run_case(&e);
  }
  for (size_t i = 0; i < TEXTS; i++)
    free(texts[i]);
  free(e.logs);
}

/* Adds logs of `value` bytes until the batch is full. */
static void fill(size_t value, const char *filename, size_t *bytes) {
  char *text = calloc(1, value + 1);
  memset(text, 'v', value);
  again_cls_batch_options options = {.filename = filename};
  again_cls_field log = {"a key", 5, text, value};
  again_cls_batch *batch;
  assert_int_equal(again_cls_batch_new(&options, &batch), 0);
  int error = 0;
  while (error == 0) {
    error = again_cls_batch_add(batch, INT64_MAX, &log, 1);
    if (error == AGAIN_ELIMIT && again_cls_batch_count(batch) % AGAIN_CLS_LOGS_MAX == 0) {
      error = again_cls_batch_group(batch, &options);
    }
  }
  assert_int_equal(error, AGAIN_ELIMIT);
  again_cls_batch_name(batch, UINT64_MAX, UINT64_MAX);
  const uint8_t *sealed;
  assert_int_equal(again_cls_batch_seal(batch, &sealed, bytes), 0);
  assert_true(again_cls_batch_bytes(batch) <= AGAIN_CLS_VALUES_MAX);
  assert_true(*bytes <= AGAIN_CLS_RAW_MAX);
  Cls__LogGroupList *list = cls__log_group_list__unpack(NULL, *bytes, sealed);
  assert_non_null(list);
  for (size_t i = 0; i < list->n_loggrouplist; i++)
    assert_true(list->loggrouplist[i]->n_logs <= AGAIN_CLS_LOGS_MAX);
  cls__log_group_list__free_unpacked(list, NULL);
  again_cls_batch_free(batch);
  free(text);
}

static void a_full_batch_is_just_below_its_limit(void **state) {
  (void)state;
  /* Many small logs reach the limit of logs or of the whole; large ones that of values. */
  static const size_t sizes[] = {0, 1, 20, 40, 300, 100000, 1024 * 1024};
  size_t most = 0;
  for (size_t i = 0; i < COUNT_OF(sizes); i++) {
    char filename[200];
    memset(filename, 'f', sizeof filename);
    filename[i * 30] = '\0';
    size_t bytes;
    fill(sizes[i], filename, &bytes);
    if (bytes > most) most = bytes;
  }
  assert_true(most > AGAIN_CLS_RAW_MAX - 1000);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(protobuf_c_reads_what_was_put_in),
      cmocka_unit_test(a_full_batch_is_just_below_its_limit),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
