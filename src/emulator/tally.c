#include "emulator/tally.h"
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

struct again_tally_code {
  again_tally_code *next;
  uint64_t count;
  char name[sizeof((again_answer *)NULL)->code];
};

void again_tally_fini(again_tally *tally) {
  while (tally->codes != NULL) {
    again_tally_code *code = tally->codes;
    tally->codes = code->next;
    free(code);
  }
  while (tally->topics != NULL) {
    again_tally_topic *topic = tally->topics;
    tally->topics = topic->next;
    free(topic);
  }
}

void again_tally_reset(again_tally *tally) {
  bool listening = tally->stats.listening;
  again_tally_fini(tally);
  *tally = (again_tally){.stats = {.listening = listening}};
}

/* A topic's name is what a client sent: what JSON or a terminal might stumble over becomes "?". */
static void copy_name(char *to, size_t size, const char *name) {
  size_t length = 0;
  for (; name[length] != '\0' && length + 1 < size; length++)
    to[length] = name[length] >= ' ' && name[length] <= '~' ? name[length] : '?';
  to[length] = '\0';
}

/* The topic's counters; `nowhere` if it has none of its own. */
static again_emulator_topic *topic_of(again_tally *tally, const char *name,
                                      again_emulator_topic *nowhere) {
  if (name[0] == '\0') return nowhere;
  copy_name(nowhere->name, sizeof nowhere->name, name);
  again_tally_topic **at = &tally->topics;
  while (*at != NULL && strcmp((*at)->counted.name, nowhere->name) != 0)
    at = &(*at)->next;
  if (*at != NULL) return &(*at)->counted;
  again_tally_topic *topic =
      tally->topic_count < AGAIN_TALLY_TOPICS_MAX ? calloc(1, sizeof *topic) : NULL;
  if (topic == NULL) return nowhere;
  topic->counted = *nowhere;
  tally->topic_count++;
  *at = topic;
  return &topic->counted;
}

static void count_code(again_tally *tally, const char *name) {
  again_tally_code *code = tally->codes;
  while (code != NULL && strcmp(code->name, name) != 0)
    code = code->next;
  if (code == NULL) {
    code = calloc(1, sizeof *code);
    if (code == NULL) return;
    memcpy(code->name, name, strlen(name));
    code->next = tally->codes;
    tally->codes = code;
  }
  code->count++;
}

void again_tally_answer(again_tally *tally, const char *topic_name, const again_answer *answer,
                        again_tally_by by) {
  again_emulator_stats *stats = &tally->stats;
  again_emulator_topic nowhere = {0};
  again_emulator_topic *topic = topic_of(tally, topic_name, &nowhere);
  stats->requests++;
  topic->requests++;
  if (by == AGAIN_TALLY_QUOTA) {
    stats->throttled++;
    topic->throttled++;
  } else if (answer->status >= 500) {
    stats->failed_5xx++;
  } else if (answer->status >= 400) {
    stats->refused_4xx++;
  } else if (by == AGAIN_TALLY_SERVICE) {
    stats->accepted++;
    topic->accepted++;
  } else {
    stats->other++;
  }
  if (by == AGAIN_TALLY_SCRIPT) {
    stats->faults++;
    topic->faults++;
  }
  if (answer->code[0] != '\0') count_code(tally, answer->code);
}

void again_tally_broken(again_tally *tally, const char *topic_name) {
  again_emulator_topic nowhere = {0};
  again_emulator_topic *topic = topic_of(tally, topic_name, &nowhere);
  tally->stats.requests++;
  tally->stats.broken++;
  tally->stats.faults++;
  topic->requests++;
  topic->faults++;
}

void again_tally_stored(again_tally *tally, const char *topic_name, uint64_t logs) {
  again_emulator_topic nowhere = {0};
  topic_of(tally, topic_name, &nowhere)->stored += logs;
}

static bool add_number(json_object *object, const char *name, uint64_t number) {
  json_object *value = json_object_new_uint64(number);
  return value != NULL && json_object_object_add(object, name, value) == 0;
}

static bool add_topic(json_object *topics, const again_emulator_topic *topic) {
  json_object *object = json_object_new_object();
  bool whole = object != NULL;
#define X(name, sentence) whole = whole && add_number(object, #name, topic->name);
  AGAIN_EMULATOR_TOPIC_MAP(X)
#undef X
  if (whole && json_object_object_add(topics, topic->name, object) == 0) return true;
  json_object_put(object);
  return false;
}

static bool fill(json_object *root, json_object *codes, json_object *topics,
                 const again_tally *tally) {
  bool whole = true;
#define X(name, sentence) whole = whole && add_number(root, #name, tally->stats.name);
  AGAIN_EMULATOR_STATS_MAP(X)
#undef X
  json_object *listening = json_object_new_boolean(tally->stats.listening);
  whole = whole && json_object_object_add(root, "listening", listening) == 0;
  for (again_tally_code *code = tally->codes; code != NULL; code = code->next)
    whole = whole && add_number(codes, code->name, code->count);
  for (again_tally_topic *topic = tally->topics; topic != NULL; topic = topic->next)
    whole = whole && add_topic(topics, &topic->counted);
  return whole;
}

char *again_tally_json(const again_tally *tally) {
  json_object *root = json_object_new_object();
  json_object *codes = json_object_new_object();
  json_object *topics = json_object_new_object();
  bool whole = root != NULL && codes != NULL && topics != NULL && fill(root, codes, topics, tally);
  if (!whole || json_object_object_add(root, "codes", codes) != 0) {
    json_object_put(codes);
    whole = false;
  }
  if (!whole || json_object_object_add(root, "topics", topics) != 0) {
    json_object_put(topics);
    whole = false;
  }
  const char *text = whole ? json_object_to_json_string_ext(root, JSON_C_TO_STRING_SPACED) : NULL;
  char *copy = text != NULL ? strdup(text) : NULL;
  json_object_put(root);
  return copy;
}
