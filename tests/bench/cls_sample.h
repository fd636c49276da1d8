/* Lines of a log, to be shipped. */
#ifndef AGAIN_TESTS_BENCH_CLS_SAMPLE_H
#define AGAIN_TESTS_BENCH_CLS_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>

typedef struct cls_line {
  const char *text;
  size_t length;
} cls_line;

typedef struct cls_sample {
  char name[64];
  char *text;
  cls_line *lines;
  size_t count;
  size_t bytes; /* of all lines */
} cls_sample;

enum { CLS_SAMPLE_LINES_MAX = 10000 }; /* one group takes no more */

/* Lines of so many bytes in all (or as many as one group takes), of a file, repeated as often as need be; false: it cannot be read or has
 * too few lines. */
bool cls_sample_read(const char *path, size_t bytes, cls_sample *sample);

/* The same, of what a web server writes: made up, the same every time. */
bool cls_sample_make(size_t bytes, cls_sample *sample);

void cls_sample_free(cls_sample *sample);

#endif
