/* The values of a file of cases, by their kinds. */
#include "cases/reader.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 32 };

static size_t words_of(again_case_kind kind, const char **words) {
  size_t count = 0;
  while (count < WORDS_MAX && (words[count] = again_case_word(kind, count)) != NULL)
    count++;
  return count;
}

/* The kind without its plural, for a message: "class". */
static const char *noun_of(again_case_kind kind) {
  switch ((int)kind) {
  case AGAIN_CASE_KIND_FAULT: return "fault";
  case AGAIN_CASE_KIND_CLASSES: return "class";
  case AGAIN_CASE_KIND_REMEDIES: return "remedy";
  case AGAIN_CASE_KIND_DAMAGES: return "scope";
  case AGAIN_CASE_KIND_EFFECT:
  case AGAIN_CASE_KIND_EFFECTS: return "effect";
  case AGAIN_CASE_KIND_RESULTS: return "result";
  case AGAIN_CASE_KIND_EVENT_COUNTS: return "event";
  default: return "reason";
  }
}

static bool read_word(again_case_reader *reader, const again_case_key *key, const again_json *value,
                      uint32_t *word) {
  const char *words[WORDS_MAX];
  size_t count = words_of(key->kind, words);
  if (value->kind != AGAIN_JSON_STRING)
    return again_json_fail_kind(&reader->json, key->name, again_case_kind_text(key->kind), value);
  for (size_t i = 0; i < count; i++) {
    *word = (uint32_t)i;
    if (strcmp(words[i], value->text) == 0) return true;
  }
  return again_json_fail_word(&reader->json, value->at, noun_of(key->kind), value->text, words,
                              count);
}

static bool read_words(again_case_reader *reader, const again_case_key *key,
                       const again_json *value, again_words *words) {
  uint32_t word = 0;
  bool list = value->kind == AGAIN_JSON_ARRAY;
  if (list && value->count == 0)
    return again_json_fail(&reader->json, value->at, "\"%s\" must name at least one", key->name);
  for (const again_json *at = list ? value->first : value; at != NULL; at = at->next) {
    if (!read_word(reader, key, at, &word)) return false;
    *words |= UINT32_C(1) << word;
    if (!list) break;
  }
  return true;
}

static bool read_span(again_case_reader *reader, const char *name, again_case_kind kind,
                      const again_json *value, again_span *span) {
  bool durations = kind == AGAIN_CASE_KIND_SPAN;
  if (!durations && value->kind == AGAIN_JSON_NUMBER && value->whole) {
    *span = (again_span){true, value->number, value->number};
    return true;
  }
  if (value->kind == AGAIN_JSON_STRING && again_span_parse(value->text, durations, span))
    return true;
  return again_json_fail_kind(&reader->json, name, again_case_kind_text(kind), value);
}

/* {"budget": 3, "ok": "4.."} */
static bool read_counts(again_case_reader *reader, const again_case_key *key,
                        const again_json *value, again_span *spans) {
  const char *words[WORDS_MAX];
  size_t count = words_of(key->kind, words);
  if (value->kind != AGAIN_JSON_OBJECT)
    return again_json_fail_kind(&reader->json, key->name, again_case_kind_text(key->kind), value);
  for (const again_json *at = value->first; at != NULL; at = at->next) {
    size_t i = 0;
    while (i < count && strcmp(words[i], at->key) != 0)
      i++;
    if (i == count) {
      return again_json_fail_word(&reader->json, at->key_at, noun_of(key->kind), at->key, words,
                                  count);
    }
    if (!read_span(reader, at->key, AGAIN_CASE_KIND_RANGE, at, &spans[i])) return false;
  }
  return true;
}

/* A number, or a list of all of them. */
static bool read_attempts(again_case_reader *reader, const again_case_key *key,
                          const again_json *value, again_case_facts *facts) {
  if (value->kind == AGAIN_JSON_STRING || value->kind == AGAIN_JSON_NUMBER) {
    if (read_span(reader, key->name, AGAIN_CASE_KIND_RANGE, value, &facts->attempts)) return true;
    return false;
  }
  if (value->kind != AGAIN_JSON_ARRAY)
    return again_json_fail_kind(&reader->json, key->name, again_case_kind_text(key->kind), value);
  if (value->count > AGAIN_CASES_ATTEMPTS_MAX) {
    return again_json_fail(&reader->json, value->at,
                           "a list has at most %d attempts: write how many there are instead",
                           AGAIN_CASES_ATTEMPTS_MAX);
  }
  facts->list = calloc(value->count + 1, sizeof *facts->list);
  if (facts->list == NULL) return again_json_fail_memory(&reader->json);
  facts->list_count = value->count;
  facts->attempts = (again_span){true, value->count, value->count};
  size_t i = 0;
  for (const again_json *at = value->first; at != NULL; at = at->next) {
    if (!again_case_read_object(reader, AGAIN_CASE_IN_ATTEMPT, "an attempt", at, &facts->list[i++]))
      return false;
  }
  return true;
}

