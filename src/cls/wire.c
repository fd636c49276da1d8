#include "cls/wire.h"

const uint8_t *again_wire_skip(const uint8_t *at, size_t count) {
  for (; count > 0; count--) {
    uint64_t length = 0;
    unsigned shift = 0;
    for (at++; (*at & 0x80) != 0; at++, shift += 7)
      length |= (uint64_t)(*at & 0x7F) << shift;
    length |= (uint64_t)*at << shift;
    at += 1 + length;
  }
  return at;
}
