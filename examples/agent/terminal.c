#include "terminal.h"
#include <again/cls.h>
#include <stdio.h>
#include <string.h>

/* The bytes of the character that begins here, which is in *code; 0: it is not UTF-8. */
static size_t decode(const char *text, unsigned *code) {
  const unsigned char *byte = (const unsigned char *)text;
  size_t length = byte[0] < 0x80 ? 1 : byte[0] < 0xE0 ? 2 : byte[0] < 0xF0 ? 3 : 4;
  if (strnlen(text, length) < length || !again_cls_text_valid(text, length)) return 0;
  *code = length == 1 ? byte[0] : byte[0] & (0x7Fu >> length);
  for (size_t i = 1; i < length; i++)
    *code = *code << 6 | (byte[i] & 0x3Fu);
  return length;
}

static bool is_unsafe(unsigned code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) ||       /* C0, DEL, C1 */
         code == 0x061C || code == 0x200E || code == 0x200F || /* marks of direction */
         (code >= 0x2028 && code <= 0x202E) || /* separators, embeddings, overrides */
         (code >= 0x2066 && code <= 0x2069) || code == 0xFEFF;
}

char *terminal_escape(const char *text, char *out, size_t size) {
  size_t used = 0;
  while (*text != '\0') {
    char escaped[16];
    unsigned code = 0;
    size_t length = decode(text, &code);
    const char *shown = text;
    size_t shown_length = length;
    bool broken = length == 0;
    if (broken || is_unsafe(code)) {
      if (broken) code = (unsigned char)*text;
      if (broken) length = 1;
      int wrote = broken || code < 0x80 ? snprintf(escaped, sizeof escaped, "\\x%02X", code)
                                        : snprintf(escaped, sizeof escaped, "\\u{%04X}", code);
      shown = escaped;
      shown_length = (size_t)wrote;
    }
    if (used + shown_length >= size) break;
    memcpy(out + used, shown, shown_length);
    used += shown_length;
    text += length;
  }
  if (size > 0) out[used] = '\0';
  return out;
}

void terminal_say(const char *text) {
  char line[4096];
  fprintf(stderr, "again-agent: %s\n", terminal_escape(text, line, sizeof line));
}
