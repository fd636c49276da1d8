/* Calls over time, of one policy or of several side by side, as a picture. */
#ifndef AGAIN_CLI_SIMULATE_CHART_H
#define AGAIN_CLI_SIMULATE_CHART_H

#include <stddef.h>

/* What one policy did, in steps of time. Borrowed for the call. Each but `at` may be NULL: not drawn; a
 * value that is no number is a gap. */
typedef struct again_traffic {
  const char *name; /* of the policy */
  const char *note; /* what came out, in a few words; NULL: nothing */
  size_t count;
  const double *at;         /* the middle of each step, in seconds */
  const double *accepted;   /* calls a second that were answered with success, */
  const double *refused;    /* with a refusal for lack of quota, */
  const double *failed;     /* and those that failed otherwise: together, what was offered */
  const double *rate;       /* that the pacer kept to, a second */
  const double *quota;      /* that the service allowed, a second */
  const double *waiting;    /* operations */
  const double *delay_low;  /* of the operations that ended in it: their median time, in seconds, */
  const double *delay_high; /* and that of the slowest hundredth */
} again_traffic;

enum { AGAIN_TRAFFIC_MAX = 6 };

/* Panels below one another: the calls of each policy, on one scale; what waits; the delays. At most
 * AGAIN_TRAFFIC_MAX policies. The caller frees it; NULL: out of memory. */
char *again_simulate_chart(const char *title, const char *subtitle, const again_traffic *traffic,
                           size_t count);

#endif
