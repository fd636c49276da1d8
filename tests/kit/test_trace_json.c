#include "fixture.h"
#include <json-c/json.h>

static char *json_of(const again_kit_trace *trace, char *buffer, size_t size) {
  FILE *file = tmpfile();
  assert_non_null(file);
  assert_int_equal(again_kit_trace_write_json(trace, file), 0);
  rewind(file);
  buffer[fread(buffer, 1, size - 1, file)] = '\0';
  fclose(file);
  return buffer;
}

static void a_trace_is_a_line_of_json_per_record(void **state) {
  (void)state;
  fixture f;
  char text[8192];
  fixture_init(&f, &kit_policy);
  again_kit_op op = {0};
  fixture_play(&f, &op, "429 SpeedQuotaExceed@2s +10ms, reset, 200");
  assert_string_equal(
      json_of(&f.kit.trace, text, sizeof text),
      "{\"time\":0,\"event\":\"submitted\",\"operation\":1,\"final\":false,\"attempt\":0,"
      "\"scope\":\"kit\"}\n"
      "{\"time\":0,\"event\":\"attempt\",\"operation\":1,\"final\":false,\"attempt\":1,"
      "\"scope\":\"kit\"}\n"
      "{\"time\":10,\"event\":\"retry\",\"operation\":1,\"final\":false,\"attempt\":1,"
      "\"scope\":\"kit\",\"class\":\"throttled\",\"remedy\":\"none\",\"damage\":\"topic\","
      "\"origin\":\"status\",\"status\":429,\"code\":\"SpeedQuotaExceed\","
      "\"effect\":\"not-applied\",\"ended\":10,\"reason\":\"server-hint\",\"at\":2010,"
      "\"delay_min\":2000,\"delay_max\":2000}\n"
      "{\"time\":2010,\"event\":\"attempt\",\"operation\":1,\"final\":false,\"attempt\":2,"
      "\"scope\":\"kit\"}\n"
      "{\"time\":2010,\"event\":\"retry\",\"operation\":1,\"final\":false,\"attempt\":2,"
      "\"scope\":\"kit\",\"class\":\"retryable\",\"remedy\":\"none\",\"damage\":\"batch\","
      "\"origin\":\"transport\",\"fault\":\"receive\",\"effect\":\"maybe-applied\",\"ended\":2010,"
      "\"reason\":\"backoff\",\"at\":2110,\"delay_min\":100,\"delay_max\":100}\n"
      "{\"time\":2110,\"event\":\"attempt\",\"operation\":1,\"final\":false,\"attempt\":3,"
      "\"scope\":\"kit\"}\n"
      "{\"time\":2110,\"event\":\"delivered\",\"operation\":1,\"final\":true,\"attempt\":3,"
      "\"scope\":\"kit\",\"class\":\"ok\",\"remedy\":\"none\",\"damage\":\"batch\","
      "\"origin\":\"status\",\"status\":200,\"effect\":\"applied\",\"ended\":2110,"
      "\"reason\":\"ok\"}\n"
      "{\"time\":2110,\"event\":\"done\",\"operation\":1,\"final\":true,\"attempt\":3,"
      "\"class\":\"ok\",\"remedy\":\"none\",\"damage\":\"batch\",\"origin\":\"status\","
      "\"status\":200,\"effect\":\"applied\",\"ended\":2110,\"reason\":\"ok\"}\n");
  fixture_fini(&f);
}

