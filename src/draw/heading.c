#include "draw/heading.h"
#include <string.h>

enum { SWATCH = 22, BETWEEN = 16, SMALL = 11 };

static const double bold = 13.4; /* a bold letter of 12 px is as wide as another of this size */

static bool is_named(const again_series *series) {
  return series->name != NULL && series->name[0] != '\0';
}

static bool looks_like(const again_series *a, const again_series *b) {
  return is_named(a) && a->kind == b->kind && a->colour == b->colour && a->dashed == b->dashed &&
         strcmp(a->name, b->name) == 0;
}

bool again_heading_covers(const again_panel *panel, const again_panel *other) {
  for (size_t i = 0; i < other->series_count; i++) {
    const again_series *entry = &other->series[i];
    bool found = !is_named(entry);
    for (size_t j = 0; !found && j < panel->series_count; j++)
      found = looks_like(&panel->series[j], entry);
    if (!found) return false;
  }
  return true;
}

/* Of one entry of the legend; no wider than the panel. */
static double entry_width(const again_series *series, double width) {
  double wanted = SWATCH + again_svg_width(series->name, SMALL) + BETWEEN;
  return wanted < width ? wanted : width;
}

static double legend_width(const again_panel *panel, double width) {
  double all = 0;
  for (size_t i = 0; i < panel->series_count; i++) {
    if (is_named(&panel->series[i])) all += entry_width(&panel->series[i], width);
  }
  return all;
}

static bool is_beside(const again_panel *panel, double width) {
  double title = again_svg_width(panel->title, bold) + again_svg_width(panel->y.title, SMALL) + 24;
  return title + legend_width(panel, width) <= width;
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

/* From `x` on, and on further lines where it is wider than the panel. Returns the lines it takes; `svg`
 * NULL: only that. */
static int write_legend(again_svg *svg, const again_panel *panel, double x, double y,
                        double width) {
  int lines = 0;
  double used = width;
  for (size_t i = 0; i < panel->series_count; i++) {
    const again_series *series = &panel->series[i];
    if (!is_named(series)) continue;
    double entry = entry_width(series, width);
    if (used + entry > width || lines == 0) {
      lines++;
      used = 0;
    }
    double foot = y + (lines - 1) * AGAIN_HEADING_LINE;
    if (svg != NULL) write_swatch(svg, series, x + used, foot);
    if (svg != NULL)
      again_svg_label(svg, "t", x + used + SWATCH, foot, series->name, SMALL, width - SWATCH);
    used += entry;
  }
  return lines;
}

int again_heading_lines(const again_panel *panel, double width, bool legend) {
  if (!legend || is_beside(panel, width)) return 1;
  return 1 + write_legend(NULL, panel, 0, 0, width);
}

static void write_title(again_svg *svg, const again_panel *panel, double x, double y,
                        double width) {
  again_svg_markup(svg, "<text class=\"h\"");
  again_svg_attribute(svg, "x", x);
  again_svg_attribute(svg, "y", y);
  again_svg_markup(svg, ">");
  again_svg_text_within(svg, panel->title, bold, width);
  double left = width - again_svg_width(panel->title, bold) - 8;
  if (panel->y.title != NULL && left > 4 * SMALL) {
    again_svg_markup(svg, "<tspan class=\"t\" font-weight=\"400\" font-size=\"11\" dx=\"8\">");
    again_svg_text_within(svg, panel->y.title, SMALL, left);
    again_svg_markup(svg, "</tspan>");
  }
  again_svg_markup(svg, "</text>\n");
}

void again_heading_draw(again_svg *svg, const again_panel *panel, double x, double y, double width,
                        bool legend) {
  write_title(svg, panel, x, y, width);
  if (!legend) return;
  if (is_beside(panel, width)) {
    write_legend(svg, panel, x + width - legend_width(panel, width) + BETWEEN, y, width);
  } else {
    write_legend(svg, panel, x, y + AGAIN_HEADING_LINE, width);
  }
}
