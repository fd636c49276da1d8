/* From JSON to numbers: syntax, then every key by the table, then what must fit together. */
#include "policy/keys.h"
#include "policy/reader.h"
#include "policy/slip.h"
#include "policy/suggest.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 8, KEYS_MAX = 16 };

static bool is_comment(const char *key) {
  return strcmp(key, "//") == 0;
}

/* It is no JSON at this byte. */
static void fail_slip(again_reader *reader, size_t at) {
  char message[160];
  at = again_slip_describe(reader->text, at, message, sizeof message);
  again_reader_fail_at(reader, at, message);
}

/* The text as json-c reads it, or NULL and the reader's error. */
static json_object *parse_text(again_reader *reader, size_t length) {
  if (length > AGAIN_POLICY_SIZE_MAX) {
    again_reader_fail_at(reader, 0, "the file is larger than 1 MiB, the most a policy may be");
    return NULL;
  }
  if (strlen(reader->text) != length) {
    again_reader_fail_at(reader, strlen(reader->text), "a NUL byte; a policy is UTF-8 text");
    return NULL;
  }
  if (reader->text[strspn(reader->text, " \t\r\n")] == '\0') {
    again_reader_fail_at(reader, 0, "the file is empty; the least that is valid is {\"again\": 1}");
    return NULL;
  }
  size_t foreign;
  if (again_locate_foreign(reader->text, &foreign)) {
    fail_slip(reader, foreign);
    return NULL;
  }
  json_tokener *tokener = json_tokener_new_ex(DEPTH_MAX);
  if (tokener == NULL) {
    again_reader_fail_memory(reader);
    return NULL;
  }
  json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
  json_object *root = json_tokener_parse_ex(tokener, reader->text, (int)length + 1);
  enum json_tokener_error error = json_tokener_get_error(tokener);
  size_t end = json_tokener_get_parse_end(tokener);
  json_tokener_free(tokener);
  if (error == json_tokener_success && end <= length &&
      reader->text[end + strspn(reader->text + end, " \t\r\n")] == '\0') {
    return root;
  }
  json_object_put(root);
  char message[160];
  if (error == json_tokener_success) {
    end += strspn(reader->text + end, " \t\r\n");
    snprintf(message, sizeof message,
             "something follows the end of the policy; one file holds one");
  } else if (error == json_tokener_error_depth) {
    snprintf(message, sizeof message, "nested deeper than %d levels", DEPTH_MAX);
  } else if (error == json_tokener_continue || end >= length) {
    end = length;
    snprintf(message, sizeof message,
             "the file ends in the middle of a value: a closing bracket "
             "or quote is missing");
  } else if (error == json_tokener_error_parse_utf8_string) {
    snprintf(message, sizeof message, "this text is not UTF-8");
  } else {
    fail_slip(reader, end);
    return NULL;
  }
  again_reader_fail_at(reader, end, message);
  return NULL;
}

size_t again_reader_sections(const char **names) {
  size_t count = 0;
  for (size_t i = 0; i < again_policy_key_count; i++) {
    const char *section = again_policy_keys[i].section;
    if (count == 0 || strcmp(names[count - 1], section) != 0) names[count++] = section;
  }
  return count;
}

static bool fail_type(again_reader *reader, again_path path, const again_key *key,
                      json_object *value) {
  char found[64];
  const char *words[8];
  size_t count = 0;
  while (count < 8 && (words[count] = again_key_word(key, count)) != NULL)
    count++;
  if (count > 0) {
    char list[160];
    again_suggest_list(words, count, list, sizeof list);
    return again_reader_fail(reader, path, false, "\"%s\" must be %s, not %s", key->name, list,
                             again_reader_found(value, found, sizeof found));
  }
  return again_reader_fail(reader, path, false, "\"%s\" must be %s, not %s", key->name,
                           again_key_kind_text(key->kind),
                           again_reader_found(value, found, sizeof found));
}

static bool read_number(const again_key *key, json_object *value, uint64_t *out, bool *whole) {
  *whole = true;
  if (key->kind == AGAIN_KEY_COUNT || key->kind == AGAIN_KEY_COUNT_OR_NONE) {
    if (!json_object_is_type(value, json_type_int)) return false;
    int64_t number = json_object_get_int64(value);
    *out = number < 0 ? UINT64_MAX : (uint64_t)number;
    return true;
  }
  if (!json_object_is_type(value, json_type_int) && !json_object_is_type(value, json_type_double)) {
    return false;
  }
  double hundredths = json_object_get_double(value) * 100;
  double rounded = round(hundredths);
  *whole = fabs(hundredths - rounded) < 1e-6;
  *out = rounded >= 0 && rounded < 1e9 ? (uint64_t)rounded : UINT64_MAX;
  return true;
}

