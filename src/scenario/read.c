/* Scenario files. The table of keys drives the reading; what is not in it is refused. */
#include "scenario/keys.h"
#include "json/reader.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { WORDS_MAX = 8, NAMES_MAX = 16 };

/* ---- Values ------------------------------------------------------------------------------------ */

static bool read_text(again_json_reader *reader, const again_scenario_key *key,
                      const again_json *value, char *into) {
  char must[64];
  snprintf(must, sizeof must, "a text of %" PRIu64 " to %" PRIu64 " bytes", key->least, key->most);
  size_t length = value->kind == AGAIN_JSON_STRING ? strlen(value->text) : 0;
  if (length < key->least || length > key->most)
    return again_json_fail_kind(reader, key->name, must, value);
  memcpy(into, value->text, length + 1);
  return true;
}

static bool read_word(again_json_reader *reader, const again_scenario_key *key,
                      const again_json *value, unsigned *into) {
  const char *words[WORDS_MAX];
  size_t count = 0;
  while (count < WORDS_MAX && (words[count] = again_scenario_word(key->kind, count)) != NULL)
    count++;
  if (value->kind != AGAIN_JSON_STRING)
    return again_json_fail_kind(reader, key->name, "a word in quotes", value);
  for (size_t i = 0; i < count; i++) {
    *into = (unsigned)i;
    if (strcmp(words[i], value->text) == 0) return true;
  }
  return again_json_fail_word(reader, value->at, key->name, value->text, words, count);
}

static bool read_rate(again_json_reader *reader, const again_scenario_key *key,
                      const again_json *value, double *into) {
  uint32_t rate = 0;
  if (value->kind != AGAIN_JSON_STRING || again_rate_parse(value->text, &rate) != 0 || rate == 0)
    return again_json_fail_kind(reader, key->name, again_scenario_kind_text(key->kind), value);
  *into = rate / 100.0;
  return true;
}

static bool read_size(again_json_reader *reader, const again_scenario_key *key,
                      const again_json *value, uint64_t *into) {
  uint64_t size = 0;
  if (value->kind != AGAIN_JSON_STRING || again_size_parse(value->text, &size) != 0 || size == 0)
    return again_json_fail_kind(reader, key->name, again_scenario_kind_text(key->kind), value);
  *into = size;
  return true;
}

static bool read_value(again_json_reader *reader, const again_scenario_key *key,
                       const again_json *value, void *field) {
  const char *must = again_scenario_kind_text(key->kind);
  uint64_t number = 0;
  switch (key->kind) {
  case AGAIN_SCENARIO_TEXT: return read_text(reader, key, value, field);
  case AGAIN_SCENARIO_DURATION:
    return again_json_read_duration(reader, key->name, must, value, field);
  case AGAIN_SCENARIO_RATE: return read_rate(reader, key, value, field);
  case AGAIN_SCENARIO_SIZE: return read_size(reader, key, value, field);
  case AGAIN_SCENARIO_QUOTA:
  case AGAIN_SCENARIO_HINT:
  case AGAIN_SCENARIO_OUTAGE: return read_word(reader, key, value, field);
  case AGAIN_SCENARIO_COUNT:
  case AGAIN_SCENARIO_NUMBER:
  case AGAIN_SCENARIO_HUNDREDTHS:
  case AGAIN_SCENARIO_STATUS: break;
  }
  if (!again_json_read_count(reader, key->name, key->least, key->most, value, &number))
    return false;
  if (key->kind == AGAIN_SCENARIO_COUNT) *(uint32_t *)field = (uint32_t)number;
  if (key->kind == AGAIN_SCENARIO_NUMBER) *(double *)field = (double)number;
  if (key->kind == AGAIN_SCENARIO_HUNDREDTHS) *(double *)field = (double)number / 100;
  if (key->kind == AGAIN_SCENARIO_STATUS) *(int *)field = (int)number;
  return true;
}

/* ---- Objects ----------------------------------------------------------------------------------- */

/* Notes for people and editors. */
static bool is_note(const char *section, const char *name) {
  return strcmp(name, "//") == 0 || (section[0] == '\0' && strcmp(name, "$schema") == 0);
}

