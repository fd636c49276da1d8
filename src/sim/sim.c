/* A run: agents and the service, from event to event, and what came out. */
#include "sim/series.h"
#include "sim/service.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double second = 1e9; /* ns */
static const double start_spread = 0.2;
static const double usual_patience = 12;
static const double bin = 0.1; /* s, of deliveries after an outage */

enum { EVENTS_TO_PROGRESS = 65536, AGENTS_MAX = 100000, BINS_MAX = 1 << 20 };

typedef struct run {
  const again_sim_scenario *scenario;
  again_sim_world world;
  again_sim_service service;
  double end; /* s */
  again_sim_agent *agents;
  uint32_t opened;
  again_random arrivals;
  again_sim_record record;
  again_sim_result *result;
  double *waits; /* of those delivered, s */
  size_t wait_capacity;
  uint32_t *bins;
  size_t bin_count;
} run;

static double seconds(again_ms ms) {
  return (double)ms / 1000;
}

static bool is_backlog(const again_sim_scenario *scenario) {
  return scenario->backlog > 0;
}

static bool has_outage(const again_sim_scenario *scenario) {
  return scenario->outage_to > scenario->outage_from;
}

/* Batches a second that the service can take. */
static double capacity(const again_sim_scenario *scenario) {
  if (scenario->bytes_rate == 0) return scenario->rate;
  return fmin(scenario->rate, (double)scenario->bytes_rate / (double)scenario->batch_bytes);
}

static double load(const again_sim_scenario *scenario) {
  return scenario->load_pct / 100.0 * capacity(scenario);
}

static double ideal(const again_sim_scenario *scenario) {
  if (!is_backlog(scenario)) return seconds(scenario->duration);
  return (double)scenario->agents * scenario->backlog / capacity(scenario);
}

/* ---- Events ------------------------------------------------------------------------------------ */

static void push(run *r, double at, uint32_t agent, again_sim_event_kind kind) {
  again_sim_event event = {.at = (uint64_t)(at * second), .agent = agent, .kind = (uint16_t)kind};
  again_sim_heap_push(&r->world.heap, event);
}

static void push_arrival(run *r, double at, uint32_t agent) {
  const again_sim_scenario *scenario = r->scenario;
  double next = at - log(again_sim_uniform(&r->arrivals)) * scenario->agents / load(scenario);
  if (next < seconds(scenario->duration)) push(r, next, agent, AGAIN_SIM_ARRIVAL);
}

static void come(run *r, uint64_t batches, double at) {
  r->result->offered += batches;
  again_sim_record_at(&r->record, at)->waiting += (double)batches;
}

static void on_call(run *r, again_sim_event event) {
  again_sim_batch *batch = event.batch;
  double at = (double)event.at / second;
  again_sim_answer answer = again_sim_service_call(&r->service, batch->op.bytes, at);
  again_sim_step *step = again_sim_record_at(&r->record, at);
  step->quota = again_sim_service_rate(&r->service, at);
  step->accepted += answer.status == 200;
  step->refused += answer.status == 429;
  step->failed += answer.status != 200 && answer.status != 429;
  r->result->accepted += answer.status == 200;
  r->result->refused += answer.status == 429;
  batch->hint = answer.hint;
  event.kind = AGAIN_SIM_ANSWER;
  event.status = answer.status;
  event.at += batch->latency * 65 / 100 + (uint64_t)(answer.delay * second);
  if (answer.status == AGAIN_SIM_TIMEOUT || event.at > batch->deadline) {
    event.status = AGAIN_SIM_TIMEOUT;
    event.at =
        batch->deadline > (uint64_t)(at * second) ? batch->deadline : (uint64_t)(at * second);
  }
  again_sim_heap_push(&r->world.heap, event);
}

static void count_delivery(run *r, const again_sim_batch *batch, double at) {
  again_sim_result *result = r->result;
  /* Arrivals are between milliseconds, a scheduler's clock is not: an answer at once can be before. */
  double wait = fmax(at - (double)batch->born / second, 0);
  if (result->delivered == r->wait_capacity) {
    size_t more = r->wait_capacity > 0 ? 2 * r->wait_capacity : 1024;
    double *waits = realloc(r->waits, more * sizeof *waits);
    if (waits == NULL) {
      r->world.failed = true;
      return;
    }
    r->waits = waits;
    r->wait_capacity = more;
  }
  r->waits[result->delivered++] = wait;
  result->end_s = at;
  again_sim_step *step = again_sim_record_at(&r->record, at);
  step->waiting -= 1;
  again_sim_step_delay(step, wait);
  double after = (at - seconds(r->scenario->outage_to)) / bin;
  if (after >= 0 && after < (double)r->bin_count) r->bins[(size_t)after]++;
}

