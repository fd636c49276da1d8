#include "sim/service.h"
#include <math.h>

static double seconds(again_ms ms) {
  return ms == AGAIN_NEVER ? (double)INFINITY : (double)ms / 1000;
}

void again_sim_service_open(again_sim_service *service, const again_sim_scenario *scenario,
                            double second_at, uint64_t seed) {
  bool window = scenario->quota == AGAIN_SIM_QUOTA_WINDOW;
  *service = (again_sim_service){.scenario = scenario,
                                 .chance = {seed},
                                 .tokens = window ? 0 : scenario->burst,
                                 .bytes = (double)scenario->bytes_rate,
                                 .at = window ? -1 : 0,
                                 .second_at = second_at,
                                 .recovered_at = seconds(scenario->outage_to)};
}

static bool is_down(const again_sim_scenario *scenario, double at) {
  return at >= seconds(scenario->outage_from) && at < seconds(scenario->outage_to);
}

static bool is_recovering(const again_sim_service *service, double at) {
  const again_sim_scenario *scenario = service->scenario;
  bool had_outage = scenario->outage_to > scenario->outage_from;
  return had_outage && scenario->recovery > 0 && at >= seconds(scenario->outage_to) &&
         service->recovered < 1;
}

double again_sim_service_rate(const again_sim_service *service, double at) {
  const again_sim_scenario *scenario = service->scenario;
  if (is_down(scenario, at)) return 0;
  if (!is_recovering(service, at)) return scenario->rate;
  double share = scenario->recovery_pct / 100.0;
  return scenario->rate * (share + (1 - share) * service->recovered);
}

/* Time passes: it recovers as long as it is not overloaded. */
static void recover(again_sim_service *service, double at) {
  if (!is_recovering(service, at)) return;
  if (service->recovered == 0 && service->tokens > 0)
    service->tokens = 0; /* it begins with nothing */
  if (service->at < service->recovered_at && service->scenario->quota != AGAIN_SIM_QUOTA_WINDOW)
    service->at = service->recovered_at;
  if (service->tokens >= 0)
    service->recovered += (at - service->recovered_at) / seconds(service->scenario->recovery);
  service->recovered_at = at;
}

static void refill(again_sim_service *service, double at) {
  const again_sim_scenario *scenario = service->scenario;
  double rate = again_sim_service_rate(service, at);
  if (scenario->quota != AGAIN_SIM_QUOTA_WINDOW) {
    service->tokens = fmin(service->tokens + (at - service->at) * rate, scenario->burst);
    service->at = at;
  } else if (floor(at + service->second_at) > service->at) {
    service->tokens = fmin(service->tokens, 0) + rate;
    service->at = floor(at + service->second_at);
  }
  double most = (double)scenario->bytes_rate;
  service->bytes = fmin(service->bytes + (at - service->bytes_at) * most, most);
  service->bytes_at = at;
}

/* Seconds until there is room for one more call of so many bytes. */
static double room_in(const again_sim_service *service, uint64_t bytes, double at) {
  const again_sim_scenario *scenario = service->scenario;
  double wait = (1 - service->tokens) / fmax(again_sim_service_rate(service, at), 1e-3);
  if (scenario->quota == AGAIN_SIM_QUOTA_WINDOW) wait = service->at + 1 - service->second_at - at;
  if (scenario->bytes_rate > 0) {
    double missing = (double)bytes - service->bytes;
    wait = fmax(wait, missing / (double)scenario->bytes_rate);
  }
  return fmax(wait, 0);
}

static again_ms hint_of(again_sim_service *service, uint64_t bytes, double at) {
  const again_sim_scenario *scenario = service->scenario;
  switch (scenario->hint) {
  case AGAIN_SIM_HINT_CONSTANT: return scenario->hint_delay;
  case AGAIN_SIM_HINT_EXACT: return (again_ms)ceil(1000 * room_in(service, bytes, at));
  case AGAIN_SIM_HINT_JITTERED:
    return scenario->hint_delay +
           again_random_scale(again_random_next(&service->chance), scenario->hint_delay / 2);
  case AGAIN_SIM_HINT_NONE:
  case AGAIN_SIM_HINT_COUNT: break;
  }
  return 0;
}

/* What meets a service that is down. */
static again_sim_answer meet_outage(const again_sim_scenario *scenario) {
  switch (scenario->outage) {
  case AGAIN_SIM_OUTAGE_REFUSED: return (again_sim_answer){.status = AGAIN_SIM_UNREACHED};
  case AGAIN_SIM_OUTAGE_SILENT: return (again_sim_answer){.status = AGAIN_SIM_TIMEOUT};
  case AGAIN_SIM_OUTAGE_ANSWERED:
  case AGAIN_SIM_OUTAGE_COUNT: break;
  }
  return (again_sim_answer){.status = 503};
}

static bool meets_error(again_sim_service *service, double at) {
  const again_sim_scenario *scenario = service->scenario;
  if (scenario->error_pct == 0 || at < seconds(scenario->error_from) ||
      at >= seconds(scenario->error_to)) {
    return false;
  }
  return again_sim_uniform(&service->chance) * 100 <= scenario->error_pct;
}

again_sim_answer again_sim_service_call(again_sim_service *service, uint64_t bytes, double at) {
  const again_sim_scenario *scenario = service->scenario;
  if (is_down(scenario, at)) return meet_outage(scenario);
  recover(service, at);
  refill(service, at);
  if (meets_error(service, at))
    return (again_sim_answer){.status = (uint16_t)scenario->error_status};
  if (is_recovering(service, at) && service->tokens < 1) {
    double least = -again_sim_service_rate(service, at); /* a second of work */
    service->tokens = fmax(service->tokens - scenario->overload_pct / 100.0, least);
    return (again_sim_answer){.status = 503};
  }
  bool too_many = scenario->bytes_rate > 0 && service->bytes < (double)bytes;
  if (service->tokens < 1 || too_many) {
    return (again_sim_answer){.status = 429, .hint = hint_of(service, bytes, at)};
  }
  double queued = scenario->quota == AGAIN_SIM_QUOTA_LEAKY ? scenario->burst - service->tokens : 0;
  service->tokens -= 1;
  service->bytes -= (double)bytes;
  return (again_sim_answer){.status = 200, .delay = queued / scenario->rate};
}