static bool read_cases(again_case_reader *reader, const again_case_key *key,
                       const again_json *value, again_case_file *file) {
  if (value->kind != AGAIN_JSON_ARRAY)
    return again_json_fail_kind(&reader->json, key->name, again_case_kind_text(key->kind), value);
  if (value->count == 0)
    return again_json_fail(&reader->json, value->at, "there are no cases in it");
  file->cases = calloc(value->count, sizeof *file->cases);
  if (file->cases == NULL) return again_json_fail_memory(&reader->json);
  for (const again_json *at = value->first; at != NULL; at = at->next) {
    again_case *c = &file->cases[file->count++];
    *c = (again_case){.topic = "topic",
                      .operations = 1,
                      .deadline = AGAIN_NEVER,
                      .until = UINT64_C(2) * 24 * 60 * 60 * 1000,
                      .node = at};
    if (!again_case_read_object(reader, AGAIN_CASE_IN_CASE, "a case", at, c)) return false;
    c->expect = again_json_member(at, "expect");
    again_json_place(file->text, at->at, &c->line, &c->column);
  }
  return true;
}

static bool read_text(again_case_reader *reader, const again_case_key *key, const again_json *value,
                      const char **text) {
  if (value->kind != AGAIN_JSON_STRING || value->text[0] == '\0')
    return again_json_fail_kind(&reader->json, key->name, again_case_kind_text(key->kind), value);
  *text = value->text;
  return true;
}

static bool read_flag(again_case_reader *reader, const again_case_key *key, const again_json *value,
                      bool *flag) {
  if (value->kind != AGAIN_JSON_FLAG)
    return again_json_fail_kind(&reader->json, key->name, again_case_kind_text(key->kind), value);
  *flag = value->flag;
  return true;
}

static bool read_body(again_case_reader *reader, const again_case_key *key, const again_json *value,
                      const again_json **body) {
  if (value->kind != AGAIN_JSON_STRING && value->kind != AGAIN_JSON_OBJECT)
    return again_json_fail_kind(&reader->json, key->name, again_case_kind_text(key->kind), value);
  *body = value;
  return true;
}

/* The struct that a field is in, where reading it sets others, too. */
#define AROUND(type, member) ((type *)(void *)((char *)field - offsetof(type, member)))

bool again_case_read_value(again_case_reader *reader, const again_case_key *key,
                           const again_json *value, void *field) {
  switch (key->kind) {
  case AGAIN_CASE_KIND_TEXT: return read_text(reader, key, value, field);
  case AGAIN_CASE_KIND_COUNT:
    return again_json_read_count(&reader->json, key->name, key->least, key->most, value, field);
  case AGAIN_CASE_KIND_FLAG: return read_flag(reader, key, value, field);
  case AGAIN_CASE_KIND_DURATION:
    return again_json_read_duration(&reader->json, key->name, again_case_kind_text(key->kind),
                                    value, field);
  case AGAIN_CASE_KIND_SPAN:
  case AGAIN_CASE_KIND_RANGE: return read_span(reader, key->name, key->kind, value, field);
  case AGAIN_CASE_KIND_FAULT:
  case AGAIN_CASE_KIND_EFFECT: return read_word(reader, key, value, field);
  case AGAIN_CASE_KIND_CLASSES:
  case AGAIN_CASE_KIND_REMEDIES:
  case AGAIN_CASE_KIND_DAMAGES:
  case AGAIN_CASE_KIND_REASONS:
  case AGAIN_CASE_KIND_EFFECTS:
  case AGAIN_CASE_KIND_RESULTS: return read_words(reader, key, value, field);
  case AGAIN_CASE_KIND_BODY: return read_body(reader, key, value, field);
  case AGAIN_CASE_KIND_CASES: return read_cases(reader, key, value, AROUND(again_case_file, cases));
  case AGAIN_CASE_KIND_OUTCOMES:
    return again_case_read_outcomes(reader, value, AROUND(again_case, steps));
  case AGAIN_CASE_KIND_EXPECT:
    return again_case_read_object(reader, AGAIN_CASE_IN_EXPECT, "\"expect\"", value, field);
  case AGAIN_CASE_KIND_ATTEMPTS:
    return read_attempts(reader, key, value, AROUND(again_case_facts, attempts));
  case AGAIN_CASE_KIND_ALL:
    return again_case_read_object(reader, AGAIN_CASE_IN_ALL, "\"all\"", value, field);
  case AGAIN_CASE_KIND_REASON_COUNTS:
  case AGAIN_CASE_KIND_EVENT_COUNTS: return read_counts(reader, key, value, field);
  }
  return false;
}
