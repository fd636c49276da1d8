#include "policy/near.h"
#include "policy/suggest.h"

const char *again_near_code(const again_catalogue *catalogue, const char *code) {
  enum { NAMES_MAX = 512 };
  const char *names[NAMES_MAX];
  size_t count = catalogue->count < NAMES_MAX ? catalogue->count : NAMES_MAX;
  if (again_catalogue_find(catalogue, code, NULL) != NULL) return NULL;
  for (size_t i = 0; i < count; i++)
    names[i] = catalogue->codes[i].name;
  return again_suggest(code, names, count);
}
