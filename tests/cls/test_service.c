/* The client against the emulated service, which checks and keeps what it is sent. */
#include <again/cls.h>
#define FIXTURE_CATALOGUE again_cls_catalogue()

#include "http_fixture.h"
#include <again/emulator.h>
#include <stdio.h>

typedef struct shipment {
  again_emulator *emulator;
  uv_loop_t loop;
  again_uv *uv;
  again_http *http;
  again_cls *cls;
  again_cls_topic *topic;
  int done;
  size_t delivered;
  size_t refused;
  uint32_t calls;
  again_cls_part bad; /* the last one that was surfaced */
  char code[64];
  char package[AGAIN_CLS_PACKAGE_SIZE];
} shipment;

static void start(shipment *s, const char *fault, again_cls_options options) {
  memset(s, 0, sizeof *s);
  char why[256];
  again_emulator_options emulator = {
      .keep = 1 << 24, .faults = &fault, .fault_count = fault != NULL};
  if (again_emulator_start(&emulator, &s->emulator, why, sizeof why) != 0) fail_msg("%s", why);
  again_uv_options retries = {
      .policy = &quick_policy, .catalogue = again_cls_catalogue(), .seed = 1};
  char endpoint[64];
  snprintf(endpoint, sizeof endpoint, "http://127.0.0.1:%u",
           (unsigned)again_emulator_port(s->emulator));
  options.endpoint = endpoint;
  options.secret_id = "AKIDEMULATOR";
  options.secret_key = "emulator-secret-key";
  assert_int_equal(uv_loop_init(&s->loop), 0);
  assert_int_equal(again_uv_new(&s->loop, &retries, &s->uv), 0);
  assert_int_equal(again_http_new(s->uv, NULL, &s->http), 0);
  if (again_cls_new(s->http, &options, &s->cls, why, sizeof why) != 0) fail_msg("%s", why);
  assert_int_equal(again_cls_topic_open(s->cls, "topic", &s->topic), 0);
}

static void on_http_closed(void *data) {
  again_uv_close(((shipment *)data)->uv, NULL, NULL);
}

static void stop(shipment *s) {
  assert_int_equal(again_cls_free(s->cls), 0);
  assert_int_equal(again_http_close(s->http, on_http_closed, s), 0);
  assert_int_equal(uv_run(&s->loop, UV_RUN_DEFAULT), 0);
  assert_int_equal(uv_loop_close(&s->loop), 0);
  assert_int_equal(again_emulator_stop(s->emulator), 0);
}

static void on_done(void *data, again_cls_batch *batch, const again_cls_result *result) {
  shipment *s = data;
  s->done++;
  s->delivered = result->delivered;
  s->refused = result->refused;
  s->calls = result->calls;
  snprintf(s->package, sizeof s->package, "%s", again_cls_batch_package(batch));
  for (size_t i = 0; i < result->part_count; i++) {
    if (result->parts[i].result->reason == AGAIN_REASON_OK) continue;
    s->bad = result->parts[i];
    snprintf(s->code, sizeof s->code, "%s", result->parts[i].result->code);
  }
}

static void ship(shipment *s, again_cls_batch *batch) {
  int before = s->done;
  assert_int_equal(again_cls_send(s->topic, batch, AGAIN_NEVER, on_done, s, NULL), 0);
  while (s->done == before)
    uv_run(&s->loop, UV_RUN_ONCE);
}

/* A batch of lines that differ, one of them with other text, in two groups if it is large. */
static again_cls_batch *lines(size_t count, size_t bad, const char *text) {
  again_cls_batch *batch;
  again_cls_batch_options options = {.source = "source", .filename = "a.log", .hostname = "host"};
  assert_int_equal(again_cls_batch_new(&options, &batch), 0);
  for (size_t i = 0; i < count; i++) {
    char line[64];
    int length = snprintf(line, sizeof line, "line %zu %s", i, i == bad ? text : "of the log");
    again_cls_field field = {"content", 7, line, (size_t)length};
    if (i == 700) assert_int_equal(again_cls_batch_group(batch, &options), 0);
    assert_int_equal(again_cls_batch_add(batch, 1700000000000, &field, 1), 0);
  }
  return batch;
}

static void each_compression_is_understood_by_the_service(void **state) {
  (void)state;
  static const again_cls_compression all[] = {AGAIN_CLS_LZ4, AGAIN_CLS_ZSTD, AGAIN_CLS_DEFLATE,
                                              AGAIN_CLS_PLAIN};
  for (size_t i = 0; i < COUNT_OF(all); i++) {
    if (!again_cls_compression_built(all[i])) continue;
    shipment s;
    start(&s, NULL, (again_cls_options){.compression = all[i]});
    again_cls_batch *batch = lines(1000, SIZE_MAX, "");
    ship(&s, batch);
    assert_int_equal(s.delivered, 1000);
    assert_int_equal(again_emulator_stats_get(s.emulator).distinct, 1000);
    assert_int_equal(again_cls_compression_used(s.cls), all[i]);
    again_cls_batch_free(batch);
    stop(&s);
  }
}

