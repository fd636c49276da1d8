#include "cls/clock.h"

/* Year 9999: no clock is right beyond it, and nothing here can overflow below it. */
#define DATE_MAX INT64_C(253402300799)

static int64_t distance(int64_t a, int64_t b) {
  return a > b ? a - b : b - a;
}

bool again_cls_clock_refused(again_cls_clock *clock, int64_t used_ms, int64_t date,
                             int64_t local_ms) {
  if (date < 0 || date > DATE_MAX) return false;
  /* The Date was cut to whole seconds: on average it is half a second old. */
  int64_t measured = date * 1000 + 500 - local_ms;
  if (distance(measured, used_ms) >= AGAIN_CLS_SKEW_MIN_MS) {
    clock->skew_ms = measured;
    return true;
  }
  if (used_ms == clock->skew_ms) clock->skew_ms = clock->proven_ms;
  return false;
}

void again_cls_clock_accepted(again_cls_clock *clock, int64_t used_ms) {
  clock->proven_ms = used_ms;
}
