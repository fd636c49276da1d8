/* A perfect hash of the error codes, which the build has made by gperf from src/cls/codes.def. */
#ifndef AGAIN_TESTS_BENCH_GPERF_CODES_H
#define AGAIN_TESTS_BENCH_GPERF_CODES_H

#include <stddef.h>

struct gperf_code {
  const char *name;
  int entry; /* index in the catalogue */
};

/* The code of `length` bytes, or NULL. */
const struct gperf_code *gperf_find(const char *code, size_t length);

#endif
