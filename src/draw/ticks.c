#include "draw/ticks.h"
#include <math.h>
#include <stdio.h>

/* Steps of time that people count in, in seconds. */
static const double times[] = {1,   2,   5,    10,   15,   30,    60,    120,   300,
                               600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400};
enum { TIMES = sizeof times / sizeof *times };

/* The smallest of 1, 2, 5 times a power of ten that is not less than `least` (> 0). */
static double decimal_step(double least) {
  double power = pow(10, floor(log10(least)));
  static const double steps[] = {1, 2, 5, 10};
  for (int i = 0; i < 3; i++) {
    if (steps[i] * power >= least * (1 - 1e-9)) return steps[i] * power;
  }
  return 10 * power;
}

static double step_of(again_axis_kind kind, double least) {
  if (kind == AGAIN_AXIS_WHOLE && least < 1) return 1;
  if (kind != AGAIN_AXIS_TIME || least < 1) return decimal_step(least);
  for (int i = 0; i < TIMES; i++) {
    if (times[i] >= least * (1 - 1e-9)) return times[i];
  }
  return decimal_step(least / 86400) * 86400;
}

again_ticks again_ticks_make(again_axis_kind kind, double min, double max, int wanted,
                             bool extend) {
  /* Beyond this a step is no longer held exactly. */
  static const double most = 1e15;
  min = isnan(min) ? 0 : fmin(fmax(min, -most), most);
  if (isnan(max) || max <= min) max = min + 1;
  max = fmin(max, most + 1);
  again_ticks ticks = {.min = min, .max = max, .kind = kind};
  ticks.step = step_of(kind, (max - min) / wanted);
  double first = ceil(min / ticks.step - 1e-9);
  double last = floor(max / ticks.step + 1e-9);
  if (extend) {
    first = floor(min / ticks.step + 1e-9);
    last = fmax(ceil(max / ticks.step - 1e-9), first + 1);
    ticks.min = first * ticks.step;
    ticks.max = last * ticks.step;
  }
  /* Of a range that is far from 0 and short beside it, doubles cannot hold the steps. */
  for (; first + ticks.count <= last && ticks.count < AGAIN_TICKS_MAX; ticks.count++)
    ticks.at[ticks.count] = (first + ticks.count) * ticks.step;
  return ticks;
}

/* As many decimals as the step has, once it is counted in `unit`. */
static int decimals_of(double step, double unit) {
  int decimals = 0;
  for (double scaled = step / unit; decimals < 6; scaled *= 10, decimals++) {
    if (fabs(scaled - round(scaled)) < 1e-6 * scaled) break;
  }
  return decimals;
}

/* A number with a point, whatever the locale says. */
static void print_fixed(double value, int decimals, const char *unit,
                        char label[AGAIN_TICKS_LABEL]) {
  long long power = 1;
  for (int i = 0; i < decimals; i++)
    power *= 10;
  long long scaled = llround(fmin(fmax(value, -1e12), 1e12) * (double)power);
  const char *sign = scaled < 0 ? "-" : "";
  long long size = scaled < 0 ? -scaled : scaled;
  if (decimals == 0) {
    snprintf(label, AGAIN_TICKS_LABEL, "%s%lld%s", sign, size, unit);
  } else {
    snprintf(label, AGAIN_TICKS_LABEL, "%s%lld.%0*lld%s", sign, size / power, decimals,
             size % power, unit);
  }
}

void again_ticks_label(const again_ticks *ticks, double value, char label[AGAIN_TICKS_LABEL]) {
  static const struct unit {
    double size;
    const char *name;
  } time_units[] = {{86400, " d"}, {3600, " h"}, {60, " min"}, {1, " s"}, {1e-3, " ms"}},
    number_units[] = {{1e9, "G"}, {1e6, "M"}, {1e3, "k"}, {1, ""}};
  bool time = ticks->kind == AGAIN_AXIS_TIME;
  const struct unit *unit = time ? time_units : number_units;
  int left = time ? 4 : 3;
  double most = fmax(fabs(ticks->min), fabs(ticks->max));
  /* The largest unit in which the steps are whole; of less than a second: in which the axis is. "4000"
     is read as easily as "4k". */
  double compared = time && ticks->step < 1 ? most : ticks->step;
  if (!time && most < 10000) compared = 1;
  for (; left > 0 && unit->size > compared * (1 + 1e-9); unit++)
    left--;
  /* 1.5 h is no step, 90 min is. */
  while (left > 0 && time && ticks->step >= 1 && decimals_of(ticks->step, unit->size) > 0) {
    unit++;
    left--;
  }
  bool zero = fabs(value) < ticks->step * 1e-6;
  if (zero) {
    snprintf(label, AGAIN_TICKS_LABEL, "0");
  } else {
    print_fixed(value / unit->size, decimals_of(ticks->step, unit->size), unit->name, label);
  }
}
