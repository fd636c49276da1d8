/* What was expected against what was seen, key by key. */
#include "cases/keys.h"
#include <string.h>

typedef struct sink {
  again_case_row *rows; /* NULL: only counted */
  size_t room;
  size_t count;
  bool same;
} sink;

static void add(sink *s, const char *where, const char *key, const char *expected, const char *got,
                bool same) {
  if (s->rows != NULL && s->count < s->room) {
    again_case_row *row = &s->rows[s->count];
    snprintf(row->where, sizeof row->where, "%s", where);
    snprintf(row->key, sizeof row->key, "%s", key);
    snprintf(row->expected, sizeof row->expected, "%s", expected);
    snprintf(row->got, sizeof row->got, "%s", got);
    row->same = same;
  }
  s->count++;
  s->same = s->same && same;
}

/* "throttled or retryable" */
static void say_words(again_case_kind kind, again_words words, char *buffer, size_t size) {
  const char *word;
  snprintf(buffer, size, "%s", words == 0 ? "-" : "");
  for (size_t i = 0; (word = again_case_word(kind, i)) != NULL; i++) {
    size_t used = strlen(buffer);
    if ((words >> i & 1) != 0)
      snprintf(buffer + used, size - used, "%s%s", used > 0 ? " or " : "", word);
  }
}

static void say_span(const again_span *span, bool durations, char *buffer, size_t size) {
  if (span->given) {
    again_span_print(span, durations, buffer, size);
  } else {
    snprintf(buffer, size, "-");
  }
}

static void compare_span(sink *s, const char *where, const char *key, bool durations, bool exact,
                         const again_span *expected, const again_span *seen) {
  char wanted[60];
  char got[60];
  if (!expected->given) return;
  say_span(expected, durations, wanted, sizeof wanted);
  say_span(seen, durations, got, sizeof got);
  bool same = again_span_holds(expected, seen);
  if (exact) same = same && again_span_holds(seen, expected);
  add(s, where, key, wanted, got, same);
}

static void compare_words(sink *s, const char *where, const again_case_key *key,
                          again_words expected, again_words seen) {
  char wanted[160];
  char got[160];
  if (expected == 0) return;
  say_words(key->kind, expected, wanted, sizeof wanted);
  say_words(key->kind, seen, got, sizeof got);
  add(s, where, key->name, wanted, got, seen != 0 && (seen & ~expected) == 0);
}

static void compare_counts(sink *s, const char *where, const again_case_key *key,
                           const again_span *expected, const again_span *seen) {
  const char *word;
  char name[40];
  for (size_t i = 0; (word = again_case_word(key->kind, i)) != NULL; i++) {
    snprintf(name, sizeof name, "%s.%s", key->name, word);
    compare_span(s, where, name, false, false, &expected[i], &seen[i]);
  }
}

static void compare_object(sink *s, again_case_object object, const char *where,
                           const void *expected, const void *seen);

/* Those that are expected and those that are not, but were seen. */
static void compare_attempts(sink *s, const again_case_facts *expected,
                             const again_case_facts *seen) {
  static const again_case_attempt none;
  for (size_t i = 0; expected->list != NULL && i < expected->list_count; i++) {
    char where[32];
    snprintf(where, sizeof where, "attempt %zu", i + 1);
    compare_object(s, AGAIN_CASE_IN_ATTEMPT, where, &expected->list[i],
                   i < seen->list_count ? &seen->list[i] : &none);
  }
  compare_span(s, "", "attempts", false, false, &expected->attempts, &seen->attempts);
}

_Static_assert(offsetof(again_case_facts, attempts) == 0, "the key's field leads to the facts");

static void compare_key(sink *s, const again_case_key *key, const char *where, const void *expected,
                        const void *seen) {
  switch ((int)key->kind) {
  case AGAIN_CASE_KIND_ATTEMPTS: compare_attempts(s, expected, seen); break;
  case AGAIN_CASE_KIND_ALL: compare_object(s, AGAIN_CASE_IN_ALL, "all", expected, seen); break;
  case AGAIN_CASE_KIND_SPAN:
  case AGAIN_CASE_KIND_RANGE:
    compare_span(s, where, key->name, key->kind == AGAIN_CASE_KIND_SPAN,
                 strcmp(key->name, "window") == 0, expected, seen);
    break;
  case AGAIN_CASE_KIND_REASON_COUNTS:
  case AGAIN_CASE_KIND_EVENT_COUNTS: compare_counts(s, where, key, expected, seen); break;
  default:
    compare_words(s, where, key, *(const again_words *)expected, *(const again_words *)seen);
    break;
  }
}

static void compare_object(sink *s, again_case_object object, const char *where,
                           const void *expected, const void *seen) {
  for (size_t i = 0; i < again_case_key_count; i++) {
    const again_case_key *key = &again_case_keys[i];
    if (key->object == object) {
      compare_key(s, key, where, (const char *)expected + key->offset,
                  (const char *)seen + key->offset);
    }
  }
}

bool again_case_same(const again_case_key *key, const void *expected, const void *seen) {
  sink s = {.same = true};
  compare_key(&s, key, "", expected, seen);
  return s.same && s.count > 0;
}

size_t again_case_compare(const again_case_facts *expected, const again_case_facts *seen,
                          again_case_row *rows, size_t room, bool *same) {
  sink s = {.rows = rows, .room = room, .same = true};
  compare_object(&s, AGAIN_CASE_IN_EXPECT, "", expected, seen);
  *same = s.same;
  return s.count;
}
