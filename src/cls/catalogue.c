#include "cls/index.h"
#include <again/cls.h>

static const again_code codes[] = {
#define C(name, status, class_, remedy, damage, advice)                                            \
  {name, status, AGAIN_CLASS_##class_, AGAIN_REMEDY_##remedy, AGAIN_DAMAGE_##damage, advice},
#include "cls/codes.def"
#undef C
};

/* Made from the same codes by src/cls/index.c, where the build can run it. */
#ifdef AGAIN_CLS_INDEX
static const uint64_t slots[1 << INDEX_BITS] = {
#include "cls/codes_index.def"
};
#endif

static const again_catalogue catalogue = {
    .codes = codes,
    .count = sizeof codes / sizeof *codes,
#ifdef AGAIN_CLS_INDEX
    .index = slots,
    .index_bits = INDEX_BITS,
#endif
};

const again_catalogue *again_cls_catalogue(void) {
  return &catalogue;
}
