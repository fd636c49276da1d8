/* What the demo does to the log on its way: how it is cut, and which trouble comes when. */
#ifndef DEMO_PLAN_H
#define DEMO_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DEMO_TOPIC  "demo"
#define DEMO_CLOSED "demo-closed"

/* In the order of the final table. */
typedef enum trouble_kind {
  TROUBLE_QUOTA,
  TROUBLE_ERRORS,
  TROUBLE_OUTAGE,
  TROUBLE_CLOCK,
  TROUBLE_OVERSIZE,
  TROUBLE_CLOSED,
  TROUBLE_COUNT
} trouble_kind;

typedef struct trouble {
  const char *code; /* that its requests end with */
  uint64_t from_ms; /* since the start */
  uint64_t for_ms;  /* 0: to the end, or until it has hit */
  char text[80];
} trouble;

typedef struct plan {
  uint64_t lines;       /* of the log */
  uint64_t closed;      /* of them, the last so many go to the closed topic */
  unsigned batch_lines; /* lines in a batch */
  double quota;         /* requests per second and topic */
  uint64_t ideal_ms;    /* sending at the quota from the first moment, plus the outage */
  trouble troubles[TROUBLE_COUNT];
} plan;

/* Plans for a log of so many lines, at least 4. */
void plan_make(plan *made, uint64_t lines);

/* Is the trouble on at this time? */
bool plan_is_on(const plan *made, trouble_kind kind, uint64_t ms);

/* The emulator's script. The caller frees it. NULL: out of memory. */
char *plan_script(const plan *made);

#endif
