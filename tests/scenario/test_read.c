#include "folder.h"
#include "scenario/keys.h"
#include "support.h"
#include <string.h>

static again_scenario scenario;
static again_diagnostic wrong;

static int parse(const char *text) {
  return again_scenario_parse("test", text, strlen(text), &scenario, &wrong);
}

static void every_key_is_read_into_its_field(void **state) {
  (void)state;
  assert_int_equal(
      parse("{\"//\": \"a note\", \"$schema\": \"x\", \"again\": 1, \"name\": \"n\", \"title\": "
            "\"t\", \"agents\": 7, \"work\": {\"batches\": 71, \"join\": \"3s\"}, \"quota\": "
            "{\"kind\": \"leaky\", \"rate\": \"2.5/s\", \"burst\": 9, \"bytes\": \"1MiB\", "
            "\"batch\": \"1KiB\"}, \"latency\": {\"median\": \"50ms\", \"spread\": 40}, "
            "\"retry_after\": {\"kind\": \"jittered\", \"delay\": \"2s\"}, \"errors\": "
            "{\"share\": 5, \"status\": 502, \"from\": \"1s\", \"to\": \"2s\"}, \"outage\": "
            "{\"kind\": \"silent\", \"from\": \"3s\", \"to\": \"4s\"}, \"recovery\": {\"within\": "
            "\"5s\", \"rate\": 11, \"overload\": 12}}"),
      0);
  const again_sim_scenario *s = &scenario.sim;
  assert_string_equal(scenario.name, "n");
  assert_string_equal(scenario.title, "t");
  assert_int_equal(s->agents, 7);
  assert_int_equal(s->backlog, 11); /* 71 / 7, rounded up */
  assert_int_equal(s->join, 3000);
  assert_int_equal(s->quota, AGAIN_SIM_QUOTA_LEAKY);
  assert_true(s->rate == 2.5 && s->burst == 9);
  assert_int_equal(s->bytes_rate, 1024 * 1024);
  assert_int_equal(s->batch_bytes, 1024);
  assert_int_equal(s->latency, 50);
  assert_true(s->spread == 0.4);
  assert_int_equal(s->hint, AGAIN_SIM_HINT_JITTERED);
  assert_int_equal(s->hint_delay, 2000);
  assert_int_equal(s->error_pct, 5);
  assert_int_equal(s->error_status, 502);
  assert_int_equal(s->error_from, 1000);
  assert_int_equal(s->error_to, 2000);
  assert_int_equal(s->outage, AGAIN_SIM_OUTAGE_SILENT);
  assert_int_equal(s->outage_from, 3000);
  assert_int_equal(s->outage_to, 4000);
  assert_int_equal(s->recovery, 5000);
  assert_int_equal(s->recovery_pct, 11);
  assert_int_equal(s->overload_pct, 12);
}

static void what_is_not_said_has_a_default(void **state) {
  (void)state;
  assert_int_equal(parse("{\"again\": 1, \"work\": {\"load\": 50, \"for\": \"1m\"}}"), 0);
  assert_string_equal(scenario.name, "test");
  assert_int_equal(scenario.sim.agents, 100);
  assert_int_equal(scenario.sim.backlog, 0);
  assert_int_equal(scenario.sim.load_pct, 50);
  assert_true(scenario.sim.rate == 1000 && scenario.sim.burst == 100);
  assert_int_equal(scenario.sim.latency, 20);
}

