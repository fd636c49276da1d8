/* bench_pacing: what senders that share a quota make of it, as ours and as peers pace themselves.
 *
 * `again` is the built-in policy on the scheduler; `full-jitter` the same without pacing, with a full jitter
 * of 100 ms to 20 s for each batch; `aws-standard` the shipped policy, which gives up; `aws-adaptive` the same
 * behind the AWS SDKs' rate limiter, in a program that submits again what is surfaced; `aimd` a rate with
 * additive increase. Everything but the limiters is the real scheduler under a virtual clock
 * (again/sim.h). Each figure is a median over seeds. docs/pacing.md shows the results. */
#include "bench.h"
#include "pacing_limit.h"
#include "pacing_table.h"
#include <again/policy.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LIMITS "\"operation\": {\"deadline\": \"none\"}, \"in_flight\": {\"scope\": 32}"

/* What an SDK does blocks its caller, of which there are as many as may be in flight. */
enum { IN_FLIGHT = 32, QUEUED = 2 * IN_FLIGHT, BLOCKING = IN_FLIGHT };

static const pacing_policy policies[] = {
    {"again", "{\"again\": 1, " LIMITS "}", NULL, false, QUEUED},
    {"full-jitter",
     "{\"again\": 1, \"pace\": {\"refusals\": 0}, "
     "\"throttled\": {\"base\": \"100ms\", \"cap\": \"20s\"}, "
     "\"retryable\": {\"base\": \"100ms\", \"cap\": \"20s\"}, " LIMITS "}",
     NULL, false, BLOCKING},
    {"aws-standard",
     "{\"again\": 1, \"extends\": \"aws-standard\", \"in_flight\": {\"scope\": 32}}", NULL, false,
     BLOCKING},
    {"aws-adaptive",
     "{\"again\": 1, \"extends\": \"aws-standard\", \"in_flight\": {\"scope\": 32}}", &pacing_aws,
     true, BLOCKING},
    {"aimd",
     "{\"again\": 1, \"pace\": {\"refusals\": 0}, "
     "\"throttled\": {\"growth\": \"constant\", \"base\": \"1ms\", \"cap\": \"1ms\"}, " LIMITS "}",
     &pacing_aimd, false, QUEUED},
};

enum { POLICIES = sizeof policies / sizeof *policies, SEEDS_MAX = 100 };

typedef struct row {
  pacing_case test;
  pacing_goal goal;
  bool quick;
  unsigned peer_seeds; /* at most so many of others; 0: no limit */
} row;

#define SENDERS(n)    .agents = (n), .latency = 20, .spread = 0.287
#define BUCKET(r, b)  .rate = (r), .burst = (b)
#define WINDOW        .rate = 1000, .quota = AGAIN_SIM_QUOTA_WINDOW
#define QUOTA         BUCKET(1000, 100)
#define BACKLOG(n, m) SENDERS(n), .backlog = (m)
#define LOAD(n)       SENDERS(n), .load_pct = 95, .duration = 60000, QUOTA
#define OUTAGE(n)                                                                                  \
  SENDERS(n), .load_pct = 50, .duration = 240000, .outage_from = 60000, .outage_to = 120000, QUOTA

