#include "policy/locate.h"
#include <string.h>

again_path again_path_key(again_path path, const char *key) {
  path.steps[path.count++] = (again_path_step){.key = key};
  return path;
}

again_path again_path_index(again_path path, size_t index) {
  path.steps[path.count++] = (again_path_step){.index = index};
  return path;
}

static const char *skip_space(const char *at) {
  return at + strspn(at, " \t\r\n");
}

/* Behind the string that begins here. */
static const char *skip_string(const char *at) {
  for (at++; *at != '"'; at++) {
    if (*at == '\\') at++;
  }
  return at + 1;
}

/* Behind the value that begins here: brackets are counted, so the depth costs no stack. */
static const char *skip_value(const char *at) {
  int depth = 0;
  do {
    at = skip_space(at);
    if (*at == '"') {
      at = skip_string(at);
    } else if (*at == '{' || *at == '[') {
      depth++;
      at++;
    } else if (*at == '}' || *at == ']') {
      depth--;
      at++;
    } else if (*at == ',' || *at == ':') {
      at++;
    } else {
      at += strcspn(at, " \t\r\n,:{}[]\"");
    }
  } while (depth > 0);
  return at;
}

typedef struct member {
  const char *key; /* at its opening quote; NULL in an array */
  size_t key_length;
  const char *value;
  const char *next; /* the member behind it; NULL: it was the last */
} member;

/* The first member of the object or array at `at`; false if it is empty. */
static bool read_member(const char *at, bool object, member *out) {
  at = skip_space(at);
  if (*at == '}' || *at == ']') return false;
  out->key = NULL;
  if (object) {
    out->key = at;
    at = skip_string(at);
    out->key_length = (size_t)(at - out->key) - 2;
    at = skip_space(at) + 1; /* the colon */
  }
  out->value = skip_space(at);
  at = skip_space(skip_value(out->value));
  out->next = *at == ',' ? at + 1 : NULL;
  return true;
}

static bool is_step(const member *found, const again_path_step *step, size_t index) {
  if (step->key == NULL) return index == step->index;
  return found->key != NULL && strlen(step->key) == found->key_length &&
         memcmp(step->key, found->key + 1, found->key_length) == 0;
}

size_t again_locate(const char *text, again_path path, bool of_key) {
  const char *value = skip_space(text);
  const char *place = value;
  for (size_t i = 0; i < path.count; i++) {
    const char *at = value + 1;
    bool object = *value == '{';
    member found;
    size_t index = 0;
    while (at != NULL && read_member(at, object, &found)) {
      if (is_step(&found, &path.steps[i], index++)) {
        value = found.value;
        place = of_key && found.key != NULL ? found.key : value;
      }
      at = found.next;
    }
  }
  return (size_t)(place - text);
}

/* In an object with more keys than this, some are unknown and refused for that. */
enum { KEYS_MAX = 256 };

static bool is_comment(const member *found) {
  return found->key_length == 2 && memcmp(found->key + 1, "//", 2) == 0;
}

/* The key of the object at `at` that stands there for the second time, or NULL. */
static const char *second_key(const char *at, size_t *length) {
  member found;
  member keys[KEYS_MAX];
  size_t count = 0;
  for (; at != NULL && count < KEYS_MAX && read_member(at, true, &found); at = found.next) {
    if (is_comment(&found)) continue;
    for (size_t i = 0; i < count; i++) {
      if (keys[i].key_length != found.key_length ||
          memcmp(keys[i].key, found.key, found.key_length + 2) != 0) {
        continue;
      }
      *length = found.key_length;
      return found.key;
    }
    keys[count++] = found;
  }
  return NULL;
}

bool again_locate_duplicate(const char *text, size_t *offset, size_t *length) {
  for (const char *at = text; *at != '\0'; at++) {
    if (*at == '"') {
      at = skip_string(at) - 1;
    } else if (*at == '{') {
      const char *key = second_key(at + 1, length);
      if (key == NULL) continue;
      *offset = (size_t)(key - text);
      return true;
    }
  }
  return false;
}

bool again_locate_foreign(const char *text, size_t *offset) {
  const char *at = text;
  while (*at != '\0') {
    at += strspn(at, " \t\r\n{}[],:0123456789+-.Eaeflnrstu");
    if (*at != '"') break;
    for (at++; *at != '"' && *at != '\0'; at++) {
      if (*at == '\\' && at[1] != '\0') at++;
    }
    if (*at == '"') at++;
  }
  *offset = (size_t)(at - text);
  return *at != '\0';
}

void again_locate_line(const char *text, size_t offset, uint32_t *line, uint32_t *column) {
  *line = 1;
  *column = 1;
  for (size_t i = 0; i < offset; i++) {
    (*column)++;
    if (text[i] == '\n') {
      (*line)++;
      *column = 1;
    }
  }
}
