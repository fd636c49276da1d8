#include <again/cls.h>

static const again_code codes[] = {
#define C(name, status, class_, remedy, damage, advice)                                            \
  {name, status, AGAIN_CLASS_##class_, AGAIN_REMEDY_##remedy, AGAIN_DAMAGE_##damage, advice},
#include "cls/codes.def"
#undef C
};

static const again_catalogue catalogue = {codes, sizeof codes / sizeof *codes};

const again_catalogue *again_cls_catalogue(void) {
  return &catalogue;
}
