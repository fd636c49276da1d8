#include "cases/keys.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

const again_case_key again_case_keys[] = {
#define X(object_, name_, kind_, type, field, least_, most_, required_, text_)                     \
  {.object = AGAIN_CASE_IN_##object_,                                                              \
   .kind = AGAIN_CASE_KIND_##kind_,                                                                \
   .name = name_,                                                                                  \
   .offset = offsetof(type, field),                                                                \
   .least = least_,                                                                                \
   .most = most_,                                                                                  \
   .text = text_,                                                                                  \
   .required = required_},
#include "cases/keys.def"
#undef X
};
const size_t again_case_key_count = sizeof again_case_keys / sizeof *again_case_keys;

const again_case_key *again_case_key_find(again_case_object object, const char *name) {
  for (size_t i = 0; i < again_case_key_count; i++) {
    const again_case_key *key = &again_case_keys[i];
    if (key->object == object && strcmp(key->name, name) == 0) return key;
  }
  return NULL;
}

size_t again_case_key_names(again_case_object object, const char **names) {
  size_t count = 0;
  for (size_t i = 0; i < again_case_key_count && count < AGAIN_CASE_KEYS_MAX; i++) {
    if (again_case_keys[i].object == object) names[count++] = again_case_keys[i].name;
  }
  return count;
}

const char *again_case_kind_text(again_case_kind kind) {
  static const char *const texts[] = {
#define X(name, text) text,
    AGAIN_CASE_KIND_MAP(X)
#undef X
  };
  return texts[kind];
}

static const char *const result_names[] = {
#define X(name, text) text,
    AGAIN_CASE_RESULT_MAP(X)
#undef X
};

const char *again_case_word(again_case_kind kind, size_t value) {
  int v = (int)value;
  switch (kind) {
  case AGAIN_CASE_KIND_FAULT:
    return v < AGAIN_FAULT_COUNT ? again_fault_name((again_fault)v) : NULL;
  case AGAIN_CASE_KIND_CLASSES:
    return v < AGAIN_CLASS_COUNT ? again_class_name((again_class)v) : NULL;
  case AGAIN_CASE_KIND_REMEDIES:
    return v < AGAIN_REMEDY_COUNT ? again_remedy_name((again_remedy)v) : NULL;
  case AGAIN_CASE_KIND_DAMAGES:
    return v < AGAIN_DAMAGE_COUNT ? again_damage_name((again_damage)v) : NULL;
  case AGAIN_CASE_KIND_REASONS:
  case AGAIN_CASE_KIND_REASON_COUNTS:
    return v < AGAIN_REASON_COUNT ? again_reason_name((again_reason)v) : NULL;
  case AGAIN_CASE_KIND_EFFECT:
  case AGAIN_CASE_KIND_EFFECTS:
    return v < AGAIN_EFFECT_COUNT ? again_effect_name((again_effect)v) : NULL;
  case AGAIN_CASE_KIND_RESULTS: return v < AGAIN_CASE_RESULT_COUNT ? result_names[v] : NULL;
  case AGAIN_CASE_KIND_EVENT_COUNTS:
    return v < AGAIN_EVENT_COUNT ? again_event_name((again_event_kind)v) : NULL;
  case AGAIN_CASE_KIND_TEXT:
  case AGAIN_CASE_KIND_COUNT:
  case AGAIN_CASE_KIND_FLAG:
  case AGAIN_CASE_KIND_DURATION:
  case AGAIN_CASE_KIND_SPAN:
  case AGAIN_CASE_KIND_RANGE:
  case AGAIN_CASE_KIND_BODY:
  case AGAIN_CASE_KIND_CASES:
  case AGAIN_CASE_KIND_OUTCOMES:
  case AGAIN_CASE_KIND_EXPECT:
  case AGAIN_CASE_KIND_ATTEMPTS:
  case AGAIN_CASE_KIND_ALL: break;
  }
  return NULL;
}

static bool parse_number(const char *text, bool duration, uint64_t *number) {
  if (duration) return again_duration_parse(text, number) == 0 && *number != AGAIN_NEVER;
  size_t length = strspn(text, "0123456789");
  if (length == 0 || length > 18 || text[length] != '\0') return false;
  *number = strtoull(text, NULL, 10);
  return true;
}

bool again_span_parse(const char *text, bool durations, again_span *span) {
  const char *dots = strstr(text, "..");
  char first[32] = "";
  size_t length = dots != NULL ? (size_t)(dots - text) : strlen(text);
  if (length >= sizeof first) return false;
  memcpy(first, text, length);
  again_span read = {.given = true};
  if (!(dots == text && dots[2] != '\0') && !parse_number(first, durations, &read.min))
    return false;
  if (dots == NULL) {
    read.max = read.min;
  } else if (dots[2] == '\0') {
    read.max = AGAIN_NEVER;
  } else if (!parse_number(dots + 2, durations, &read.max) || read.max < read.min) {
    return false;
  }
  *span = read;
  return true;
}

/* In seconds where it is no whole number of those: "11.349s". */
static void print_duration(again_ms duration, char *buffer, size_t size) {
  if (duration < 1000 || duration % 1000 == 0) {
    again_duration_print(duration, buffer, size);
    return;
  }
  unsigned thousandths = (unsigned)(duration % 1000);
  int digits = thousandths % 100 == 0 ? 1 : thousandths % 10 == 0 ? 2 : 3;
  unsigned part = digits == 1 ? thousandths / 100 : digits == 2 ? thousandths / 10 : thousandths;
  snprintf(buffer, size, "%" PRIu64 ".%0*us", duration / 1000, digits, part);
}

static void print_number(uint64_t number, bool duration, char *buffer, size_t size) {
  if (duration) {
    print_duration(number, buffer, size);
  } else {
    snprintf(buffer, size, "%" PRIu64, number);
  }
}

void again_span_print(const again_span *span, bool durations, char *buffer, size_t size) {
  char min[24];
  char max[24] = "";
  print_number(span->min, durations, min, sizeof min);
  if (span->max != AGAIN_NEVER) print_number(span->max, durations, max, sizeof max);
  bool one = span->min == span->max;
  snprintf(buffer, size, "%s%s%s", min, one ? "" : "..", one ? "" : max);
}

void again_span_add(again_span *span, uint64_t value) {
  again_span_join(span, &(again_span){true, value, value});
}

void again_span_join(again_span *span, const again_span *other) {
  if (!other->given) return;
  if (!span->given || other->min < span->min) span->min = other->min;
  if (!span->given || other->max > span->max) span->max = other->max;
  span->given = true;
}

bool again_span_holds(const again_span *expected, const again_span *seen) {
  return seen->given && seen->min >= expected->min && seen->max <= expected->max;
}
