#include "policy/near.h"
#include "policy/suggest.h"
#include <string.h>

const char *again_near_code(const again_catalogue *catalogue, const char *code) {
  enum { NAMES_MAX = 512 };
  const char *names[NAMES_MAX];
  size_t count = 0;
  if (again_catalogue_find(catalogue, code, NULL) != NULL) return NULL;
  for (size_t i = 0; i < catalogue->count && count < NAMES_MAX; i++) {
    /* The name of a family is no answer. */
    if (strchr(catalogue->codes[i].name, '*') == NULL) names[count++] = catalogue->codes[i].name;
  }
  return again_suggest(code, names, count);
}