/* The value as a number in the table's unit; false if its form is not that of the kind. */
static bool read_value(const again_key *key, json_object *value, uint64_t *out) {
  bool string = json_object_is_type(value, json_type_string);
  const char *text = string ? json_object_get_string(value) : "";
  bool none = strcmp(text, "none") == 0;
  bool whole;
  switch (key->kind) {
  case AGAIN_KEY_DURATION_OR_NONE: return string && again_duration_parse(text, out) == 0;
  case AGAIN_KEY_DURATION: return string && !none && again_duration_parse(text, out) == 0;
  case AGAIN_KEY_COUNT_OR_NONE:
    if (none) {
      *out = 0;
      return true;
    }
    return read_number(key, value, out, &whole);
  case AGAIN_KEY_COUNT:
  case AGAIN_KEY_FACTOR:
  case AGAIN_KEY_RATIO: return read_number(key, value, out, &whole) && whole;
  case AGAIN_KEY_SIZE_OR_NONE:
    *out = 0;
    return string && (none || again_size_parse(text, out) == 0);
  case AGAIN_KEY_RATE: {
    uint32_t rate = 0;
    bool good = string && again_rate_parse(text, &rate) == 0;
    *out = rate;
    return good;
  }
  case AGAIN_KEY_FLAG:
    *out = json_object_get_boolean(value) ? 1 : 0;
    return json_object_is_type(value, json_type_boolean);
  case AGAIN_KEY_GROWTH:
  case AGAIN_KEY_JITTER:
    for (*out = 0; string && again_key_word(key, *out) != NULL; ++*out) {
      if (strcmp(text, again_key_word(key, *out)) == 0) return true;
    }
    return false;
  }
  return false;
}

static bool in_range(const again_key *key, json_object *value, uint64_t number) {
  if (key->kind == AGAIN_KEY_FLAG || again_key_word(key, number) != NULL) return true;
  bool none = json_object_is_type(value, json_type_string) &&
              strcmp(json_object_get_string(value), "none") == 0;
  return none || (number >= key->least && number <= key->most);
}

static bool read_key(again_reader *reader, again_path path, const again_key *key,
                     json_object *value) {
  uint64_t number;
  if (!read_value(key, value, &number)) return fail_type(reader, path, key, value);
  if (!in_range(key, value, number)) {
    char found[64];
    char least[40];
    char most[40];
    again_key_print(key, key->least, least, sizeof least);
    again_key_print(key, key->most, most, sizeof most);
    return again_reader_fail(reader, path, false, "\"%s\" must be from %s to %s, not %s", key->name,
                             least, most, again_reader_found(value, found, sizeof found));
  }
  again_key_set(key, &reader->level->policy, number);
  reader->level->said |= UINT64_C(1) << (key - again_policy_keys);
  return true;
}

/* "delays": the list of a growth by list. The section is that of a class. */
static bool read_delays(again_reader *reader, again_path path, again_backoff *backoff,
                        json_object *value) {
  char found[64];
  size_t count = json_object_is_type(value, json_type_array) ? json_object_array_length(value) : 0;
  if (count == 0 || count > AGAIN_POLICY_DELAYS_MAX) {
    return again_reader_fail(
        reader, path, false, "\"delays\" must be a list of 1 to %d durations, not %s",
        AGAIN_POLICY_DELAYS_MAX, again_reader_found(value, found, sizeof found));
  }
  again_ms *list = again_policy_block_delays(reader->block, count);
  if (list == NULL) return again_reader_fail_memory(reader);
  for (size_t i = 0; i < count; i++) {
    json_object *delay = json_object_array_get_idx(value, i);
    bool string = json_object_is_type(delay, json_type_string);
    if (!string || again_duration_parse(json_object_get_string(delay), &list[i]) != 0 ||
        list[i] < 1 || list[i] > UINT64_C(604800000)) {
      return again_reader_fail(reader, again_path_index(path, i), false,
                               "a delay must be a duration from \"1ms\" to \"7d\", not %s",
                               again_reader_found(delay, found, sizeof found));
    }
  }
  backoff->list = list;
  backoff->list_count = count;
  return true;
}

/* "delays" alone say the growth; a growth alone that is none by list ends an inherited list. */
static void settle_growth(again_reader *reader, json_object *object, const char *section,
                          again_backoff *backoff) {
  bool delays = json_object_object_get_ex(object, "delays", NULL);
  bool growth = json_object_object_get_ex(object, "growth", NULL);
  const again_key *key = again_key_find(section, "growth");
  if (delays && !growth) {
    backoff->growth = AGAIN_GROWTH_LIST;
    reader->level->said |= UINT64_C(1) << (key - again_policy_keys);
  } else if (growth && !delays && backoff->growth != AGAIN_GROWTH_LIST) {
    backoff->list = NULL;
    backoff->list_count = 0;
  }
}

