#include "policy/suggest.h"
#include <stdio.h>
#include <string.h>

enum { WORD_MAX = 40 };

static unsigned least(unsigned a, unsigned b) {
  return a < b ? a : b;
}

static unsigned distance(const char *a, const char *b) {
  unsigned rows[3][WORD_MAX + 1];
  size_t a_length = strlen(a);
  size_t b_length = strlen(b);
  if (a_length > WORD_MAX || b_length > WORD_MAX) return WORD_MAX;
  unsigned *before = rows[0];
  unsigned *last = rows[1];
  unsigned *row = rows[2];
  for (size_t j = 0; j <= b_length; j++)
    before[j] = last[j] = (unsigned)j;
  for (size_t i = 1; i <= a_length; i++) {
    row[0] = (unsigned)i;
    for (size_t j = 1; j <= b_length; j++) {
      unsigned change = last[j - 1] + (a[i - 1] != b[j - 1]);
      row[j] = least(change, least(last[j], row[j - 1]) + 1);
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = least(row[j], before[j - 2] + 1);
      }
    }
    unsigned *reused = before;
    before = last;
    last = row;
    row = reused;
  }
  return last[b_length];
}

const char *again_suggest(const char *word, const char *const *candidates, size_t count) {
  const char *nearest = NULL;
  size_t length = strlen(word);
  unsigned best = (unsigned)(length < 3 ? 1 : length / 3) + 1;
  for (size_t i = 0; i < count; i++) {
    unsigned d = distance(word, candidates[i]);
    if (d < best) {
      best = d;
      nearest = candidates[i];
    }
  }
  return nearest;
}

void again_suggest_list(const char *const *candidates, size_t count, char *buffer, size_t size) {
  size_t used = 0;
  buffer[0] = '\0';
  for (size_t i = 0; i < count && used < size; i++) {
    const char *joint = i == 0 ? "" : i + 1 == count ? " or " : ", ";
    int wrote = snprintf(buffer + used, size - used, "%s\"%s\"", joint, candidates[i]);
    used += wrote > 0 ? (size_t)wrote : 0;
  }
}
