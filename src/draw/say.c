#include "draw/say.h"
#include <inttypes.h>
#include <langinfo.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

void again_say_wait(again_ms wait, char text[24]) {
  if (wait == AGAIN_NEVER) {
    snprintf(text, 24, "no end");
  } else if (wait < 60000) {
    snprintf(text, 24, "%.1fs", (double)wait / 1000);
  } else if (wait < 3600000) {
    snprintf(text, 24, "%" PRIu64 "m%02" PRIu64 "s", wait / 60000, wait / 1000 % 60);
  } else {
    snprintf(text, 24, "%" PRIu64 "h%02" PRIu64 "m", wait / 3600000, wait / 60000 % 60);
  }
}

bool again_say_utf8(void) {
  if (setlocale(LC_CTYPE, "") == NULL) return false;
  return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

/* Returns where the next one goes. */
static char *put(char *text, const char *cell) {
  size_t length = strlen(cell);
  memcpy(text, cell, length);
  return text + length;
}

void again_say_bar(double from, double to, double full, int cells, bool utf8, char *text) {
  static const char *const eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  double scale = full > 0 ? cells / full : 0;
  int start = (int)floor(fmin(from * scale, cells - 1));
  int end = (int)floor(to * scale + 0.0625); /* whole cells, the rest in eighths */
  int eighth = (int)floor((to * scale - end) * 8 + 0.5);
  if (!utf8) end = (int)floor(to * scale + 0.5);
  if (end > cells) end = cells;
  int cell = 0;
  for (; cell < start; cell++)
    text = put(text, " ");
  for (; cell < end; cell++)
    text = put(text, utf8 ? "█" : "#");
  if (utf8 && cell < cells && (eighth > 0 || cell == start)) {
    text = put(text, eighths[eighth > 0 ? eighth : 1]);
    cell++;
  } else if (!utf8 && cell == start && cell < cells) {
    text = put(text, "#");
    cell++;
  }
  for (; cell < cells; cell++)
    text = put(text, " ");
  *text = '\0';
}

const char *again_say_height(double value, double full, bool utf8) {
  static const char *const blocks[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  static const char *const signs[] = {" ", ".", ":", "-", "=", "+", "*", "%", "#"};
  double share = full > 0 ? fmin(fmax(value / full, 0), 1) : 0;
  int level = (int)ceil(share * 8 - 1e-9);
  return utf8 ? blocks[level] : signs[level];
}
