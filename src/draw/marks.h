/* Draws one series of a chart: no more points than the picture has pixels, with every extreme. */
#ifndef AGAIN_DRAW_MARKS_H
#define AGAIN_DRAW_MARKS_H

#include "draw/chart.h"
#include "draw/svg.h"

/* Where the values of a panel are in the picture. */
typedef struct again_frame {
  double left;
  double top;
  double width;
  double height;
  again_ticks x;
  again_ticks y;
} again_frame;

double again_frame_x(const again_frame *frame, double value);
double again_frame_y(const again_frame *frame, double value);

void again_marks_draw(again_svg *svg, const again_frame *frame, const again_series *series);

#endif
