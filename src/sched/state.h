/* The scheduler's inside, shared by the files of this room.
 *
 * An operation is in one state, and in the list of that state:
 *
 *   submit -> READY -> FLYING -> ENDED -> done
 *               ^         |        ^
 *               +- WAITING+--------+   (WAITING and READY also end: cancel, deadline, close)
 *
 * WAITING: its timer is the time of its next attempt. READY: its timer is its deadline.
 *
 * The scopes are a tree. One is in the rotation of the scope above it while an attempt may begin there:
 * it has operations that are READY, or a rotation that is not empty, room for one more in flight, and is
 * not closed by a hold. So the next attempt is found by going down, from rotation to rotation. */
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

/* What a timer is for. */
enum again_timer_of { AGAIN_TIMER_OP = 0, AGAIN_TIMER_PROBE, AGAIN_TIMER_GATE };

struct again_sched {
  again_sched_options options;
  again_allocator allocator;
  again_random random;
  again_ms now;
  again_wheel wheel;
  /* Operations by state; READY and WAITING ones are in lists of their scope. */
  again_link fresh; /* but for those made READY inside a callback: they wait a run */
  again_link flying;
  again_link aborting; /* FLYING and asked to end */
  again_link ended;
  again_link taken;  /* of aborting or ended: what this run is calling back for */
  again_link turns;  /* the rotation of the outermost scopes */
  again_link scopes; /* all of them, those above before those below */
  again_link waking; /* those whose operations need not wait any more */
  size_t scope_count;
  size_t requests;   /* of the program's own, under way */
  uint64_t leaves;   /* operations, requests of the program's own and scopes that left a scope */
  again_stats gone;  /* counters of the scopes that are no more */
  uint32_t work;     /* pieces left in this run */
  bool calling;      /* inside a callback of the caller: what becomes ready waits a run */
  bool backlog_high; /* it was told so */
  bool draining;
  bool closing;
  uint8_t ending; /* a reason: everything is being ended for it, bit by bit; 0: not */
  bool drain_due; /* draining, and what waits too long is being ended */
  again_link *at; /* the scope where ending goes on; `scopes`: from the first */
  again_ms drain_deadline;
  uint32_t drains; /* how often one was asked for */
  again_stats stats;
};

/* operation.c */
void again_op_start(again_op *op, again_ms now);
void again_op_make_ready(again_op *op, bool head, again_ms not_before);
void again_op_enqueue(again_op *op); /* READY, into its scope's queue */
void again_op_emit(again_event_kind kind, const again_op *op, const again_decision *decision);
void again_op_due(again_op *op); /* its timer */
/* Has the clock jumped over this time, and that of more operations than may be in flight at once? A machine
 * that was suspended, and with it perhaps a fleet, does not begin with all it has: the time to which this is
 * put off, at random. 0: no. */
again_ms again_sched_spread(again_sched *sched, const again_timer *timer);
void again_op_wake(again_op *op);  /* WAITING, and need not any more: soon */
void again_op_hurry(again_op *op); /* READY at the head of an ordered scope, the same */
void again_op_end(again_op *op, again_reason reason);
void again_op_finish(again_op *op);
void again_op_abort(again_op *op);

/* scope.c: keeps the place in the rotations true after a change to a scope or one above it. */
void again_scope_update(again_scope *scope);
/* The time of its gate's timer has come. */
void again_scope_opens(again_scope *scope);

/* The operation whose turn it is; NULL: none may begin. */
again_op *again_scope_next(again_link *rotation);

bool again_scope_has_room(const again_scope *scope); /* for one more in flight */

/* Is the scope the same as the other, or below it? */
bool again_scope_is_within(const again_scope *scope, const again_scope *above);

/* An operation has become READY in the scope (1) or is no more (-1). */
void again_scope_ready(again_scope *scope, int change);

/* An attempt in the scope begins (1) or has ended (-1). */
void again_scope_fly(again_scope *scope, int change);

/* Looks up the policy in force. */
void again_scope_resolve_policy(again_scope *scope);

/* The scope that a damage concerns: the nearest of that kind from this one upwards. Without one it is
 * this scope for a topic's, the outermost for any other. */
again_scope *again_scope_of_damage(again_scope *scope, again_damage damage);

/* stats.c: counts for the operation's scope and for all. */
#define again_count(op, member)                                                                    \
  ((op)->own.sched->stats.member++, (op)->own.scope->own.stats.member++)
void again_stats_keep(again_scope *scope); /* which is ended */
void again_stats_retry(again_op *op, again_class error_class, again_ms delay);
void again_stats_end(again_op *op);

/* backlog.c: AGAIN_EFULL, and nothing is taken. */
int again_backlog_take(const again_op *op, again_scope *scope);
void again_backlog_give(const again_op *op);

/* pace.c */
bool again_pace_on(const again_scope *scope);
again_ms again_pace_next(const again_scope *scope); /* when the pacer lets the next attempt begin */
/* The same without regard to the few operations whose own backoffs are probes enough: for requests of the
 * program's own. */
again_ms again_pace_gate(const again_scope *scope);
void again_pace_started(again_scope *scope);

/* What an outcome of a call in the scope teaches. For one that was throttled: when the pacer lets the
 * next begin, at least 1; otherwise 0. */
again_ms again_pace_learn(again_scope *scope, again_ms began, const again_verdict *verdict,
                          const again_outcome *outcome, again_ms now);
void again_pace_wake(again_sched *sched); /* some of those that need not wait any more */
void again_pace_hurry(again_op *op);      /* at the head of an ordered scope: it neither, perhaps */

/* hold.c */
void again_scope_unhold(again_scope *scope);
void again_hold_timer(again_scope *scope); /* its next probe is due */
void again_hold_started(again_op *op);     /* an attempt begins */
void again_hold_left(again_op *op);        /* an attempt ended without an outcome */

/* For again_progress.held, before the decision. */
uint32_t again_hold_count(const again_op *op, const again_verdict *verdict);

/* The time of a retry that waits for a scope which is held already: by another operation's outcome, or
 * while credentials are renewed. */
void again_hold_decide(const again_op *op, const again_verdict *verdict, again_decision *decision,
                       again_ms now);

/* What an outcome says about the scopes: one is held, or a probe has ended a hold or not. */
void again_hold_learn(again_op *op, const again_verdict *verdict, const again_decision *decision,
                      again_ms now);

/* drain.c: ends what a drain or a close wants ended, as far as there is work left. */
void again_drain_run(again_sched *sched);

/* sched.c: takes one piece of this run's work; false: there is none left. */
bool again_sched_work(again_sched *sched);

/* Room in the wheel for the timers of more operations and scopes. AGAIN_ENOMEM. */
int again_sched_reserve(again_sched *sched, size_t operations, size_t scopes);

/* The clock only goes forward. */
void again_sched_tick(again_sched *sched, again_ms now);
void again_sched_wake(again_sched *sched);

/* host.c */
void again_sched_emit(const again_sched *sched, const again_event *event);

#endif
