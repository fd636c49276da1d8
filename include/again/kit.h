/* again/kit.h - for testing policies and programs: no sleeping, no sockets, no wall clock.
 *
 * A virtual clock drives the real scheduler from one due time to the next; scripted operations
 * answer each attempt as they are told and remember what happened to them.
 *
 * One thread.
 */
#ifndef AGAIN_KIT_H
#define AGAIN_KIT_H

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

/* Attempts whose times a scripted operation remembers. */
#define AGAIN_KIT_ATTEMPTS_MAX 64

struct again_kit;

/* An operation that follows a script. */
typedef struct again_kit_op {
  again_op op;
  /* Set by the caller before again_kit_submit. */
  const again_kit_step *steps; /* one for each attempt; the last is used for all further ones */
  size_t step_count;
  bool no_abort; /* an attempt cannot be ended early */

  /* What was seen, for the test to read. */
  uint32_t attempts;                           /* begun */
  again_ms attempt_at[AGAIN_KIT_ATTEMPTS_MAX]; /* when */
  uint32_t aborts;
  uint32_t done_count;
  again_ms done_at;
  again_result result; /* of the (last) done */

  struct again_kit *kit;
  struct again_kit_op *next_pending;
  again_ms ends_at;
} again_kit_op;

typedef struct again_kit {
  again_sched *sched;
  again_ms now;
  uint64_t runs;           /* again_sched_run was called so often */
  uint32_t in_flight;      /* attempts under way, seen from the outside */
  uint32_t most_in_flight; /* and the most there were at once */
  again_kit_op *pending;   /* attempts under way, by their end */
} again_kit;

/* Makes a scheduler with this policy on a virtual clock that stands at `now`. `options` may carry
 * catalogue, seed and an event callback; its policy is replaced. AGAIN_ENOMEM, AGAIN_EINVAL. */
int again_kit_init(again_kit *kit, const again_policy *policy, const again_sched_options *options,
                   again_ms now);

/* Closes the scheduler, lets every operation come back, and frees it. */
void again_kit_fini(again_kit *kit);

/* again_sched_submit for a scripted operation, at the virtual time. */
int again_kit_submit(again_kit *kit, again_kit_op *op, again_scope *scope, again_ms deadline);

/* Lets time pass until `until`, or with AGAIN_NEVER until nothing is left to happen. The clock
 * stops at every moment at which something is due, and nowhere else. Returns the time then. */
again_ms again_kit_run(again_kit *kit, again_ms until);

#ifdef __cplusplus
}
#endif

#endif