/* Whatever bytes a service sends as a code: it is JSON, and the text is the same as far as it was one. */
static void any_bytes_give_valid_json(void **state) {
  (void)state;
  static const struct {
    const char *bytes;
    const char *text;
  } rows[] = {
      {"a\"b\\c\n\x01\x7F", "a\"b\\c\n\x01\x7F"},
      {"\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80", "\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80"},
      {"\xFFx", "\xEF\xBF\xBDx"},
      {"\xC3", "\xEF\xBF\xBD"},
      {"\xC0\xAFz", "\xEF\xBF\xBD\xEF\xBF\xBDz"},
      {"\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
      {"\xE2\x82", "\xEF\xBF\xBD\xEF\xBF\xBD"},
      {"\xF4\x90\x80\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    fixture f;
    char text[4096];
    fixture_init(&f, &kit_policy);
    again_scope scope = {.name = rows[i].bytes};
    assert_int_equal(again_scope_init(&scope, f.kit.sched), 0);
    again_scope_hold(&scope, AGAIN_NEVER);
    json_object *line = json_tokener_parse(json_of(&f.kit.trace, text, sizeof text));
    assert_non_null(line);
    assert_string_equal(json_object_get_string(json_object_object_get(line, "scope")),
                        rows[i].text);
    assert_true(json_object_object_get_ex(line, "at", NULL)); /* null: never */
    assert_null(json_object_object_get(line, "at"));
    json_object_put(line);
    fixture_fini(&f);
  }
}

static void a_file_that_cannot_be_written_is_told(void **state) {
  (void)state;
  fixture f;
  fixture_init(&f, &kit_policy);
  again_kit_op op = {0};
  fixture_play(&f, &op, "200");
  FILE *full = fopen("/dev/full", "w");
  if (full == NULL) skip();
  assert_int_equal(again_kit_trace_write_json(&f.kit.trace, full), AGAIN_EIO);
  fclose(full);
  fixture_fini(&f);
}

/* What the records say is what again_explain says of the events. */
typedef struct heard {
  char text[4096];
} heard;

static void hear(void *data, const again_event *event) {
  heard *h = data;
  char words[256];
  size_t length = strlen(h->text);
  again_explain(event, words, sizeof words);
  snprintf(h->text + length, sizeof h->text - length, "%s\n", words);
}

static void records_speak_as_their_events(void **state) {
  (void)state;
  again_kit kit;
  static heard h;
  char said[4096] = "";
  h.text[0] = '\0';
  again_sched_options options = {.event = hear, .data = &h};
  assert_int_equal(again_kit_init(&kit, &kit_policy, &options, 0), 0);
  again_kit_op ops[2] = {{.script = "429 SpeedQuotaExceed@90s, 400 Bad"}, {.script = "503, 200"}};
  for (size_t i = 0; i < COUNT_OF(ops); i++)
    assert_int_equal(again_kit_submit(&kit, &ops[i], NULL, AGAIN_NEVER), 0);
  again_kit_run(&kit, AGAIN_NEVER);
  again_scope_hold(&kit.scope, 1000000);
  again_scope_hold(&kit.scope, AGAIN_NEVER);
  again_scope_resume(&kit.scope);
  again_sched_set_policy(kit.sched, &kit_policy);
  for (size_t i = 0; i < kit.trace.count; i++) {
    const again_kit_record *record = &kit.trace.records[i];
    char words[256];
    size_t length = strlen(said);
    if (record->kind == AGAIN_KIT_DONE) continue;
    if (record->kind == AGAIN_EVENT_ATTEMPT) { /* said in other words */
      snprintf(words, sizeof words, "attempt (attempt %u)", record->attempt);
    } else {
      again_kit_record_explain(record, words, sizeof words);
    }
    snprintf(said + length, sizeof said - length, "%s\n", words);
  }
  assert_string_equal(said, h.text);
  assert_non_null(strstr(said, "surfaced"));
  assert_non_null(strstr(said, "kit is held: by hand; probed in"));
  again_kit_fini(&kit);
}

static void words_for_what_no_event_is(void **state) {
  (void)state;
  char words[128];
  again_kit_record done = {.kind = AGAIN_KIT_DONE, .operation = 1, .reason = AGAIN_REASON_DRAINED};
  assert_string_equal(again_kit_record_explain(&done, words, sizeof words),
                      "done: not delivered when the drain's time was over");
  again_kit_record attempt = {.kind = AGAIN_EVENT_ATTEMPT, .operation = 1, .attempt = 3};
  assert_string_equal(again_kit_record_explain(&attempt, words, sizeof words), "attempt 3 begins");
  again_kit_record silent = {.kind = AGAIN_EVENT_SURFACED,
                             .final = true,
                             .judged = true,
                             .operation = 1,
                             .attempt = 2,
                             .fault = AGAIN_FAULT_CONNECT,
                             .reason = AGAIN_REASON_ATTEMPTS};
  silent.verdict.error_class = AGAIN_CLASS_RETRYABLE;
  assert_string_equal(
      again_kit_record_explain(&silent, words, sizeof words),
      "retryable connect (attempt 2): surfaced, the attempts allowed for this class "
      "are used up");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_trace_is_a_line_of_json_per_record),
      cmocka_unit_test(any_bytes_give_valid_json),
      cmocka_unit_test(a_file_that_cannot_be_written_is_told),
      cmocka_unit_test(records_speak_as_their_events),
      cmocka_unit_test(words_for_what_no_event_is),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
