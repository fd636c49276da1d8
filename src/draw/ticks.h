/* The ticks of an axis: round numbers, and the words for them. */
#ifndef AGAIN_DRAW_TICKS_H
#define AGAIN_DRAW_TICKS_H

#include <stdbool.h>

enum { AGAIN_TICKS_MAX = 24, AGAIN_TICKS_LABEL = 48 };

typedef enum again_axis_kind {
  AGAIN_AXIS_NUMBER,
  AGAIN_AXIS_WHOLE, /* of things that are counted: no fractions */
  AGAIN_AXIS_TIME   /* in seconds: ticks of 15 s, 5 min, 6 h */
} again_axis_kind;

typedef struct again_ticks {
  double min;  /* the axis, from */
  double max;  /* to */
  double step; /* between two ticks */
  int count;
  double at[AGAIN_TICKS_MAX]; /* within the axis */
  again_axis_kind kind;
} again_ticks;

/* About `wanted` (2..20) ticks for values from `min` to `max`. `extend`: the axis is lengthened to whole
 * steps. An empty or impossible range becomes one that can be drawn. */
again_ticks again_ticks_make(again_axis_kind kind, double min, double max, int wanted, bool extend);

/* What stands at a tick: "2.5", "40k", "500 ms", "15 min". All of an axis are in one unit. */
void again_ticks_label(const again_ticks *ticks, double value, char label[AGAIN_TICKS_LABEL]);

#endif
