/* again/kit_service.h - how attempts end: a list of steps, or a service made up from a seed.
 */
#ifndef AGAIN_KIT_SERVICE_H
#define AGAIN_KIT_SERVICE_H

#include <again/sched.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How one attempt ends: after `takes` ms of virtual time, with this outcome. 0: inside `attempt`
 * itself. */
typedef struct again_kit_step {
  again_ms takes;
  again_outcome outcome;
} again_kit_step;

/* ---- Scripts --------------------------------------------------------------------------------- */

/* Reads steps from a text: "429@2s, reset, 503 x3, 200 +20ms". A step is a status (200 to 599), a fault
 * ("connect", "timeout", ... as in again/words.h, or "refused" for connect and "reset" for receive) or
 * an error code ("SpeedQuotaExceed"), or a status or a fault with a code behind it ("429
 * SpeedQuotaExceed"); then, in any order, "@2s": the service asks to be left alone for so long, "+20ms":
 * the attempt takes so long, "x3": so often. Commas part steps, white space parts words.
 *
 * The caller frees *steps, in which the codes are, too, with free(). AGAIN_EFORMAT: `why` (of `why_size`
 * bytes) says where and what; AGAIN_ENOMEM. */
int again_kit_script_parse(const char *text, again_kit_step **steps, size_t *count, char *why,
                           size_t why_size);

/* Gives codes that stand without a status the one that the catalogue (may be NULL) has them with, and
 * 400 where it has none. */
void again_kit_script_complete(again_kit_step *steps, size_t count,
                               const again_catalogue *catalogue);

/* Steps that a script may have, repetitions counted. */
#define AGAIN_KIT_STEPS_MAX 10000

/* ---- Callbacks ------------------------------------------------------------------------------- */

/* Says how the attempt that begins now ends. What its outcome points to must stay until then.
 * again_op_attempt(op) is its number, again_op_scope(op) where it is. */
typedef again_kit_step (*again_kit_answer_fn)(void *data, const again_op *op, again_ms now);

/* ---- A service ------------------------------------------------------------------------------- */

/* A service that is shared by all operations that ask it: a quota, a latency, errors, an outage. Integers
 * and exact sums only, so that a seed gives the same answers everywhere. */
typedef struct again_kit_service {
  /* Set by the caller; zeroed, it answers 200 at once. */
  uint64_t seed;
  uint32_t quota;   /* calls that it takes per `period`, by token bucket; 0: no quota */
  again_ms period;  /* 0: 1000 */
  uint32_t burst;   /* tokens that the bucket holds, and has at first; 0: as many as the quota */
  again_ms latency; /* of every answer: */
  uint32_t latency_sigma; /* 0: exactly so long. Else it is the median of a lognormal distribution
                             whose logarithm deviates by so many hundredths: 50 is a usual network */
  again_ms latency_cap;   /* no answer takes longer; 0: 100 times the latency */
  uint32_t errors;        /* so many of 10,000 calls within the quota end in `error` */
  again_ms outage_from;   /* in this time every call ends in `outage` */
  again_ms outage_until;
  again_outcome refusal; /* beyond the quota; zeroed: status 429 */
  again_outcome error;   /* zeroed: status 500 */
  again_outcome outage;  /* zeroed: the fault connect */

  /* What was seen, for the test to read. */
  uint64_t calls;
  uint64_t taken;   /* answered with 200 */
  uint64_t refused; /* beyond the quota */
  uint64_t failed;  /* ended in `error` */
  uint64_t lost;    /* in the outage */

  struct {
    bool begun;
    again_random random;
    uint64_t level; /* of the bucket, in 1/period of a token */
    again_ms at;    /* when that was so */
  } own;
} again_kit_service;

/* An again_kit_answer_fn; `service` is an again_kit_service. `op` is not looked at. */
again_kit_step again_kit_service_answer(void *service, const again_op *op, again_ms now);

#ifdef __cplusplus
}
#endif

#endif
