/* Per-topic overrides: {"topics": {"audit-*": {"retryable": {...}}}}. Each entry is a policy that stands
 * on the file's own and says what is different. */
#include "policy/keys.h"
#include "policy/reader.h"
#include <stdlib.h>
#include <string.h>

enum { PATTERN_MAX = 128 };

void again_policy_topics_free(again_policy_block *block) {
  for (size_t i = 0; block->patterns != NULL && i < block->own_topics; i++)
    free(block->patterns[i]);
  for (size_t i = 0; block->topics != NULL && i < block->topic_count; i++)
    again_policy_level_free(&block->topics[i]);
  free(block->patterns);
  free(block->topics);
  free(block->overrides);
}

static bool read_pattern(again_reader *reader, again_path path, const char *pattern, size_t index) {
  const char *star = strchr(pattern, '*');
  if (pattern[0] == '\0' || strlen(pattern) > PATTERN_MAX || (star != NULL && star[1] != '\0')) {
    return again_reader_fail(reader, again_path_key(path, pattern), true,
                             "a topic is its id, or the beginning of ids and \"*\" at the end");
  }
  reader->block->patterns[index] = strdup(pattern);
  if (reader->block->patterns[index] == NULL) return again_reader_fail_memory(reader);
  reader->block->overrides[index].topic = reader->block->patterns[index];
  return true;
}

/* The key of this section that cannot be a topic's own, if it is there; else NULL. */
static const char *find_shared(const char *section, json_object *object) {
  for (size_t i = 0; i < again_policy_key_count; i++) {
    const again_key *key = &again_policy_keys[i];
    if (strcmp(key->section, section) != 0 || !again_key_is_shared(key)) continue;
    if (json_object_object_get_ex(object, key->name, NULL)) return key->name;
  }
  return NULL;
}

/* One key of an entry. */
static bool read_member(again_reader *reader, again_path path, const char *key,
                        json_object *value) {
  const char *names[AGAIN_POLICY_SECTIONS_MAX + 1];
  size_t count = again_reader_sections(names);
  if (strcmp(key, "//") == 0) return true;
  if (strcmp(key, "classify") == 0) {
    return again_reader_rules(reader, again_path_key(path, key), value, &reader->block->top.policy);
  }
  for (size_t i = 0; i < count; i++) {
    if (strcmp(key, names[i]) != 0) continue;
    again_path at = again_path_key(path, key);
    const char *shared = find_shared(key, value);
    if (shared != NULL) {
      return again_reader_fail(reader, again_path_key(at, shared), true,
                               "\"%s\" is of all topics together: set it outside of \"topics\"",
                               shared);
    }
    return again_reader_section(reader, at, key, value);
  }
  names[count++] = "classify";
  return again_reader_fail_key(reader, path, key, "a topic", names, count);
}

static bool read_topic(again_reader *reader, again_path path, json_object *object, size_t index) {
  char found[64];
  again_policy_level *level = &reader->block->topics[index];
  level->policy = reader->block->top.policy;
  reader->block->overrides[index].policy = &level->policy;
  if (!json_object_is_type(object, json_type_object)) {
    return again_reader_fail(reader, path, false, "what is said of a topic is an object, not %s",
                             again_reader_found(object, found, sizeof found));
  }
  reader->level = level;
  bool good = true;
  json_object_object_foreach(object, key, value) {
    good = read_member(reader, path, key, value) && good;
  }
  if (good) again_reader_pairs(reader, path, object);
  reader->level = &reader->block->top;
  return good;
}

/* Gives the entry of a base a new ground to stand on: this file's own policy. */
static bool inherit(again_reader *reader, const again_policy_level *from, size_t index) {
  static const char *const sections[] = {"retryable", "throttled", "auth", "hold"};
  again_policy_block *block = reader->block;
  again_policy_level *level = &block->topics[index];
  again_policy source = from->policy;
  level->policy = block->top.policy;
  level->said = from->said;
  block->overrides[index].policy = &level->policy;
  for (size_t i = 0; i < again_policy_key_count; i++) {
    if ((from->said >> i & 1) == 0) continue;
    const again_key *key = &again_policy_keys[i];
    again_key_set(key, &level->policy, again_key_get(key, &source));
  }
  for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
    const again_key *growth = again_key_find(sections[i], "growth");
    if ((from->said >> (growth - again_policy_keys) & 1) == 0) continue;
    const again_backoff *list = again_key_backoff(sections[i], &source);
    again_key_backoff(sections[i], &level->policy)->list = list->list;
    again_key_backoff(sections[i], &level->policy)->list_count = list->list_count;
  }
  if (from->own_rules == 0) return true;
  const again_policy *under = &block->top.policy;
  level->rules = calloc(from->own_rules + under->rule_count, sizeof *level->rules);
  if (level->rules == NULL) return again_reader_fail_memory(reader);
  memcpy(level->rules, from->rules, from->own_rules * sizeof *level->rules);
  for (size_t i = 0; i < under->rule_count; i++)
    level->rules[from->own_rules + i] = under->rules[i];
  level->own_rules = from->own_rules;
  level->policy.rules = level->rules;
  level->policy.rule_count = from->own_rules + under->rule_count;
  return true;
}

static size_t count_own(json_object *topics) {
  size_t count = topics != NULL ? (size_t)json_object_object_length(topics) : 0;
  return count - (json_object_object_get_ex(topics, "//", NULL) ? 1 : 0);
}

bool again_reader_topics(again_reader *reader, again_path path, json_object *topics) {
  char found[64];
  again_policy_block *block = reader->block;
  if (topics != NULL && !json_object_is_type(topics, json_type_object)) {
    return again_reader_fail(reader, path, false, "\"topics\" must be an object of topics, not %s",
                             again_reader_found(topics, found, sizeof found));
  }
  const again_policy_block *base = again_policy_block_of(block->base);
  size_t own = count_own(topics);
  size_t count = own + (base != NULL ? base->topic_count : 0);
  if (count == 0) return true;
  if (count > AGAIN_POLICY_TOPICS_MAX) {
    return again_reader_fail(reader, path, false, "more than %d topics", AGAIN_POLICY_TOPICS_MAX);
  }
  block->topics = calloc(count, sizeof *block->topics);
  block->overrides = calloc(count, sizeof *block->overrides);
  block->patterns = calloc(own + 1, sizeof *block->patterns);
  if (block->topics == NULL || block->overrides == NULL || block->patterns == NULL) {
    return again_reader_fail_memory(reader);
  }
  block->topic_count = count;
  block->own_topics = own;
  bool good = true;
  size_t index = 0;
  if (topics != NULL) {
    json_object_object_foreach(topics, pattern, value) {
      if (strcmp(pattern, "//") == 0) continue;
      good = read_pattern(reader, path, pattern, index) && good;
      good = read_topic(reader, again_path_key(path, pattern), value, index++) && good;
    }
  }
  for (size_t i = 0; base != NULL && i < base->topic_count; i++, index++) {
    block->overrides[index].topic = base->overrides[i].topic;
    good = inherit(reader, &base->topics[i], index) && good;
  }
  block->top.policy.overrides = block->overrides;
  block->top.policy.override_count = count;
  return good;
}
