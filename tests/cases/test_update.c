#include "cases/fixture.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { CASES_MAX = 8 };

/* Judges the cases of a text, updates the file, and returns what is in it then. */
static char *update(const char *text, size_t expected_changes) {
  fixture f;
  again_case_report reports[CASES_MAX];
  size_t changed = 99;
  fixture_open(&f, text);
  for (size_t i = 0; i < f.file.count; i++)
    assert_int_equal(again_case_judge(&f.file, &f.file.cases[i], 5, &reports[i]), 0);
  assert_int_equal(again_case_file_update(&f.file, reports, f.file.count, &changed), 0);
  assert_int_equal(changed, expected_changes);
  char *now = folder_read(&f.in, "cases.json");
  for (size_t i = 0; i < f.file.count; i++)
    again_case_report_free(&reports[i]);
  fixture_close(&f);
  return now;
}

#define HEAD "{\"again\": 1, \"policy\": \"builtin:aws-standard\", \"cases\": [\n"

static void check(const char *before, const char *after, size_t changes) {
  char *now = update(before, changes);
  if (strcmp(now, after) != 0) fail_msg("it is now\n%s\nand not\n%s", now, after);
  free(now);
  now = update(after, 0); /* what was written passes */
  assert_string_equal(now, after);
  free(now);
}

static void only_what_is_wrong_changes(void **state) {
  (void)state;
  check(HEAD "  {\"outcomes\":   \"500, 200\",\n"
             "   \"expect\": {\"reason\": \"ok\",   \"//\": [ 1 ], \"result\": \"surfaced\", "
             "\"elapsed\": \"0ms..9s\"},\n"
             "   \"name\": \"n\"  }  ]}\n\n",
        HEAD "  {\"outcomes\":   \"500, 200\",\n"
             "   \"expect\": {\n"
             "     \"reason\": \"ok\",\n"
             "     \"//\": [ 1 ],\n"
             "     \"result\": \"delivered\",\n"
             "     \"elapsed\": \"0ms..9s\"\n"
             "   },\n"
             "   \"name\": \"n\"  }  ]}\n\n",
        1);
}

static void attempts_are_added_and_taken_away(void **state) {
  (void)state;
  check(HEAD "  {\"name\": \"n\", \"outcomes\": \"500, 200\", \"expect\": {\"attempts\": [\n"
             "    {\"window\": \"1s\", \"class\": [\"auth\", \"fatal\"], \"//\": \"why\", "
             "\"delay\": \"9s\"}]}},\n"
             "  {\"name\": \"m\", \"outcomes\": \"200\", \"expect\": {\"attempts\": [{\"class\": "
             "\"ok\"}, {}, {}]}}\n]}",
        HEAD "  {\"name\": \"n\", \"outcomes\": \"500, 200\", \"expect\": {\n"
             "    \"attempts\": [\n"
             "      {\"window\": \"1ms..1s\", \"class\": \"retryable\", \"//\": \"why\", "
             "\"delay\": \"1ms..1s\"},\n"
             "      {\"class\": \"ok\"}\n"
             "    ]\n"
             "  }},\n"
             "  {\"name\": \"m\", \"outcomes\": \"200\", \"expect\": {\n"
             "    \"attempts\": [\n"
             "      {\"class\": \"ok\"}\n"
             "    ]\n"
             "  }}\n]}",
        2);
}

static void counts_and_words_that_differ_are_written_as_ranges_and_lists(void **state) {
  (void)state;
  check(
      HEAD "{\"name\": \"n\", \"outcomes\": \"SlowDown\", \"operations\": 120, \"expect\": {\n"
           "\"attempts\": 1, \"all\": {\"reasons\": {\"ok\": 3, \"all-attempts\": \"..5\", "
           "\"budget\": 0}, "
           "\"events\": {}, \"surfaced\": 1}}}]}",
      HEAD
      "{\"name\": \"n\", \"outcomes\": \"SlowDown\", \"operations\": 120, \"expect\": {\n"
      "  \"attempts\": \"1..2\",\n"
      "  \"all\": {\n"
      "    \"reasons\": {\"ok\": 0, \"all-attempts\": 0, \"budget\": 120},\n"
      "    \"events\": {\"submitted\": 120, \"attempt\": 220, \"retry\": 100, \"surfaced\": 120},\n"
      "    \"surfaced\": 120\n"
      "  }\n"
      "}}]}",
      1);
}

