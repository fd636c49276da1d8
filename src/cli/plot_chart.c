/* What `again plot` found out, as a picture. */
#include "cli/plot.h"
#include "draw/chart.h"
#include "draw/say.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { PANELS = 2 * AGAIN_PLIGHT_COUNT + 1 };

/* The values of one class, in seconds, and what its two panels say. */
typedef struct drawn_course {
  double retry[AGAIN_COURSE_WINDOWS];
  double from[AGAIN_COURSE_WINDOWS];
  double to[AGAIN_COURSE_WINDOWS];
  double when[AGAIN_COURSE_TIMES];
  double low[AGAIN_COURSE_TIMES];
  double median[AGAIN_COURSE_TIMES];
  double high[AGAIN_COURSE_TIMES];
  again_series windows[1];
  again_series calls[2];
  again_axis time;
  char title[64];
  char end[96];
} drawn_course;

typedef struct drawing {
  drawn_course courses[AGAIN_PLIGHT_COUNT];
  double when[AGAIN_DRAIN_TIMES];
  double tokens[AGAIN_PLOT_DRAINS][AGAIN_DRAIN_TIMES];
  char names[AGAIN_PLOT_DRAINS][96];
  again_series drains[AGAIN_PLOT_DRAINS];
  again_axis retries;
  again_axis drain_time;
  again_panel panels[PANELS];
  char title[160];
  char about_drain[96];
  char description[2048];
} drawing;

static double seconds(again_ms ms) {
  return (double)ms / 1000;
}

static void say_end(const again_course *course, char text[96]) {
  char end[24];
  again_say_wait(course->end.median, end);
  if (!course->ends) {
    snprintf(text, 96, "without an end");
  } else if (course->calls.high <= 1) {
    snprintf(text, 96, "surfaced at the first failure");
  } else {
    snprintf(text, 96, "%" PRIu64 " by %s, then surfaced: %s", course->calls.median, end,
             again_reason_name(course->reason));
  }
}

/* Where the last window is that of all further retries, these are drawn as far as the axis goes. */
static uint32_t shown_of(const again_course *course, uint32_t retries) {
  if (!course->settled || retries < course->window_count) return course->window_count;
  return retries < course->retry_limit ? retries : course->retry_limit;
}

static void draw_course(drawing *all, drawn_course *out, const again_course *course,
                        uint32_t retries, again_panel panels[2]) {
  uint32_t shown = shown_of(course, retries);
  for (uint32_t i = 0; i < shown; i++) {
    uint32_t same = i < course->window_count ? i : course->window_count - 1;
    out->retry[i] = i + 1;
    out->from[i] = seconds(course->windows[same].min);
    out->to[i] = seconds(course->windows[same].max);
  }
  for (int i = 0; i < AGAIN_COURSE_TIMES; i++) {
    out->when[i] = seconds(course->until) * i / (AGAIN_COURSE_TIMES - 1);
    out->low[i] = (double)course->by[i].low;
    out->median[i] = (double)course->by[i].median;
    out->high[i] = (double)course->by[i].high;
  }
  out->windows[0] = (again_series){
      .kind = AGAIN_SERIES_BARS, .x = out->retry, .y = out->to, .low = out->from, .count = shown};
  out->calls[0] = (again_series){.name = "9 of 10 operations",
                                 .kind = AGAIN_SERIES_BAND,
                                 .colour = 1,
                                 .x = out->when,
                                 .y = out->high,
                                 .low = out->low,
                                 .count = AGAIN_COURSE_TIMES};
  out->calls[1] = (again_series){.name = "median",
                                 .kind = AGAIN_SERIES_STEP,
                                 .colour = 1,
                                 .x = out->when,
                                 .y = out->median,
                                 .count = AGAIN_COURSE_TIMES};
  out->time = (again_axis){.kind = AGAIN_AXIS_TIME};
  snprintf(out->title, sizeof out->title, "%s%s", again_plight_name(course->plight),
           course->paced ? " (without a pacer)" : "");
  say_end(course, out->end);
  panels[0] = (again_panel){.title = out->title,
                            .x = &all->retries,
                            .y = {.title = "delay before each retry", .kind = AGAIN_AXIS_TIME},
                            .series = out->windows,
                            .series_count = 1};
  panels[1] = (again_panel){.title = "calls",
                            .x = &out->time,
                            .y = {.title = out->end, .kind = AGAIN_AXIS_WHOLE},
                            .series = out->calls,
                            .series_count = 2};
  if (course->window_count == 0) panels[0].note = panels[1].note = "nothing is tried again";
}