static const row rows[] = {
    {.test = {"n1", {BACKLOG(1, 60000), QUOTA}}, .goal = {.completion = 1.05, .waste = 0.01}},
    {.test = {"n10", {BACKLOG(10, 6000), QUOTA}},
     .goal = {.completion = 1.08, .waste = 0.01, .jain = 0.95}},
    {.test = {"n100", {BACKLOG(100, 600), QUOTA}},
     .goal = {.completion = 1.15, .waste = 0.025, .jain = 0.90}},
    {.test = {"n1000", {BACKLOG(1000, 60), QUOTA}},
     .goal = {.completion = 1.28, .waste = 0.08, .jain = 0.78}},
    {.test = {"n1000-m600", {BACKLOG(1000, 600), QUOTA}},
     .goal = {.completion = 1.05, .waste = 0.08, .jain = 0.95}},
    {.test = {"n10000", {BACKLOG(10000, 60), QUOTA}},
     .goal = {.completion = 1.10, .waste = 0.38, .jain = 0.93},
     .peer_seeds = 1},
    {.test = {"load-n1", {LOAD(1)}}, .goal = {.p99 = 1.10}},
    {.test = {"load-n10", {LOAD(10)}}, .goal = {.p99 = 1.10}},
    {.test = {"load-n100", {LOAD(100)}}, .goal = {.p99 = 1.10}},
    {.test = {"load-n1000", {LOAD(1000)}}, .goal = {.p99 = 1.10}},
    {.test = {"load-n10000", {LOAD(10000)}}, .goal = {.p99 = 1.10}},
    {.test = {"outage-n1", {OUTAGE(1)}}, .goal = {.recovery_s = 0.3}},
    {.test = {"outage-n10", {OUTAGE(10)}}, .goal = {.recovery_s = 0.3}},
    {.test = {"outage-n100", {OUTAGE(100)}}, .goal = {.recovery_s = 1.5}},
    {.test = {"outage-n1000", {OUTAGE(1000)}}, .goal = {.recovery_s = 4}},
    {.test = {"window-n1", {BACKLOG(1, 60000), WINDOW}},
     .goal = {.completion = 1.05, .waste = 0.02}},
    {.test = {"window-n100", {BACKLOG(100, 600), WINDOW}}},
    {.test = {"burst10-n1", {BACKLOG(1, 60000), BUCKET(1000, 10)}}, .goal = {.completion = 1.06}},
    {.test = {"hint-n1",
              {BACKLOG(1, 60000), QUOTA, .hint = AGAIN_SIM_HINT_CONSTANT, .hint_delay = 1000}},
     .goal = {.completion = 1.2}},
    {.test = {"burst1-n1", {BACKLOG(1, 3000), BUCKET(50, 1)}}, .goal = {.completion = 1.5}},
    {.test = {"join-n100", {BACKLOG(100, 600), QUOTA, .join = 18000}}},
    {.test = {"quick-n10", {BACKLOG(10, 300), QUOTA}}, .quick = true},
    {.test = {"quick-load", {SENDERS(10), .load_pct = 90, .duration = 5000, QUOTA}}, .quick = true},
    {.test = {"quick-outage",
              {SENDERS(10), BUCKET(200, 20), .load_pct = 50, .duration = 30000,
               .outage_from = 10000, .outage_to = 15000}},
     .quick = true},
};

enum { ROWS = sizeof rows / sizeof *rows };

typedef struct options {
  bool json;
  bool quick;
  const char *only_case;
  const char *only_policy;
  unsigned seeds;
  uint64_t seed;
} options;

static const char help[] =
    "usage: bench_pacing [--json] [--quick] [--case NAME] [--policy NAME] [--seeds N] [--seed S]\n"
    "\n"
    "Senders share a quota that they see as 429s, on a virtual clock. Completion is over the\n"
    "ideal, waste are calls that were not delivered for each that was, Jain is Jain's index of\n"
    "fairness. Fails if a goal is missed.\n"
    "  --json         an object for each case and policy\n"
    "  --quick        only small cases, as a smoke test\n"
    "  --case NAME    one case, or with a last '*' those that begin so\n"
    "  --policy NAME  one policy\n"
    "  --seeds N      median over N runs, 1..100; default 5\n"
    "  --seed S       of the first run; default 770001\n";

/* ---- Runs ------------------------------------------------------------------------------------ */

static void progress(const row *r, const pacing_policy *policy, unsigned run, unsigned seeds) {
  if (!isatty(STDERR_FILENO)) return;
  if (policy == NULL) {
    fprintf(stderr, "\r%60s\r", "");
  } else {
    fprintf(stderr, "\r%s: %s, seed %u of %u%20s", r->test.name, policy->name, run + 1, seeds, "");
  }
  fflush(stderr);
}

static double median_of(const pacing_result *results, unsigned count, size_t member) {
  double values[SEEDS_MAX];
  for (unsigned i = 0; i < count; i++)
    memcpy(&values[i], (const char *)&results[i] + member, sizeof *values);
  return bench_median(values, count);
}

static pacing_result median(const pacing_result *results, unsigned count) {
  pacing_result result = {
      .seeds = count,
      .completion = median_of(results, count, offsetof(pacing_result, completion)),
      .waste = median_of(results, count, offsetof(pacing_result, waste)),
      .jain = median_of(results, count, offsetof(pacing_result, jain)),
      .p50_ms = median_of(results, count, offsetof(pacing_result, p50_ms)),
      .p99_ms = median_of(results, count, offsetof(pacing_result, p99_ms)),
      .recovery_s = median_of(results, count, offsetof(pacing_result, recovery_s))};
  for (unsigned i = 0; i < count; i++) /* of losses the worst */
    result.lost = fmax(result.lost, results[i].lost);
  return result;
}

static unsigned seeds_of(const options *o, const row *r, const pacing_policy *policy) {
  bool fewer = policy != policies && r->peer_seeds != 0 && r->peer_seeds < o->seeds;
  return fewer ? r->peer_seeds : o->seeds;
}

