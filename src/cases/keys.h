/* The table of keys.def as data, and the values of its kinds. */
#ifndef AGAIN_CASES_KEYS_H
#define AGAIN_CASES_KEYS_H

#include "cases/cases.h"

typedef enum again_case_object {
  AGAIN_CASE_IN_FILE,
  AGAIN_CASE_IN_CASE,
  AGAIN_CASE_IN_OUTCOME,
  AGAIN_CASE_IN_EXPECT,
  AGAIN_CASE_IN_ATTEMPT,
  AGAIN_CASE_IN_ALL
} again_case_object;

/* Kind, what a file writes for it. */
#define AGAIN_CASE_KIND_MAP(X)                                                                     \
  X(TEXT, "a text in quotes")                                                                      \
  X(COUNT, "a whole number")                                                                       \
  X(FLAG, "true or false")                                                                         \
  X(DURATION, "a duration such as \"250ms\", \"1.5s\" or \"10m\"")                                 \
  X(SPAN, "a duration (\"2s\") or a window (\"100ms..400ms\", \"1s..\", \"..2s\")")                \
  X(RANGE, "a whole number (3) or a range (\"2..5\", \"4..\", \"..16\")")                          \
  X(FAULT, "the name of a fault")                                                                  \
  X(EFFECT, "the name of an effect")                                                               \
  X(CLASSES, "a class, or a list of them")                                                         \
  X(REMEDIES, "a remedy, or a list of them")                                                       \
  X(DAMAGES, "a scope, or a list of them")                                                         \
  X(REASONS, "a reason, or a list of them")                                                        \
  X(EFFECTS, "an effect, or a list of them")                                                       \
  X(RESULTS, "a result, or a list of them")                                                        \
  X(BODY, "a text in quotes, or an object")                                                        \
  X(CASES, "a list of cases")                                                                      \
  X(OUTCOMES, "a text such as \"429@2s, reset, 503 x3, 200\", or a list of texts and objects")     \
  X(EXPECT, "an object")                                                                           \
  X(ATTEMPTS, "a whole number (3), a range (\"2..5\") or a list of objects")                       \
  X(ALL, "an object")                                                                              \
  X(REASON_COUNTS, "an object of numbers and ranges")                                              \
  X(EVENT_COUNTS, "an object of numbers and ranges")

typedef enum again_case_kind {
#define X(name, text) AGAIN_CASE_KIND_##name,
  AGAIN_CASE_KIND_MAP(X)
#undef X
} again_case_kind;

typedef struct again_case_key {
  again_case_object object;
  again_case_kind kind;
  const char *name;
  size_t offset; /* of the field in the object's struct */
  uint64_t least;
  uint64_t most;
  const char *text;
  bool required;
} again_case_key;

/* An outcome as it is read. */
typedef struct again_case_draft {
  uint64_t status;
  const char *code;
  const again_json *body;
  uint32_t fault; /* again_fault */
  again_ms hint;
  again_ms takes;
  uint32_t effect; /* again_effect */
  bool remedied;
  uint64_t times;
} again_case_draft;

enum { AGAIN_CASE_KEYS_MAX = 16 /* in one object */ };

extern const again_case_key again_case_keys[];
extern const size_t again_case_key_count;

const again_case_key *again_case_key_find(again_case_object object, const char *name);

/* The names of an object's keys, for a message: at most AGAIN_CASE_KEYS_MAX. */
size_t again_case_key_names(again_case_object object, const char **names);

const char *again_case_kind_text(again_case_kind kind);

/* The words of a kind, from 0 on; NULL behind the last, or for a kind of no words. REASON_COUNTS and
 * EVENT_COUNTS: their keys. */
const char *again_case_word(again_case_kind kind, size_t value);

/* Reads "2s", "1s..2s", "1s..", "..2s" (`durations`) or "3", "2..5", "4..", "..5". */
bool again_span_parse(const char *text, bool durations, again_span *span);

/* Writes it as again_span_parse reads it. `size` >= 56. */
void again_span_print(const again_span *span, bool durations, char *buffer, size_t size);

/* Widens the span to hold the value, or the other span. */
void again_span_add(again_span *span, uint64_t value);
void again_span_join(again_span *span, const again_span *other);

/* compare.c: was something expected of a key, and seen? */
bool again_case_same(const again_case_key *key, const void *expected, const void *seen);

/* Is what was seen within what was expected? */
bool again_span_holds(const again_span *expected, const again_span *seen);

#endif
