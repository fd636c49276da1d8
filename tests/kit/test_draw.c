#include "fixture.h"
#include "kit/draw.h"

/* The part of a picture between the axis and the legend. */
static char *rows_of(const again_kit_trace *trace, uint32_t operation, char *buffer, size_t size) {
  again_kit_trace_draw(trace, operation, buffer, size);
  char *rows = strchr(buffer, '\n');
  char *legend = strstr(buffer, "\n  = under way");
  assert_non_null(rows);
  assert_non_null(legend);
  legend[1] = '\0';
  return rows + 1;
}

static void submit(fixture *f, again_kit_op *op, const char *script) {
  *op = (again_kit_op){.script = script};
  assert_int_equal(again_kit_submit(&f->kit, op, NULL, AGAIN_NEVER), 0);
}

static void every_class_has_its_mark(void **state) {
  (void)state;
  static const again_rule rules[] = {
      {.code = "Bad", .error_class = AGAIN_CLASS_FATAL, .damage = AGAIN_DAMAGE_BATCH}};
  again_policy policy = kit_policy;
  policy.rules = rules;
  policy.rule_count = 1;
  policy.scope_in_flight = policy.total_in_flight = 9;
  fixture f;
  char text[8192];
  again_kit_op ops[4];
  fixture_init(&f, &policy);
  submit(&f, &ops[0], "503 +10ms, 200 +10ms");
  submit(&f, &ops[1], "429@50ms +10ms, 200 +20ms");
  submit(&f, &ops[2], "401 +10ms x2");
  submit(&f, &ops[3], "400 Bad +30ms");
  again_kit_run(&f.kit, AGAIN_NEVER);
  assert_string_equal(rows_of(&f.kit.trace, 0, text, sizeof text),
                      "      1 kit        R....=S\n"
                      "      2 kit        T.................................................=S\n"
                      "      3 kit        A........................=X\n"
                      "      4 kit        =X\n");
  fixture_fini(&f);
}

static void a_held_scope_shows_why(void **state) {
  (void)state;
  static const again_code codes[] = {
      {"TopicClosed", 400, AGAIN_CLASS_FATAL, AGAIN_REMEDY_HOLD, AGAIN_DAMAGE_TOPIC, "open it"}};
  again_catalogue catalogue = {.codes = codes, .count = COUNT_OF(codes)};
  again_policy policy = kit_policy;
  policy.hold = kit_policy.auth;
  again_sched_options options = {.catalogue = &catalogue};
  fixture f = {0};
  char text[8192];
  assert_int_equal(again_kit_init(&f.kit, &policy, &options, 0), 0);
  again_scope scope = {.name = "topic", .kind = AGAIN_DAMAGE_TOPIC};
  assert_int_equal(again_scope_init(&scope, f.kit.sched), 0);
  again_kit_op op = {.script = "TopicClosed, 200"};
  assert_int_equal(again_kit_submit(&f.kit, &op, &scope, AGAIN_NEVER), 0);
  again_kit_run(&f.kit, AGAIN_NEVER);
  again_kit_trace_draw(&f.kit.trace, 0, text, sizeof text);
  assert_non_null(
      strstr(text, "1 topic      F.................................................S\n"));
  assert_non_null(
      strstr(text, "topic is held: fatal 400 TopicClosed (attempt 1); probed in 500ms"));
  fixture_fini(&f);
}

static void failures_in_one_column_are_counted(void **state) {
  (void)state;
  fixture f;
  char text[8192];
  again_kit_op ops[2];
  again_policy policy = kit_policy;
  policy.retryable.max_attempts = 0;
  policy.retryable.backoff.cap = 100;
  fixture_init(&f, &policy);
  submit(&f, &ops[0], "503 x5, 503 +30s x3, 200");
  submit(&f, &ops[1], "503 x15, 503 +100s, 200");
  again_kit_run(&f.kit, AGAIN_NEVER);
  assert_string_equal(rows_of(&f.kit.trace, 2, text, sizeof text),
                      "      1 kit        5==============R==============R==============S\n"
                      ">     2 kit        9=================================================S\n");
  fixture_fini(&f);
}