static void on_answer(run *r, const again_sim_event *event) {
  uint64_t surfaced = r->world.surfaced;
  r->result->calls++;
  if (event->status == 200) count_delivery(r, event->batch, (double)event->at / second);
  again_sim_agent_answer(&r->agents[event->agent], event->batch, event->status, event->at);
  if (r->world.surfaced > surfaced) {
    again_sim_record_at(&r->record, (double)event->at / second)->waiting -=
        (double)(r->world.surfaced - surfaced);
  }
}

static void step(run *r, const again_sim_event *event) {
  again_sim_agent *agent = &r->agents[event->agent];
  double at = (double)event->at / second;
  switch ((again_sim_event_kind)event->kind) {
  case AGAIN_SIM_START:
    come(r, r->scenario->backlog, at);
    again_sim_agent_start(agent, event->at);
    break;
  case AGAIN_SIM_ARRIVAL:
    come(r, 1, at);
    push_arrival(r, at, event->agent);
    again_sim_agent_offer(agent, event->at);
    break;
  case AGAIN_SIM_AGAIN: again_sim_agent_offer_again(agent, event->batch, event->at); break;
  case AGAIN_SIM_WAKE: again_sim_agent_wake(agent, event->at); break;
  case AGAIN_SIM_CALL: on_call(r, *event); break;
  case AGAIN_SIM_ANSWER: on_answer(r, event); break;
  }
}

/* ---- A run ------------------------------------------------------------------------------------- */

static int open_agents(run *r, again_random *random) {
  const again_sim_scenario *scenario = r->scenario;
  for (; r->opened < scenario->agents; r->opened++) {
    uint32_t id = r->opened;
    int error = again_sim_agent_open(&r->agents[id], &r->world, id, again_random_next(random));
    if (error != 0) return error;
    if (is_backlog(scenario)) {
      double join = id % 2 == 1 ? seconds(scenario->join) : 0;
      push(r, join + start_spread * again_sim_uniform(random), id, AGAIN_SIM_START);
    } else {
      push_arrival(r, 0, id);
    }
  }
  return 0;
}

static int open_run(run *r, uint64_t seed) {
  enum { OF_CHANCE = 1, OF_SIZES };
  const again_sim_scenario *scenario = r->scenario;
  again_random random = {seed};
  r->world.latency.state = again_random_next(&random);
  r->arrivals.state = again_random_next(&random);
  r->world.sizes.state = seed ^ OF_SIZES;
  again_sim_service_open(&r->service, scenario, again_sim_uniform(&random), seed ^ OF_CHANCE);
  r->agents = calloc(scenario->agents, sizeof *r->agents);
  double until = r->end - seconds(scenario->outage_to);
  if (has_outage(scenario) && until > 0) r->bin_count = (size_t)fmin(until / bin, BINS_MAX);
  r->bins = calloc(r->bin_count + 1, sizeof *r->bins);
  if (r->agents == NULL || r->bins == NULL) return AGAIN_ENOMEM;
  int error = again_sim_record_open(&r->record);
  if (error != 0) return error;
  again_sim_record_at(&r->record, 0)->quota = again_sim_service_rate(&r->service, 0);
  return open_agents(r, &random);
}

static void close_run(run *r) {
  again_sim_event event;
  r->world.over = true;
  while (again_sim_heap_pop(&r->world.heap, &event)) {
    if (event.kind == AGAIN_SIM_AGAIN) free(event.batch); /* others are still the schedulers' */
  }
  for (uint32_t i = 0; i < r->opened; i++)
    again_sim_agent_close(&r->agents[i]);
  again_sim_heap_free(&r->world.heap);
  again_sim_record_close(&r->record);
  free(r->agents);
  free(r->waits);
  free(r->bins);
}

/* Of a backlog what is done, of a load the time. */
static double part_of(const run *r, double at) {
  const again_sim_scenario *scenario = r->scenario;
  double done = (double)(r->result->delivered + r->world.surfaced);
  double part = is_backlog(scenario) ? done / ((double)scenario->agents * scenario->backlog)
                                     : at / seconds(scenario->duration);
  return fmin(part, 1);
}

