#include "bench.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

uint64_t bench_cpu_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static int compare(const void *a, const void *b) {
  double x = *(const double *)a;
  double y = *(const double *)b;
  return (x > y) - (x < y);
}

double bench_median(double *values, unsigned count) {
  qsort(values, count, sizeof *values, compare);
  return count % 2 == 1 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

void bench_result(bench_output *output, const char *name, const char *metric, double ours,
                  double peer) {
  double ratio = peer > 0 ? ours / peer : 0;
  if (output->json) {
    printf(
        "{\"case\": \"%s\", \"metric\": \"%s\", \"ours\": %.2f, \"peer\": %.2f, \"ratio\": %.3f}\n",
        name, metric, ours, peer, ratio);
  } else {
    if (!output->headed)
      printf("%-48s %-13s %10s %10s %7s\n", "case", "metric", "ours", "peer", "ratio");
    printf("%-48s %-13s %10.1f %10.1f %7.3f\n", name, metric, ours, peer, ratio);
  }
  output->headed = true;
  fflush(stdout);
}

double bench_instructions(const char *program, const char *name, const char *toggle) {
  char command[1024];
  snprintf(command, sizeof command,
           "valgrind --tool=callgrind --callgrind-out-file=/dev/null --collect-atstart=no "
           "--toggle-collect=%s '%s' --count %s 2>&1",
           toggle, program, name);
  FILE *output = popen(command, "r");
  if (output == NULL) return -1;
  char line[512];
  double collected = -1;
  while (fgets(line, sizeof line, output) != NULL) {
    const char *at = strstr(line, "Collected : ");
    if (at != NULL) collected = strtod(at + sizeof "Collected : " - 1, NULL);
  }
  return pclose(output) == 0 ? collected : -1;
}

bool bench_options(int argc, char **argv, const char *what, bench_output *output,
                   const char **count, int *status) {
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "--json") == 0) {
      output->json = true;
    } else if (strcmp(argv[i], "--count") == 0 && i + 1 < argc) {
      *count = argv[++i];
    } else if (strcmp(argv[i], "--help") == 0) {
      printf("usage: %s [--json]\n\n%s", argv[0], what);
      *status = 0;
      return false;
    } else {
      fprintf(stderr, "%s: %s is not understood; there is --json\n", argv[0], argv[i]);
      *status = 2;
      return false;
    }
  }
  return true;
}
