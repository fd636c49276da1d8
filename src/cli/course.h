/* What becomes of one operation that keeps failing in one class: the windows of its delays, and how
 * many calls it has made by when. Asked of the functions that production asks. */
#ifndef AGAIN_CLI_COURSE_H
#define AGAIN_CLI_COURSE_H

#include <again/core.h>

enum {
  AGAIN_COURSE_WINDOWS = 20, /* retries shown at most */
  AGAIN_COURSE_TIMES = 160,  /* points of time at which the calls are counted */
  AGAIN_COURSE_RUNS = 200    /* operations that are followed to their end */
};

/* The classes, and holds, which are no class: what the service said may be of any. */
typedef enum again_plight {
  AGAIN_PLIGHT_RETRYABLE,
  AGAIN_PLIGHT_THROTTLED,
  AGAIN_PLIGHT_AUTH,
  AGAIN_PLIGHT_HOLD,
  AGAIN_PLIGHT_COUNT
} again_plight;

/* "retryable"; NULL: none has this name. */
const char *again_plight_name(again_plight plight);

typedef struct again_spread {
  uint64_t low; /* 1 of 20 is below, */
  uint64_t median;
  uint64_t high; /* and 1 of 20 above */
} again_spread;

typedef struct again_course {
  again_plight plight;
  bool paced;                                 /* a pacer, where there is one, decides instead */
  uint32_t window_count;                      /* 0: nothing is tried again */
  again_window windows[AGAIN_COURSE_WINDOWS]; /* of retry 1, 2, ... */
  bool settled;                               /* further retries wait as the last of them does */
  uint32_t retry_limit;                       /* that there are at most; UINT32_MAX - 1: no limit */

  bool ends;           /* it is surfaced, within a week and 5000 calls; then: */
  again_reason reason; /* why */
  again_spread calls;  /* calls made by then, */
  again_spread end;    /* and when the last of them began, in ms */

  again_ms until; /* how far `by` goes: the end of the slowest, in whole seconds; without an end, an
                     hour or a dozen of the longest delays */
  again_spread by[AGAIN_COURSE_TIMES]; /* calls begun by i * until / (AGAIN_COURSE_TIMES - 1) */
} again_course;

/* Attempts are taken to fail at once. Without an allocation; some milliseconds. The same policy gives the
 * same course. */
void again_course_of(const again_policy *policy, again_plight plight, again_course *course);

#endif
