/* Random policy files, made from the table of keys: some keys, in any order, each value within its
 * range and written in any way that a file may write it. */
#include "policy/keys.h"
#include "support.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEYS_MAX = 128, TEXT_MAX = 16384, FILES = 4000 };

typedef struct file {
  again_random random;
  uint64_t values[KEYS_MAX]; /* what the policy should have */
  bool written[KEYS_MAX];
  char text[TEXT_MAX];
  size_t length;
} file;

static uint64_t up_to(file *f, uint64_t limit) {
  return again_random_scale(again_random_next(&f->random), limit);
}

static void put(file *f, const char *text) {
  size_t length = strlen(text);
  assert_true(f->length + length < TEXT_MAX);
  memcpy(f->text + f->length, text, length + 1);
  f->length += length;
}

/* Any value, with its edges one time in four. */
static uint64_t draw(file *f, const again_key *key) {
  uint64_t words = 0;
  while (again_key_word(key, words) != NULL)
    words++;
  if (words > 0) return up_to(f, words - 1);
  switch (up_to(f, 7)) {
  case 0: return key->least;
  case 1: return key->most;
  case 2:
    if (key->kind == AGAIN_KEY_DURATION_OR_NONE) return AGAIN_NEVER;
    if (key->kind == AGAIN_KEY_COUNT_OR_NONE) return 0;
    break;
  default: break;
  }
  uint64_t value = key->least + up_to(f, key->most - key->least);
  return value % 1000 > 500 || value < 60000 ? value : value - value % 60000; /* round ones, too */
}

static bool is_key(const again_key *key, const char *section, const char *name) {
  return strcmp(key->section, section) == 0 && strcmp(key->name, name) == 0;
}

static size_t find(const char *section, const char *name) {
  for (size_t i = 0; i < again_policy_key_count; i++)
    if (is_key(&again_policy_keys[i], section, name)) return i;
  return again_policy_key_count;
}

/* `small` may not be more than `large`: both are written, and in order. */
static void keep_order(file *f, const char *section, const char *small, const char *large) {
  size_t a = find(section, small);
  size_t b = find(section, large);
  if (a == again_policy_key_count || b == again_policy_key_count) return;
  f->written[a] = f->written[b] = f->written[a] || f->written[b];
  if (f->values[a] <= f->values[b]) return;
  const again_key *key = &again_policy_keys[b];
  f->values[b] = f->values[a] < key->most ? f->values[a] : key->most;
  if (f->values[a] > f->values[b]) f->values[a] = f->values[b];
}

static void choose(file *f) {
  assert_true(again_policy_key_count <= KEYS_MAX);
  uint64_t share = up_to(f, 4);
  for (size_t i = 0; i < again_policy_key_count; i++) {
    const again_key *key = &again_policy_keys[i];
    f->written[i] = up_to(f, 4) <= share;
    f->values[i] = draw(f, key);
    if (key->kind == AGAIN_KEY_GROWTH && f->values[i] == AGAIN_GROWTH_LIST) f->values[i] = 0;
  }
  for (size_t i = 0; i < again_policy_key_count; i++)
    keep_order(f, again_policy_keys[i].section, "base", "cap");
  keep_order(f, "attempt", "connect_timeout", "timeout");
  for (size_t i = 0; i < again_policy_key_count; i++)
    if (!f->written[i]) f->values[i] = again_policy_keys[i].standard;
}

/* The same duration in another unit: "90000ms" or "90s" or "1.5m". */
static bool put_duration(file *f, uint64_t value) {
  static const struct {
    const char *name;
    uint64_t ms;
  } units[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {"d", 86400000}};
  size_t unit = (size_t)up_to(f, COUNT_OF(units) - 1);
  uint64_t rest = value % units[unit].ms * 1000;
  if (rest % units[unit].ms != 0) return false; /* more than three digits behind the point */
  char text[64];
  uint64_t behind = rest / units[unit].ms;
  if (behind == 0) {
    snprintf(text, sizeof text, "\"%" PRIu64 "%s\"", value / units[unit].ms, units[unit].name);
  } else {
    snprintf(text, sizeof text, "\"%" PRIu64 ".%03" PRIu64 "%s\"", value / units[unit].ms, behind,
             units[unit].name);
  }
  put(f, text);
  return true;
}

static void put_key(file *f, size_t index, bool first) {
  const again_key *key = &again_policy_keys[index];
  uint64_t value = f->values[index];
  put(f, first ? "" : up_to(f, 1) ? ", " : ",\n\t");
  put(f, "\"");
  put(f, key->name);
  put(f, up_to(f, 1) ? "\": " : "\":");
  bool duration = key->kind == AGAIN_KEY_DURATION || key->kind == AGAIN_KEY_DURATION_OR_NONE;
  if (duration && value != AGAIN_NEVER && put_duration(f, value)) return;
  char text[40];
  again_key_print(key, value, text, sizeof text);
  put(f, text);
}

/* The keys of a section stand together; from any of them on, round to the one before. */
static void put_section(file *f, size_t begin, size_t end) {
  size_t count = end - begin;
  size_t from = (size_t)up_to(f, count - 1);
  bool first = true;
  put(f, ",\n\"");
  put(f, again_policy_keys[begin].section);
  put(f, "\": {");
  for (size_t i = 0; i < count; i++) {
    size_t index = begin + (from + i) % count;
    if (!f->written[index]) continue;
    put_key(f, index, first);
    first = false;
  }
  put(f, "}");
}

static void make(file *f, uint64_t seed) {
  memset(f, 0, sizeof *f);
  f->random.state = seed;
  choose(f);
  put(f, "{\"again\": 1, \"name\": \"made\"");
  for (size_t begin = 0, end; begin < again_policy_key_count; begin = end) {
    for (end = begin; end < again_policy_key_count; end++)
      if (strcmp(again_policy_keys[begin].section, again_policy_keys[end].section) != 0) break;
    put_section(f, begin, end);
  }
  put(f, "}");
}

static const again_policy *parse(const char *text) {
  const again_policy *policy = NULL;
  again_diagnostic diagnostic;
  if (again_policy_parse("made", text, strlen(text), &policy, &diagnostic) != 0) {
    fail_msg("%" PRIu32 ":%" PRIu32 ": %s in\n%s", diagnostic.line, diagnostic.column,
             diagnostic.message, text);
  }
  return policy;
}

static void a_policy_has_what_its_file_says_and_prints_as_its_equal(void **state) {
  (void)state;
  file *f = malloc(sizeof *f);
  assert_non_null(f);
  for (uint64_t seed = 0; seed < FILES; seed++) {
    make(f, seed);
    const again_policy *policy = parse(f->text);
    for (size_t i = 0; i < again_policy_key_count; i++) {
      const again_key *key = &again_policy_keys[i];
      if (again_key_get(key, policy) != f->values[i])
        fail_msg("%s.%s is not %" PRIu64 " in\n%s", key->section, key->name, f->values[i], f->text);
    }
    char *printed = again_policy_print(policy);
    assert_non_null(printed);
    const again_policy *back = parse(printed);
    assert_true(again_policy_equal(policy, back));
    char *twice = again_policy_print(back);
    assert_non_null(twice);
    assert_string_equal(printed, twice);
    free(printed);
    free(twice);
    again_policy_unref(policy);
    again_policy_unref(back);
  }
  free(f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_policy_has_what_its_file_says_and_prints_as_its_equal),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
