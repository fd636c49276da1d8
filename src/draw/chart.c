#include "draw/chart.h"
#include "draw/heading.h"
#include "draw/marks.h"
#include <math.h>
#include <string.h>

/* In px. */
enum {
  MARGIN = 16,
  AXIS = 52,   /* left of a panel's values, for the words at the ticks */
  INSET = 10,  /* right of them, for half of the last tick's words */
  BESIDE = 20, /* between two columns */
  LINE = AGAIN_HEADING_LINE,
  GAP = 18,  /* between a panel and the heading of the next */
  SMALL = 11 /* letters */
};

/* A renderer without custom properties takes the plain value before; one without media queries stays
 * with the colours for paper. */
static const char style[] =
    "svg{--paper:#fff;--ink:#1f2328;--soft:#59636e;--grid:#dfe3e8;--s0:#0072b2;--s1:#c2500a;"
    "--s2:#00805a;--s3:#a8468b;--s4:#8a6d00;--s5:#4b5fbd;--s6:#6e7781;"
    "font-family:system-ui,-apple-system,'Segoe UI','DejaVu Sans',sans-serif;font-size:11px}\n"
    "@media (prefers-color-scheme:dark){svg{--paper:#0d1117;--ink:#e6edf3;--soft:#9aa4af;"
    "--grid:#2b323b;--s0:#56b4e9;--s1:#f39c5a;--s2:#35c79a;--s3:#e58fc6;--s4:#e0c341;"
    "--s5:#a3b2ff;--s6:#8d96a0}}\n"
    ".p{fill:#fff;fill:var(--paper)}text{fill:#1f2328;fill:var(--ink)}\n"
    ".t{fill:#59636e;fill:var(--soft)}.n{text-anchor:end}.c{text-anchor:middle}"
    ".h{font-weight:600;font-size:12px}.k{font-weight:600;font-size:16px}\n"
    ".g{stroke:#dfe3e8;stroke:var(--grid);stroke-width:1}"
    ".x{stroke:#59636e;stroke:var(--soft);stroke-width:1}\n"
    ".l{fill:none;stroke-width:1.8;stroke-linejoin:round;stroke-linecap:round}"
    ".a{fill-opacity:.22;stroke-opacity:.3;stroke-width:1}.m{fill-opacity:.5;stroke-width:1}"
    ".s1.m{fill-opacity:.9}.f{stroke:none}\n";

static const char *const colours[] = {"#0072b2", "#c2500a", "#00805a", "#a8468b",
                                      "#8a6d00", "#4b5fbd", "#6e7781"};
static const char *const dashes[] = {"none", "7 4", "2 4", "9 4 2 4", "5 3", "12 4", "3 3"};

static void write_style(again_svg *svg) {
  again_svg_markup(svg, "<style>\n");
  for (unsigned i = 0; i < sizeof colours / sizeof *colours; i++) {
    again_svg_markup(svg, ".s%u{stroke:%s;stroke:var(--s%u);fill:%s;fill:var(--s%u)}", i,
                     colours[i], i, colours[i], i);
    again_svg_markup(svg, ".d%u{stroke-dasharray:%s}\n", i, dashes[i]);
  }
  again_svg_markup(svg, "%s</style>\n", style); /* later rules win: a line is not filled */
}

static void write_line(again_svg *svg, const char *class, double x1, double y1, double x2,
                       double y2) {
  again_svg_markup(svg, "<path class=\"%s\" d=\"M", class);
  again_svg_number(svg, x1);
  again_svg_markup(svg, " ");
  again_svg_number(svg, y1);
  again_svg_markup(svg, "L");
  again_svg_number(svg, x2);
  again_svg_markup(svg, " ");
  again_svg_number(svg, y2);
  again_svg_markup(svg, "\"/>\n");
}

/* ---- Ranges ---------------------------------------------------------------------------------- */

static void include_value(double value, double *min, double *max) {
  if (!isfinite(value)) return;
  *min = fmin(*min, value);
  *max = fmax(*max, value);
}

