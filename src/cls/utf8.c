#include "cls/utf8.h"
#include <again/cls.h>
#include <string.h>

static const char replacement[] = "\xEF\xBF\xBD";

enum { REPLACEMENT_LENGTH = sizeof replacement - 1 };

size_t again_utf8_length(const char *text, size_t length) {
  const unsigned char *at = (const unsigned char *)text;
  unsigned char first = at[0];
  if (first < 0x80) return first != 0;
  size_t needed = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || needed > length) return 0;
  /* The second byte has a narrower range where the form would be overlong, a surrogate, or beyond
     U+10FFFF. */
  unsigned char low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  unsigned char high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  if (at[1] < low || at[1] > high) return 0;
  for (size_t i = 2; i < needed; i++) {
    if ((at[i] & 0xC0) != 0x80) return 0;
  }
  return needed;
}

size_t again_utf8_repaired_length(const char *text, size_t length) {
  size_t repaired = 0;
  for (size_t i = 0; i < length;) {
    size_t valid = again_utf8_length(text + i, length - i);
    repaired += valid != 0 ? valid : REPLACEMENT_LENGTH;
    i += valid != 0 ? valid : 1;
  }
  return repaired;
}

void again_utf8_repair(const char *text, size_t length, char *out) {
  for (size_t i = 0; i < length;) {
    size_t valid = again_utf8_length(text + i, length - i);
    if (valid != 0) {
      memcpy(out, text + i, valid);
      out += valid;
      i += valid;
    } else {
      memcpy(out, replacement, REPLACEMENT_LENGTH);
      out += REPLACEMENT_LENGTH;
      i++;
    }
  }
}

bool again_cls_text_valid(const char *text, size_t length) {
  return again_utf8_repaired_length(text, length) == length;
}