static const again_scenario_key *find(const char *section, const char *name) {
  for (size_t i = 0; i < again_scenario_key_count; i++) {
    const again_scenario_key *key = &again_scenario_keys[i];
    if (strcmp(key->section, section) == 0 && strcmp(key->name, name) == 0) return key;
  }
  return NULL;
}

static bool is_section(const char *name) {
  const char *section;
  for (size_t i = 0; (section = again_scenario_section(i)) != NULL; i++) {
    if (strcmp(section, name) == 0) return true;
  }
  return false;
}

static bool fail_unknown(again_json_reader *reader, const char *section, const again_json *member) {
  const char *names[NAMES_MAX];
  char what[48];
  size_t count = 0;
  for (size_t i = 0; i < again_scenario_key_count && count < NAMES_MAX; i++) {
    const again_scenario_key *key = &again_scenario_keys[i];
    if (strcmp(key->section, section) == 0) names[count++] = key->name;
  }
  const char *name;
  for (size_t i = 0; section[0] == '\0' && (name = again_scenario_section(i)) != NULL; i++) {
    if (count < NAMES_MAX) names[count++] = name;
  }
  snprintf(what, sizeof what, "key of %s,", section[0] != '\0' ? section : "a scenario");
  return again_json_fail_word(reader, member->key_at, what, member->key, names, count);
}

static bool stands_twice(const again_json *object, const again_json *member) {
  for (const again_json *at = object->first; at != member; at = at->next) {
    if (strcmp(at->key, member->key) == 0) return true;
  }
  return false;
}

static bool read_object(again_json_reader *reader, const char *section, const again_json *node,
                        again_scenario *scenario) {
  if (node->kind != AGAIN_JSON_OBJECT) {
    return again_json_fail(reader, node->at, "%s must be an object: {..}",
                           section[0] != '\0' ? section : "a scenario");
  }
  for (const again_json *at = node->first; at != NULL; at = at->next) {
    if (is_note(section, at->key)) continue;
    const again_scenario_key *key = find(section, at->key);
    bool inner = section[0] == '\0' && is_section(at->key);
    if (key == NULL && !inner) return fail_unknown(reader, section, at);
    if (stands_twice(node, at))
      return again_json_fail(reader, at->key_at, "the key \"%s\" stands here twice", at->key);
    bool right = key == NULL ? read_object(reader, at->key, at, scenario)
                             : read_value(reader, key, at, (char *)scenario + key->offset);
    if (!right) return false;
  }
  return true;
}

/* ---- The whole --------------------------------------------------------------------------------- */

/* The place of a section, or of the file where it is not there. */
static size_t place(const again_json_reader *reader, const char *section) {
  const again_json *member = again_json_member(reader->root, section);
  return member != NULL ? member->at : reader->root->at;
}

static bool check_work(again_json_reader *reader, const again_scenario *s) {
  size_t at = place(reader, "work");
  if (s->batches == 0 && s->sim.load_pct == 0)
    return again_json_fail(reader, at, "work needs \"batches\", or \"load\" and \"for\"");
  if (s->batches > 0 && (s->sim.load_pct > 0 || s->sim.duration > 0))
    return again_json_fail(reader, at, "work has either \"batches\" or a \"load\", not both");
  if (s->sim.load_pct > 0 && s->sim.duration == 0)
    return again_json_fail(reader, at, "a load lasts for some time: say \"for\"");
  if (s->sim.load_pct > 0 && s->sim.join > 0)
    return again_json_fail(reader, at, "\"join\" is for batches, not for a load");
  return true;
}

static bool check_quota(again_json_reader *reader, const again_sim_scenario *s) {
  size_t at = place(reader, "quota");
  if (s->quota == AGAIN_SIM_QUOTA_WINDOW && s->rate < 1)
    return again_json_fail(reader, at, "a window of a second needs a rate of at least 1/s");
  if ((s->bytes_rate == 0) != (s->batch_bytes == 0))
    return again_json_fail(reader, at, "\"bytes\" and \"batch\" belong together: say both");
  if (s->bytes_rate > 0 && s->bytes_rate < s->batch_bytes + s->batch_bytes / 2 + 1) {
    return again_json_fail(
        reader, at,
        "the largest batches, 1.5 times \"batch\", would never be taken: \"bytes\" "
        "must be more");
  }
  return true;
}

