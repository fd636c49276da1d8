/* What benches share: time, medians, counted instructions, and one way to print results. */
#ifndef AGAIN_TESTS_BENCH_BENCH_H
#define AGAIN_TESTS_BENCH_BENCH_H

#include <stdbool.h>
#include <stdint.h>

/* CPU time of this thread in ns. */
uint64_t bench_cpu_ns(void);

/* The median; sorts the values. */
double bench_median(double *values, unsigned count);

/* Prints one result: an aligned row, or with --json an object with `case`, `metric`, `ours`, `peer` and
 * `ratio`. The first row is preceded by a heading. */
typedef struct bench_output {
  bool json;
  bool headed;
} bench_output;

void bench_result(bench_output *output, const char *name, const char *metric, double ours,
                  double peer);

/* Instructions that `program --count NAME` spends inside the function `toggle`, by callgrind. Negative:
 * valgrind is not there, or failed. */
double bench_instructions(const char *program, const char *name, const char *toggle);

/* Reads --json, --count NAME and --help (whose text is `what`). Returns false after an error or
 * --help, with *status set. */
bool bench_options(int argc, char **argv, const char *what, bench_output *output,
                   const char **count, int *status);

#endif
