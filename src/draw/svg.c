#include "draw/svg.h"
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Room for `more` bytes and the NUL behind them. */
static bool reserve(again_svg *svg, size_t more) {
  if (svg->failed) return false;
  if (svg->size - svg->length > more) return true;
  size_t size = svg->size < 4096 ? 4096 : svg->size;
  while (size - svg->length <= more)
    size *= 2;
  char *text = realloc(svg->text, size);
  svg->failed = text == NULL;
  if (svg->failed) return false;
  svg->text = text;
  svg->size = size;
  return true;
}

static void add(again_svg *svg, const char *text, size_t length) {
  if (!reserve(svg, length)) return;
  memcpy(svg->text + svg->length, text, length);
  svg->length += length;
  svg->text[svg->length] = '\0';
}

void again_svg_markup(again_svg *svg, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(NULL, 0, format, arguments);
  va_end(arguments);
  if (length < 0 || !reserve(svg, (size_t)length)) return;
  va_start(arguments, format);
  vsnprintf(svg->text + svg->length, (size_t)length + 1, format, arguments);
  va_end(arguments);
  svg->length += (size_t)length;
}

/* The length of the character at `text` if XML can hold it, otherwise 0. */
static size_t character(const unsigned char *text) {
  static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  size_t length = text[0] < 0x80   ? 1
                  : text[0] < 0xc0 ? 0
                  : text[0] < 0xe0 ? 2
                  : text[0] < 0xf0 ? 3
                                   : 4;
  if (length == 1) return text[0] >= ' ' || strchr("\t\n\r", text[0]) != NULL ? 1 : 0;
  if (length == 0 || text[0] >= 0xf8) return 0;
  uint32_t value = text[0] & (0x7fu >> length);
  for (size_t i = 1; i < length; i++) {
    if ((text[i] & 0xc0) != 0x80) return 0;
    value = value << 6 | (text[i] & 0x3fu);
  }
  bool allowed = value >= least[length] && value <= 0x10ffff &&
                 !(value >= 0xd800 && value < 0xe000) && value != 0xfffe && value != 0xffff;
  return allowed ? length : 0;
}

/* The next character, escaped; returns its length. */
static size_t add_character(again_svg *svg, const char *text) {
  size_t length = character((const unsigned char *)text);
  switch (*text) {
  case '&': add(svg, "&amp;", 5); break;
  case '<': add(svg, "&lt;", 4); break;
  case '>': add(svg, "&gt;", 4); break;
  case '"': add(svg, "&quot;", 6); break;
  default: add(svg, length > 0 ? text : "\xef\xbf\xbd", length > 0 ? length : 3); break;
  }
  return length > 0 ? length : 1;
}

void again_svg_text(again_svg *svg, const char *text) {
  while (*text != '\0')
    text += add_character(svg, text);
}

/* From ' ' to '~', in hundredths of the size, rounded up: the advances of DejaVu Sans, the widest of the
 * fonts in use. In another one there is more room than needed. */
static const unsigned char widths[] = {
    32, 41, 46, 84, 64, 96, 78, 28, 40,  40, 50, 84, 32, 37, 32, 34, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 34, 34, 84, 84, 84, 54, 100, 69, 69, 70, 78, 64, 58, 78, 76, 30, 30, 66, 56, 87, 75, 79,
    61, 79, 70, 64, 62, 74, 69, 99, 69,  62, 69, 40, 34, 40, 84, 50, 50, 62, 64, 55, 64, 62, 36, 64,
    64, 28, 28, 58, 28, 98, 64, 62, 64,  64, 42, 53, 40, 64, 60, 82, 60, 60, 53, 64, 34, 64, 84};

enum { ELLIPSIS = 100, ACCENTED = 65, IDEOGRAM = 100 };

/* Of the character that begins with this byte; the others of a character count nothing. */
static int width_of(char byte) {
  unsigned char first = (unsigned char)byte;
  if (first >= 0x80) return first < 0xc0 ? 0 : first < 0xe3 ? ACCENTED : IDEOGRAM;
  return first >= ' ' && first <= '~' ? widths[first - ' '] : ACCENTED;
}

double again_svg_width(const char *text, double size) {
  int width = 0;
  for (; text != NULL && *text != '\0'; text++)
    width += width_of(*text);
  return width * size / 100;
}

void again_svg_text_within(again_svg *svg, const char *text, double size, double width) {
  if (again_svg_width(text, size) <= width) {
    again_svg_text(svg, text);
    return;
  }
  int used = ELLIPSIS;
  while (*text != '\0' && (used += width_of(*text)) * size / 100 <= width)
    text += add_character(svg, text);
  add(svg, "\xe2\x80\xa6", 3);
}

/* How many bytes of the text go into one line: up to a blank, or the first word where it is too wide. */
static size_t line_of(const char *text, double size, double width) {
  size_t fits = 0;
  int used = 0;
  for (size_t i = 0;; used += width_of(text[i++])) {
    bool end = (text[i] == ' ' || text[i] == '\0') && i > 0 && text[i - 1] != ' ';
    if (end && fits > 0 && used * size / 100 > width) return fits;
    if (end) fits = i;
    if (text[i] == '\0') return fits;
  }
}

int again_svg_paragraph(again_svg *svg, const char *class, double x, double y, double leading,
                        const char *text, double size, double width) {
  int lines = 0;
  for (text += strspn(text, " "); *text != '\0'; text += strspn(text, " ")) {
    char line[1024];
    size_t length = line_of(text, size, width);
    snprintf(line, sizeof line, "%.*s", (int)length, text);
    again_svg_label(svg, class, x, y + lines++ * leading, line, size, width);
    text += length;
  }
  return lines;
}

void again_svg_label(again_svg *svg, const char *class, double x, double y, const char *text,
                     double size, double width) {
  again_svg_markup(svg, "<text class=\"%s\"", class);
  again_svg_attribute(svg, "x", x);
  again_svg_attribute(svg, "y", y);
  again_svg_markup(svg, ">");
  again_svg_text_within(svg, text, size, width);
  again_svg_markup(svg, "</text>\n");
}

void again_svg_number(again_svg *svg, double number) {
  long long tenths = isnan(number) ? 0 : llround(fmin(fmax(number, -1e9), 1e9) * 10);
  long long size = tenths < 0 ? -tenths : tenths;
  again_svg_markup(svg, "%s%lld", tenths < 0 ? "-" : "", size / 10);
  if (size % 10 != 0) again_svg_markup(svg, ".%lld", size % 10);
}

void again_svg_attribute(again_svg *svg, const char *name, double number) {
  again_svg_markup(svg, " %s=\"", name);
  again_svg_number(svg, number);
  add(svg, "\"", 1);
}

void again_svg_join(again_svg *svg, again_svg *other) {
  if (other->failed) svg->failed = true;
  if (other->length > 0) add(svg, other->text, other->length);
  free(other->text);
  *other = (again_svg){.text = NULL};
}

char *again_svg_take(again_svg *svg) {
  char *text = svg->failed ? NULL : svg->text;
  if (svg->failed) free(svg->text);
  *svg = (again_svg){.text = NULL};
  return text;
}
