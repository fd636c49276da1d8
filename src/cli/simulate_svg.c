/* A simulation as a picture. */
#include "cli/simulate.h"
#include "cli/simulate_chart.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { NOTE = 120 };

static void note_of(const again_simulated *run, char note[NOTE]) {
  const again_sim_result *result = &run->result;
  double delivered = result->delivered > 0 ? (double)result->delivered : 1;
  double lost = 100 * (double)(result->offered - result->delivered) /
                (double)(result->offered > 0 ? result->offered : 1);
  int used =
      snprintf(note, NOTE, "%.2f calls per delivered batch", (double)result->calls / delivered);
  if (!isnan(result->completion))
    used += snprintf(note + used, (size_t)(NOTE - used), ", %.2f x ideal", result->completion);
  if (isfinite(result->recovery_s))
    used += snprintf(note + used, (size_t)(NOTE - used), ", back after %.1f s", result->recovery_s);
  if (isinf(result->recovery_s))
    used += snprintf(note + used, (size_t)(NOTE - used), ", never back");
  if (lost > 0) snprintf(note + used, (size_t)(NOTE - used), ", %.3g %% lost", lost);
}

char *again_simulate_svg(const again_simulation *simulation) {
  again_traffic traffic[AGAIN_SIMULATE_POLICIES];
  char notes[AGAIN_SIMULATE_POLICIES][NOTE];
  char subtitle[400];
  const again_scenario *scenario = &simulation->scenario;
  for (size_t i = 0; i < simulation->count; i++) {
    const again_sim_series *series = &simulation->runs[i].result.series;
    note_of(&simulation->runs[i], notes[i]);
    traffic[i] = (again_traffic){.name = simulation->runs[i].policy->name,
                                 .note = notes[i],
                                 .count = series->count,
                                 .at = series->at,
                                 .accepted = series->accepted,
                                 .refused = series->refused,
                                 .failed = series->failed,
                                 .quota = series->quota,
                                 .waiting = series->waiting,
                                 .delay_low = series->p50_s,
                                 .delay_high = series->p99_s};
  }
  again_simulate_describe(simulation, subtitle, sizeof subtitle);
  size_t used = strlen(subtitle);
  snprintf(subtitle + used, sizeof subtitle - used, "; seed %" PRIu64, simulation->seed);
  return again_simulate_chart(scenario->title[0] != '\0' ? scenario->title : scenario->name,
                              subtitle, traffic, simulation->count);
}
