/* Reading a policy file: the context shared by its parts, and what they make. */
#ifndef AGAIN_POLICY_READER_H
#define AGAIN_POLICY_READER_H

#include "policy/locate.h"
#include <again/policy.h>
#include <json-c/json.h>
#include <stdatomic.h>

enum {
  AGAIN_POLICY_SIZE_MAX = 1024 * 1024,
  AGAIN_POLICY_RULES_MAX = 1000,
  AGAIN_POLICY_DELAYS_MAX = 100,
  AGAIN_POLICY_TOLD_MAX = 100,
  AGAIN_POLICY_TOPICS_MAX = 100,
  AGAIN_POLICY_EXTENDS_MAX = 8,
  AGAIN_POLICY_SECTIONS_MAX = 16
};

/* What one object of a file says: the file as a whole, or an entry of its topics. */
typedef struct again_policy_level {
  again_policy policy;
  again_rule *rules; /* its own, then those of what it stands on; NULL: the others' */
  char **codes;      /* one per rule of its own, or NULL */
  size_t own_rules;
  uint64_t said; /* the keys it has, as bits: 1 << index in the table */
} again_policy_level;

/* A policy made from a file, with what it owns. */
typedef struct again_policy_block {
  again_policy_level top; /* first, and its policy first in it: the block is found by that */
  atomic_uint references;
  char *name;
  char *file;               /* NULL: the text is no file */
  const again_policy *base; /* that it extends, with a reference; or NULL */
  struct again_policy_list *lists;
  again_policy_level *topics; /* its own, then those of the base */
  again_override *overrides;  /* one for each of them */
  char **patterns;            /* one for each of its own */
  size_t topic_count;
  size_t own_topics;
} again_policy_block;

/* The files that extend one another, from the one being read to the one that was asked for. */
typedef struct again_policy_chain {
  const char *file;
  const struct again_policy_chain *extended_by;
  unsigned depth;
} again_policy_chain;

typedef struct again_reader {
  const char *text;
  const again_policy_chain *chain;
  again_policy_block *block;
  again_policy_level *level;   /* that is being read */
  again_diagnostic diagnostic; /* the first error */
  int error;                   /* 0 until something is wrong */
  again_diagnostic_fn tell;    /* hears of everything; may be NULL */
  void *data;
  unsigned told;
} again_reader;

/* Records what is wrong with the value at `path` (or, if `of_key`, with its key). Returns false. */
#if defined(__GNUC__)
__attribute__((format(printf, 4, 5)))
#endif
bool again_reader_fail(again_reader *reader, again_path path, bool of_key, const char *format, ...);

/* Records an error at a byte offset of the text. Returns false. */
bool again_reader_fail_at(again_reader *reader, size_t offset, const char *message);

/* Tells of something that can hardly be meant; the file stays valid. */
#if defined(__GNUC__)
__attribute__((format(printf, 4, 5)))
#endif
void again_reader_warn(again_reader *reader, again_path path, bool of_key, const char *format, ...);

/* Out of memory. Returns false. */
bool again_reader_fail_memory(again_reader *reader);

/* An unknown key in `object`: says which are allowed and which is near. */
bool again_reader_fail_key(again_reader *reader, again_path path, const char *key,
                           const char *object, const char *const *allowed, size_t count);

/* What a value is, for a message: `the string "fast"`, `the number 7`, `a list`. */
const char *again_reader_found(json_object *value, char *buffer, size_t size);

/* rules.c: reads the array of "classify" into the level, in front of `under`. */
bool again_reader_rules(again_reader *reader, again_path path, json_object *rules,
                        const again_policy *under);
void again_policy_level_free(again_policy_level *level);

/* topics.c: reads the object of "topics" (or NULL), each of whose entries stands on the top level, which
 * is complete by then, and takes over those of the base. */
bool again_reader_topics(again_reader *reader, again_path path, json_object *topics);
void again_policy_topics_free(again_policy_block *block);

/* The names of all sections, for a message or a search: at most AGAIN_POLICY_SECTIONS_MAX. */
size_t again_reader_sections(const char **names);

/* read.c: reads one section into the level. */
bool again_reader_section(again_reader *reader, again_path path, const char *section,
                          json_object *object);

/* pairs.c: checks what must fit together in the level; `object` is its text, at `path`. */
void again_reader_pairs(again_reader *reader, again_path path, json_object *object);

/* policy.c: takes the policy that "extends" names as the base of the block, in place of the default. */
bool again_reader_extend(again_reader *reader, again_path path, json_object *value);

/* warn.c: tells what can hardly be meant in a file that is valid. */
void again_reader_warnings(again_reader *reader, json_object *root);

/* read.c: compiles the text into the block. */
void again_reader_read(again_reader *reader, size_t length);

/* policy.c: the block of a policy that this library made; NULL for the built-in one. */
again_policy_block *again_policy_block_of(const again_policy *policy);
void again_policy_block_free(again_policy_block *block);

/* Room for a list of delays, which the block owns. NULL: out of memory. */
again_ms *again_policy_block_delays(again_policy_block *block, size_t count);

#endif