bool again_reader_section(again_reader *reader, again_path path, const char *section,
                          json_object *object) {
  char found[64];
  if (!json_object_is_type(object, json_type_object)) {
    return again_reader_fail(reader, path, false, "\"%s\" must be an object, not %s", section,
                             again_reader_found(object, found, sizeof found));
  }
  const char *names[KEYS_MAX];
  size_t count = 0;
  again_backoff *backoff = again_key_backoff(section, &reader->level->policy);
  if (backoff != NULL) names[count++] = "delays";
  for (size_t i = 0; i < again_policy_key_count; i++) {
    if (strcmp(again_policy_keys[i].section, section) == 0) {
      names[count++] = again_policy_keys[i].name;
    }
  }
  bool good = true;
  json_object_object_foreach(object, name, value) {
    const again_key *key = again_key_find(section, name);
    if (is_comment(name)) continue;
    if (backoff != NULL && strcmp(name, "delays") == 0) {
      good = read_delays(reader, again_path_key(path, name), backoff, value) && good;
      continue;
    }
    if (key == NULL) {
      char where[48];
      snprintf(where, sizeof where, "\"%s\"", section);
      good = again_reader_fail_key(reader, path, name, where, names, count);
      continue;
    }
    good = read_key(reader, again_path_key(path, name), key, value) && good;
  }
  if (backoff != NULL) settle_growth(reader, object, section, backoff);
  return good;
}

static bool read_header(again_reader *reader, json_object *root) {
  again_path top = {.count = 0};
  char found[64];
  json_object *version;
  if (!json_object_object_get_ex(root, "again", &version)) {
    return again_reader_fail(reader, top, false,
                             "\"again\": 1, the version of the format, is missing");
  }
  if (!json_object_is_type(version, json_type_int) || json_object_get_int64(version) != 1) {
    return again_reader_fail(reader, again_path_key(top, "again"), false,
                             "\"again\" must be 1, the only version of the format, not %s",
                             again_reader_found(version, found, sizeof found));
  }
  json_object *name;
  if (!json_object_object_get_ex(root, "name", &name)) return true;
  if (!json_object_is_type(name, json_type_string) || json_object_get_string_len(name) == 0) {
    return again_reader_fail(reader, again_path_key(top, "name"), false,
                             "\"name\" must be a text that is not empty, not %s",
                             again_reader_found(name, found, sizeof found));
  }
  free(reader->block->name);
  reader->block->name = strdup(json_object_get_string(name));
  return reader->block->name != NULL || again_reader_fail_memory(reader);
}

static bool read_root(again_reader *reader, json_object *root) {
  again_path top = {.count = 0};
  char found[64];
  if (!json_object_is_type(root, json_type_object)) {
    return again_reader_fail(reader, top, false, "a policy is an object: { ... }, not %s",
                             again_reader_found(root, found, sizeof found));
  }
  const char *names[AGAIN_POLICY_SECTIONS_MAX + 5] = {NULL};
  size_t sections = again_reader_sections(names);
  size_t count = sections;
  names[count++] = "again";
  names[count++] = "name";
  names[count++] = "extends";
  names[count++] = "classify";
  names[count++] = "topics";
  bool good = true;
  json_object *base;
  if (json_object_object_get_ex(root, "extends", &base)) {
    good = again_reader_extend(reader, again_path_key(top, "extends"), base);
  }
  json_object_object_foreach(root, key, value) {
    bool known = is_comment(key) || strcmp(key, "again") == 0 || strcmp(key, "name") == 0 ||
                 strcmp(key, "extends") == 0 || strcmp(key, "$schema") == 0 ||
                 strcmp(key, "topics") == 0;
    again_path path = again_path_key(top, key);
    if (strcmp(key, "classify") == 0) {
      good = again_reader_rules(reader, path, value, reader->block->base) && good;
      known = true;
    }
    for (size_t i = 0; i < sections; i++) {
      if (strcmp(key, names[i]) != 0) continue;
      good = again_reader_section(reader, path, key, value) && good;
      known = true;
    }
    if (!known) good = again_reader_fail_key(reader, top, key, "the policy", names, count);
  }
  good = read_header(reader, root) && good;
  if (good) again_reader_pairs(reader, top, root);
  json_object *topics = NULL;
  json_object_object_get_ex(root, "topics", &topics);
  return again_reader_topics(reader, again_path_key(top, "topics"), topics) && good;
}

void again_reader_read(again_reader *reader, size_t length) {
  json_object *root = parse_text(reader, length);
  if (reader->error != 0) return;
  size_t offset;
  size_t key_length;
  if (again_locate_duplicate(reader->text, &offset, &key_length)) {
    char message[160];
    int shown = key_length < 40 ? (int)key_length : 40;
    snprintf(message, sizeof message, "the key \"%.*s\" stands twice in this object; remove one",
             shown, reader->text + offset + 1);
    again_reader_fail_at(reader, offset, message);
  } else {
    read_root(reader, root);
  }
  if (reader->error == 0) again_reader_warnings(reader, root);
  json_object_put(root);
}
