/* A policy looked at before it is shipped: what `again plot` found out, and its three forms. */
#ifndef AGAIN_CLI_PLOT_H
#define AGAIN_CLI_PLOT_H

#include "cli/course.h"
#include "cli/drain.h"
#include "cli/options.h"

enum { AGAIN_PLOT_DRAINS = 3 };

typedef struct again_plot {
  const char *path; /* as the caller named the policy */
  const again_policy *policy;
  int course_count;
  again_course courses[AGAIN_PLIGHT_COUNT];
  int drain_count; /* 0: the policy has no budget, or none of the classes spends it */
  again_ms drain_until;
  again_drain drains[AGAIN_PLOT_DRAINS]; /* at rising rates of failures */
} again_plot;

/* `again plot --quota`: one sender that meets these quotas, in one of the three forms (`svg` NULL and `json`
 * false: for a terminal). Returns an exit code. */
int again_plot_meet(const char *command, const again_plot *plot, const again_cli_list *quotas,
                    const char *svg, bool json);

/* Fills in all but `path` and `policy`. `only`: one class, or AGAIN_PLIGHT_COUNT for all. `failures`:
 * the rates of failures, a second. */
void again_plot_fill(again_plot *plot, again_plight only, const uint32_t *failures, int count);

/* For a terminal, on standard output. */
void again_plot_print(const again_plot *plot);

/* One JSON object and a line's end; the caller frees it. NULL: out of memory. */
char *again_plot_json(const again_plot *plot);

/* As a picture; the caller frees it. NULL: out of memory. */
char *again_plot_svg(const again_plot *plot);

#endif
