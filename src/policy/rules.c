/* The rules of "classify": what they match and what they say. */
#include "policy/reader.h"
#include "policy/suggest.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const rule_keys[] = {"code",  "status", "transport", "shape",
                                        "class", "remedy", "scope",     "//"};

enum { WORDS_MAX = 16 };

typedef const char *(*name_fn)(int value);

static const char *class_name(int value) {
  return again_class_name((again_class)value);
}
static const char *remedy_name(int value) {
  return again_remedy_name((again_remedy)value);
}
static const char *damage_name(int value) {
  return again_damage_name((again_damage)value);
}
static const char *shape_name(int value) {
  return again_shape_name((again_shape)value);
}
static const char *fault_name(int value) {
  return again_fault_name((again_fault)value);
}

/* The value whose name the string is, from `first` on; fails with the list of names. */
static bool read_word(again_reader *reader, again_path path, json_object *value, const char *key,
                      name_fn name, int first, int count, int *out) {
  const char *text =
      json_object_is_type(value, json_type_string) ? json_object_get_string(value) : "";
  char list[200] = "";
  size_t used = 0;
  const char *names[WORDS_MAX];
  size_t name_count = 0;
  for (int i = first; i < count; i++) {
    if (name_count < WORDS_MAX) names[name_count++] = name(i);
    if (strcmp(text, name(i)) == 0) {
      *out = i;
      return true;
    }
    int wrote = snprintf(list + used, sizeof list - used, "%s%s", i == first ? "" : ", ", name(i));
    used += wrote > 0 && used + (size_t)wrote < sizeof list ? (size_t)wrote : 0;
  }
  char found[64];
  const char *near = again_suggest(text, names, name_count);
  if (near != NULL) {
    return again_reader_fail(reader, path, false,
                             "\"%s\" must be one of %s, not %s; did you mean \"%s\"?", key, list,
                             again_reader_found(value, found, sizeof found), near);
  }
  return again_reader_fail(reader, path, false, "\"%s\" must be one of %s, not %s", key, list,
                           again_reader_found(value, found, sizeof found));
}

/* "429" as a number, "5xx", or "500-504". */
static bool parse_status(json_object *value, uint16_t *min, uint16_t *max) {
  unsigned low = 0;
  unsigned high = 0;
  int end = 0;
  if (json_object_is_type(value, json_type_int)) {
    int64_t number = json_object_get_int64(value);
    if (number < 100 || number > 599) return false;
    low = high = (unsigned)number;
  } else if (json_object_is_type(value, json_type_string)) {
    const char *text = json_object_get_string(value);
    size_t length = strlen(text);
    if (length == 3 && text[0] >= '1' && text[0] <= '5' && strcmp(text + 1, "xx") == 0) {
      low = (unsigned)(text[0] - '0') * 100;
      high = low + 99;
    } else if (length != 7 || sscanf(text, "%3u-%3u%n", &low, &high, &end) != 2 || end != 7) {
      return false;
    }
  }
  *min = (uint16_t)low;
  *max = (uint16_t)high;
  return low >= 100 && high <= 599 && low <= high;
}

/* "429", three digits as a text. */
static bool is_quoted_number(json_object *value) {
  const char *text =
      json_object_is_type(value, json_type_string) ? json_object_get_string(value) : "";
  return strlen(text) == 3 && strspn(text, "0123456789") == 3;
}

static bool set_code(again_reader *reader, size_t index, const char *code) {
  again_policy_level *level = reader->level;
  level->codes[index] = strdup(code);
  if (level->codes[index] == NULL) return again_reader_fail_memory(reader);
  level->rules[index].code = level->codes[index];
  return true;
}

static bool read_code(again_reader *reader, again_path path, json_object *value, size_t index) {
  const char *text =
      json_object_is_type(value, json_type_string) ? json_object_get_string(value) : "";
  const char *star = strchr(text, '*');
  char found[64];
  if (text[0] == '\0' || (star != NULL && star[1] != '\0')) {
    return again_reader_fail(reader, path, false,
                             "\"code\" must be an error code, or the beginning of one and \"*\" "
                             "at the end, not %s",
                             again_reader_found(value, found, sizeof found));
  }
  if (reader->level->rules[index].code != NULL) {
    return again_reader_fail(reader, path, false,
                             "\"code\" cannot stand beside a \"transport\" of libcurl's name");
  }
  return set_code(reader, index, text);
}

static bool read_transport(again_reader *reader, again_path path, json_object *value,
                           size_t index) {
  if (json_object_is_type(value, json_type_string) &&
      strncmp(json_object_get_string(value), "CURLE_", 6) == 0) {
    return read_code(reader, path, value, index);
  }
  int fault = AGAIN_FAULT_NONE;
  if (!read_word(reader, path, value, "transport", fault_name, AGAIN_FAULT_NONE + 1,
                 AGAIN_FAULT_COUNT, &fault)) {
    return false;
  }
  reader->level->rules[index].fault = (again_fault)fault;
  return true;
}

