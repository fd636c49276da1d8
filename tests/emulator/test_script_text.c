#include "emulator/script.h"
#include "support.h"
#include <string.h>

enum { NOW = 10 };

static void read_text(again_script *script, const char *text) {
  char why[256] = "";
  again_script_init(script, 0);
  if (again_script_read_text(script, text, NOW, why, sizeof why) != 0) fail_msg("%s", why);
}

static void same_text(const char *a, const char *b) {
  if (a == NULL || b == NULL) {
    assert_true(a == b);
  } else {
    assert_string_equal(a, b);
  }
}

static void the_compact_form_means_what_json_does(void **state) {
  (void)state;
  static const struct {
    const char *text;
    const char *json;
  } rows[] = {
      {"429 share=0.1", "[{\"status\":429,\"share\":0.1}]"},
      {"429", "[{\"code\":\"SpeedQuotaExceed\"}]"},
      {"InternalError at=3s for=5s", "[{\"code\":\"InternalError\",\"at\":\"3s\",\"for\":\"5s\"}]"},
      {"reset count=2", "[{\"close\":\"reset\",\"count\":2}]"},
      {"close=after", "[{\"close\":\"after\"}]"},
      {"latency=200ms", "[{\"latency\":\"200ms\"}]"},
      {"refuse at=2s for=1s", "[{\"refuse\":true,\"at\":\"2s\",\"for\":\"1s\"}]"},
      {"refuse=true", "[{\"refuse\":true}]"},
      {"clock=-10m", "[{\"clock\":\"-10m\"}]"},
      {"\t503  body=\"<p class=\\\"x\\\">a b\\\\</p>\"\n retry_after=2 ",
       "[{\"status\":503,\"body\":\"<p class=\\\"x\\\">a b\\\\</p>\",\"retry_after\":\"2\"}]"},
      {"503 body=", "[{\"status\":503,\"body\":\"\"}]"},
      {"code=Odd status=418 topic=\"a b\" min_logs=7 share=1",
       "[{\"code\":\"Odd\",\"status\":418,\"topic\":\"a b\",\"min_logs\":7,\"share\":1}]"},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    again_script from_text;
    again_script from_json;
    char why[256] = "";
    read_text(&from_text, rows[i].text);
    again_script_init(&from_json, 0);
    if (again_script_read(&from_json, rows[i].json, NOW, why, sizeof why) != 0) {
      fail_msg("%s", why);
    }
    const again_script_fault *a = from_text.faults;
    const again_script_fault *b = from_json.faults;
    assert_null(a->next);
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->from, b->from);
    assert_int_equal(a->until, b->until);
    assert_true(a->share == b->share);
    assert_int_equal(a->left, b->left);
    assert_int_equal(a->min_logs, b->min_logs);
    assert_int_equal(a->status, b->status);
    assert_int_equal(a->clock_ms, b->clock_ms);
    assert_int_equal(a->latency, b->latency);
    same_text(a->topic, b->topic);
    same_text(a->code, b->code);
    same_text(a->body, b->body);
    same_text(a->retry_after, b->retry_after);
    again_script_fini(&from_text);
    again_script_fini(&from_json);
  }
}

static void what_is_wrong_is_said_with_the_text_and_the_words_of_scripts(void **state) {
  (void)state;
  static const struct {
    const char *text;
    const char *says;
  } rows[] = {
      {"", "the fault \"\": it must have exactly one of \"code\", \"body\", \"close\", "},
      {"429 shre=0.1", "the fault \"429 shre=0.1\": there is no key \"shre\"; there are at, for, "},
      {"429 share=10%", "the fault \"429 share=10%\": \"share\" must be a number from 0 to 1"},
      {"429 share=1e", "the fault \"429 share=1e\": \"share\" must be a number from 0 to 1"},
      {"429 share=nan", "the fault \"429 share=nan\": \"share\" must be a number from 0 to 1"},
      {"429 share=", "the fault \"429 share=\": \"share\" must be a number from 0 to 1"},
      {"429 count=1.5", "the fault \"429 count=1.5\": \"count\" must be a whole number from 1 to "},
      {"99", "the fault \"99\": \"status\" must be a whole number from 200 to 599"},
      {"99999999999999999999", "the fault \"99999999999999999999\": \"status\" must be a whole"},
      {"429 500", "the fault \"429 500\": \"status\" is said twice; remove one"},
      {"reset close=after", "the fault \"reset close=after\": \"close\" is said twice; remove one"},
      {"reset InternalError", "the fault \"reset InternalError\": it must have exactly one of "},
      {"refuse=false", "the fault \"refuse=false\": \"refuse\" must be true"},
      {"refuse topic=t", "the fault \"refuse topic=t\": \"refuse\" and \"clock\" concern every "},
      {"slow", "the fault \"slow\": \"slow\" is no word of a fault; write a status as 429, a code"},
      {"at= 1s", "the fault \"at= 1s\": \"1s\" is no word of a fault; write a status as 429, a "},
      {"=1", "the fault \"=1\": there is no key \"\"; there are at, for, topic, share, count, "},
      {"503 body=\"x", "the fault \"503 body=\"x\": a quote (\") is not closed"},
      {"a\nb", "the fault \"a?b\": \"a\" is no word of a fault"},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    again_script script;
    again_script_init(&script, 0);
    char why[256] = "";
    int error = again_script_read_text(&script, rows[i].text, NOW, why, sizeof why);
    if (error != AGAIN_EFORMAT || strncmp(why, rows[i].says, strlen(rows[i].says)) != 0) {
      fail_msg("%s\n  says:     %s\n  expected: %s", rows[i].text, why, rows[i].says);
    }
    assert_null(script.faults);
    again_script_fini(&script);
  }
}

static void a_text_without_end_is_refused_before_it_is_read(void **state) {
  (void)state;
  static char text[5000];
  memset(text, 'A', sizeof text - 1);
  again_script script;
  again_script_init(&script, 0);
  char why[256];
  assert_int_equal(again_script_read_text(&script, text, NOW, why, sizeof why), AGAIN_EFORMAT);
  assert_non_null(strstr(why, "it is longer than 4096 bytes; put it into a script"));
  again_script_fini(&script);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_compact_form_means_what_json_does),
      cmocka_unit_test(what_is_wrong_is_said_with_the_text_and_the_words_of_scripts),
      cmocka_unit_test(a_text_without_end_is_refused_before_it_is_read),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
