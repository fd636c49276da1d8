#include "cut.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

static bool explain(const char *what, const char *path, char *why, size_t why_size) {
  snprintf(why, why_size, "cannot %s %s: %s", what, path, strerror(errno));
  return false;
}

bool cut_count(const char *path, uint64_t *lines, char *why, size_t why_size) {
  FILE *from = fopen(path, "rb");
  if (from == NULL) return explain("read", path, why, why_size);
  int last = '\n';
  *lines = 0;
  for (int byte; (byte = getc(from)) != EOF; last = byte)
    *lines += byte == '\n';
  *lines += last != '\n';
  bool whole = !ferror(from);
  if (!whole) explain("read", path, why, why_size);
  fclose(from);
  return whole;
}

bool cut_file(const char *path, uint64_t lines, const char *first, const char *rest, char *why,
              size_t why_size) {
  FILE *from = fopen(path, "rb");
  FILE *to[2] = {fopen(first, "wb"), fopen(rest, "wb")};
  bool good = from != NULL && to[0] != NULL && to[1] != NULL;
  uint64_t seen = 0;
  for (int byte; good && (byte = getc(from)) != EOF;) {
    good = putc(byte, to[seen >= lines]) != EOF;
    seen += byte == '\n';
  }
  good = good && !ferror(from);
  for (int i = 0; i < 2; i++)
    good = to[i] != NULL && fclose(to[i]) == 0 && good;
  if (!good) explain("copy", path, why, why_size);
  if (from != NULL) fclose(from);
  return good;
}