static again_ticks ticks_y(const again_panel *panel, double height) {
  double min = panel->y.min;
  double max = panel->y.max;
  bool given = min < max;
  for (size_t s = 0; !given && s < panel->series_count; s++) {
    const again_series *series = &panel->series[s];
    for (size_t i = 0; i < series->count; i++) {
      include_value(series->y[i], &min, &max);
      if (series->low != NULL) include_value(series->low[i], &min, &max);
    }
  }
  return again_ticks_make(panel->y.kind, min, max, (int)fmax(height / 27, 2), true);
}

/* An axis of x is as long as the values of all panels that have it. */
static again_ticks ticks_x(const again_chart *chart, const again_axis *axis, double width) {
  double min = axis->min;
  double max = axis->max;
  bool given = min < max;
  if (!given) min = HUGE_VAL, max = -HUGE_VAL;
  for (size_t p = 0; !given && p < chart->panel_count; p++) {
    const again_panel *panel = &chart->panels[p];
    for (size_t s = 0; panel->x == axis && s < panel->series_count; s++) {
      for (size_t i = 0; i < panel->series[s].count; i++)
        include_value(panel->series[s].x[i], &min, &max);
    }
  }
  return again_ticks_make(axis->kind, min, max,
                          (int)fmax(width / (axis->kind == AGAIN_AXIS_WHOLE ? 28 : 70), 2), false);
}

/* ---- A panel --------------------------------------------------------------------------------- */

static void write_axes(again_svg *svg, const again_frame *frame, const again_axis *axis_x,
                       bool labels) {
  double bottom = frame->top + frame->height;
  for (int i = 0; i < frame->y.count; i++) {
    char label[AGAIN_TICKS_LABEL];
    double y = again_frame_y(frame, frame->y.at[i]);
    again_ticks_label(&frame->y, frame->y.at[i], label);
    write_line(svg, "g", frame->left, y, frame->left + frame->width, y);
    again_svg_label(svg, "t n", frame->left - 6, y + 4, label, SMALL, frame->width);
  }
  write_line(svg, "x", frame->left, bottom, frame->left + frame->width, bottom);
  for (int i = 0; i < frame->x.count; i++) {
    char label[AGAIN_TICKS_LABEL];
    double x = again_frame_x(frame, frame->x.at[i]);
    write_line(svg, "x", x, bottom, x, bottom + 4);
    again_ticks_label(&frame->x, frame->x.at[i], label);
    if (axis_x->open && i == frame->x.count - 1)
      strncat(label, "+", sizeof label - strlen(label) - 1);
    if (labels) again_svg_label(svg, "t c", x, bottom + 16, label, SMALL, frame->width);
  }
}

/* ---- The picture ----------------------------------------------------------------------------- */

static double or_else(double value, double otherwise) {
  return value > 0 ? value : otherwise;
}

typedef struct layout {
  unsigned columns;
  double width;  /* of the picture */
  double column; /* of one column, its axis included */
  double height; /* of a panel's values */
} layout;

static layout lay_out(const again_chart *chart) {
  layout out = {.columns = chart->columns > 0 ? chart->columns : 1,
                .width = or_else(chart->width, 760),
                .height = or_else(chart->height, 110)};
  out.column = (out.width - 2 * MARGIN - (out.columns - 1) * (double)BESIDE) / out.columns;
  return out;
}

/* The panel below this one, or NULL. */
static const again_panel *below(const again_chart *chart, const layout *out, size_t p) {
  size_t next = p + (chart->panels[p].wide ? 1 : out->columns);
  if (next >= chart->panel_count || chart->panels[next].wide != chart->panels[p].wide) return NULL;
  return &chart->panels[next];
}

/* A legend that the panel above has as well is not drawn again. */
static bool has_legend(const again_chart *chart, const layout *out, size_t p) {
  size_t step = chart->panels[p].wide ? 1 : out->columns;
  return p < step || chart->panels[p - step].wide != chart->panels[p].wide ||
         !again_heading_covers(&chart->panels[p - step], &chart->panels[p]);
}

static double panel_width(const layout *out, const again_panel *panel) {
  return panel->wide ? out->width - 2 * MARGIN : out->column;
}

