/* The table of keys.def as data. */
#ifndef AGAIN_POLICY_KEYS_H
#define AGAIN_POLICY_KEYS_H

#include <again/policy.h>

/* Kind, what a file writes for it. */
#define AGAIN_KEY_KIND_MAP(X)                                                                      \
  X(DURATION, "a duration such as \"500ms\", \"1.5s\", \"10m\", \"2h\" or \"1d\"")                 \
  X(DURATION_OR_NONE, "a duration such as \"500ms\", \"10m\" or \"2h\", or \"none\"")              \
  X(COUNT, "a whole number")                                                                       \
  X(COUNT_OR_NONE, "a whole number, or \"none\"")                                                  \
  X(FACTOR, "a number with at most two decimals")                                                  \
  X(RATIO, "a number with at most two decimals")                                                   \
  X(SIZE_OR_NONE, "a size such as \"64KiB\", \"5MiB\" or \"2GiB\", or \"none\"")                   \
  X(RATE, "a rate such as \"500/s\" or \"30/m\"")                                                  \
  X(FLAG, "true or false")                                                                         \
  X(GROWTH, "the name of a growth in quotes")                                                      \
  X(JITTER, "the name of a jitter in quotes")

typedef enum again_key_kind {
#define X(name, text) AGAIN_KEY_##name,
  AGAIN_KEY_KIND_MAP(X)
#undef X
} again_key_kind;

typedef struct again_key {
  const char *section;
  const char *name;
  again_key_kind kind;
  size_t offset; /* of the field in again_policy */
  uint64_t least;
  uint64_t most;
  uint64_t standard; /* the default; "default" is a keyword */
  const char *text;
} again_key;

extern const again_key again_policy_keys[];
extern const size_t again_policy_key_count;

/* What a file writes for a kind. */
const char *again_key_kind_text(again_key_kind kind);

/* The names that a key of words takes, from 0 on; NULL behind the last, or for a key of numbers. */
const char *again_key_word(const again_key *key, uint64_t value);

/* The key of that name; NULL: there is none. */
const again_key *again_key_find(const char *section, const char *name);

/* Writes the sections that have a key of this name, `"a", "b" or "c"`, and returns how many. */
size_t again_key_sections(const char *name, char *text, size_t size);

/* Is it a limit of all scopes together, which no topic can have for itself? */
bool again_key_is_shared(const again_key *key);

/* The backoff that a section of keys fills; NULL: it is none of those. */
again_backoff *again_key_backoff(const char *section, again_policy *policy);

/* The value of a key's field, whatever its type. */
uint64_t again_key_get(const again_key *key, const again_policy *policy);
void again_key_set(const again_key *key, again_policy *policy, uint64_t value);

/* The value as a file writes it, quotes included. `size` >= 40. */
void again_key_print(const again_key *key, uint64_t value, char *buffer, size_t size);

#endif
