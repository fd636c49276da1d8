/* The line above a panel: its title and unit, and the legend of its series beside it, or below where
 * there is no room. */
#ifndef AGAIN_DRAW_HEADING_H
#define AGAIN_DRAW_HEADING_H

#include "draw/chart.h"
#include "draw/svg.h"

enum { AGAIN_HEADING_LINE = 17 }; /* the height of a line, in px */

/* How many lines it takes in a panel of this width, with a legend or without. */
int again_heading_lines(const again_panel *panel, double width, bool legend);

/* Draws it, the foot of its first line at `y`. */
void again_heading_draw(again_svg *svg, const again_panel *panel, double x, double y, double width,
                        bool legend);

/* Does the legend of `panel` say all that the one of `other` would? */
bool again_heading_covers(const again_panel *panel, const again_panel *other);

#endif