static void a_case_that_expects_nothing_gets_what_matters_most(void **state) {
  (void)state;
  check(HEAD "  {\n    \"name\": \"n\",\n    \"outcomes\": \"403 AuthFailure\"\n  }\n]}",
        HEAD "  {\n    \"name\": \"n\",\n    \"outcomes\": \"403 AuthFailure\",\n"
             "    \"expect\": {\n"
             "      \"attempts\": [\n"
             "        {\"class\": \"auth\", \"reason\": \"attempts\"}\n"
             "      ],\n"
             "      \"result\": \"surfaced\",\n"
             "      \"reason\": \"attempts\"\n"
             "    }\n  }\n]}",
        1);
}

/* What is expected of what was never seen goes away; a case that expects nothing then gets the usual. */
static void what_cannot_be_seen_is_replaced(void **state) {
  (void)state;
  check("{\"again\": 1, \"cases\": [\n"
        "{\"name\": \"n\", \"outcomes\": \"TopicClosed\", \"until\": \"1s\", \"operations\": 2,\n"
        " \"expect\": {\"elapsed\": \"1s\", \"//\": 1, \"all\": {\"elapsed\": \"2s\"}}},\n"
        "{\"name\": \"m\", \"outcomes\": \"TopicClosed\", \"until\": \"1s\", \"expect\": "
        "{\"elapsed\": \"1s\"}}]}",
        "{\"again\": 1, \"cases\": [\n"
        "{\"name\": \"n\", \"outcomes\": \"TopicClosed\", \"until\": \"1s\", \"operations\": 2,\n"
        " \"expect\": {\n"
        "   \"//\": 1,\n"
        "   \"all\": {\n"
        "     \"calls\": 1,\n"
        "     \"reasons\": {}\n"
        "   }\n"
        " }},\n"
        "{\"name\": \"m\", \"outcomes\": \"TopicClosed\", \"until\": \"1s\", \"expect\": {\n"
        "  \"attempts\": [\n"
        "    {\"class\": \"fatal\", \"reason\": \"hold\", \"window\": \"5s..10s\"}\n"
        "  ],\n"
        "  \"result\": \"waiting\"\n"
        "}}]}",
        2);
}

static void the_file_stays_where_none_can_be_written_beside_it(void **state) {
  (void)state;
  fixture f;
  again_case_report report;
  size_t changed;
  fixture_open(&f,
               HEAD "{\"name\": \"n\", \"outcomes\": \"200\", \"expect\": {\"attempts\": 7}}]}");
  assert_int_equal(again_case_judge(&f.file, &f.file.cases[0], 1, &report), 0);
  folder gone = f.in;
  folder_remove(&gone);
  assert_int_equal(again_case_file_update(&f.file, &report, 1, &changed), AGAIN_EIO);
  assert_int_equal(errno, ENOENT);
  again_case_report_free(&report);
  again_case_file_free(&f.file);
}

static void what_was_changed_meanwhile_is_left_alone(void **state) {
  (void)state;
  fixture f;
  again_case_report report;
  size_t changed;
  fixture_open(&f, HEAD
               "{\"name\": \"n\", \"outcomes\": \"200\", \"expect\": {\"reason\": \"fatal\"}}]}");
  assert_int_equal(again_case_judge(&f.file, &f.file.cases[0], 5, &report), 0);
  folder_write(&f.in, "cases.json", "edited");
  assert_int_equal(again_case_file_update(&f.file, &report, 1, &changed), AGAIN_ESTATE);
  char *now = folder_read(&f.in, "cases.json");
  assert_string_equal(now, "edited");
  free(now);
  again_case_report_free(&report);
  fixture_close(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(only_what_is_wrong_changes),
      cmocka_unit_test(attempts_are_added_and_taken_away),
      cmocka_unit_test(counts_and_words_that_differ_are_written_as_ranges_and_lists),
      cmocka_unit_test(a_case_that_expects_nothing_gets_what_matters_most),
      cmocka_unit_test(what_cannot_be_seen_is_replaced),
      cmocka_unit_test(the_file_stays_where_none_can_be_written_beside_it),
      cmocka_unit_test(what_was_changed_meanwhile_is_left_alone),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
