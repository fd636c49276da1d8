/* The page of --metrics: what the agent counts itself, and the library's statistics of each topic. */
#ifndef AGENT_FIGURES_H
#define AGENT_FIGURES_H

#include "agent.h"

/* A metrics_page_fn whose data is the agent. Prometheus' text format 0.0.4. */
void figures_write(void *agent, again_write_fn write, void *to);

#endif
