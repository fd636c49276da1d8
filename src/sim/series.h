/* What goes on in steps of time whose number is bounded: where a run lasts longer, two become one. */
#ifndef AGAIN_SIM_SERIES_H
#define AGAIN_SIM_SERIES_H

#include <again/sim.h>

/* Delays are counted by their logarithm: 32 buckets for each doubling, so within 2 %. */
enum { AGAIN_SIM_DELAYS = 800 };

typedef struct again_sim_step {
  uint32_t accepted;
  uint32_t refused;
  uint32_t failed;
  double quota;
  double waiting;
  uint32_t delays[AGAIN_SIM_DELAYS];
} again_sim_step;

typedef struct again_sim_record {
  again_sim_step *steps;
  size_t count; /* that time has come to */
  double step_s;
} again_sim_record;

/* AGAIN_ENOMEM. */
int again_sim_record_open(again_sim_record *record);
void again_sim_record_close(again_sim_record *record);

/* The step of a time, in seconds, which does not fall; it begins with the gauges of the one before. */
again_sim_step *again_sim_record_at(again_sim_record *record, double at);

void again_sim_step_delay(again_sim_step *step, double delay_s);

void again_sim_record_write(const again_sim_record *record, again_sim_series *series);

#endif