static pacing_result run_once(const row *r, const pacing_policy *policy,
                              const again_policy *compiled, uint64_t seed) {
  again_sim_options sim = {.scenario = &r->test.scenario,
                           .sender = {.policy = compiled,
                                      .in_flight = IN_FLIGHT,
                                      .submitted = policy->submitted,
                                      .resubmits = policy->resubmits,
                                      .limiter = policy->limiter},
                           .seed = seed};
  again_sim_result got;
  if (again_sim_run(&sim, &got) != 0) {
    fprintf(stderr, "bench_pacing: %s cannot be run\n", r->test.name);
    exit(1);
  }
  double delivered = got.delivered > 0 ? (double)got.delivered : 1;
  double offered = got.offered > 0 ? (double)got.offered : 1;
  return (pacing_result){.completion = got.completion,
                         .waste = (double)(got.calls - got.delivered) / delivered,
                         .jain = got.jain,
                         .lost = (double)(got.offered - got.delivered) / offered,
                         .p50_ms = got.p50_ms,
                         .p99_ms = got.p99_ms,
                         .recovery_s = got.recovery_s};
}

static pacing_result run(const options *o, const row *r, const pacing_policy *policy) {
  unsigned seeds = seeds_of(o, r, policy);
  pacing_result results[SEEDS_MAX];
  const again_policy *compiled;
  again_diagnostic diagnostic;
  if (again_policy_parse(policy->name, policy->text, strlen(policy->text), &compiled,
                         &diagnostic) != 0) {
    fprintf(stderr, "bench_pacing: %s: %s\n", policy->name, diagnostic.message);
    exit(1);
  }
  for (unsigned i = 0; i < seeds; i++) {
    progress(r, policy, i, seeds);
    results[i] = run_once(r, policy, compiled, o->seed + i);
  }
  progress(r, NULL, 0, seeds);
  again_policy_unref(compiled);
  return median(results, seeds);
}

/* The number of goals that ours missed. */
static unsigned run_case(const options *o, const row *r) {
  pacing_result ours = {0};
  bool ran = false;
  double unpaced_p99_ms = 0;
  if (!o->json) pacing_table_head(&r->test, &r->goal, o->seeds, r->peer_seeds);
  for (unsigned i = 0; i < POLICIES; i++) {
    if (o->only_policy != NULL && strcmp(o->only_policy, policies[i].name) != 0) continue;
    pacing_result result = run(o, r, &policies[i]);
    (o->json ? pacing_table_json : pacing_table_row)(&r->test, &policies[i], &result);
    if (i == 0) ours = result;
    if (i == 0) ran = true;
    if (i == 1) unpaced_p99_ms = result.p99_ms;
  }
  return ran ? pacing_table_missed(&r->test, &r->goal, &ours, unpaced_p99_ms) : 0;
}

/* ---- The program ----------------------------------------------------------------------------- */

static bool is_wanted(const options *o, const row *r) {
  if (o->only_case == NULL) return r->quick == o->quick;
  size_t length = strlen(o->only_case);
  if (length > 0 && o->only_case[length - 1] == '*')
    return strncmp(o->only_case, r->test.name, length - 1) == 0;
  return strcmp(o->only_case, r->test.name) == 0;
}

static bool read_options(int argc, char **argv, options *o) {
  for (int i = 1; i < argc; i++) {
    const char *value = i + 1 < argc ? argv[i + 1] : NULL;
    bool takes_value = true;
    if (strcmp(argv[i], "--json") == 0) {
      o->json = true;
      takes_value = false;
    } else if (strcmp(argv[i], "--quick") == 0) {
      o->quick = true;
      takes_value = false;
    } else if (value == NULL) {
      return false;
    } else if (strcmp(argv[i], "--case") == 0) {
      o->only_case = value;
    } else if (strcmp(argv[i], "--policy") == 0) {
      o->only_policy = value;
    } else if (strcmp(argv[i], "--seeds") == 0) {
      o->seeds = (unsigned)strtoul(value, NULL, 10);
    } else if (strcmp(argv[i], "--seed") == 0) {
      o->seed = strtoull(value, NULL, 10);
    } else {
      return false;
    }
    if (takes_value) i++;
  }
  return o->seeds >= 1 && o->seeds <= SEEDS_MAX;
}

int main(int argc, char **argv) {
  options o = {.seeds = 5, .seed = 770001};
  unsigned missed = 0;
  if (!read_options(argc, argv, &o)) {
    bool asked = argc == 2 && strcmp(argv[1], "--help") == 0;
    fputs(help, asked ? stdout : stderr);
    return asked ? 0 : 2;
  }
  for (unsigned i = 0; i < ROWS; i++) {
    if (is_wanted(&o, &rows[i])) missed += run_case(&o, &rows[i]);
  }
  if (missed > 0) fprintf(stderr, "%u goals missed\n", missed);
  return missed > 0 ? 1 : 0;
}
