/* What `again plot` found out, for a terminal. */
#include "cli/plot.h"
#include "draw/say.h"
#include <again/policy.h>
#include <inttypes.h>
#include <stdio.h>

enum { CELLS = 48, BAR_BYTES = CELLS * 3 + 1 };

static void print_windows(const again_course *course, bool utf8) {
  again_ms longest = 0;
  for (uint32_t i = 0; i < course->window_count; i++) {
    if (course->windows[i].max > longest) longest = course->windows[i].max;
  }
  char full[24];
  again_duration_print(longest, full, sizeof full);
  printf("  %5s  %8s  %8s  0%*s\n", "retry", "from", "to", CELLS, full);
  for (uint32_t i = 0; i < course->window_count; i++) {
    const again_window *window = &course->windows[i];
    bool more = course->settled && i == course->window_count - 1;
    char from[24], to[24], bar[BAR_BYTES];
    again_duration_print(window->min, from, sizeof from);
    again_duration_print(window->max, to, sizeof to);
    again_say_bar((double)window->min, (double)window->max, (double)longest, CELLS, utf8, bar);
    printf("  %4" PRIu32 "%s  %8s  %8s  |%s|\n", i + 1, more ? "+" : " ", from, to, bar);
  }
}

static void print_line(const again_spread by[], int count, bool utf8) {
  double full = (double)by[count - 1].median;
  for (int cell = 0; cell < CELLS; cell++) {
    int nearest = cell * (count - 1) / (CELLS - 1);
    fputs(again_say_height((double)by[nearest].median, full, utf8), stdout);
  }
}

static void print_end(const again_course *course) {
  char low[24], median[24], high[24];
  if (!course->ends) {
    printf("  it is tried without an end\n");
    return;
  }
  again_say_wait(course->end.low, low);
  again_say_wait(course->end.median, median);
  again_say_wait(course->end.high, high);
  printf("  surfaced after %" PRIu64 " calls in %s (9 of 10: %" PRIu64 " to %" PRIu64
         " calls, %s to %s):\n  %s\n",
         course->calls.median, median, course->calls.low, course->calls.high, low, high,
         again_reason_text(course->reason));
}

static void print_course(const again_course *course, bool utf8) {
  printf("\n%s%s\n", again_plight_name(course->plight),
         course->paced ? ", where no pacer sets the time (\"pace\" is on: it does in scopes)" : "");
  if (course->window_count == 0) {
    printf("  nothing is tried again: %s\n", again_reason_text(course->reason));
    return;
  }
  char until[24];
  again_say_wait(course->until, until);
  print_windows(course, utf8);
  printf("  calls made by then        |");
  print_line(course->by, AGAIN_COURSE_TIMES, utf8);
  printf("| %" PRIu64 " in %s\n", course->by[AGAIN_COURSE_TIMES - 1].median, until);
  print_end(course);
}

static void print_drain(const again_drain *drain, uint32_t capacity, bool utf8) {
  char empty[24];
  again_say_wait(drain->empty_at, empty);
  printf("  %4" PRIu32 " /s  %8s  %8.2f  ", drain->failures, drain->empties ? empty : "never",
         drain->passing);
  putchar('|');
  for (int cell = 0; cell < CELLS; cell++) {
    int nearest = cell * (AGAIN_DRAIN_TIMES - 1) / (CELLS - 1);
    fputs(again_say_height(drain->tokens[nearest], capacity, utf8), stdout);
  }
  puts("|");
}

static void print_budget(const again_plot *plot, bool utf8) {
  const again_budget_policy *budget = &plot->policy->budget;
  if (budget->capacity == 0) {
    printf("\nno retry budget: many operations that fail together are all tried so often\n");
    return;
  }
  if (plot->drain_count == 0) return;
  char until[24];
  again_say_wait(plot->drain_until, until);
  printf("\nretry budget: the %" PRIu32 " tokens of a scope, while all its operations fail\n"
         "  %7s  %8s  %8s  0%*s\n",
         budget->capacity, "failing", "empty", "then /s", CELLS, until);
  for (int i = 0; i < plot->drain_count; i++)
    print_drain(&plot->drains[i], budget->capacity, utf8);
}

void again_plot_print(const again_plot *plot) {
  bool utf8 = again_say_utf8();
  printf("%s: policy \"%s\", an operation that keeps failing in one class\n", plot->path,
         plot->policy->name);
  for (int i = 0; i < plot->course_count; i++)
    print_course(&plot->courses[i], utf8);
  print_budget(plot, utf8);
}
