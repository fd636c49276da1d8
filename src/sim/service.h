/* The service of a simulation: what it answers to a call. */
#ifndef AGAIN_SIM_SERVICE_H
#define AGAIN_SIM_SERVICE_H

#include "sim/agent.h"

typedef struct again_sim_service {
  const again_sim_scenario *scenario;
  again_random chance;
  double tokens; /* calls that it would take at once, */
  double bytes;  /* and bytes, */
  double at;     /* when they were counted, s; WINDOW: the second */
  double bytes_at;
  double second_at; /* when its seconds begin */
  double recovered; /* 0..1, since the outage */
  double recovered_at;
} again_sim_service;

typedef struct again_sim_answer {
  uint16_t status; /* or an again_sim_fate */
  double delay;    /* s, besides the latency */
  again_ms hint;
} again_sim_answer;

/* `second_at`: 0..1. */
void again_sim_service_open(again_sim_service *service, const again_sim_scenario *scenario,
                            double second_at, uint64_t seed);

/* A call of so many bytes arrives; `at` in seconds does not fall. */
again_sim_answer again_sim_service_call(again_sim_service *service, uint64_t bytes, double at);

/* The calls a second that it takes now. */
double again_sim_service_rate(const again_sim_service *service, double at);

#endif
