#include "uploader.h"
#include <curl/curl.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void what_cannot_be_set_up_is_said_in_one_line(void **state) {
  (void)state;
  again_emulator *first = start_emulator(&(again_emulator_options){0});
  char taken[96];
  snprintf(taken, sizeof taken, "cannot listen on 127.0.0.1:%u: Address already in use; choose",
           (unsigned)again_emulator_port(first));
  const struct {
    again_emulator_options options;
    int error;
    const char *says;
  } rows[] = {
      {{.port = again_emulator_port(first)}, AGAIN_EIO, taken},
      {{.record = "/no/such/folder/x"},
       AGAIN_EIO,
       "cannot write the record file /no/such/folder/x: No such file or directory; name a file"},
      {{.script = "[{}]"}, AGAIN_EFORMAT, "fault 1 of the script: it must have exactly one of"},
      {{.quota = -1}, AGAIN_EINVAL, "quotas and burst must be 0 or more"},
      {{.quota_bytes = -1}, AGAIN_EINVAL, "quotas and burst must be 0 or more"},
      {{.faults = &(const char *){"reset at=x"}, .fault_count = 1},
       AGAIN_EFORMAT,
       "the fault \"reset at=x\": \"at\" must be a duration like"},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    again_emulator *emulator = NULL;
    char why[256];
    assert_int_equal(again_emulator_start(&rows[i].options, &emulator, why, sizeof why),
                     rows[i].error);
    assert_null(emulator);
    if (strncmp(why, rows[i].says, strlen(rows[i].says)) != 0) fail_msg("it says: %s", why);
  }
  assert_int_equal(again_emulator_stop(first), 0);
  assert_int_equal(again_emulator_stop(NULL), 0);
}

static void while_it_refuses_the_port_is_closed_and_then_open_again(void **state) {
  (void)state;
  again_emulator *emulator = start_emulator(&(again_emulator_options){0});
  assert_int_equal(upload_send(emulator, &(upload){0}).status, 200);
  static const char script[] = "[{\"refuse\": true, \"for\": \"300ms\"}]";
  assert_int_equal(again_emulator_script(emulator, script, NULL, 0), 0);
  wait_listening(emulator, false);
  assert_int_equal(upload_send(emulator, &(upload){0}).curl, CURLE_COULDNT_CONNECT);
  wait_listening(emulator, true);
  assert_int_equal(upload_send(emulator, &(upload){0}).status, 200);
  assert_int_equal(again_emulator_stats_get(emulator).accepted, 2);
  assert_int_equal(again_emulator_stop(emulator), 0);
}

static void a_child_process_does_not_inherit_the_port(void **state) {
  (void)state;
  again_emulator *emulator = start_emulator(&(again_emulator_options){0});
  int listeners = 0;
  for (int fd = 3; fd < 256; fd++) {
    int listening;
    socklen_t size = sizeof listening;
    bool is_socket =
        getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) == 0 && listening != 0;
    if (!is_socket) continue;
    listeners++;
    assert_int_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
  }
  assert_int_equal(listeners, 1);
  assert_int_equal(again_emulator_stop(emulator), 0);
}

static void a_wrong_script_changes_nothing(void **state) {
  (void)state;
  again_emulator *emulator = start_emulator(&(again_emulator_options){0});
  char why[256];
  static const char script[] = "[{\"code\": \"InternalError\"}, {\"code\": 7}]";
  assert_int_equal(again_emulator_script(emulator, script, why, sizeof why), AGAIN_EFORMAT);
  assert_string_equal(
      why, "fault 2 of the script: \"code\" must be 1 to 63 printable ASCII characters in quotes");
  assert_int_equal(upload_send(emulator, &(upload){0}).status, 200);
  assert_int_equal(again_emulator_stop(emulator), 0);
}

static void it_can_be_stopped_while_an_answer_is_delayed(void **state) {
  (void)state;
  again_emulator_options options = {.script = "[{\"latency\": \"1h\"}]"};
  again_emulator *emulator = start_emulator(&options);
  CURLM *multi = curl_multi_init();
  CURL *easy = curl_easy_init();
  char url[64];
  snprintf(url, sizeof url, "http://127.0.0.1:%u/structuredlog",
           (unsigned)again_emulator_port(emulator));
  curl_easy_setopt(easy, CURLOPT_URL, url);
  curl_easy_setopt(easy, CURLOPT_POSTFIELDS, "x");
  curl_multi_add_handle(multi, easy);
  int running = 1;
  for (int i = 0; i < 500 && again_emulator_stats_get(emulator).requests == 0; i++) {
    curl_multi_perform(multi, &running);
    curl_multi_poll(multi, NULL, 0, 10, NULL);
  }
  assert_int_equal(again_emulator_stats_get(emulator).requests, 1);
  assert_int_equal(running, 1);
  assert_int_equal(again_emulator_stop(emulator), 0);
  curl_multi_remove_handle(multi, easy);
  curl_easy_cleanup(easy);
  curl_multi_cleanup(multi);
}

static void a_record_file_on_a_full_disk_is_reported_when_it_stops(void **state) {
  (void)state;
  again_emulator *emulator = start_emulator(&(again_emulator_options){.record = "/dev/full"});
  assert_int_equal(upload_send(emulator, &(upload){0}).status, 200);
  assert_int_equal(again_emulator_stop(emulator), AGAIN_EIO);
}

static void the_record_file_has_a_line_for_every_stored_log(void **state) {
  (void)state;
  char path[] = "/tmp/again-record-XXXXXX";
  int fd = mkstemp(path);
  assert_true(fd >= 0);
  again_emulator *emulator = start_emulator(&(again_emulator_options){.record = path});
  upload_send(emulator, &(upload){.logs = 2, .text = "say \"caf\xC3\xA9\""});
  assert_int_equal(again_emulator_stop(emulator), 0);
  char text[2048];
  ssize_t length = read(fd, text, sizeof text - 1);
  close(fd);
  unlink(path);
  assert_true(length > 0);
  text[length] = '\0';
  static const char line[] =
      "{\"topic\":\"topic\",\"request_id\":\"emulated-00000001\",\"filename\":\"app.log\","
      "\"source\":\"host\",\"time\":1700000000000,"
      "\"contents\":{\"content\":\"say \\\"caf\xC3\xA9\\\"\"}}\n";
  assert_int_equal(length, 2 * (sizeof line - 1));
  assert_memory_equal(text, line, sizeof line - 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_cannot_be_set_up_is_said_in_one_line),
      cmocka_unit_test(while_it_refuses_the_port_is_closed_and_then_open_again),
      cmocka_unit_test(a_child_process_does_not_inherit_the_port),
      cmocka_unit_test(a_wrong_script_changes_nothing),
      cmocka_unit_test(it_can_be_stopped_while_an_answer_is_delayed),
      cmocka_unit_test(a_record_file_on_a_full_disk_is_reported_when_it_stops),
      cmocka_unit_test(the_record_file_has_a_line_for_every_stored_log),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
