/* UTF-8 and base64. */
#include "text.h"
#include <stdint.h>
#include <stdlib.h>

/* How many bytes the character at `at` has, or 0 if it is none. The table is that of RFC 3629,
 * section 4: the range of the second byte depends on the first. */
static size_t character_length(const unsigned char *at, size_t length) {
  static const struct {
    unsigned char first_least, first_most, second_least, second_most;
    size_t length;
  } forms[] = {
      {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3}, {0xE1, 0xEC, 0x80, 0xBF, 3},
      {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3}, {0xF0, 0xF0, 0x90, 0xBF, 4},
      {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
  };
  if (at[0] < 0x80) return 1;
  for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
    if (at[0] < forms[i].first_least || at[0] > forms[i].first_most) continue;
    if (length < forms[i].length) return 0;
    if (at[1] < forms[i].second_least || at[1] > forms[i].second_most) return 0;
    for (size_t k = 2; k < forms[i].length; k++) {
      if ((at[k] & 0xC0) != 0x80) return 0;
    }
    return forms[i].length;
  }
  return 0;
}

bool text_is_utf8(const char *text, size_t length) {
  const unsigned char *bytes = (const unsigned char *)text;
  for (size_t at = 0; at < length;) {
    size_t step = character_length(bytes + at, length - at);
    if (step == 0) return false;
    at += step;
  }
  return true;
}

char *text_base64(const char *text, size_t length) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const unsigned char *bytes = (const unsigned char *)text;
  char *encoded = malloc((length + 2) / 3 * 4 + 1);
  if (encoded == NULL) return NULL;
  char *out = encoded;
  for (size_t at = 0; at < length; at += 3) {
    size_t left = length - at;
    uint32_t group = (uint32_t)bytes[at] << 16 | (left > 1 ? (uint32_t)bytes[at + 1] << 8 : 0) |
                     (left > 2 ? bytes[at + 2] : 0);
    *out++ = digits[group >> 18];
    *out++ = digits[group >> 12 & 63];
    *out++ = left > 1 ? digits[group >> 6 & 63] : '=';
    *out++ = left > 2 ? digits[group & 63] : '=';
  }
  *out = '\0';
  return encoded;
}