static void every_mistake_is_told_with_its_place(void **state) {
  (void)state;
#define SCENARIO(more) "{\"again\": 1,\n \"work\": {\"batches\": 10},\n " more "}"
  static const struct {
    const char *text;
    unsigned line;
    const char *message;
  } mistakes[] = {
      {"[1]", 1, "a scenario must be an object: {..}"},
      {"{\"work\": {\"batches\": 1}}", 1,
       "a scenario needs \"again\": 1, the version of the format"},
      {"{\"again\": 2}", 1, "\"again\" must be 1, not the number 2"},
      {"{\"again\": 1}", 1, "work needs \"batches\", or \"load\" and \"for\""},
      {"{\"again\": 1, \"work\": {\"load\": 5}}", 1, "a load lasts for some time: say \"for\""},
      {"{\"again\": 1, \"work\": {\"load\": 5, \"for\": \"1s\", \"batches\": 1}}", 1,
       "work has either \"batches\" or a \"load\", not both"},
      {"{\"again\": 1, \"work\": {\"load\": 5, \"for\": \"1s\", \"join\": \"1s\"}}", 1,
       "\"join\" is for batches, not for a load"},
      {SCENARIO("\"agent\": 3"), 3,
       "unknown key of a scenario, \"agent\": did you mean \"agents\"?"},
      {SCENARIO("\"agents\": 0"), 3,
       "\"agents\" must be a whole number from 1 to 100000, not the number 0"},
      {SCENARIO("\"agents\": 1, \"agents\": 2"), 3, "the key \"agents\" stands here twice"},
      {SCENARIO("\"quota\": 3"), 3, "quota must be an object: {..}"},
      {SCENARIO("\"quota\": {\"kind\": \"buckit\"}"), 3,
       "unknown kind \"buckit\": did you mean \"bucket\"?"},
      {SCENARIO("\"quota\": {\"kind\": 3}"), 3,
       "\"kind\" must be a word in quotes, not the number 3"},
      {SCENARIO("\"quota\": {\"rate\": 3}"), 3,
       "\"rate\" must be a rate such as \"500/s\" or \"30/m\", not the number 3"},
      {SCENARIO("\"quota\": {\"rate\": \"0/s\"}"), 3,
       "\"rate\" must be a rate such as \"500/s\" or \"30/m\", not the text \"0/s\""},
      {SCENARIO("\"quota\": {\"kind\": \"window\", \"rate\": \"0.5/s\"}"), 3,
       "a window of a second needs a rate of at least 1/s"},
      {SCENARIO("\"quota\": {\"bytes\": \"1MiB\"}"), 3,
       "\"bytes\" and \"batch\" belong together: say both"},
      {SCENARIO("\"quota\": {\"bytes\": \"1KiB\", \"batch\": \"1KiB\"}"), 3,
       "the largest batches, 1.5 times \"batch\", would never be taken: \"bytes\" must be more"},
      {SCENARIO("\"retry_after\": {\"kind\": \"constant\"}"), 3,
       "this kind of retry_after needs a \"delay\""},
      {SCENARIO("\"retry_after\": {\"delay\": \"1s\"}"), 3,
       "a \"delay\" is for the kinds constant and jittered"},
      {SCENARIO("\"errors\": {\"status\": 500}"), 3, "errors needs \"share\""},
      {SCENARIO("\"errors\": {\"share\": 5, \"from\": \"2s\", \"to\": \"2s\"}"), 3,
       "\"to\" must be after \"from\""},
      {SCENARIO("\"outage\": {\"from\": \"2s\"}"), 3, "outage needs \"from\", and \"to\" after it"},
      {SCENARIO("\"recovery\": {\"within\": \"2s\"}"), 3, "there is no outage to recover from"},
      {SCENARIO("\"outage\": {\"from\": \"1s\", \"to\": \"2s\"}, \"recovery\": {}"), 3,
       "recovery needs \"within\""},
      {SCENARIO("\"latency\": {\"median\": \"fast\"}"), 3,
       "\"median\" must be a duration such as \"250ms\", \"1.5s\" or \"10m\", not the text "
       "\"fast\""},
      {SCENARIO("\"name\": \"\""), 3,
       "\"name\" must be a text of 1 to 40 bytes, not the text \"\""},
  };
  for (size_t i = 0; i < COUNT_OF(mistakes); i++) {
    scenario.sim.agents = 12345;
    assert_int_equal(parse(mistakes[i].text), AGAIN_EFORMAT);
    assert_string_equal(wrong.message, mistakes[i].message);
    assert_int_equal(wrong.line, mistakes[i].line);
    assert_int_equal(scenario.sim.agents, 12345); /* nothing half read */
  }
}

static void every_shipped_scenario_can_be_run(void **state) {
  (void)state;
  const char *name;
  size_t count = 0;
  for (; (name = again_scenario_shipped_name(count)) != NULL; count++) {
    if (again_scenario_load(name, &scenario, &wrong) != 0) fail_msg("%s: %s", name, wrong.message);
    assert_string_equal(scenario.name, name);
    assert_true(strlen(scenario.title) > 10);
  }
  assert_true(count >= 8);
  assert_null(again_scenario_shipped_text(count));
}

static void a_file_has_the_name_of_the_file(void **state) {
  (void)state;
  folder f;
  char path[128];
  folder_make(&f);
  folder_write(&f, "mine.json", "{\"again\": 1, \"work\": {\"batches\": 1}}");
  folder_path(&f, "mine.json", path);
  assert_int_equal(again_scenario_load(path, &scenario, &wrong), 0);
  assert_string_equal(scenario.name, "mine.json");
  folder_remove(&f);
  assert_int_equal(again_scenario_load(path, &scenario, &wrong), AGAIN_EIO);
}

static void batches_are_shared_among_the_agents(void **state) {
  (void)state;
  assert_int_equal(parse("{\"again\": 1, \"work\": {\"batches\": 1000}}"), 0);
  again_scenario_scale(&scenario, 0);
  assert_int_equal(scenario.sim.backlog, 10);
  again_scenario_scale(&scenario, 1000);
  assert_int_equal(scenario.sim.backlog, 1);
  again_scenario_scale(&scenario, 3);
  assert_int_equal(scenario.sim.backlog, 334);
}

static void every_key_has_a_sentence_and_a_section(void **state) {
  (void)state;
  for (size_t i = 0; i < again_scenario_key_count; i++) {
    const again_scenario_key *key = &again_scenario_keys[i];
    assert_true(strlen(key->text) > 5);
    if (key->section[0] != '\0') assert_true(strlen(again_scenario_section_text(key->section)) > 5);
  }
  assert_string_equal(again_scenario_word(AGAIN_SCENARIO_HINT, AGAIN_SIM_HINT_EXACT), "exact");
  assert_string_equal(again_scenario_word(AGAIN_SCENARIO_OUTAGE, AGAIN_SIM_OUTAGE_SILENT),
                      "silent");
  assert_null(again_scenario_word(AGAIN_SCENARIO_QUOTA, AGAIN_SIM_QUOTA_COUNT));
  assert_null(again_scenario_word(AGAIN_SCENARIO_COUNT, 0));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_key_is_read_into_its_field),
      cmocka_unit_test(what_is_not_said_has_a_default),
      cmocka_unit_test(every_mistake_is_told_with_its_place),
      cmocka_unit_test(every_shipped_scenario_can_be_run),
      cmocka_unit_test(a_file_has_the_name_of_the_file),
      cmocka_unit_test(batches_are_shared_among_the_agents),
      cmocka_unit_test(every_key_has_a_sentence_and_a_section),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
