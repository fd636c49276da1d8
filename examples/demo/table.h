/* The final table, and the judgement. */
#ifndef DEMO_TABLE_H
#define DEMO_TABLE_H

#include "audit.h"
#include "child.h"

typedef struct result {
  const char *log; /* the real file's name */
  const plan *plan;
  const audit *account;
  const child_state *agent;
  uint64_t batches;  /* stored by the server */
  uint64_t requests; /* that reached it */
  uint64_t met[TROUBLE_COUNT];
} result;

/* Prints it. True: nothing was lost, every trouble met requests, and both sides agree; otherwise
 * the table says what is wrong. */
bool table_print(const result *shown);

#endif
