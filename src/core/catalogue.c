/* Looking up an error code: the exact name, its families, its stem. */
#include <again/core.h>
#include <string.h>

/* Compares the catalogue's name with the first `length` bytes of `code` followed by `tail`. */
static int name_compare(const char *name, const char *code, size_t length, const char *tail) {
  int order = strncmp(name, code, length);
  return order != 0 ? order : strcmp(name + length, tail);
}

static const again_code *find(const again_catalogue *catalogue, const char *code, size_t length,
                              const char *tail) {
  size_t low = 0;
  size_t high = catalogue->count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    int order = name_compare(catalogue->codes[middle].name, code, length, tail);
    if (order == 0) return &catalogue->codes[middle];
    if (order < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return NULL;
}

static size_t last_dot(const char *code, size_t length) {
  while (length > 0 && code[length - 1] != '.')
    length--;
  return length;
}

const again_code *again_catalogue_find(const again_catalogue *catalogue, const char *code,
                                       again_origin *origin) {
  if (catalogue == NULL || code == NULL || code[0] == '\0') return NULL;
  size_t length = strlen(code);
  const again_code *found = find(catalogue, code, length, "");
  if (origin != NULL) *origin = found != NULL ? AGAIN_ORIGIN_CODE : AGAIN_ORIGIN_FAMILY;
  for (size_t dot = last_dot(code, length); found == NULL && dot > 0;
       dot = last_dot(code, dot - 1)) {
    found = find(catalogue, code, dot, "*");
  }
  for (size_t dot = last_dot(code, length); found == NULL && dot > 1;
       dot = last_dot(code, dot - 1)) {
    found = find(catalogue, code, dot - 1, "");
  }
  return found;
}
