#include "cli/simulate_chart.h"
#include "draw/chart.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { CALLS = 5, PANELS = AGAIN_TRAFFIC_MAX + 2, TITLE = 160 };

typedef struct drawing {
  again_axis time;
  again_series calls[AGAIN_TRAFFIC_MAX][CALLS];
  double *tops[AGAIN_TRAFFIC_MAX];   /* of the bars of calls: with those refused, */
  double *wholes[AGAIN_TRAFFIC_MAX]; /* and with those that failed */
  again_series waiting[AGAIN_TRAFFIC_MAX];
  again_series delays[AGAIN_TRAFFIC_MAX + 1];
  char names[AGAIN_TRAFFIC_MAX][64]; /* of the delays */
  char titles[AGAIN_TRAFFIC_MAX][TITLE];
  again_panel panels[PANELS];
  char description[1024];
} drawing;

static again_series series_of(const char *name, again_series_kind kind, unsigned colour,
                              const again_traffic *from, const double *values) {
  return (again_series){.name = name,
                        .kind = kind,
                        .colour = colour,
                        .x = from->at,
                        .y = values,
                        .count = from->count};
}

static double highest(const double *values, size_t count, double least) {
  for (size_t i = 0; values != NULL && i < count; i++) {
    if (isfinite(values[i])) least = fmax(least, values[i]);
  }
  return least;
}

/* What was refused stands on what was accepted, what failed on that: the top is what was offered. */
static void draw_calls(drawing *all, size_t policy, const again_traffic *from) {
  again_series *series = all->calls[policy];
  size_t count = 0;
  double *top = all->tops[policy];
  for (size_t i = 0; i < from->count; i++) {
    top[i] = (from->accepted != NULL ? from->accepted[i] : 0) +
             (from->refused != NULL ? from->refused[i] : 0);
    all->wholes[policy][i] = top[i] + (from->failed != NULL ? from->failed[i] : 0);
  }
  if (from->accepted != NULL)
    series[count++] = series_of("accepted", AGAIN_SERIES_BARS, 0, from, from->accepted);
  if (from->refused != NULL) {
    series[count] = series_of("refused (on top)", AGAIN_SERIES_BARS, 1, from, top);
    series[count++].low = from->accepted;
  }
  if (highest(from->failed, from->count, 0) > 0) {
    series[count] = series_of("failed (on top)", AGAIN_SERIES_BARS, 4, from, all->wholes[policy]);
    series[count++].low = top;
  }
  if (from->quota != NULL)
    series[count++] = series_of("quota", AGAIN_SERIES_LINE, AGAIN_CHART_GREY, from, from->quota);
  if (from->rate != NULL) {
    series[count] = series_of("the pacer's rate", AGAIN_SERIES_LINE, 2, from, from->rate);
    series[count++].dashed = true;
  }
  all->panels[policy].series = series;
  all->panels[policy].series_count = count;
}

/* The sums, for who cannot see them. */
static void describe(drawing *all, const again_traffic *traffic, size_t count) {
  size_t used = 0;
  for (size_t i = 0; i < count && used < sizeof all->description; i++) {
    const again_traffic *from = &traffic[i];
    used += (size_t)snprintf(all->description + used, sizeof all->description - used,
                             "%s: at most %.0f calls a second offered and %.0f accepted%s%s. ",
                             from->name, highest(all->wholes[i], from->count, 0),
                             highest(from->accepted, from->count, 0),
                             from->note != NULL ? "; " : "", from->note != NULL ? from->note : "");
  }
}

/* Bars that would make all others small are cut, and their title says so. */
static void cut_calls(drawing *all, size_t policy, const again_traffic *from, double most) {
  double highest_of_all = highest(all->wholes[policy], from->count, 0);
  char *title = all->titles[policy];
  int used = snprintf(title, TITLE, "calls/s");
  if (from->note != NULL)
    used += snprintf(title + used, (size_t)(TITLE - used), "; %s", from->note);
  if (highest_of_all <= most) return;
  snprintf(title + used, (size_t)(TITLE - used), "; cut: up to %.3gk/s", highest_of_all / 1000);
  for (size_t i = 0; i < from->count; i++) {
    all->tops[policy][i] = fmin(all->tops[policy][i], most);
    all->wholes[policy][i] = fmin(all->wholes[policy][i], most);
  }
}

