#include "support.h"
#include "uploader.h"
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static answer ask(const again_emulator *emulator, const char *method, const char *path,
                  const char *body) {
  return upload_send(emulator, &(upload){.method = method,
                                         .path = path,
                                         .body = body,
                                         .body_length = body != NULL ? strlen(body) : 0,
                                         .empty = true});
}

static void faults_come_and_go_while_it_runs(void **state) {
  (void)state;
  again_emulator *emulator = start_emulator(&(again_emulator_options){0});
  answer a = ask(emulator, "POST", "/_emulator/script",
                 "[{\"code\": \"TopicClosed\"}, {\"latency\": \"0ms\"}]");
  assert_int_equal(a.status, 200);
  assert_string_equal(a.content_type, "application/json");
  assert_string_equal(a.body, "{ \"faults\": 2 }");
  assert_int_equal(upload_send(emulator, &(upload){0}).status, 400);
  a = ask(emulator, "DELETE", "/_emulator/script", NULL);
  assert_string_equal(a.body, "{ \"faults\": 0 }");
  assert_int_equal(upload_send(emulator, &(upload){0}).status, 200);
  a = ask(emulator, "POST", "/_emulator/fault", "503 count=1 retry_after=9");
  assert_string_equal(a.body, "{ \"faults\": 1 }");
  a = upload_send(emulator, &(upload){0});
  assert_int_equal(a.status, 503);
  assert_string_equal(a.retry_after, "9");
  a = ask(emulator, "POST", "/_emulator/reset", NULL);
  assert_int_equal(a.status, 200);
  assert_non_null(strstr(a.body, "\"requests\": 0,"));
  assert_int_equal(upload_send(emulator, &(upload){0}).status, 200);
  assert_int_equal(again_emulator_stop(emulator), 0);
}

static void what_is_wrong_is_said_in_one_line_and_changes_nothing(void **state) {
  (void)state;
  static char large[1024 * 1024 + 2];
  memset(large, ' ', sizeof large - 1);
  static const struct {
    const char *method;
    const char *path;
    const char *body;
    int status;
    const char *says;
  } rows[] = {
      {"POST", "/_emulator/script", "{", 400, "the script is not JSON: "},
      {"POST", "/_emulator/script", NULL, 400, "the script is not JSON: "},
      {"POST", "/_emulator/script", "{}", 400, "the script must be an array of faults"},
      {"POST", "/_emulator/script", "[{\"refuse\":true},{\"code\":7}]", 400,
       "fault 2 of the script: \"code\" must be 1 to 63 printable ASCII characters in quotes\n"},
      {"POST", "/_emulator/script", "[{\"a\\nb\":7}]", 400, "fault 1 of the script: there is no k"},
      {"POST", "/_emulator/script", large, 413, "the body is larger than 1 MiB: send it in parts"},
      {"POST", "/_emulator/fault", "429 whenever", 400,
       "the fault \"429 whenever\": \"whenever\" "},
      {"POST", "/_emulator/fault", large, 413, "the body is larger than 1 MiB: send it in parts"},
      {"PUT", "/_emulator/script", "[]", 405, "no such method here; see again emulate --help\n"},
      {"POST", "/_emulator/stats", "", 405, "no such method here; see again emulate --help\n"},
      {"GET", "/_emulator/else", NULL, 404, "no such path; see again emulate --help\n"},
      {"GET", "/_emulator/records", NULL, 409, "no records are kept: start with a record file\n"},
  };
  again_emulator *emulator = start_emulator(&(again_emulator_options){0});
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    answer a = ask(emulator, rows[i].method, rows[i].path, rows[i].body);
    const char *end = strchr(a.body, '\n');
    if (a.status != rows[i].status || strncmp(a.body, rows[i].says, strlen(rows[i].says)) != 0) {
      fail_msg("row %zu: %ld %s, not %d %s", i, a.status, a.body, rows[i].status, rows[i].says);
    }
    assert_true(end != NULL && end[1] == '\0');
    assert_string_equal(a.content_type, "text/plain");
  }
  answer nul = upload_send(
      emulator, &(upload){.path = "/_emulator/script", .body = "[]\0x", .body_length = 4});
  assert_int_equal(nul.status, 400);
  assert_string_equal(nul.body, "the body has a NUL byte: send text\n");
  assert_int_equal(upload_send(emulator, &(upload){0}).status, 200);
  again_emulator_stats stats = again_emulator_stats_get(emulator);
  assert_int_equal(stats.requests, 1); /* these are no uploads */
  assert_int_equal(again_emulator_stop(emulator), 0);
}

