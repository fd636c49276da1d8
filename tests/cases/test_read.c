#include "cases/fixture.h"
#include <string.h>

static void every_key_is_read(void **state) {
  (void)state;
  fixture f;
  fixture_open(
      &f,
      "{\"again\": 1, \"//\": 1, \"$schema\": \"x\", \"policy\": \"builtin:patient\",\n"
      " \"cases\": [{\"name\": \"n\", \"topic\": \"t\", \"outcomes\": \"200\", \"//\": [],\n"
      "  \"policy\": \"builtin:impatient\", \"operations\": 7, \"interval\": \"2s\",\n"
      "  \"deadline\": \"1m\", \"until\": \"3h\", \"seeds\": 9, \"expect\": {\n"
      "   \"attempts\": [{\"at\": \"1s\", \"class\": [\"ok\", \"auth\"], \"remedy\": \"split\",\n"
      "    \"scope\": \"topic\", \"reason\": \"pace\", \"delay\": \"1s..\", \"window\": "
      "\"..2s\"}],\n"
      "   \"result\": \"waiting\", \"reason\": \"budget\", \"effect\": \"applied\",\n"
      "   \"elapsed\": \"4s\", \"all\": {\"delivered\": 1, \"surfaced\": \"2..3\", \"waiting\": "
      "4,\n"
      "    \"refused\": 5, \"calls\": 6, \"in_flight\": 7, \"rate\": 8, \"elapsed\": \"9s\",\n"
      "    \"reasons\": {\"ok\": 10}, \"events\": {\"held\": \"11..\"}}}},\n"
      " {\"name\": \"m\", \"outcomes\": \"500\"}]}");
  assert_int_equal(f.file.count, 2);
  const again_case *c = &f.file.cases[0];
  assert_string_equal(c->name, "n");
  assert_string_equal(c->topic, "t");
  assert_string_equal(c->policy->name, "impatient");
  assert_int_equal(c->operations, 7);
  assert_int_equal(c->interval, 2000);
  assert_int_equal(c->deadline, 60000);
  assert_int_equal(c->until, 3 * 3600 * 1000);
  assert_int_equal(c->seeds, 9);
  assert_int_equal(c->line, 2);
  assert_int_equal(c->column, 12);
  const again_case_facts *e = &c->expected;
  assert_int_equal(e->attempts.min, 1);
  assert_int_equal(e->list_count, 1);
  assert_int_equal(e->list[0].at.min, 1000);
  assert_int_equal(e->list[0].classes, 1 << AGAIN_CLASS_OK | 1 << AGAIN_CLASS_AUTH);
  assert_int_equal(e->list[0].remedies, 1 << AGAIN_REMEDY_SPLIT);
  assert_int_equal(e->list[0].damages, 1 << AGAIN_DAMAGE_TOPIC);
  assert_int_equal(e->list[0].reasons, 1 << AGAIN_REASON_PACE);
  assert_true(e->list[0].delay.max == AGAIN_NEVER);
  assert_int_equal(e->list[0].window.max, 2000);
  assert_int_equal(e->results, 1 << AGAIN_CASE_WAITING);
  assert_int_equal(e->reasons, 1 << AGAIN_REASON_BUDGET);
  assert_int_equal(e->effects, 1 << AGAIN_EFFECT_APPLIED);
  assert_int_equal(e->elapsed.max, 4000);
  const again_span *const spans[] = {&e->all.delivered, &e->all.surfaced, &e->all.waiting,
                                     &e->all.refused,   &e->all.calls,    &e->all.in_flight,
                                     &e->all.rate,      &e->all.elapsed};
  static const uint64_t most[] = {1, 3, 4, 5, 6, 7, 8, 9000};
  for (size_t i = 0; i < COUNT_OF(spans); i++)
    assert_int_equal(spans[i]->max, most[i]);
  assert_int_equal(e->all.reasons[AGAIN_REASON_OK].max, 10);
  assert_int_equal(e->all.events[AGAIN_EVENT_HELD].min, 11);
  assert_false(e->all.events[AGAIN_EVENT_RETRY].given);
  c = &f.file.cases[1];
  assert_string_equal(c->policy->name, "patient");
  assert_string_equal(c->topic, "topic");
  assert_true(c->deadline == AGAIN_NEVER);
  assert_int_equal(c->operations, 1);
  assert_int_equal(c->seeds, 0);
  assert_null(c->expect);
  fixture_close(&f);
}