static int heading_lines(const again_chart *chart, const layout *out, size_t p) {
  const again_panel *panel = &chart->panels[p];
  return again_heading_lines(panel, panel_width(out, panel), has_legend(chart, out, p));
}

/* Draws a panel whose heading begins at `top`, with room for `lines` of heading; returns where it ends. */
static double draw_panel(again_svg *svg, const again_chart *chart, const layout *out, size_t p,
                         double x, double top, int lines) {
  const again_panel *panel = &chart->panels[p];
  const again_panel *next = below(chart, out, p);
  double width = panel_width(out, panel);
  bool shared = next != NULL && next->x == panel->x;
  again_frame frame = {.left = x + AXIS,
                       .top = top + lines * LINE + 8,
                       .width = width - AXIS - INSET,
                       .height = out->height};
  frame.x = ticks_x(chart, panel->x, frame.width);
  frame.y = ticks_y(panel, frame.height);
  again_heading_draw(svg, panel, x, top + 12, width, has_legend(chart, out, p));
  if (panel->note != NULL) {
    again_svg_label(svg, "t", x, frame.top + 4, panel->note, SMALL, width);
    return frame.top + 4;
  }
  write_axes(svg, &frame, panel->x, !shared);
  for (size_t s = 0; s < panel->series_count; s++)
    again_marks_draw(svg, &frame, &panel->series[s]);
  double bottom = frame.top + frame.height;
  if (shared) return bottom;
  if (panel->x->title != NULL)
    again_svg_label(svg, "t c", frame.left + frame.width / 2, bottom + 16 + LINE - 2,
                    panel->x->title, SMALL, frame.width);
  return bottom + 18 + (panel->x->title != NULL ? LINE : 0);
}

/* Draws all panels from `top` on; returns where they end. */
static double draw_panels(again_svg *svg, const again_chart *chart, const layout *out, double top) {
  for (size_t p = 0; p < chart->panel_count;) {
    size_t in_row = 1;
    int lines = heading_lines(chart, out, p);
    double end = top;
    while (!chart->panels[p].wide && in_row < out->columns && p + in_row < chart->panel_count &&
           !chart->panels[p + in_row].wide) {
      int more = heading_lines(chart, out, p + in_row++);
      if (more > lines) lines = more;
    }
    for (size_t i = 0; i < in_row; i++, p++) {
      double x = MARGIN + (double)i * (out->column + BESIDE);
      end = fmax(end, draw_panel(svg, chart, out, p, x, top, lines));
    }
    top = end + GAP;
  }
  return top;
}

char *again_chart_svg(const again_chart *chart) {
  layout out = lay_out(chart);
  again_svg body = {.text = NULL};
  again_svg svg = {.text = NULL};
  double top = MARGIN + 16;
  double text_width = out.width - 2 * MARGIN;
  again_svg_label(&body, "k", MARGIN, top, chart->title, 18, text_width);
  if (chart->subtitle != NULL) {
    top += 2;
    top += LINE * again_svg_paragraph(&body, "t", MARGIN, top + LINE, LINE, chart->subtitle, SMALL,
                                      text_width);
  }
  double height = draw_panels(&body, chart, &out, top + GAP) - GAP + MARGIN;

  again_svg_markup(&svg, "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" "
                         "aria-labelledby=\"again-title again-desc\" viewBox=\"0 0 ");
  again_svg_number(&svg, out.width);
  again_svg_markup(&svg, " ");
  again_svg_number(&svg, ceil(height));
  again_svg_markup(&svg, "\"");
  again_svg_attribute(&svg, "width", out.width);
  again_svg_attribute(&svg, "height", ceil(height));
  again_svg_markup(&svg, ">\n<title id=\"again-title\">");
  again_svg_text(&svg, chart->title);
  again_svg_markup(&svg, "</title>\n<desc id=\"again-desc\">");
  again_svg_text(&svg, chart->description);
  again_svg_markup(&svg, "</desc>\n");
  write_style(&svg);
  again_svg_markup(&svg, "<rect class=\"p\" width=\"100%%\" height=\"100%%\"/>\n");
  again_svg_join(&svg, &body);
  again_svg_markup(&svg, "</svg>\n");
  return again_svg_take(&svg);
}