static void the_records_are_served_as_lines_of_json(void **state) {
  (void)state;
  again_emulator *emulator = start_emulator(&(again_emulator_options){.keep = 10000});
  answer a = ask(emulator, "GET", "/_emulator/records", NULL);
  assert_int_equal(a.status, 200);
  assert_string_equal(a.body, "");
  upload_send(emulator, &(upload){.text = "one"});
  upload_send(emulator, &(upload){.text = "two"});
  a = ask(emulator, "GET", "/_emulator/records", NULL);
  assert_string_equal(a.content_type, "application/x-ndjson");
  assert_string_equal(
      a.body, "{\"topic\":\"topic\",\"request_id\":\"emulated-00000001\",\"filename\":\"app.log\","
              "\"source\":\"host\",\"time\":1700000000000,\"contents\":{\"content\":\"one\"}}\n"
              "{\"topic\":\"topic\",\"request_id\":\"emulated-00000002\",\"filename\":\"app.log\","
              "\"source\":\"host\",\"time\":1700000000000,\"contents\":{\"content\":\"two\"}}\n");
  ask(emulator, "POST", "/_emulator/reset", NULL);
  upload_send(emulator, &(upload){.text = "three"});
  a = ask(emulator, "GET", "/_emulator/records", NULL);
  assert_null(strstr(a.body, "one"));
  assert_non_null(strstr(a.body, "three"));
  assert_int_equal(again_emulator_stop(emulator), 0);
}

/* The fault is removed between its decision and its answer, which is still its own. */
static void an_answer_on_its_way_outlives_its_fault(void **state) {
  (void)state;
  again_emulator *emulator = start_emulator(&(again_emulator_options){0});
  assert_int_equal(again_emulator_fault(emulator, "latency=300ms", NULL, 0), 0);
  assert_int_equal(again_emulator_fault(emulator, "502 body=bad retry_after=7", NULL, 0), 0);
  CURLM *multi = curl_multi_init();
  CURL *easy = curl_easy_init();
  char url[64];
  snprintf(url, sizeof url, "http://127.0.0.1:%u/structuredlog",
           (unsigned)again_emulator_port(emulator));
  FILE *body = tmpfile();
  curl_easy_setopt(easy, CURLOPT_URL, url);
  curl_easy_setopt(easy, CURLOPT_POSTFIELDS, "x");
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, body);
  curl_multi_add_handle(multi, easy);
  int running = 1;
  bool removed = false;
  for (int i = 0; i < 1000 && running > 0; i++) {
    curl_multi_perform(multi, &running);
    curl_multi_poll(multi, NULL, 0, 10, NULL);
    if (!removed && again_emulator_stats_get(emulator).requests == 1) {
      again_emulator_script_clear(emulator);
      removed = true;
    }
  }
  long status = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  assert_int_equal(status, 502);
  assert_int_equal(ftell(body), 3);
  fclose(body);
  curl_multi_remove_handle(multi, easy);
  curl_easy_cleanup(easy);
  curl_multi_cleanup(multi);
  assert_int_equal(again_emulator_stop(emulator), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(faults_come_and_go_while_it_runs),
      cmocka_unit_test(what_is_wrong_is_said_in_one_line_and_changes_nothing),
      cmocka_unit_test(the_records_are_served_as_lines_of_json),
      cmocka_unit_test(an_answer_on_its_way_outlives_its_fault),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
