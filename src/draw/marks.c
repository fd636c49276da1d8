#include "draw/marks.h"
#include <math.h>

static double clamp(double value, double min, double max) {
  return value < min ? min : value > max ? max : value;
}

double again_frame_x(const again_frame *frame, double value) {
  double share = (value - frame->x.min) / (frame->x.max - frame->x.min);
  return frame->left + clamp(share, 0, 1) * frame->width;
}

double again_frame_y(const again_frame *frame, double value) {
  double share = (value - frame->y.min) / (frame->y.max - frame->y.min);
  return frame->top + (1 - clamp(share, 0, 1)) * frame->height;
}

static double low_of(const again_series *series, size_t i) {
  return series->low != NULL ? series->low[i] : 0;
}

static bool is_gap(const again_series *series, size_t i) {
  return !isfinite(series->x[i]) || !isfinite(series->y[i]) || !isfinite(low_of(series, i));
}

/* The points that fall on one column of pixels, from index `from` on: where they end, and which are the
 * lowest and the highest of them (Jugel et al., "M4: a visualization-oriented time series data
 * aggregation", VLDB 2014: the first, the last and these two draw the same pixels as all). A gap is a
 * column of its own. */
typedef struct column {
  size_t from;
  size_t to; /* behind the last */
  size_t lowest;
  size_t highest;
  bool gap;
} column;

static column column_from(const again_frame *frame, const again_series *series, size_t from) {
  column all = {from, from + 1, from, from, is_gap(series, from)};
  if (all.gap) return all;
  double pixel = floor(again_frame_x(frame, series->x[from]));
  for (; all.to < series->count; all.to++) {
    size_t i = all.to;
    if (is_gap(series, i) || floor(again_frame_x(frame, series->x[i])) > pixel) break;
    bool area = series->kind == AGAIN_SERIES_BAND || series->kind == AGAIN_SERIES_BARS;
    if (series->y[i] > series->y[all.highest]) all.highest = i;
    if (area ? low_of(series, i) < low_of(series, all.lowest)
             : series->y[i] < series->y[all.lowest])
      all.lowest = i;
  }
  return all;
}

static void add_pair(again_svg *svg, const char *command, double x, double y) {
  again_svg_markup(svg, "%s", command);
  again_svg_number(svg, x);
  again_svg_markup(svg, " ");
  again_svg_number(svg, y);
}

/* One more point of a line; `first`: it begins here. */
static void add_point(again_svg *svg, const again_frame *frame, const again_series *series,
                      size_t i, bool first) {
  double x = again_frame_x(frame, series->x[i]);
  double y = again_frame_y(frame, series->y[i]);
  if (first) {
    add_pair(svg, "M", x, y);
  } else if (series->kind == AGAIN_SERIES_STEP) {
    again_svg_markup(svg, "H");
    again_svg_number(svg, x);
    again_svg_markup(svg, "V");
    again_svg_number(svg, y);
  } else {
    add_pair(svg, "L", x, y);
  }
}

static void draw_line(again_svg *svg, const again_frame *frame, const again_series *series) {
  bool first = true;
  again_svg_markup(svg, "<path class=\"s%u l", series->colour);
  if (series->dashed) again_svg_markup(svg, " d%u", series->colour);
  again_svg_markup(svg, "\" d=\"");
  for (size_t from = 0; from < series->count;) {
    column points = column_from(frame, series, from);
    from = points.to;
    if (points.gap) first = true;
    if (points.gap) continue;
    size_t early = points.lowest < points.highest ? points.lowest : points.highest;
    size_t late = points.lowest < points.highest ? points.highest : points.lowest;
    add_point(svg, frame, series, points.from, first);
    if (early > points.from) add_point(svg, frame, series, early, false);
    if (late > early) add_point(svg, frame, series, late, false);
    if (points.to - 1 > late) add_point(svg, frame, series, points.to - 1, false);
    /* A point between two gaps would not be seen: a line with round ends and no length is a dot. */
    bool last = from == series->count || is_gap(series, from);
    if (first && last && points.to - points.from == 1) again_svg_markup(svg, "h0");
    first = false;
  }
  again_svg_markup(svg, "\"/>\n");
}

