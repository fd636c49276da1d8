/* again/sim.h - many senders that share a service, simulated.
 *
 * Agents, each with the real scheduler and a policy, against one modelled service: a quota, latency, errors,
 * an outage and the recovery from it. Time is virtual and goes as fast as the machine allows. The
 * same scenario, sender and seed give the same result, and the same seed gives all senders the same
 * arrivals.
 *
 * A simulation shows how senders act on each other; it measures no service. docs/simulate.md says what is
 * modelled and what is not. For tests and tools: this library is an archive, and promises no ABI.
 * Any thread; it holds no state between calls.
 */
#ifndef AGAIN_SIM_H
#define AGAIN_SIM_H

#include <again/sched.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How the service counts calls: name, as in a scenario, sentence. */
#define AGAIN_SIM_QUOTA_MAP(X)                                                                     \
  X(BUCKET, "bucket", "a token bucket: `burst` calls at once, and then the rate")                  \
  X(LEAKY, "leaky", "a queue of `burst` calls that is served at the rate; a full one refuses")     \
  X(WINDOW, "window", "counted anew each second")

/* What a refused call is told of when to come back. A hint with a spread is up to half as long again. */
#define AGAIN_SIM_HINT_MAP(X)                                                                      \
  X(NONE, "none", "nothing")                                                                       \
  X(CONSTANT, "constant", "always the same delay")                                                 \
  X(EXACT, "exact", "when there is room again for one call")                                       \
  X(JITTERED, "jittered", "the delay, spread: up to half as long again")

/* What calls meet in an outage. */
#define AGAIN_SIM_OUTAGE_MAP(X)                                                                    \
  X(ANSWERED, "503", "an answer that says so")                                                     \
  X(REFUSED, "refused", "nobody listens: the connection is refused")                               \
  X(SILENT, "silent", "no answer: each attempt takes its whole timeout")

#define X(name, text, sentence) AGAIN_SIM_QUOTA_##name,
typedef enum again_sim_quota { AGAIN_SIM_QUOTA_MAP(X) AGAIN_SIM_QUOTA_COUNT } again_sim_quota;
#undef X
#define X(name, text, sentence) AGAIN_SIM_HINT_##name,
typedef enum again_sim_hint { AGAIN_SIM_HINT_MAP(X) AGAIN_SIM_HINT_COUNT } again_sim_hint;
#undef X
#define X(name, text, sentence) AGAIN_SIM_OUTAGE_##name,
typedef enum again_sim_outage { AGAIN_SIM_OUTAGE_MAP(X) AGAIN_SIM_OUTAGE_COUNT } again_sim_outage;
#undef X

/* Times are from the start of the run. */
typedef struct again_sim_scenario {
  uint32_t agents; /* 1..100,000 */

  /* The work: either batches that are there when an agent begins (within 0.2 s), or, with `backlog` 0,
   * batches that come to each agent by chance (a Poisson process). */
  uint32_t backlog;  /* batches of each agent */
  again_ms join;     /* every second agent begins so much later */
  uint32_t load_pct; /* batches of all agents together, in hundredths of the quota */
  again_ms duration; /* of the load */

  double rate;  /* calls a second that the service takes, of all agents together */
  double burst; /* BUCKET, LEAKY: at least 1 */
  again_sim_quota quota;
  uint64_t bytes_rate;  /* bytes a second that it takes besides, as a bucket of a second; 0: any */
  uint64_t batch_bytes; /* of a batch: half to one and a half times this, at random */

  again_ms latency; /* median of the time from a call to its answer; 35 % of it on the way there */
  double spread;    /* sigma of its lognormal distribution */

  again_sim_hint hint;
  again_ms hint_delay; /* CONSTANT, JITTERED */

  uint32_t error_pct; /* of the calls that are answered with `error_status` */
  int error_status;
  again_ms error_from;
  again_ms error_to; /* AGAIN_NEVER: to the end */

  again_sim_outage outage;
  again_ms outage_from;
  again_ms outage_to; /* the same as `outage_from`: none */

  /* After the outage the service has `recovery_pct` of its rate, and more with time, all after `recovery`. A
   * call beyond that is answered with 503 and still costs `overload_pct` of what a call costs; while that
   * leaves nothing, the service does not recover. (A metastable failure: Bronson et al., HotOS 2021.) */
  again_ms recovery; /* 0: it is back at once */
  uint32_t recovery_pct;
  uint32_t overload_pct;
} again_sim_scenario;