static void what_has_not_ended_goes_on_to_the_edge(void **state) {
  (void)state;
  fixture f;
  char text[8192];
  again_kit_op ops[3];
  fixture_init(&f, &kit_policy);
  submit(&f, &ops[0], "200 +20ms");
  submit(&f, &ops[1], "503, 200 +1s");
  submit(&f, &ops[2], "200 +70ms");
  again_kit_run(&f.kit, 30);
  assert_string_equal(rows_of(&f.kit.trace, 0, text, sizeof text),
                      "      1 kit        ====================S\n"
                      "      2 kit        R....................\n"
                      "      3 kit        =====================\n");
  fixture_fini(&f);
}

static void an_end_is_drawn_where_it_was_not_where_it_was_told(void **state) {
  (void)state;
  fixture f;
  char text[8192];
  again_kit_op op;
  fixture_init(&f, &kit_policy);
  submit(&f, &op, "200 +5ms");
  again_kit_run(&f.kit, AGAIN_NEVER);
  f.kit.trace.records[2].now = f.kit.trace.records[3].now = 9;
  assert_string_equal(rows_of(&f.kit.trace, 0, text, sizeof text), "      1 kit        =====S\n");
  fixture_fini(&f);
}

static void of_many_the_first_and_the_one_in_question_are_drawn(void **state) {
  (void)state;
  enum { COUNT = 40 };
  fixture f;
  char text[8192];
  static again_kit_op ops[COUNT];
  fixture_init(&f, &kit_policy);
  for (size_t i = 0; i < COUNT; i++)
    submit(&f, &ops[i], "200 +5ms");
  again_kit_run(&f.kit, AGAIN_NEVER);
  rows_of(&f.kit.trace, 38, text, sizeof text);
  assert_non_null(strstr(text, "     15 kit "));
  assert_null(strstr(text, "     16 kit "));
  assert_non_null(strstr(text, ">    38 kit "));
  assert_non_null(strstr(text, "  and 24 more\n"));
  rows_of(&f.kit.trace, 0, text, sizeof text);
  assert_non_null(strstr(text, "     16 kit "));
  assert_null(strstr(text, "     17 kit "));
  fixture_fini(&f);
}

static void of_many_those_of_the_moment_are_drawn(void **state) {
  (void)state;
  enum { COUNT = 40 };
  fixture f;
  char text[8192];
  static again_kit_op ops[COUNT];
  fixture_init(&f, &kit_policy);
  for (size_t i = 0; i < COUNT; i++)
    submit(&f, &ops[i], "200 +5ms");
  again_kit_run(&f.kit, AGAIN_NEVER);
  /* The submits; then two at a time begin, are delivered and done. */
  again_kit_draw_until(&f.kit.trace, 0, COUNT + 32 * 3, text, sizeof text);
  assert_null(strstr(text, "     16 kit "));
  const char *first = strstr(text, "     17 kit ");
  const char *last = strstr(text, "     32 kit ");
  assert_true(first != NULL && last != NULL && first < last);
  assert_null(strstr(text, "     33 kit "));
  assert_non_null(strstr(text, "  and 24 more\n"));
  fixture_fini(&f);
}

static void steps_are_round_and_the_row_is_as_wide_as_it_can_be(void **state) {
  (void)state;
  static const struct {
    again_ms span;
    again_ms step;
  } rows[] = {{0, 1},      {63, 1},      {64, 2},       {127, 2},         {128, 5},
              {320, 10},   {640, 20},    {1280, 25},    {1600, 50},       {3200, 100},
              {6400, 200}, {12800, 250}, {64000, 2000}, {6400000, 200000}};
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    again_kit_trace trace = {0};
    again_kit_record records[2] = {{.kind = AGAIN_EVENT_SUBMITTED, .operation = 1, .now = 5},
                                   {.kind = AGAIN_EVENT_SURFACED, .operation = 1, .final = true}};
    char text[2048];
    char expected[64];
    records[1].now = 5 + rows[i].span;
    trace.records = records;
    trace.count = 2;
    trace.operations = 1;
    again_kit_trace_draw(&trace, 0, text, sizeof text);
    snprintf(expected, sizeof expected, "one column: %u ms\n", (unsigned)rows[i].step);
    if (strstr(text, expected) == NULL) fail_msg("not %s%s", expected, text);
  }
}