static bool read_member(again_reader *reader, again_path path, const char *key, json_object *value,
                        size_t index) {
  again_rule *rule = &reader->level->rules[index];
  path = again_path_key(path, key);
  char found[64];
  int word = 0;
  if (strcmp(key, "code") == 0) return read_code(reader, path, value, index);
  if (strcmp(key, "transport") == 0) return read_transport(reader, path, value, index);
  if (strcmp(key, "status") == 0) {
    if (parse_status(value, &rule->status_min, &rule->status_max)) return true;
    if (is_quoted_number(value)) {
      return again_reader_fail(reader, path, false, "\"status\" is a number: %s, without quotes",
                               json_object_get_string(value));
    }
    return again_reader_fail(reader, path, false,
                             "\"status\" must be a status from 100 to 599, \"5xx\" or "
                             "\"500-504\", not %s",
                             again_reader_found(value, found, sizeof found));
  }
  if (strcmp(key, "shape") == 0) {
    if (!read_word(reader, path, value, key, shape_name, AGAIN_SHAPE_NONE + 1, AGAIN_SHAPE_COUNT,
                   &word)) {
      return false;
    }
    rule->shape = (again_shape)word;
  } else if (strcmp(key, "class") == 0) {
    if (!read_word(reader, path, value, key, class_name, 0, AGAIN_CLASS_COUNT, &word)) return false;
    rule->error_class = (again_class)word;
  } else if (strcmp(key, "remedy") == 0) {
    if (!read_word(reader, path, value, key, remedy_name, 0, AGAIN_REMEDY_COUNT, &word)) {
      return false;
    }
    rule->remedy = (again_remedy)word;
  } else if (strcmp(key, "scope") == 0) {
    if (!read_word(reader, path, value, key, damage_name, 0, AGAIN_DAMAGE_COUNT, &word)) {
      return false;
    }
    rule->damage = (again_damage)word;
  }
  return true;
}

static bool read_rule(again_reader *reader, again_path path, json_object *object, size_t index) {
  again_rule *rule = &reader->level->rules[index];
  char found[64];
  if (!json_object_is_type(object, json_type_object)) {
    return again_reader_fail(reader, path, false, "a rule is an object: { ... }, not %s",
                             again_reader_found(object, found, sizeof found));
  }
  size_t allowed = sizeof rule_keys / sizeof *rule_keys;
  bool good = true;
  json_object_object_foreach(object, key, value) {
    bool known = false;
    for (size_t i = 0; i < allowed; i++)
      known = known || strcmp(key, rule_keys[i]) == 0;
    if (!known) {
      good = again_reader_fail_key(reader, path, key, "a rule", rule_keys, allowed - 1);
      continue;
    }
    good = read_member(reader, path, key, value, index) && good;
  }
  if (!good) return false;
  if (rule->code == NULL && rule->fault == AGAIN_FAULT_NONE && rule->status_max == 0 &&
      rule->shape == AGAIN_SHAPE_NONE) {
    return again_reader_fail(reader, path, false,
                             "a rule without \"code\", \"status\", \"transport\" or \"shape\" "
                             "would match everything; give it at least one");
  }
  if (!json_object_object_get_ex(object, "class", NULL)) {
    return again_reader_fail(reader, path, false,
                             "a rule needs a \"class\": ok, retryable, throttled, auth or fatal");
  }
  uint32_t column;
  rule->file = reader->block->file;
  again_locate_line(reader->text, again_locate(reader->text, path, false), &rule->line, &column);
  return true;
}

bool again_reader_rules(again_reader *reader, again_path path, json_object *rules,
                        const again_policy *under) {
  char found[64];
  if (!json_object_is_type(rules, json_type_array)) {
    return again_reader_fail(reader, path, false, "\"classify\" must be a list of rules, not %s",
                             again_reader_found(rules, found, sizeof found));
  }
  size_t count = json_object_array_length(rules);
  if (count > AGAIN_POLICY_RULES_MAX) {
    return again_reader_fail(reader, path, false, "more than %d rules", AGAIN_POLICY_RULES_MAX);
  }
  again_policy_level *level = reader->level;
  size_t inherited = under != NULL ? under->rule_count : 0;
  level->rules = calloc(count + inherited + 1, sizeof *level->rules);
  level->codes = calloc(count + 1, sizeof *level->codes);
  if (level->rules == NULL || level->codes == NULL) return again_reader_fail_memory(reader);
  level->own_rules = count;
  level->policy.rules = level->rules;
  level->policy.rule_count = count + inherited;
  for (size_t i = 0; i < inherited; i++)
    level->rules[count + i] = under->rules[i];
  bool good = true;
  for (size_t i = 0; i < count; i++) {
    good = read_rule(reader, again_path_index(path, i), json_object_array_get_idx(rules, i), i) &&
           good;
  }
  return good;
}

void again_policy_level_free(again_policy_level *level) {
  for (size_t i = 0; level->codes != NULL && i < level->own_rules; i++)
    free(level->codes[i]);
  free(level->codes);
  free(level->rules);
}
