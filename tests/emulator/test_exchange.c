#include "uploader.h"
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const again_emulator_options defaults = {0};

static void a_right_request_is_stored_and_answered_200_with_an_id(void **state) {
  (void)state;
  again_emulator *emulator = start_emulator(&defaults);
  static const upload whats[] = {{.logs = 3}, {.logs = 2, .plain = true, .text = "other"}};
  for (size_t i = 0; i < COUNT_OF(whats); i++) {
    answer a = upload_send(emulator, &whats[i]);
    assert_int_equal(a.curl, CURLE_OK);
    assert_int_equal(a.status, 200);
    assert_string_equal(a.body, "");
    assert_memory_equal(a.request_id, "emulated-", 9);
  }
  again_emulator_stats stats = again_emulator_stats_get(emulator);
  assert_int_equal(stats.requests, 2);
  assert_int_equal(stats.accepted, 2);
  assert_int_equal(stats.batches, 2);
  assert_int_equal(stats.stored, 5);
  assert_int_equal(stats.distinct, 2);
  assert_int_equal(again_emulator_stop(emulator), 0);
}

static void what_is_wrong_is_refused_with_the_services_code(void **state) {
  (void)state;
  static char large[7 * 1024 * 1024];
  static const struct {
    upload what;
    int status;
    const char *code;
  } rows[] = {
      {{.path = "/other"}, 404, "NotSupported"},
      {{.method = "PUT"}, 405, "NotSupported"},
      {{.content_type = ""}, 400, "MissingContentType"},
      {{.content_type = "application/json"}, 400, "InvalidContentType"},
      {{.authorization = ""}, 400, "MissingAuthorization"},
      {{.authorization = "Bearer x"}, 400, "InvalidAuthorization"},
      {{.secret_id = "AKIDOTHER"}, 401, "AuthFailure.SecretIdNotFound"},
      {{.secret_key = "wrong"}, 401, "AuthFailure.SignatureFailure"},
      {{.path = "/structuredlog?topic_id=else"}, 401, "AuthFailure.SignatureFailure"},
      {{.skew_s = 600}, 401, "AuthFailure.SignatureExpire"},
      {{.skew_s = -600}, 401, "AuthFailure.SignatureExpire"},
      {{.topic = ""}, 400, "InvalidParam"},
      {{.empty = true}, 400, "MissingContent"},
      {{.compression = "zip"}, 400, "InvalidCompressType"},
      {{.compression = "", .body = "\x0a\x05", .body_length = 2}, 400, "InvalidContent"},
      {{.body = "\xff\xff\xff\xff", .body_length = 4}, 400, "InvalidContent"},
      {{.compression = "", .body = large, .body_length = 6 * 1024 * 1024 + 1},
       403,
       "LogSizeExceed"},
      {{.compression = "", .body = large, .body_length = sizeof large}, 413, "413 Request Entity"},
  };
  again_emulator *emulator = start_emulator(&defaults);
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    answer a = upload_send(emulator, &rows[i].what);
    assert_int_equal(a.curl, CURLE_OK);
    if (a.status != rows[i].status || strstr(a.body, rows[i].code) == NULL) {
      fail_msg("row %zu: %ld %s, not %d %s", i, a.status, a.body, rows[i].status, rows[i].code);
    }
  }
  assert_int_equal(again_emulator_stats_get(emulator).stored, 0);
  assert_int_equal(again_emulator_stop(emulator), 0);
}

static void the_quota_is_per_topic_and_refuses_with_429(void **state) {
  (void)state;
  again_emulator_options options = {.quota = 0.01, .burst = 2};
  again_emulator *emulator = start_emulator(&options);
  static const int expected[] = {200, 200, 429, 429};
  for (size_t i = 0; i < COUNT_OF(expected); i++)
    assert_int_equal(upload_send(emulator, &(upload){0}).status, expected[i]);
  answer a = upload_send(emulator, &(upload){0});
  assert_non_null(strstr(a.body, "SpeedQuotaExceed"));
  assert_string_equal(a.content_type, "application/json");
  assert_int_equal(upload_send(emulator, &(upload){.topic = "other"}).status, 200);
  again_emulator_stats stats = again_emulator_stats_get(emulator);
  assert_int_equal(stats.throttled, 3);
  assert_int_equal(stats.accepted, 3);
  assert_int_equal(again_emulator_stop(emulator), 0);
}