/* On one scale, so that they can be compared. */
static void add_calls(drawing *all, const again_traffic *traffic, size_t count) {
  enum { TIMES_QUOTA = 4 };
  double most = 0;
  double quota = 0;
  for (size_t i = 0; i < count; i++) {
    all->panels[i] = (again_panel){.title = traffic[i].name, .x = &all->time};
    draw_calls(all, i, &traffic[i]);
    quota = highest(traffic[i].quota, traffic[i].count, quota);
    most = highest(all->wholes[i], traffic[i].count, most);
    most = highest(traffic[i].quota, traffic[i].count, most);
    most = highest(traffic[i].rate, traffic[i].count, most);
  }
  describe(all, traffic, count);
  if (quota > 0) most = fmin(most, TIMES_QUOTA * quota);
  for (size_t i = 0; i < count; i++) {
    cut_calls(all, i, &traffic[i], most);
    all->panels[i].y = (again_axis){.title = all->titles[i], .max = most};
  }
}

static size_t add_waiting(drawing *all, const again_traffic *traffic, size_t count, size_t panels) {
  size_t drawn = 0;
  for (size_t i = 0; i < count; i++) {
    if (traffic[i].waiting == NULL) continue;
    all->waiting[drawn] =
        series_of(traffic[i].name, AGAIN_SERIES_STEP, (unsigned)i, &traffic[i], traffic[i].waiting);
    all->waiting[drawn++].dashed = i > 0;
  }
  if (drawn == 0) return panels;
  all->panels[panels] = (again_panel){.title = "Waiting",
                                      .x = &all->time,
                                      .y = {.title = "operations", .kind = AGAIN_AXIS_WHOLE},
                                      .series = all->waiting,
                                      .series_count = drawn};
  return panels + 1;
}

/* Of one policy from the median to the slowest hundredth; of several these would hide each other. */
static size_t add_delays(drawing *all, const again_traffic *traffic, size_t count, size_t panels) {
  size_t drawn = 0;
  bool band = count == 1 && traffic[0].delay_low != NULL;
  for (size_t i = 0; i < count; i++) {
    const again_traffic *from = &traffic[i];
    if (from->delay_high == NULL) continue;
    snprintf(all->names[i], sizeof all->names[i], "%s, %s", from->name,
             band ? "p50 to p99" : "p99");
    if (band) {
      all->delays[drawn] =
          series_of(all->names[i], AGAIN_SERIES_BAND, (unsigned)i, from, from->delay_high);
      all->delays[drawn++].low = from->delay_low;
    }
    all->delays[drawn] = series_of(band ? NULL : all->names[i], AGAIN_SERIES_LINE, (unsigned)i,
                                   from, from->delay_high);
    all->delays[drawn++].dashed = i > 0;
  }
  if (drawn == 0) return panels;
  all->panels[panels] =
      (again_panel){.title = "Delay",
                    .x = &all->time,
                    .y = {.title = "from submit to delivery", .kind = AGAIN_AXIS_TIME},
                    .series = all->delays,
                    .series_count = drawn};
  return panels + 1;
}

static char *draw(drawing *all, const char *title, const char *subtitle,
                  const again_traffic *traffic, size_t count) {
  all->time = (again_axis){.title = "time", .kind = AGAIN_AXIS_TIME};
  for (size_t i = 0; i < count; i++) {
    const again_traffic *from = &traffic[i];
    /* From 0 to the end of the last step: `at` are middles. */
    if (from->count > 0)
      all->time.max = fmax(all->time.max, from->at[from->count - 1] + from->at[0]);
  }
  add_calls(all, traffic, count);
  size_t panels = add_waiting(all, traffic, count, count);
  panels = add_delays(all, traffic, count, panels);
  again_chart chart = {.title = title,
                       .subtitle = subtitle,
                       .description = all->description,
                       .panels = all->panels,
                       .panel_count = panels,
                       .height = panels == 1 ? 170 : 0};
  return again_chart_svg(&chart);
}

char *again_simulate_chart(const char *title, const char *subtitle, const again_traffic *traffic,
                           size_t count) {
  if (count > AGAIN_TRAFFIC_MAX) count = AGAIN_TRAFFIC_MAX;
  size_t steps = 1;
  for (size_t i = 0; i < count; i++)
    steps += traffic[i].count;
  drawing *all = calloc(1, sizeof *all);
  double *tops = calloc(2 * steps, sizeof *tops);
  char *text = NULL;
  if (all != NULL && tops != NULL) {
    double *top = tops;
    for (size_t i = 0; i < count; top += 2 * traffic[i++].count) {
      all->tops[i] = top;
      all->wholes[i] = top + traffic[i].count;
    }
    text = draw(all, title, subtitle, traffic, count);
  }
  free(tops);
  free(all);
  return text;
}
