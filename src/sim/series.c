#include "sim/series.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double first_step_s = 0.05;

int again_sim_record_open(again_sim_record *record) {
  *record = (again_sim_record){.step_s = first_step_s};
  record->steps = calloc(AGAIN_SIM_STEPS, sizeof *record->steps);
  return record->steps != NULL ? 0 : AGAIN_ENOMEM;
}

void again_sim_record_close(again_sim_record *record) {
  free(record->steps);
}

/* Of each two steps one; the gauges are those of the second. */
static void merge(again_sim_record *record) {
  again_sim_step *steps = record->steps;
  size_t half = AGAIN_SIM_STEPS / 2;
  for (size_t i = 0; i < half; i++) {
    again_sim_step one = steps[2 * i + 1];
    const again_sim_step *first = &steps[2 * i];
    one.accepted += first->accepted;
    one.refused += first->refused;
    one.failed += first->failed;
    for (size_t bucket = 0; bucket < AGAIN_SIM_DELAYS; bucket++)
      one.delays[bucket] += first->delays[bucket];
    if (2 * i + 1 >= record->count) {
      one.quota = first->quota;
      one.waiting = first->waiting;
    }
    steps[i] = one;
  }
  memset(&steps[half], 0, (AGAIN_SIM_STEPS - half) * sizeof *steps);
  record->count = (record->count + 1) / 2;
  record->step_s *= 2;
}

again_sim_step *again_sim_record_at(again_sim_record *record, double at) {
  while (at >= record->step_s * AGAIN_SIM_STEPS)
    merge(record);
  size_t step = (size_t)(at / record->step_s);
  for (; record->count <= step; record->count++) {
    if (record->count == 0) continue; /* it begins with nothing */
    record->steps[record->count].quota = record->steps[record->count - 1].quota;
    record->steps[record->count].waiting = record->steps[record->count - 1].waiting;
  }
  return &record->steps[step];
}

void again_sim_step_delay(again_sim_step *step, double delay_s) {
  double bucket = 32 * log2(1 + 1000 * delay_s);
  step->delays[bucket < AGAIN_SIM_DELAYS ? (size_t)bucket : AGAIN_SIM_DELAYS - 1]++;
}

/* The delay that so large a part of those in the step does not exceed. */
static double delay_at(const again_sim_step *step, double part) {
  uint64_t all = 0;
  uint64_t seen = 0;
  size_t bucket = 0;
  for (size_t i = 0; i < AGAIN_SIM_DELAYS; i++)
    all += step->delays[i];
  if (all == 0) return (double)NAN;
  uint64_t wanted = (uint64_t)ceil(part * (double)all);
  while ((seen += step->delays[bucket]) < wanted)
    bucket++;
  return (exp2(((double)bucket + 0.5) / 32) - 1) / 1000;
}

void again_sim_record_write(const again_sim_record *record, again_sim_series *series) {
  series->count = record->count;
  series->step_s = record->step_s;
  for (size_t i = 0; i < record->count; i++) {
    const again_sim_step *step = &record->steps[i];
    series->at[i] = ((double)i + 0.5) * record->step_s;
    series->accepted[i] = step->accepted / record->step_s;
    series->refused[i] = step->refused / record->step_s;
    series->failed[i] = step->failed / record->step_s;
    series->quota[i] = step->quota;
    series->waiting[i] = step->waiting;
    series->p50_s[i] = delay_at(step, 0.5);
    series->p99_s[i] = delay_at(step, 0.99);
  }
}