static void outcomes_are_texts_and_objects(void **state) {
  (void)state;
  fixture f;
  fixture_open(
      &f,
      "{\"again\": 1, \"cases\": [{\"name\": \"n\", \"outcomes\": [\"429 SpeedQuotaExceed@2s "
      "x2\",\n"
      " {\"status\": 503, \"retry_after\": \"7s\", \"takes\": \"8ms\", \"effect\": "
      "\"not-applied\",\n"
      "  \"remedied\": true, \"times\": 2},\n"
      " {\"fault\": \"timeout\"}, {\"code\": \"TopicClosed\"},\n"
      " {\"status\": 400, \"body\": {\"errorcode\": \"LogSizeExceed\", \"errormessage\": \"m\"}},\n"
      " {\"status\": 404, \"body\": \"{\\\"Response\\\": {\\\"Error\\\": {\\\"Code\\\": \\\"X\\\","
      " \\\"Message\\\": \\\"m\\\"}}}\"},\n"
      " {\"status\": 500, \"body\": \"<html>\"}]}]}");
  const again_case *c = &f.file.cases[0];
  assert_int_equal(c->step_count, 9);
  assert_string_equal(c->steps[1].outcome.code, "SpeedQuotaExceed");
  assert_int_equal(c->steps[1].outcome.hint, 2000);
  for (size_t i = 2; i < 4; i++) {
    assert_int_equal(c->steps[i].outcome.status, 503);
    assert_int_equal(c->steps[i].outcome.hint, 7000);
    assert_int_equal(c->steps[i].outcome.effect, AGAIN_EFFECT_NOT_APPLIED);
    assert_true(c->steps[i].outcome.remedied);
    assert_int_equal(c->steps[i].takes, 8);
  }
  assert_int_equal(c->steps[4].outcome.fault, AGAIN_FAULT_TIMEOUT);
  assert_int_equal(c->steps[4].outcome.status, 0);
  assert_int_equal(c->steps[5].outcome.status, 400); /* the catalogue's */
  assert_string_equal(c->steps[6].outcome.code, "LogSizeExceed");
  assert_int_equal(c->steps[6].outcome.shape, AGAIN_SHAPE_FLAT);
  assert_string_equal(c->steps[7].outcome.code, "X");
  assert_int_equal(c->steps[7].outcome.shape, AGAIN_SHAPE_NESTED);
  assert_null(c->steps[8].outcome.code);
  fixture_close(&f);
}

static void a_policy_is_looked_for_beside_the_file(void **state) {
  (void)state;
  fixture f;
  folder in;
  char path[128];
  again_diagnostic wrong;
  folder_make(&in);
  folder_write(&in, "mine.json", "{\"again\": 1, \"name\": \"mine\"}");
  folder_write(&in, "cases.json",
               "{\"again\": 1, \"cases\": [{\"name\": \"a\", \"outcomes\": \"200\", \"policy\": "
               "\"mine.json\"},"
               "{\"name\": \"b\", \"outcomes\": \"200\", \"policy\": \"mine.json\"}]}");
  folder_path(&in, "cases.json", path);
  assert_int_equal(again_case_file_load(path, &f.file, &wrong), 0);
  assert_string_equal(f.file.cases[0].policy->name, "mine");
  assert_ptr_equal(f.file.cases[0].policy, f.file.cases[1].policy); /* read once */
  again_case_file_free(&f.file);
  folder_remove(&in);
}

/* Any part of a file that is cut off: an error, and nothing leaks or is read beyond its end. */
static void what_is_cut_off_is_refused(void **state) {
  (void)state;
  static const char text[] = "{\"again\": 1, \"policy\": \"builtin:patient\", \"cases\": "
                             "[{\"name\": \"n\", \"outcomes\": [\"200\", "
                             "{\"status\": 503, \"body\": {\"errorcode\": \"X\"}}], \"expect\": "
                             "{\"attempts\": [{\"class\": "
                             "[\"ok\"]}], \"all\": {\"events\": {\"held\": \"1..\"}}}}]}";
  folder in;
  char path[128];
  char part[sizeof text];
  folder_make(&in);
  folder_path(&in, "cases.json", path);
  for (size_t length = 0; length < sizeof text - 1; length++) {
    again_case_file file;
    again_diagnostic wrong;
    snprintf(part, sizeof part, "%.*s", (int)length, text);
    folder_write(&in, "cases.json", part);
    assert_int_equal(again_case_file_load(path, &file, &wrong), AGAIN_EFORMAT);
    assert_int_equal(wrong.line, 1);
    assert_in_range(wrong.column, 1, length + 1);
  }
  folder_remove(&in);
}

static void a_file_that_cannot_be_read_is_no_format_error(void **state) {
  (void)state;
  again_case_file file;
  again_diagnostic wrong;
  assert_int_equal(again_case_file_load("/no/such.json", &file, &wrong), AGAIN_EIO);
  assert_int_equal(wrong.line, 0);
  assert_int_equal(again_case_file_load("/", &file, &wrong), AGAIN_EIO);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_key_is_read),
      cmocka_unit_test(outcomes_are_texts_and_objects),
      cmocka_unit_test(a_policy_is_looked_for_beside_the_file),
      cmocka_unit_test(what_is_cut_off_is_refused),
      cmocka_unit_test(a_file_that_cannot_be_read_is_no_format_error),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
