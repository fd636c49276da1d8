/* A simulation for programs. */
#include "cli/simulate.h"
#include "json/write.h"
#include <math.h>

static json_object *series_json(const again_sim_series *series) {
  json_object *object = json_object_new_object();
  const struct {
    const char *key;
    const double *values;
  } lists[] = {{"at_s", series->at},
               {"accepted_per_s", series->accepted},
               {"refused_per_s", series->refused},
               {"failed_per_s", series->failed},
               {"quota_per_s", series->quota},
               {"waiting", series->waiting},
               {"delay_p50_s", series->p50_s},
               {"delay_p99_s", series->p99_s}};
  json_object_object_add(object, "step_s", again_json_number(series->step_s));
  for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
    json_object_object_add(object, lists[i].key,
                           again_json_numbers(lists[i].values, series->count));
  return object;
}

static json_object *run_json(const again_simulated *run) {
  const again_sim_result *result = &run->result;
  json_object *object = json_object_new_object();
  const struct {
    const char *key;
    uint64_t value;
  } counts[] = {{"offered", result->offered},   {"delivered", result->delivered},
                {"surfaced", result->surfaced}, {"lost", result->offered - result->delivered},
                {"calls", result->calls},       {"accepted", result->accepted},
                {"refused", result->refused}};
  const struct {
    const char *key;
    double value;
  } numbers[] = {{"ideal_s", result->ideal_s},       {"end_s", result->end_s},
                 {"completion", result->completion}, {"jain", result->jain},
                 {"p50_ms", result->p50_ms},         {"p99_ms", result->p99_ms},
                 {"recovery_s", result->recovery_s}};
  json_object_object_add(object, "file", json_object_new_string(run->path));
  json_object_object_add(object, "policy", json_object_new_string(run->policy->name));
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
    json_object_object_add(object, counts[i].key, json_object_new_uint64(counts[i].value));
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
    json_object_object_add(object, numbers[i].key, again_json_number(numbers[i].value));
  double delivered = (double)result->delivered;
  json_object_object_add(
      object, "calls_per_delivered",
      again_json_number(delivered > 0 ? (double)result->calls / delivered : (double)NAN));
  json_object_object_add(object, "series", series_json(&result->series));
  return object;
}

char *again_simulate_json(const again_simulation *simulation) {
  const again_scenario *scenario = &simulation->scenario;
  json_object *root = json_object_new_object();
  json_object *runs = json_object_new_array();
  json_object_object_add(root, "scenario", json_object_new_string(scenario->name));
  json_object_object_add(root, "agents", json_object_new_uint64(scenario->sim.agents));
  json_object_object_add(root, "batches_each", json_object_new_uint64(scenario->sim.backlog));
  json_object_object_add(root, "seed", json_object_new_uint64(simulation->seed));
  json_object_object_add(root, "runs", runs);
  for (size_t i = 0; i < simulation->count; i++)
    json_object_array_add(runs, run_json(&simulation->runs[i]));
  return again_json_text(root, false);
}