static void a_compression_that_is_refused_is_replaced_for_good(void **state) {
  (void)state;
  shipment s;
  start(&s, "InvalidCompressType compression=lz4", (again_cls_options){.token = NULL});
  again_cls_batch *batch = lines(1000, SIZE_MAX, "");
  ship(&s, batch);
  assert_int_equal(s.delivered, 1000);
  assert_int_equal(s.calls, 2);
  again_cls_batch_clear(batch);
  again_cls_field field = {"content", 7, "more", 4};
  assert_int_equal(again_cls_batch_add(batch, 1, &field, 1), 0);
  ship(&s, batch);
  assert_int_equal(s.calls, 1);
  assert_int_equal(again_emulator_stats_get(s.emulator).stored, 1001);
  again_cls_batch_free(batch);
  stop(&s);
}

static void one_bad_log_of_a_thousand_is_surfaced_alone(void **state) {
  (void)state;
  static const struct {
    const char *fault;
    uint32_t splits;
  } rows[] = {{"InvalidContent contains=poison", 10}, {"LogSizeExceed contains=poison", 0}};
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    shipment s;
    start(&s, rows[i].fault, (again_cls_options){.content_splits = rows[i].splits});
    again_cls_batch *batch = lines(1000, 777, "poison");
    ship(&s, batch);
    assert_int_equal(s.done, 1);
    assert_int_equal(s.delivered, 999);
    assert_int_equal(s.refused, 1);
    assert_int_equal(s.bad.first, 777);
    assert_int_equal(s.bad.count, 1);
    again_emulator_stats stats = again_emulator_stats_get(s.emulator);
    assert_int_equal(stats.stored, 999);
    assert_int_equal(stats.distinct, 999);
    assert_int_equal(s.calls, stats.requests);
    assert_in_range(s.calls, 19, 21); /* two for each halving, and the whole */
    again_cls_batch_free(batch);
    stop(&s);
  }
}

static void with_too_few_halvings_the_smallest_part_is_surfaced(void **state) {
  (void)state;
  shipment s;
  start(&s, "InvalidContent contains=poison", (again_cls_options){.content_splits = 3});
  again_cls_batch *batch = lines(800, 0, "poison");
  ship(&s, batch);
  assert_int_equal(s.delivered, 700);
  assert_int_equal(s.refused, 100);
  assert_int_equal(s.bad.first, 0);
  assert_string_equal(s.code, "InvalidContent");
  again_cls_batch_free(batch);
  stop(&s);
}

static void retries_send_the_same_bytes_under_one_package_id(void **state) {
  (void)state;
  shipment s;
  start(&s, "close=after count=2", (again_cls_options){.token = NULL});
  again_cls_batch *batch = lines(10, SIZE_MAX, "");
  assert_string_equal(again_cls_batch_package(batch), "");
  ship(&s, batch);
  assert_int_equal(s.delivered, 10);
  again_emulator_stats stats = again_emulator_stats_get(s.emulator);
  assert_int_equal(stats.stored, 30); /* the service took what it did not confirm */
  assert_int_equal(stats.batches, 1);
  assert_int_equal(strlen(s.package), 18);
  assert_int_equal(s.package[16], '-');
  /* Once more, and the next batch. */
  char first[AGAIN_CLS_PACKAGE_SIZE];
  memcpy(first, s.package, sizeof first);
  ship(&s, batch);
  assert_string_equal(s.package, first);
  assert_int_equal(again_emulator_stats_get(s.emulator).batches, 1);
  again_cls_batch *next = lines(10, SIZE_MAX, "");
  ship(&s, next);
  assert_string_not_equal(s.package, first);
  assert_memory_equal(s.package, first, 17); /* one client, one context */
  assert_int_equal(again_emulator_stats_get(s.emulator).batches, 2);
  again_cls_batch_free(batch);
  again_cls_batch_free(next);
  stop(&s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_compression_is_understood_by_the_service),
      cmocka_unit_test(a_compression_that_is_refused_is_replaced_for_good),
      cmocka_unit_test(one_bad_log_of_a_thousand_is_surfaced_alone),
      cmocka_unit_test(with_too_few_halvings_the_smallest_part_is_surfaced),
      cmocka_unit_test(retries_send_the_same_bytes_under_one_package_id),
  };
  curl_global_init(CURL_GLOBAL_DEFAULT);
  return cmocka_run_group_tests(tests, NULL, NULL);
}
