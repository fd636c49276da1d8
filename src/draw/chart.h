/* Charts as SVG: panels below or beside one another, with axes in round numbers and a legend, legible on
 * paper and in the dark. No script, no font, nothing from elsewhere. The same chart gives the same
 * bytes. */
#ifndef AGAIN_DRAW_CHART_H
#define AGAIN_DRAW_CHART_H

#include "draw/ticks.h"
#include <stddef.h>

/* The palette: Okabe and Ito's colours, which the colour-blind tell apart ("Color Universal Design",
 * 2008), darker on white and lighter in the dark. Each has a dash of its own besides. */
enum { AGAIN_CHART_COLOURS = 6, AGAIN_CHART_GREY = AGAIN_CHART_COLOURS };

typedef enum again_series_kind {
  AGAIN_SERIES_LINE, /* straight from point to point */
  AGAIN_SERIES_STEP, /* each value holds until the next point */
  AGAIN_SERIES_BAND, /* the area from `low` to `y` */
  AGAIN_SERIES_BARS  /* a bar at each point, from `low` (NULL: 0) to `y` */
} again_series_kind;

/* Borrowed for the call, as all below. x does not fall. A value that is no finite number is a gap. */
typedef struct again_series {
  const char *name; /* for the legend; NULL: not in it */
  again_series_kind kind;
  unsigned colour; /* 0 .. AGAIN_CHART_COLOURS - 1, or AGAIN_CHART_GREY */
  bool dashed;     /* lines and steps: with the dash of the colour */
  const double *x;
  const double *y;
  const double *low;
  size_t count;
} again_series;

/* From `min` to `max`; both 0: as the values are, and 0 for an axis of y. */
typedef struct again_axis {
  const char *title; /* what it shows, with its unit where the ticks have none */
  again_axis_kind kind;
  double min;
  double max;
  bool open; /* of x: what is at the last tick goes on behind it, as "10+" says */
} again_axis;

typedef struct again_panel {
  const char *title;
  const again_axis *x; /* panels below one another with the same one share its ticks */
  again_axis y;
  const again_series *series;
  size_t series_count;
  const char *note; /* a sentence in place of an empty panel's values; or NULL */
  bool wide;        /* over all columns, at the bottom: after all that are not */
} again_panel;

typedef struct again_chart {
  const char *title;
  const char *subtitle;    /* in as many lines as it takes; NULL: none */
  const char *description; /* for who cannot see it */
  const again_panel *panels;
  size_t panel_count;
  unsigned columns; /* 0: 1; panels fill rows from the left */
  double width;     /* of the picture, in px; 0: 760 */
  double height;    /* of the values of one panel; 0: 110 */
} again_chart;

/* The picture, to be freed with free(); NULL: out of memory. */
char *again_chart_svg(const again_chart *chart);

#endif
