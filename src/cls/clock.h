/* What is known of the service's clock.
 *
 * A signature is valid from one minute before to five minutes after the time it was made at, by the
 * service's clock. When the service says that one has expired, its Date header says what time it is
 * there, to the second; the difference to this machine's clock is adopted if it is at least 30 s
 * away from what the refused attempt was signed with. So every attempt under way when a clock jumps
 * finds the new difference, and a Date that agrees with the signature changes nothing.
 *
 * A difference is proven when the service takes a signature that was made with it. One that was never
 * proven, and is refused while the Date still agrees with it, was learned from a wrong Date (of a proxy
 * that keeps answers, say): it is undone, and the last proven one, at first none, is in force again. */
#ifndef AGAIN_CLS_CLOCK_H
#define AGAIN_CLS_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

enum { AGAIN_CLS_SKEW_MIN_MS = 30000 };

typedef struct again_cls_clock {
  int64_t skew_ms;   /* the service is ahead by so much */
  int64_t proven_ms; /* the last difference that a signature was taken with */
} again_cls_clock;

/* An attempt signed with `used_ms` of skew was refused as expired; the answer's Date was `date`
 * (seconds since 1970) when this machine's clock showed `local_ms`. True if the clock has been
 * corrected with respect to that attempt: another one makes sense at once. */
bool again_cls_clock_refused(again_cls_clock *clock, int64_t used_ms, int64_t date,
                             int64_t local_ms);

/* A signature made with `used_ms` of skew was taken. */
void again_cls_clock_accepted(again_cls_clock *clock, int64_t used_ms);

#endif