static bool check_trouble(again_json_reader *reader, const again_sim_scenario *s) {
  bool errors = again_json_member(reader->root, "errors") != NULL;
  bool outage = again_json_member(reader->root, "outage") != NULL;
  bool recovery = again_json_member(reader->root, "recovery") != NULL;
  bool delays = s->hint == AGAIN_SIM_HINT_CONSTANT || s->hint == AGAIN_SIM_HINT_JITTERED;
  if (delays != (s->hint_delay > 0)) {
    return again_json_fail(reader, place(reader, "retry_after"),
                           delays ? "this kind of retry_after needs a \"delay\""
                                  : "a \"delay\" is for the kinds constant and jittered");
  }
  if (errors && s->error_pct == 0)
    return again_json_fail(reader, place(reader, "errors"), "errors needs \"share\"");
  if (errors && s->error_to <= s->error_from)
    return again_json_fail(reader, place(reader, "errors"), "\"to\" must be after \"from\"");
  if (outage && s->outage_to <= s->outage_from) {
    return again_json_fail(reader, place(reader, "outage"),
                           "outage needs \"from\", and \"to\" after it");
  }
  if (recovery && !outage)
    return again_json_fail(reader, place(reader, "recovery"), "there is no outage to recover from");
  if (recovery && s->recovery == 0)
    return again_json_fail(reader, place(reader, "recovery"), "recovery needs \"within\"");
  return true;
}

static void set_defaults(again_scenario *scenario) {
  *scenario = (again_scenario){.sim = {.agents = 100,
                                       .rate = 1000,
                                       .burst = 100,
                                       .latency = 20,
                                       .spread = 0.29,
                                       .error_status = 500,
                                       .error_to = AGAIN_NEVER,
                                       .recovery_pct = 10,
                                       .overload_pct = 30}};
}

static int read_all(again_json_reader *reader, const char *name, again_scenario *scenario) {
  again_scenario read;
  set_defaults(&read);
  if (reader->error == 0 && read_object(reader, "", reader->root, &read)) {
    if (read.version == 0)
      again_json_fail(reader, reader->root->at,
                      "a scenario needs \"again\": 1, the version of the format");
    if (check_work(reader, &read) && check_quota(reader, &read.sim))
      check_trouble(reader, &read.sim);
  }
  if (read.name[0] == '\0') snprintf(read.name, sizeof read.name, "%.40s", name);
  if (reader->error == 0) *scenario = read;
  if (reader->error == 0) again_scenario_scale(scenario, 0);
  again_json_reader_end(reader);
  return reader->error;
}

int again_scenario_parse(const char *name, const char *text, size_t length,
                         again_scenario *scenario, again_diagnostic *wrong) {
  *wrong = (again_diagnostic){0};
  again_json_reader reader = {.wrong = wrong};
  again_json_reader_parse(&reader, text, length);
  return read_all(&reader, name, scenario);
}

int again_scenario_load(const char *path, again_scenario *scenario, again_diagnostic *wrong) {
  const char *shipped;
  for (size_t i = 0; (shipped = again_scenario_shipped_name(i)) != NULL; i++) {
    if (strcmp(shipped, path) != 0) continue;
    const char *text = again_scenario_shipped_text(i);
    return again_scenario_parse(shipped, text, strlen(text), scenario, wrong);
  }
  *wrong = (again_diagnostic){0};
  again_json_reader reader = {.wrong = wrong};
  const char *slash = strrchr(path, '/');
  again_json_reader_load(&reader, path, AGAIN_SCENARIO_SIZE_MAX, "a scenario has at most 64 KiB");
  return read_all(&reader, slash != NULL ? slash + 1 : path, scenario);
}

void again_scenario_scale(again_scenario *scenario, uint32_t agents) {
  again_sim_scenario *sim = &scenario->sim;
  if (agents > 0) sim->agents = agents;
  sim->backlog = scenario->batches / sim->agents + (scenario->batches % sim->agents > 0);
}