static int play(run *r, const again_sim_options *options) {
  again_sim_event event;
  uint64_t events = 0;
  while (again_sim_heap_pop(&r->world.heap, &event) && (double)event.at < r->end * second) {
    step(r, &event);
    if (r->world.heap.failed || r->world.failed) return AGAIN_ENOMEM;
    if (++events % EVENTS_TO_PROGRESS == 0 && options->progress != NULL)
      options->progress(options->data, part_of(r, (double)event.at / second));
  }
  return 0;
}

/* ---- What came out ----------------------------------------------------------------------------- */

static int compare(const void *a, const void *b) {
  double x = *(const double *)a;
  double y = *(const double *)b;
  return (x > y) - (x < y);
}

static double jain(const run *r) {
  double sum = 0;
  double squares = 0;
  for (uint32_t i = 0; i < r->scenario->agents; i++) {
    const again_sim_agent *agent = &r->agents[i];
    if (agent->delivered == 0) continue;
    double rate = agent->delivered * second / (double)(agent->done_at - agent->started_at);
    sum += rate;
    squares += rate * rate;
  }
  return squares > 0 ? sum * sum / (r->scenario->agents * squares) : 0;
}

static double recovery(const run *r) {
  const again_sim_scenario *scenario = r->scenario;
  double wanted =
      is_backlog(scenario) ? capacity(scenario) : fmin(load(scenario), capacity(scenario));
  for (size_t i = 0; i < r->bin_count; i++) {
    if (r->bins[i] >= 0.9 * bin * wanted) return (double)(i + 1) * bin;
  }
  return (double)INFINITY;
}

static void conclude(run *r) {
  again_sim_result *result = r->result;
  const double unknown = (double)NAN;
  bool backlog = is_backlog(r->scenario);
  size_t count = (size_t)result->delivered;
  result->ideal_s = ideal(r->scenario);
  result->completion = backlog ? result->end_s / result->ideal_s : unknown;
  result->jain = backlog ? jain(r) : unknown;
  result->recovery_s = has_outage(r->scenario) ? recovery(r) : unknown;
  result->surfaced = r->world.surfaced;
  result->p50_ms = result->p99_ms = unknown;
  if (count > 0) {
    qsort(r->waits, count, sizeof *r->waits, compare);
    result->p50_ms = r->waits[count / 2] * 1000;
    result->p99_ms = r->waits[(size_t)(0.99 * (double)count)] * 1000;
  }
  again_sim_record_write(&r->record, &result->series);
}

/* ---- The door ---------------------------------------------------------------------------------- */

static bool is_possible(const again_sim_scenario *s) {
  bool works = s->backlog > 0 || (s->load_pct > 0 && s->duration > 0);
  bool takes = s->rate > 0 && isfinite(s->rate) &&
               (s->quota == AGAIN_SIM_QUOTA_WINDOW ? s->rate >= 1 : s->burst >= 1);
  bool sized = s->bytes_rate == 0 ||
               (s->batch_bytes > 0 && (double)s->bytes_rate >= 1.5 * (double)s->batch_bytes);
  bool spread = s->spread >= 0 && s->spread <= 3;
  bool kinds = s->quota < AGAIN_SIM_QUOTA_COUNT && s->hint < AGAIN_SIM_HINT_COUNT &&
               s->outage < AGAIN_SIM_OUTAGE_COUNT;
  bool parts = s->error_pct <= 100 && s->recovery_pct <= 100 && s->overload_pct <= 100;
  bool status = s->error_pct == 0 || (s->error_status >= 400 && s->error_status <= 599);
  bool times = s->outage_to >= s->outage_from && s->outage_to < AGAIN_NEVER / 2 &&
               s->duration < AGAIN_NEVER / 2 && s->join < AGAIN_NEVER / 2;
  return s->agents >= 1 && s->agents <= AGENTS_MAX && works && takes && sized && spread && kinds &&
         parts && status && times;
}

int again_sim_run(const again_sim_options *options, again_sim_result *result) {
  if (options->sender.policy == NULL || !is_possible(options->scenario)) return AGAIN_EINVAL;
  memset(result, 0, sizeof *result);
  run r = {.scenario = options->scenario, .result = result};
  r.world.scenario = options->scenario;
  r.world.sender = &options->sender;
  r.end = ideal(options->scenario) * (options->patience > 0 ? options->patience : usual_patience);
  int error = open_run(&r, options->seed);
  if (error == 0) error = play(&r, options);
  if (error == 0) conclude(&r);
  close_run(&r);
  return error;
}