/* The upper edge from `from` on up to a gap, and the lower one back. */
static size_t draw_area(again_svg *svg, const again_frame *frame, const again_series *series,
                        size_t from) {
  size_t to = from;
  for (bool first = true; to < series->count; first = false) {
    column points = column_from(frame, series, to);
    if (points.gap) break;
    add_pair(svg, first ? "M" : "L", again_frame_x(frame, series->x[to]),
             again_frame_y(frame, series->y[points.highest]));
    to = points.to;
  }
  /* Backward there are no columns to read: they are found again from the start of each. */
  for (size_t last = to; last > from;) {
    double pixel = floor(again_frame_x(frame, series->x[last - 1]));
    size_t start = last - 1;
    double low = low_of(series, start);
    while (start > from && floor(again_frame_x(frame, series->x[start - 1])) >= pixel) {
      start--;
      low = fmin(low, low_of(series, start));
    }
    add_pair(svg, "L", again_frame_x(frame, series->x[start]), again_frame_y(frame, low));
    last = start;
  }
  again_svg_markup(svg, "Z");
  return to;
}

static void draw_band(again_svg *svg, const again_frame *frame, const again_series *series) {
  again_svg_markup(svg, "<path class=\"s%u a\" d=\"", series->colour);
  for (size_t from = 0; from < series->count;) {
    from = is_gap(series, from) ? from + 1 : draw_area(svg, frame, series, from);
  }
  again_svg_markup(svg, "\"/>\n");
}

enum { WIDEST = 40, DENSE = 8 };

/* How far the closest two points are from each other: bars that are close touch, others are thinner. */
static double bar_width(const again_frame *frame, const again_series *series) {
  double closest = WIDEST;
  for (size_t i = 1; i < series->count; i++) {
    double apart = again_frame_x(frame, series->x[i]) - again_frame_x(frame, series->x[i - 1]);
    if (apart < closest) closest = apart;
  }
  return closest < DENSE ? fmax(closest, 1) : closest * 0.7;
}

static void draw_bars(again_svg *svg, const again_frame *frame, const again_series *series) {
  double width = bar_width(frame, series);
  again_svg_markup(svg, "<g class=\"s%u m%s\">", series->colour, width < DENSE ? " f" : "");
  for (size_t from = 0; from < series->count;) {
    column points = column_from(frame, series, from);
    from = points.to;
    if (points.gap) continue;
    double top = again_frame_y(frame, series->y[points.highest]);
    double bottom = again_frame_y(frame, low_of(series, points.lowest));
    double left = again_frame_x(frame, series->x[points.from]) - width / 2;
    double right = left + width;
    if (width < DENSE) left = floor(left + 0.51), right = floor(right + 0.51); /* no seams */
    bool one_value = bottom - top < 2;
    if (one_value && width < DENSE && bottom - top < 0.05) continue; /* nothing, of many */
    if (one_value && width >= DENSE) bottom = (top = (top + bottom) / 2 - 1) + 2; /* a stroke */
    again_svg_markup(svg, "<rect");
    again_svg_attribute(svg, "x", left);
    again_svg_attribute(svg, "y", top);
    again_svg_attribute(svg, "width", fmax(right - left, 1));
    again_svg_attribute(svg, "height", bottom - top);
    again_svg_markup(svg, "/>");
  }
  again_svg_markup(svg, "</g>\n");
}

void again_marks_draw(again_svg *svg, const again_frame *frame, const again_series *series) {
  switch (series->kind) {
  case AGAIN_SERIES_LINE:
  case AGAIN_SERIES_STEP: draw_line(svg, frame, series); break;
  case AGAIN_SERIES_BAND: draw_band(svg, frame, series); break;
  case AGAIN_SERIES_BARS: draw_bars(svg, frame, series); break;
  }
}