/* A limiter of the program's own that each call waits for before it is sent; a slot in flight is held
 * meanwhile, as by a thread of an SDK. Each agent has a state of `size` bytes, zeroed before `init`. */
typedef struct again_sim_limiter {
  size_t size;
  void (*init)(void *state, again_ms now);
  again_ms (*next)(void *state, again_ms now); /* when the next call may go; `now` if at once */
  void (*sent)(void *state, again_ms now);
  void (*answered)(void *state, int status, again_ms sent_at, again_ms now); /* 0: no answer */
} again_sim_limiter;

/* What all agents are. */
typedef struct again_sim_sender {
  const again_policy *policy; /* required */
  uint32_t in_flight;         /* calls at a time of each; 0: the policy's */
  uint32_t
      submitted;  /* batches of a backlog that are submitted at a time; 0: 64. While others are to
                         follow, the scope's `more` is set */
  bool resubmits; /* the program submits again what was surfaced, a second later */
  const again_sim_limiter *limiter; /* NULL: none */
} again_sim_sender;

typedef struct again_sim_options {
  const again_sim_scenario *scenario;
  again_sim_sender sender;
  uint64_t seed;
  double patience;                           /* times the ideal after which the run ends; 0: 12 */
  void (*progress)(void *data, double part); /* now and then, with 0..1 of the run; may be NULL */
  void *data;
} again_sim_options;

enum { AGAIN_SIM_STEPS = 240 };

/* What went on in each step of time, at most AGAIN_SIM_STEPS. */
typedef struct again_sim_series {
  double step_s;
  size_t count;
  double at[AGAIN_SIM_STEPS];       /* the middle of the step, in seconds */
  double accepted[AGAIN_SIM_STEPS]; /* calls a second that reached the service and were accepted, */
  double refused[AGAIN_SIM_STEPS];  /* refused for lack of quota, */
  double failed[AGAIN_SIM_STEPS];   /* and those that failed otherwise */
  double quota[AGAIN_SIM_STEPS];    /* calls a second that the service allowed at its end */
  double waiting[AGAIN_SIM_STEPS];  /* batches that had come and were not done at its end */
  double p50_s[AGAIN_SIM_STEPS]; /* from coming to delivery, of those delivered in it; NAN: none */
  double p99_s[AGAIN_SIM_STEPS];
} again_sim_series;

typedef struct again_sim_result {
  double ideal_s;    /* that the work takes at least; of a load its duration */
  double end_s;      /* the last delivery */
  double completion; /* of a backlog: end_s / ideal_s; else NAN */
  double jain;   /* of a backlog: Jain's index of the agents' rates until each was done; else NAN */
  double p50_ms; /* from coming to delivery; NAN: nothing was delivered */
  double p99_ms;
  double
      recovery_s; /* from the end of the outage to the first 0.1 s in which 90 % of the load, or of the
                         rate, was delivered; INFINITY: never; without an outage NAN */
  uint64_t offered;   /* batches that came */
  uint64_t delivered; /* of these; each once, whatever the service was sent */
  uint64_t surfaced;  /* given up by the policy; the others of `offered` are not done at the end */
  uint64_t calls;     /* that ended */
  uint64_t
      accepted;     /* of these, that the service accepted: more than `delivered` if the answer came
                         too late, and the batch was sent again */
  uint64_t refused; /* for lack of quota */
  again_sim_series series;
} again_sim_result;

/* Runs it until all is done, or patience has an end. AGAIN_EINVAL: the scenario or the sender cannot
 * be; AGAIN_ENOMEM. */
int again_sim_run(const again_sim_options *options, again_sim_result *result);

#ifdef __cplusplus
}
#endif

#endif
