/* What a policy does to an operation that keeps failing in one class: how often it is tried, and how
 * long it waits. */
#ifndef AGAIN_CLI_FORECAST_H
#define AGAIN_CLI_FORECAST_H

#include <again/core.h>

/* How the delays fall within their windows. */
typedef enum again_forecast_luck {
  AGAIN_FORECAST_SHORTEST,
  AGAIN_FORECAST_MEDIAN,
  AGAIN_FORECAST_LONGEST
} again_forecast_luck;

typedef struct again_forecast {
  uint64_t tries;      /* attempts in all; 0: without end */
  again_ms wait;       /* of all backoffs; AGAIN_NEVER: without end */
  again_reason reason; /* why it ends then; meaningless without an end */
} again_forecast;

/* Attempts are taken to fail at once and in the same class; the budget is not looked at. */
again_forecast again_forecast_class(const again_policy *policy, again_class error_class,
                                    again_forecast_luck luck);

#endif
