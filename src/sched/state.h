/* The scheduler's inside, shared by the files of this room.
 *
 * An operation is in one state, and in the list of that state:
 *
 *   submit -> READY -> FLYING -> ENDED -> done
 *               ^         |        ^
 *               +- WAITING+--------+   (WAITING and READY also end: cancel, deadline, close)
 *
 * WAITING: its timer is the time of its next attempt. READY: its timer is its deadline. */
#ifndef AGAIN_SCHED_STATE_H
#define AGAIN_SCHED_STATE_H

#include "sched/list.h"
#include "sched/wheel.h"

enum again_op_state {
  AGAIN_OP_IDLE = 0, /* the caller's */
  AGAIN_OP_WAITING,
  AGAIN_OP_READY,
  AGAIN_OP_FLYING,
  AGAIN_OP_ENDED
};

struct again_sched {
  again_sched_options options;
  again_random random;
  again_ms now;
  again_wheel wheel;
  again_link waiting; /* operations by state; READY ones are in their scope's list */
  again_link flying;
  again_link aborting; /* FLYING and asked to end */
  again_link ended;
  again_link turns;  /* scopes that have a READY operation and room for it, in rotation */
  again_link scopes; /* all of them */
  uint64_t runs;     /* counts again_sched_run */
  bool calling;      /* inside a callback of the caller: what becomes ready waits a run */
  bool draining;
  bool closing;
  bool close_due; /* closing, and the next run has to end everything */
  bool drain_due; /* draining, and the next run has to end what waits too long */
  again_ms drain_deadline;
  again_stats stats;
};

/* operation.c */
void again_op_start(again_op *op, again_ms now);
void again_op_make_ready(again_op *op);
void again_op_end(again_op *op, again_reason reason);
void again_op_finish(again_op *op);
void again_op_abort(again_op *op);
bool again_op_due_this_run(const again_op *op);

/* scope.c: keeps the scope's place in the rotation true after a change to it. */
void again_scope_update(again_scope *scope);
uint32_t again_scope_limit(const again_scope *scope);

/* sched.c: the clock only goes forward. */
void again_sched_tick(again_sched *sched, again_ms now);
void again_sched_wake(again_sched *sched);
void again_sched_emit(again_sched *sched, again_event_kind kind, const again_op *op,
                      const again_decision *decision);

#endif