/* The signature need not cover it. */
static void a_topic_that_is_no_text_is_refused(void **state) {
  (void)state;
  again_emulator *emulator = start_emulator(&defaults);
  int64_t now = (int64_t)time(NULL);
  again_cls_signable nothing = {
      .method = "POST", .path = "/structuredlog", .start = now - 60, .end = now + 300};
  char *authorization;
  assert_int_equal(again_cls_sign("AKIDEMULATOR", "emulator-secret-key", &nothing, &authorization),
                   0);
  answer a = upload_send(emulator, &(upload){.topic = "%ff", .authorization = authorization});
  assert_int_equal(a.status, 400);
  assert_non_null(strstr(a.body, "topic_id is not UTF-8"));
  assert_int_equal(
      upload_send(emulator, &(upload){.topic = "%c3%a9", .authorization = authorization}).status,
      200);
  free(authorization);
  assert_int_equal(again_emulator_stop(emulator), 0);
}

static void a_quota_of_bytes_counts_bodies_as_they_are_sent(void **state) {
  (void)state;
  again_emulator_options options = {.quota_bytes = 1};
  again_emulator *emulator = start_emulator(&options);
  assert_int_equal(upload_send(emulator, &(upload){0}).status, 200);
  answer a = upload_send(emulator, &(upload){0});
  assert_int_equal(a.status, 429);
  assert_non_null(strstr(a.body, "more bytes for this topic than its quota allows"));
  assert_int_equal(upload_send(emulator, &(upload){.topic = "other"}).status, 200);
  assert_int_equal(again_emulator_stop(emulator), 0);
}

static void a_reset_is_no_orderly_end(void **state) {
  (void)state;
  again_emulator_options options = {.faults = &(const char *){"reset count=1"}, .fault_count = 1};
  again_emulator *emulator = start_emulator(&options);
  assert_int_equal(upload_send(emulator, &(upload){0}).curl, CURLE_RECV_ERROR);
  assert_int_equal(upload_send(emulator, &(upload){0}).status, 200);
  assert_int_equal(again_emulator_stats_get(emulator).broken, 1);
  assert_int_equal(again_emulator_stop(emulator), 0);
}

static void scripted_answers_come_as_written(void **state) {
  (void)state;
  again_emulator_options options = {
      .script = "[{\"code\": \"InternalError\", \"count\": 1, \"retry_after\": \"7\"},"
                " {\"body\": \"<html>bad gateway</html>\", \"status\": 502, \"count\": 1},"
                " {\"body\": \"\", \"status\": 503, \"count\": 1},"
                " {\"code\": \"LogSizeExceed\", \"min_logs\": 2},"
                " {\"code\": \"TopicClosed\", \"topic\": \"closed\"}]"};
  again_emulator *emulator = start_emulator(&options);
  answer a = upload_send(emulator, &(upload){0});
  assert_int_equal(a.status, 500);
  assert_string_equal(a.retry_after, "7");
  assert_string_equal(a.body,
                      "{\"errorcode\":\"InternalError\",\"errormessage\":\"a scripted fault\"}");
  a = upload_send(emulator, &(upload){0});
  assert_int_equal(a.status, 502);
  assert_string_equal(a.body, "<html>bad gateway</html>");
  assert_string_equal(a.content_type, "text/html");
  a = upload_send(emulator, &(upload){0});
  assert_int_equal(a.status, 503);
  assert_string_equal(a.body, "");
  assert_int_equal(upload_send(emulator, &(upload){.logs = 2}).status, 403);
  assert_int_equal(upload_send(emulator, &(upload){.logs = 1}).status, 200);
  a = upload_send(emulator, &(upload){.topic = "closed"});
  assert_int_equal(a.status, 400);
  assert_non_null(strstr(a.body, "TopicClosed"));
  char *json = again_emulator_stats_json(emulator);
  assert_non_null(strstr(json, "\"InternalError\": 1"));
  assert_non_null(strstr(json, "\"failed_5xx\": 3"));
  free(json);
  assert_int_equal(again_emulator_stop(emulator), 0);
}

