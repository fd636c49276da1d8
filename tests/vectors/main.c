/* Runs all vectors and prints the table of table.def with the rows that hold. */
#include "vectors.h"
#include <stdio.h>

static unsigned held[VECTOR_COUNT];

void vector_holds(vector_id id) {
  held[id]++;
}

static const struct {
  const char *name;
  const char *source;
  unsigned rows;
  unsigned tested;
  const char *why;
} table[] = {
#define VECTOR(name, source, rows, tested, why) {#name, source, rows, tested, why},
#include "table.def"
#undef VECTOR
};

static int print_table(void) {
  int wrong = 0;
  unsigned rows = 0;
  unsigned tested = 0;
  unsigned hold = 0;
  printf("%-22s %5s %7s %5s  %s\n", "vector", "rows", "tested", "hold", "source");
  for (size_t i = 0; i < VECTOR_COUNT; i++) {
    bool right = held[i] == table[i].tested;
    printf("%-22s %5u %7u %5u  %s%s%s%s\n", table[i].name, table[i].rows, table[i].tested, held[i],
           table[i].source, table[i].why[0] != '\0' ? "; " : "", table[i].why,
           right ? "" : " <- not the number of rows that table.def says");
    wrong += !right;
    rows += table[i].rows;
    tested += table[i].tested;
    hold += held[i];
  }
  printf("%-22s %5u %7u %5u\n", "all", rows, tested, hold);
  return wrong;
}

int main(void) {
  int failed = vectors_aws() + vectors_bucket() + vectors_envoy() + vectors_growth() +
               vectors_jitter() + vectors_retry_after();
  return failed + print_table() == 0 ? 0 : 1;
}
