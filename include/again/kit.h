/* again/kit.h - for testing policies and programs: no sleeping, no sockets, no wall clock.
 *
 * A virtual clock drives the real scheduler from one due time to the next. Attempts end as a script, a
 * callback or a made-up service says (again/kit_service.h); all that happens is recorded
 * (again/kit_trace.h); assertions look at that, and fail with a picture of it (again/kit_assert.h);
 * memory can be made to run out (again/kit_memory.h). This header includes all of them.
 *
 *   again_kit kit;
 *   again_kit_init(&kit, policy, NULL, 0);
 *   again_kit_op op = {.script = "429@2s, reset, 503 x3, 200"};
 *   again_kit_submit(&kit, &op, NULL, AGAIN_NEVER);
 *   again_kit_run(&kit, AGAIN_NEVER);
 *   again_kit_assert_ended(&kit, &op, AGAIN_REASON_OK);
 *   again_kit_fini(&kit);
 *
 * A program's own operations are driven as well: it submits them to kit.sched at kit.now, and what
 * stands for its transport ends attempts with again_kit_answer, or does what it likes at a later time by
 * again_kit_after.
 *
 * One thread.
 */
#ifndef AGAIN_KIT_H
#define AGAIN_KIT_H

#include <again/kit_assert.h>
#include <again/kit_memory.h>
#include <again/kit_service.h>
#include <again/kit_trace.h>
#include <again/policy.h>
#include <again/sched.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Attempts whose times a scripted operation remembers. */
#define AGAIN_KIT_ATTEMPTS_MAX 64

/* Runs of the scheduler that one again_kit_run may make, unless the test says otherwise. */
#define AGAIN_KIT_RUNS_MAX 1000000

typedef struct again_kit again_kit;

/* An operation whose attempts end as it is told. Zero it first. Where failing leaves by longjmp, as in
 * cmocka, it must not stand in the frame of the test if it may still be under way then. */
typedef struct again_kit_op {
  again_op op;
  /* Set by the caller before again_kit_submit: one of steps, script and answer. */
  const again_kit_step *steps; /* one for each attempt; the last is used for all further ones */
  size_t step_count;
  const char *script; /* steps as a text: see again_kit_script_parse. Read by again_kit_submit */
  again_kit_answer_fn answer; /* is asked at each attempt */
  void *answer_data;
  bool no_abort; /* an attempt cannot be ended early */

  /* What was seen, for the test to read. */
  uint32_t attempts;                           /* begun */
  again_ms attempt_at[AGAIN_KIT_ATTEMPTS_MAX]; /* when */
  uint32_t aborts;
  uint32_t done_count;
  again_ms done_at;
  again_result result; /* of the (last) done */

  again_kit *kit;
  again_kit_step step; /* of the attempt under way */
} again_kit_op;

/* It refers to itself: it must not be moved. */
struct again_kit {
  again_sched *sched;
  again_ms now;
  again_scope scope;       /* for operations that are submitted without one */
  again_kit_trace trace;   /* of all operations */
  again_kit_fail fail;     /* set it after again_kit_init: see again/kit_assert.h */
  uint64_t run_limit;      /* AGAIN_KIT_RUNS_MAX, and 0: none */
  uint64_t runs;           /* again_sched_run was called so often */
  uint32_t in_flight;      /* attempts of scripted operations under way, seen from the outside */
  uint32_t most_in_flight; /* and the most there were at once */

  struct {
    struct again_kit_call *calls; /* to come: a heap */
    size_t call_count;
    size_t call_room;
    uint64_t order;
    struct again_kit_script *scripts; /* of operations */
    const again_catalogue *catalogue;
    again_event_fn event; /* the caller's, and wake and data */
    void (*wake)(void *data);
    void *data;
  } own;
};

/* Makes a scheduler with this policy on a virtual clock that stands at `now`. `options` (may be NULL)
 * are those of the scheduler; its policy is replaced. AGAIN_ENOMEM, AGAIN_EINVAL: nothing is to be
 * given back. */
int again_kit_init(again_kit *kit, const again_policy *policy, const again_sched_options *options,
                   again_ms now);

/* Closes the scheduler, lets every operation come back, and frees it and the trace. It fails as an
 * assertion does if an operation does not come back: its attempt was begun and never ended. */
void again_kit_fini(again_kit *kit);

/* again_sched_submit for a scripted operation, at the virtual time. `scope` NULL: the kit's own.
 * AGAIN_EFORMAT, after it failed as an assertion does: the script is not one. AGAIN_EINVAL also for an
 * operation without steps, script or answer. */
int again_kit_submit(again_kit *kit, again_kit_op *op, again_scope *scope, again_ms deadline);

/* Lets time pass until `until`, or with AGAIN_NEVER until nothing is left to happen. The clock
 * stops at every moment at which something is due, and nowhere else. Returns the time then. It fails as
 * an assertion does, and comes back, after run_limit runs: something is tried for ever. */
again_ms again_kit_run(again_kit *kit, again_ms until);

/* ---- For operations of one's own -------------------------------------------------------------- */

typedef void (*again_kit_fn)(void *data);

/* Calls fn(data) in `delay` ms of virtual time, outside the scheduler. Equal times: in the order of the
 * calls. AGAIN_ENOMEM. */
int again_kit_after(again_kit *kit, again_ms delay, again_kit_fn fn, void *data);

/* Ends the attempt of an operation with a step's outcome when the time that it takes has passed, or, for
 * 0, at once. What the outcome points to must stay until then. AGAIN_ENOMEM; AGAIN_ESTATE, at once: no
 * attempt is under way. */
int again_kit_answer(again_kit *kit, again_op *op, const again_kit_step *step);

/* Forgets what was to come with this `data`, or for this operation: what `abort` does. Returns how many
 * calls and answers it were. */
size_t again_kit_forget(again_kit *kit, const void *data);

#ifdef __cplusplus
}
#endif

#endif