static void a_closed_connection_has_no_answer_and_stores_only_when_after(void **state) {
  (void)state;
  again_emulator_options options = {
      .script = "[{\"close\": \"before\", \"count\": 1}, {\"close\": \"after\", \"count\": 1}]"};
  again_emulator *emulator = start_emulator(&options);
  assert_int_equal(upload_send(emulator, &(upload){.text = "a"}).curl, CURLE_GOT_NOTHING);
  assert_int_equal(again_emulator_stats_get(emulator).stored, 0);
  assert_int_equal(upload_send(emulator, &(upload){.text = "a"}).curl, CURLE_GOT_NOTHING);
  assert_int_equal(again_emulator_stats_get(emulator).stored, 1);
  assert_int_equal(upload_send(emulator, &(upload){.text = "a"}).status, 200);
  again_emulator_stats stats = again_emulator_stats_get(emulator);
  assert_int_equal(stats.broken, 2);
  assert_int_equal(stats.stored, 2);
  assert_int_equal(stats.distinct, 1);
  assert_int_equal(stats.batches, 1);
  assert_int_equal(again_emulator_stop(emulator), 0);
}

static void a_wrong_clock_shows_in_the_date_and_in_the_window(void **state) {
  (void)state;
  again_emulator_options options = {.script = "[{\"clock\": \"-10m\"}]"};
  again_emulator *emulator = start_emulator(&options);
  answer a = upload_send(emulator, &(upload){0});
  assert_int_equal(a.status, 401);
  assert_non_null(strstr(a.body, "AuthFailure.SignatureExpire"));
  int64_t date;
  int64_t now = (int64_t)time(NULL);
  assert_int_equal(again_http_date_parse(a.date, strlen(a.date), now, &date), 0);
  assert_in_range(now - date, 595, 605);
  assert_int_equal(upload_send(emulator, &(upload){.skew_s = -600}).status, 200);
  assert_int_equal(again_emulator_stop(emulator), 0);
}

static void latency_delays_the_answer(void **state) {
  (void)state;
  again_emulator_options options = {.script = "[{\"latency\": \"120ms\", \"count\": 1}]"};
  again_emulator *emulator = start_emulator(&options);
  struct timespec before;
  struct timespec after;
  clock_gettime(CLOCK_MONOTONIC, &before);
  assert_int_equal(upload_send(emulator, &(upload){0}).status, 200);
  clock_gettime(CLOCK_MONOTONIC, &after);
  int64_t ms = (after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000;
  assert_true(ms >= 119);
  assert_int_equal(again_emulator_stop(emulator), 0);
}

static void the_counters_are_served_as_json(void **state) {
  (void)state;
  again_emulator *emulator = start_emulator(&defaults);
  upload_send(emulator, &(upload){.logs = 3});
  answer a = upload_send(emulator, &(upload){.method = "GET", .path = "/_emulator/stats"});
  assert_int_equal(a.status, 200);
  assert_string_equal(a.content_type, "application/json");
  assert_non_null(strstr(a.body, "\"stored\": 3"));
  assert_non_null(strstr(a.body, "\"listening\": true"));
  assert_int_equal(again_emulator_stop(emulator), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_right_request_is_stored_and_answered_200_with_an_id),
      cmocka_unit_test(what_is_wrong_is_refused_with_the_services_code),
      cmocka_unit_test(the_quota_is_per_topic_and_refuses_with_429),
      cmocka_unit_test(a_topic_that_is_no_text_is_refused),
      cmocka_unit_test(a_quota_of_bytes_counts_bodies_as_they_are_sent),
      cmocka_unit_test(a_reset_is_no_orderly_end),
      cmocka_unit_test(scripted_answers_come_as_written),
      cmocka_unit_test(a_closed_connection_has_no_answer_and_stores_only_when_after),
      cmocka_unit_test(a_wrong_clock_shows_in_the_date_and_in_the_window),
      cmocka_unit_test(latency_delays_the_answer),
      cmocka_unit_test(the_counters_are_served_as_json),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
