#include "scenario/keys.h"
#include <string.h>

const again_scenario_key again_scenario_keys[] = {
#define X(section, name, kind, field, least, most, otherwise, text)                                \
  {section,   name, AGAIN_SCENARIO_##kind, offsetof(again_scenario, field), least, most,           \
   otherwise, text},
#include "scenario/keys.def"
#undef X
};
const size_t again_scenario_key_count = sizeof again_scenario_keys / sizeof *again_scenario_keys;

static const struct {
  const char *name;
  const char *text;
} sections[] = {
    {"work", "what there is to send"},
    {"quota", "what the service takes"},
    {"latency", "how long a call takes"},
    {"retry_after", "what a call is told that was refused for lack of quota"},
    {"errors", "a share of the calls fails; without the section none"},
    {"outage", "no call succeeds; without the section there is none"},
    {"recovery", "how the service comes back from the outage; without the section at once"},
};

const char *again_scenario_section(size_t index) {
  return index < sizeof sections / sizeof *sections ? sections[index].name : NULL;
}

const char *again_scenario_section_text(const char *section) {
  for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
    if (strcmp(sections[i].name, section) == 0) return sections[i].text;
  }
  return "";
}

const char *again_scenario_kind_text(again_scenario_kind kind) {
  static const char *const texts[] = {
#define X(name, text) text,
    AGAIN_SCENARIO_KIND_MAP(X)
#undef X
  };
  return texts[kind];
}

typedef struct word {
  const char *name;
  const char *text;
} word;

#define X(name, text, sentence) {text, sentence},
static const word quotas[] = {AGAIN_SIM_QUOTA_MAP(X){NULL, NULL}};
static const word hints[] = {AGAIN_SIM_HINT_MAP(X){NULL, NULL}};
static const word outages[] = {AGAIN_SIM_OUTAGE_MAP(X){NULL, NULL}};
#undef X

static const word *word_of(again_scenario_kind kind, size_t value) {
  const word *words = NULL;
  if (kind == AGAIN_SCENARIO_QUOTA) words = quotas;
  if (kind == AGAIN_SCENARIO_HINT) words = hints;
  if (kind == AGAIN_SCENARIO_OUTAGE) words = outages;
  for (size_t i = 0; words != NULL && words[i].name != NULL; i++) {
    if (i == value) return &words[i];
  }
  return NULL;
}

const char *again_scenario_word(again_scenario_kind kind, size_t value) {
  const word *found = word_of(kind, value);
  return found != NULL ? found->name : NULL;
}

const char *again_scenario_word_text(again_scenario_kind kind, size_t value) {
  const word *found = word_of(kind, value);
  return found != NULL ? found->text : NULL;
}