static void times_without_measure_are_drawn(void **state) {
  (void)state;
  again_kit_record records[3] = {
      {.kind = AGAIN_EVENT_SUBMITTED, .operation = 1, .now = 1},
      {.kind = AGAIN_EVENT_SURFACED, .operation = 1, .final = true, .now = AGAIN_NEVER},
      {.kind = AGAIN_KIT_DONE, .operation = 1, .final = true, .now = 0}}; /* an unsteady clock */
  again_kit_trace trace = {.records = records, .count = 2, .operations = 1};
  char text[2048];
  again_kit_trace_draw(&trace, 1, text, sizeof text);
  assert_non_null(strstr(text, ".X\n"));
  trace.count = 3;
  again_kit_trace_draw(&trace, 1, text, sizeof text);
  assert_non_null(strstr(text, ">     1            X\n"));
}

static void a_picture_is_cut_to_its_room(void **state) {
  (void)state;
  fixture f;
  again_kit_op op;
  char whole[8192];
  char text[8192];
  fixture_init(&f, &kit_policy);
  submit(&f, &op, "503 x3, 200");
  again_kit_run(&f.kit, AGAIN_NEVER);
  size_t length = strlen(again_kit_trace_draw(&f.kit.trace, 1, whole, sizeof whole));
  for (size_t size = 1; size <= length; size++) {
    again_kit_trace_draw(&f.kit.trace, 1, text, size);
    assert_int_equal(strlen(text), size - 1);
    assert_memory_equal(text, whole, size - 1);
  }
  again_kit_trace_draw(&f.kit.trace, 1, NULL, 0);
  fixture_fini(&f);
}

static void the_words_are_the_last_ones_before_a_record(void **state) {
  (void)state;
  fixture f;
  again_kit_op op;
  char text[8192];
  again_policy policy = kit_policy;
  policy.retryable.max_attempts = 0;
  fixture_init(&f, &policy);
  submit(&f, &op, "503 x20, 200");
  again_kit_run(&f.kit, AGAIN_NEVER);
  again_kit_trace_draw(&f.kit.trace, 1, text, sizeof text);
  assert_null(
      strstr(text, "attempt 15 begins")); /* twelve: five attempts and their ends, end, done */
  assert_non_null(strstr(text, "attempt 17 begins"));
  assert_non_null(strstr(text, "done: delivered"));
  again_kit_draw_until(&f.kit.trace, 0, 4, text, sizeof text);
  assert_non_null(strstr(text, "attempt 2 begins"));
  assert_null(strstr(text, "attempt 3 begins"));
  assert_null(strstr(text, "done"));
  fixture_fini(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_class_has_its_mark),
      cmocka_unit_test(a_held_scope_shows_why),
      cmocka_unit_test(failures_in_one_column_are_counted),
      cmocka_unit_test(what_has_not_ended_goes_on_to_the_edge),
      cmocka_unit_test(an_end_is_drawn_where_it_was_not_where_it_was_told),
      cmocka_unit_test(of_many_the_first_and_the_one_in_question_are_drawn),
      cmocka_unit_test(of_many_those_of_the_moment_are_drawn),
      cmocka_unit_test(steps_are_round_and_the_row_is_as_wide_as_it_can_be),
      cmocka_unit_test(times_without_measure_are_drawn),
      cmocka_unit_test(a_picture_is_cut_to_its_room),
      cmocka_unit_test(the_words_are_the_last_ones_before_a_record),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
