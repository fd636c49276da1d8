#include "policy/keys.h"
#include "policy/suggest.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* A word is kept as the enum's value, which is read and written as a uint32_t. */
_Static_assert(sizeof(again_jitter) == sizeof(uint32_t) && sizeof(again_growth) == sizeof(uint32_t),
               "enums of words are 32 bits wide");

const again_key again_policy_keys[] = {
#define AGAIN_KEY(section, name, kind, field, least, most, standard, text)                         \
  {#section, #name, AGAIN_KEY_##kind, offsetof(again_policy, field), least, most, standard, text},
#include "policy/keys.def"
#undef AGAIN_KEY
};

/* What a file says is kept as bits. */
_Static_assert(sizeof again_policy_keys / sizeof *again_policy_keys <= 64, "at most 64 keys");

const size_t again_policy_key_count = sizeof again_policy_keys / sizeof *again_policy_keys;

static const char *const kind_texts[] = {
#define X(name, text) text,
    AGAIN_KEY_KIND_MAP(X)
#undef X
};

const char *again_key_kind_text(again_key_kind kind) {
  return kind_texts[kind];
}

/* Is the field a uint64_t? */
static bool is_wide(again_key_kind kind) {
  return kind == AGAIN_KEY_DURATION || kind == AGAIN_KEY_DURATION_OR_NONE ||
         kind == AGAIN_KEY_SIZE_OR_NONE;
}

const char *again_key_word(const again_key *key, uint64_t value) {
  if (key->kind == AGAIN_KEY_JITTER && value < AGAIN_JITTER_COUNT) {
    return again_jitter_name((again_jitter)value);
  }
  if (key->kind == AGAIN_KEY_GROWTH && value < AGAIN_GROWTH_COUNT) {
    return again_growth_name((again_growth)value);
  }
  return NULL;
}

const again_key *again_key_find(const char *section, const char *name) {
  for (size_t i = 0; i < again_policy_key_count; i++) {
    const again_key *key = &again_policy_keys[i];
    if (strcmp(key->section, section) == 0 && strcmp(key->name, name) == 0) return key;
  }
  return NULL;
}

size_t again_key_sections(const char *name, char *text, size_t size) {
  const char *sections[16]; /* there are fewer */
  size_t count = 0;
  for (size_t i = 0; i < again_policy_key_count && count < 16; i++) {
    if (strcmp(again_policy_keys[i].name, name) == 0)
      sections[count++] = again_policy_keys[i].section;
  }
  again_suggest_list(sections, count, text, size);
  return count;
}

bool again_key_is_shared(const again_key *key) {
  return key->offset == offsetof(again_policy, total_in_flight) ||
         key->offset == offsetof(again_policy, total_backlog) ||
         key->offset == offsetof(again_policy, total_backlog_bytes);
}

again_backoff *again_key_backoff(const char *section, again_policy *policy) {
  if (strcmp(section, "retryable") == 0) return &policy->retryable.backoff;
  if (strcmp(section, "throttled") == 0) return &policy->throttled.backoff;
  if (strcmp(section, "auth") == 0) return &policy->auth.backoff;
  if (strcmp(section, "hold") == 0) return &policy->hold.backoff;
  return NULL;
}

uint64_t again_key_get(const again_key *key, const again_policy *policy) {
  const char *field = (const char *)policy + key->offset;
  if (is_wide(key->kind)) {
    again_ms value;
    memcpy(&value, field, sizeof value);
    return value;
  }
  if (key->kind == AGAIN_KEY_FLAG) return *(const bool *)field;
  uint32_t value;
  memcpy(&value, field, sizeof value);
  return value;
}

void again_key_set(const again_key *key, again_policy *policy, uint64_t value) {
  char *field = (char *)policy + key->offset;
  if (is_wide(key->kind)) {
    memcpy(field, &value, sizeof value);
  } else if (key->kind == AGAIN_KEY_FLAG) {
    *(bool *)field = value != 0;
  } else {
    uint32_t number = (uint32_t)value;
    memcpy(field, &number, sizeof number);
  }
}

void again_key_print(const again_key *key, uint64_t value, char *buffer, size_t size) {
  char text[24];
  switch (key->kind) {
  case AGAIN_KEY_DURATION:
  case AGAIN_KEY_DURATION_OR_NONE:
    again_duration_print(value, text, sizeof text);
    snprintf(buffer, size, "\"%s\"", text);
    break;
  case AGAIN_KEY_COUNT_OR_NONE:
    if (value == 0) {
      snprintf(buffer, size, "\"none\"");
      break;
    }
    snprintf(buffer, size, "%" PRIu64, value);
    break;
  case AGAIN_KEY_COUNT: snprintf(buffer, size, "%" PRIu64, value); break;
  case AGAIN_KEY_FACTOR:
  case AGAIN_KEY_RATIO:
    snprintf(buffer, size, "%" PRIu64 ".%02" PRIu64, value / 100, value % 100);
    if (value % 10 == 0) buffer[strlen(buffer) - 1] = '\0';
    if (value % 100 == 0) buffer[strlen(buffer) - 2] = '\0';
    break;
  case AGAIN_KEY_SIZE_OR_NONE:
    if (value == 0) {
      snprintf(buffer, size, "\"none\"");
      break;
    }
    again_size_print(value, text, sizeof text);
    snprintf(buffer, size, "\"%s\"", text);
    break;
  case AGAIN_KEY_RATE:
    again_rate_print((uint32_t)value, text, sizeof text);
    snprintf(buffer, size, "\"%s\"", text);
    break;
  case AGAIN_KEY_FLAG: snprintf(buffer, size, "%s", value != 0 ? "true" : "false"); break;
  case AGAIN_KEY_GROWTH:
  case AGAIN_KEY_JITTER: snprintf(buffer, size, "\"%s\"", again_key_word(key, value)); break;
  }
}
