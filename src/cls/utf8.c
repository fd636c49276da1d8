#include "cls/utf8.h"
#include "cls/plain.h"
#include <again/cls.h>

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

size_t again_utf8_fit(const char *text, size_t length, size_t max) {
  size_t kept = 0;
  for (size_t repaired = 0; kept < length;) {
    size_t valid = again_utf8_length(text + kept, length - kept);
    repaired += valid != 0 ? valid : REPLACEMENT_LENGTH;
    if (repaired > max) break;
    kept += valid != 0 ? valid : 1;
  }
  return kept;
}

static uint64_t unusual(const char *at) {
  return again_plain_look(again_plain_load(at)) & AGAIN_PLAIN_ODD;
}

/* Bytes at the begin that are ASCII and no NULs, as far as whole words show it. */
static size_t plain_length(const char *text, size_t length) {
  size_t i = 0;
  for (; length - i >= 32; i += 32) {
    if ((unusual(text + i) | unusual(text + i + 8) | unusual(text + i + 16) |
         unusual(text + i + 24)) != 0) {
      return i;
    }
  }
  while (length - i >= 8 && unusual(text + i) == 0)
    i += 8;
  /* The rest by the last 8 bytes, some of which were looked at. */
  if (length >= 8 && length - i < 8 && unusual(text + length - 8) == 0) return length;
  return i;
}

bool again_cls_text_valid(const char *text, size_t length) {
  for (size_t i = 0; i < length;) {
    i += plain_length(text + i, length - i);
    if (i == length) break;
    size_t valid = again_utf8_length(text + i, length - i);
    if (valid == 0) return false;
    i += valid;
  }
  return true;
}
