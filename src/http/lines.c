#include "http/lines.h"
#include <again/core.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct again_http_line {
  struct curl_slist node; /* first: libcurl's list goes through it */
  again_http_line *next;
  size_t room;
  size_t length; /* that is in use */
  char text[];
};

/* Is a control character among these eight bytes? */
static bool has_control(uint64_t bytes) {
  static const uint64_t ones = UINT64_C(0x0101010101010101);
  static const uint64_t highs = UINT64_C(0x8080808080808080);
  uint64_t below_blank = (bytes - ones * 0x20) & ~bytes & highs;
  uint64_t rest = bytes ^ ones * 0x7F;
  uint64_t is_delete = (rest - ones) & ~rest & highs;
  return (below_blank | is_delete) != 0;
}

static bool is_text(const char *text, size_t length) {
  for (; length >= 8; text += 8, length -= 8) {
    uint64_t bytes;
    memcpy(&bytes, text, 8);
    if (has_control(bytes)) return false;
  }
  for (; length > 0; text++, length--) {
    if ((unsigned char)*text < ' ' || *text == 0x7F) return false;
  }
  return true;
}

/* The next piece of memory, with so much room; NULL: there is none. */
static again_http_line *next_line(again_http_lines *lines, size_t room) {
  again_http_line **at = lines->last != NULL ? &lines->last->next : &lines->first;
  again_http_line *line = *at;
  if (line != NULL && line->room >= room) return line;
  again_http_line *after = line != NULL ? line->next : NULL;
  size_t wanted = room < 64 ? 64 : room + room / 4;
  again_http_line *made =
      again_resize(lines->allocator, line, sizeof *made + wanted); /* what it was is wiped */
  if (made == NULL) return NULL;
  made->room = wanted;
  made->next = after;
  *at = made;
  return made;
}

int again_http_lines_add(again_http_lines *lines, const char *name, const char *value) {
  size_t name_length = strlen(name);
  size_t value_length = value != NULL ? strlen(value) : 0;
  if (name_length == 0 || memchr(name, ':', name_length) != NULL || !is_text(name, name_length) ||
      !is_text(value, value_length)) {
    return AGAIN_EINVAL;
  }
  again_http_line *line = next_line(lines, name_length + value_length + 3);
  if (line == NULL) return AGAIN_ENOMEM;
  char *end = line->text + name_length;
  memcpy(line->text, name, name_length);
  if (value_length > 0) {
    *end++ = ':';
    *end++ = ' ';
    memcpy(end, value, value_length);
    end += value_length;
  } else {
    *end++ = value != NULL ? ';' : ':';
  }
  *end = '\0';
  line->length = (size_t)(end - line->text);
  line->node = (struct curl_slist){.data = line->text};
  if (lines->last != NULL) lines->last->node.next = &line->node;
  lines->last = line;
  lines->list = &lines->first->node;
  return 0;
}

void again_http_lines_clear(again_http_lines *lines) {
  again_http_line *end = lines->last != NULL ? lines->last->next : lines->first;
  for (again_http_line *line = lines->first; line != end; line = line->next)
    memset(line->text, 0, line->length); /* it stays in use, so this is not left out */
  lines->last = NULL;
  lines->list = NULL;
}

void again_http_lines_free(again_http_lines *lines) {
  again_http_lines_clear(lines);
  while (lines->first != NULL) {
    again_http_line *line = lines->first;
    lines->first = line->next;
    again_resize(lines->allocator, line, 0);
  }
}
