#include "cli/chart.h"
#include "cli/marks.h"
#include <math.h>
#include <string.h>

/* In px. */
enum {
  MARGIN = 16,
  AXIS = 52,   /* left of a panel's values, for the words at the ticks */
  INSET = 10,  /* right of them, for half of the last tick's words */
  BESIDE = 20, /* between two columns */
  LINE = 17,   /* of text */
  GAP = 18,    /* between a panel and the heading of the next */
  SWATCH = 22  /* of a legend's entry */
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
    ".a{fill-opacity:.22;stroke-opacity:.3;stroke-width:1}.m{fill-opacity:.5;stroke-width:1}.f{"
    "fill-opacity:.65;stroke:none}\n";

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

/* About as wide as the text is in a font of this size: letters of sans-serif fonts are half an em
 * on average. */
static double width_of(const char *text, double size) {
  double letters = 0;
  for (; text != NULL && *text != '\0'; text++)
    letters += ((unsigned char)*text & 0xc0) != 0x80; /* bytes that begin a character */
  return letters * size * 0.52;
}

static void write_text(again_svg *svg, const char *class, double x, double y, const char *text) {
  again_svg_markup(svg, "<text class=\"%s\"", class);
  again_svg_attribute(svg, "x", x);
  again_svg_attribute(svg, "y", y);
  again_svg_markup(svg, ">");
  again_svg_text(svg, text);
  again_svg_markup(svg, "</text>\n");
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
  if (!given) min = INFINITY, max = -INFINITY;
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

static bool is_named(const again_series *series) {
  return series->name != NULL && series->name[0] != '\0';
}

static bool same_legend(const again_panel *a, const again_panel *b) {
  if (a->series_count != b->series_count || a->series_count == 0) return false;
  for (size_t i = 0; i < a->series_count; i++) {
    const again_series *one = &a->series[i];
    const again_series *other = &b->series[i];
    if (is_named(one) != is_named(other) || one->kind != other->kind ||
        one->colour != other->colour || one->dashed != other->dashed ||
        (is_named(one) && strcmp(one->name, other->name) != 0)) {
      return false;
    }
  }
  return true;
}

/* What its heading has to the right of the title, or below it where that is too long. */
static double legend_width(const again_panel *panel) {
  double width = 0;
  for (size_t i = 0; i < panel->series_count; i++) {
    if (is_named(&panel->series[i])) {
      width += SWATCH + width_of(panel->series[i].name, 11) + 12;
    }
  }
  return width;
}

static double heading_width(const again_panel *panel) {
  return width_of(panel->title, 12.5) + width_of(panel->y.title, 11) + 24;
}

static void write_swatch(again_svg *svg, const again_series *series, double x, double y) {
  bool line = series->kind == AGAIN_SERIES_LINE || series->kind == AGAIN_SERIES_STEP;
  if (line) {
    again_svg_markup(svg, "<path class=\"s%u l", series->colour);
    if (series->dashed) again_svg_markup(svg, " d%u", series->colour);
    again_svg_markup(svg, "\" d=\"M");
    again_svg_number(svg, x);
    again_svg_markup(svg, " ");
    again_svg_number(svg, y - 4);
    again_svg_markup(svg, "h16\"/>");
    return;
  }
  again_svg_markup(svg, "<rect class=\"s%u %s\"", series->colour,
                   series->kind == AGAIN_SERIES_BAND ? "a" : "m");
  again_svg_attribute(svg, "x", x);
  again_svg_attribute(svg, "y", y - 9);
  again_svg_markup(svg, " width=\"16\" height=\"10\"/>");
}

static void write_legend(again_svg *svg, const again_panel *panel, double x, double y) {
  for (size_t i = 0; i < panel->series_count; i++) {
    const again_series *series = &panel->series[i];
    if (!is_named(series)) continue;
    write_swatch(svg, series, x, y);
    write_text(svg, "t", x + SWATCH, y, series->name);
    x += SWATCH + width_of(series->name, 11) + 12;
  }
}

static void write_heading(again_svg *svg, const again_panel *panel, double x, double y) {
  again_svg_markup(svg, "<text class=\"h\"");
  again_svg_attribute(svg, "x", x);
  again_svg_attribute(svg, "y", y);
  again_svg_markup(svg, ">");
  again_svg_text(svg, panel->title);
  if (panel->y.title != NULL) {
    again_svg_markup(svg, "<tspan class=\"t\" font-weight=\"400\" font-size=\"11\" dx=\"8\">");
    again_svg_text(svg, panel->y.title);
    again_svg_markup(svg, "</tspan>");
  }
  again_svg_markup(svg, "</text>\n");
}

static void write_axes(again_svg *svg, const again_frame *frame, bool labels) {
  double bottom = frame->top + frame->height;
  for (int i = 0; i < frame->y.count; i++) {
    char label[32];
    double y = again_frame_y(frame, frame->y.at[i]);
    again_ticks_label(&frame->y, frame->y.at[i], label);
    write_line(svg, "g", frame->left, y, frame->left + frame->width, y);
    write_text(svg, "t n", frame->left - 6, y + 4, label);
  }
  write_line(svg, "x", frame->left, bottom, frame->left + frame->width, bottom);
  for (int i = 0; i < frame->x.count; i++) {
    char label[32];
    double x = again_frame_x(frame, frame->x.at[i]);
    write_line(svg, "x", x, bottom, x, bottom + 4);
    again_ticks_label(&frame->x, frame->x.at[i], label);
    if (labels) write_text(svg, "t c", x, bottom + 16, label);
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

/* The same legend is drawn once, with the first panel of a column. */
static bool has_legend(const again_chart *chart, const layout *out, size_t p) {
  size_t step = chart->panels[p].wide ? 1 : out->columns;
  return p < step || chart->panels[p - step].wide != chart->panels[p].wide ||
         !same_legend(&chart->panels[p - step], &chart->panels[p]);
}

static double panel_width(const layout *out, const again_panel *panel) {
  return panel->wide ? out->width - 2 * MARGIN : out->column;
}

/* Lines of its heading: a second one if title and legend do not fit beside each other. */
static int heading_lines(const again_chart *chart, const layout *out, size_t p) {
  const again_panel *panel = &chart->panels[p];
  double width = panel_width(out, panel);
  if (!has_legend(chart, out, p)) return 1;
  return heading_width(panel) + legend_width(panel) > width ? 2 : 1;
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
  write_heading(svg, panel, x, top + 12);
  if (has_legend(chart, out, p)) {
    double legend = x + fmax(width - legend_width(panel) + 12, 0);
    bool own_line = heading_lines(chart, out, p) > 1;
    write_legend(svg, panel, own_line ? x : legend, top + 12 + (own_line ? LINE : 0));
  }
  if (panel->note != NULL) {
    write_text(svg, "t", x, frame.top + 4, panel->note);
    return frame.top + 4;
  }
  write_axes(svg, &frame, !shared);
  for (size_t s = 0; s < panel->series_count; s++)
    again_marks_draw(svg, &frame, &panel->series[s]);
  double bottom = frame.top + frame.height;
  if (shared) return bottom;
  if (panel->x->title != NULL)
    write_text(svg, "t c", frame.left + frame.width / 2, bottom + 16 + LINE - 2, panel->x->title);
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
  write_text(&body, "k", MARGIN, top, chart->title);
  if (chart->subtitle != NULL) write_text(&body, "t", MARGIN, top += LINE + 2, chart->subtitle);
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