static void draw_drains(drawing *all, const again_plot *plot, again_panel *panel) {
  for (int i = 0; i < AGAIN_DRAIN_TIMES; i++)
    all->when[i] = seconds(plot->drain_until) * i / (AGAIN_DRAIN_TIMES - 1);
  for (int d = 0; d < plot->drain_count; d++) {
    const again_drain *drain = &plot->drains[d];
    char empty[24];
    again_say_wait(drain->empty_at, empty);
    for (int i = 0; i < AGAIN_DRAIN_TIMES; i++)
      all->tokens[d][i] = drain->tokens[i];
    snprintf(all->names[d], sizeof all->names[d],
             drain->empties ? "%" PRIu32 " failures/s: empty after %s" : "%" PRIu32 " failures/s",
             drain->failures, empty);
    all->drains[d] = (again_series){.name = all->names[d],
                                    .kind = AGAIN_SERIES_LINE,
                                    .colour = (unsigned)d,
                                    .dashed = d > 0,
                                    .x = all->when,
                                    .y = all->tokens[d],
                                    .count = AGAIN_DRAIN_TIMES};
  }
  double passing = plot->drains[plot->drain_count - 1].passing;
  if (passing > 0) {
    snprintf(all->about_drain, sizeof all->about_drain,
             "tokens left while nothing succeeds; then %.2f retries/s pass", passing);
  } else {
    snprintf(all->about_drain, sizeof all->about_drain,
             "tokens left while nothing succeeds; then no retry passes");
  }
  *panel = (again_panel){.title = "retry budget",
                         .x = &all->drain_time,
                         .y = {.title = all->about_drain, .kind = AGAIN_AXIS_WHOLE},
                         .series = all->drains,
                         .series_count = (size_t)plot->drain_count,
                         .wide = true};
}

/* For who cannot see it. */
static void describe(const again_plot *plot, char *text, size_t size) {
  size_t used = 0;
  for (int i = 0; i < plot->course_count && used < size; i++) {
    const again_course *course = &plot->courses[i];
    char first[24], last[24], end[96];
    uint32_t n = course->window_count;
    again_say_wait(n > 0 ? course->windows[0].max : 0, first);
    again_say_wait(n > 0 ? course->windows[n - 1].max : 0, last);
    say_end(course, end);
    used += (size_t)snprintf(text + used, size - used,
                             "%s: the first delay is at most %s, delay %" PRIu32
                             " at most %s; calls: %s. ",
                             again_plight_name(course->plight), first, n, last, end);
  }
  for (int i = 0; i < plot->drain_count && used < size; i++) {
    const again_drain *drain = &plot->drains[i];
    char empty[24];
    again_say_wait(drain->empty_at, empty);
    used += (size_t)snprintf(text + used, size - used,
                             "Budget at %" PRIu32 " failures a second: %s%s. ", drain->failures,
                             drain->empties ? "empty after " : "never empty",
                             drain->empties ? empty : "");
  }
}

/* From the first retry to the last that differs in one of the classes; some may go on after it. */
static uint32_t lay_out_retries(drawing *all, const again_plot *plot) {
  uint32_t most = 1;
  bool open = false;
  for (int i = 0; i < plot->course_count; i++) {
    if (plot->courses[i].window_count > most) most = plot->courses[i].window_count;
  }
  for (int i = 0; i < plot->course_count; i++)
    open = open || (plot->courses[i].settled && plot->courses[i].retry_limit > most);
  /* More than ten have a tick at every second one, and the last shall have one. */
  if (open && most > 10 && most % 2 == 1) most++;
  all->retries = (again_axis){.title = "retry",
                              .kind = AGAIN_AXIS_WHOLE,
                              .min = 0.5,
                              .max = (double)most + 0.5,
                              .open = open};
  return most;
}

static char *draw(drawing *all, const again_plot *plot) {
  size_t panels = 0;
  uint32_t retries = lay_out_retries(all, plot);
  for (int i = 0; i < plot->course_count; i++) {
    draw_course(all, &all->courses[i], &plot->courses[i], retries, &all->panels[panels]);
    panels += 2;
  }
  if (plot->course_count > 0)
    all->courses[plot->course_count - 1].time.title = "since the first call";
  all->drain_time = (again_axis){.title = "since the first failure", .kind = AGAIN_AXIS_TIME};
  if (plot->drain_count > 0) draw_drains(all, plot, &all->panels[panels++]);
  snprintf(all->title, sizeof all->title, "Policy \"%s\": an operation that keeps failing",
           plot->policy->name);
  describe(plot, all->description, sizeof all->description);
  again_chart chart = {
      .title = all->title,
      .subtitle = "Each delay is drawn from its bar. Calls are those of one operation, out of 200 "
                  "that were followed to their end.",
      .description = all->description,
      .panels = all->panels,
      .panel_count = panels,
      .columns = 2,
      .height = 84,
  };
  return again_chart_svg(&chart);
}

char *again_plot_svg(const again_plot *plot) {
  drawing *all = calloc(1, sizeof *all);
  char *text = all != NULL ? draw(all, plot) : NULL;
  free(all);
  return text;
}
