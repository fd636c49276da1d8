/* again/sched.h - operations that are tried until they succeed or are surfaced.
 *
 * A scheduler keeps operations, starts their attempts when they are due and allowed, and calls
 * `done` exactly once for each. It owns no thread, no timer and no socket: the layer above calls
 * again_sched_run when the time again_sched_next names has come, and is told by `wake` when that
 * time moved forward. Operations and scopes live in the caller's memory. Only again_sched_submit
 * takes memory, before it takes the operation: nothing that was taken can be lost to lack of it.
 *
 * One thread: a scheduler and everything in it belong to the thread that runs it.
 *
 * The rules:
 *  1. again_sched_submit returning 0 means `done` exactly once; otherwise never.
 *  2. `attempt`, `abort` and `done` run only inside again_sched_run, never inside another call.
 *  3. They may submit, report, cancel, drain and close; what they schedule waits for the next run.
 *  4. An operation is the caller's before submit and from `done` on.
 *  5. Equal times run in the order in which they were scheduled.
 *  6. A clock that goes back is taken as standing still. If it jumps ahead (suspend), retries that are
 *     10 s late are spread over up to 10 s.
 */
#ifndef AGAIN_SCHED_H
#define AGAIN_SCHED_H

#include <again/core.h>
#include <again/host.h>
#include <again/pacer.h>
#include <again/stats.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct again_sched again_sched;
typedef struct again_scope again_scope;
typedef struct again_op again_op;

/* ---- What is told about an operation --------------------------------------------------------- */

/* How many attempts an operation remembers in detail: the first and the latest. */
#define AGAIN_HISTORY_MAX 8

/* One attempt, in short. */
typedef struct again_record {
  again_ms began;
  again_ms ended;
  uint16_t status;
  uint8_t fault;       /* again_fault */
  uint8_t error_class; /* again_class */
  uint8_t reason;      /* again_reason: what was decided after it */
} again_record;

/* The end of an operation. Everything in it lives in the operation: it is valid until the caller
 * reuses that memory; `verdict.file` and `verdict.plugin` are the policy's. Texts are cut at a
 * character's boundary where they were too long. */
typedef struct again_result {
  again_reason reason;   /* AGAIN_REASON_OK: delivered; otherwise why it is surfaced */
  again_verdict verdict; /* of the last attempt; meaningless if attempts is 0 */
  again_effect effect;   /* of all attempts: the strongest that any of them may have had */
  again_fault fault;     /* of the last attempt, as in its outcome */
  int status;
  const char *code; /* "" if there was none */
  const char *message;
  const char *request_id;
  uint32_t attempts;
  again_ms elapsed;            /* from submit to the end */
  const again_record *history; /* oldest first; if attempts > history_count, the first attempt */
  size_t history_count;        /* and the latest ones */
} again_result;

/* ---- Operations ------------------------------------------------------------------------------ */

/* Begins one attempt. It ends with again_sched_report, at once or later. */
typedef void (*again_attempt_fn)(again_op *op);

/* Ends the attempt under way at once: after it returns, again_sched_report must not be called for
 * it. Called when an operation in flight is cancelled, drained or closed. */
typedef void (*again_abort_fn)(again_op *op);

/* The operation is over and its memory is the caller's again. Called exactly once. */
typedef void (*again_done_fn)(again_op *op, const again_result *result);

/* Links of the scheduler's lists; nothing for the caller. */
typedef struct again_link {
  struct again_link *next;
  struct again_link *prev;
} again_link;

/* Where the timing wheel has an entry for the timer (NULL: none), and for when; nothing for the
 * caller. */
typedef struct again_timer {
  struct again_timer **entry;
  again_ms expires;
  uint8_t of; /* whose it is, and what for */
} again_timer;

struct again_op {
  /* Set by the caller before submit. */
  void *data;
  again_attempt_fn attempt;
  again_abort_fn abort; /* NULL: an attempt cannot be ended early; its report is waited for */
  again_done_fn done;
  uint64_t bytes;     /* of its request, for the limits on the backlog; 0: they do not count it */
  bool beyond_limits; /* it is a part of one that was taken already: the limits do not refuse it */

  /* For a layer that takes operations from other threads (again_uv_post); zeroed before the first
   * time. */
  struct {
    again_link link;
    void *posts;
    again_scope *scope;
    again_ms deadline;
    again_done_fn done;
    uint8_t state;
  } post;

  /* The rest belongs to the scheduler from submit to done. */
  struct {
    again_sched *sched;
    again_scope *scope;
    const again_policy *policy;
    again_timer timer;
    again_link queue;
    uint8_t state;
    uint8_t wanted;
    uint8_t history_count;
    again_ms not_before; /* READY at the head of an ordered scope: its next attempt */
    bool fresh;          /* READY and not yet in its scope's queue, */
    bool head;           /* to whose head it goes */
    uint32_t wakes;      /* of its scope, when it was looked at last, */
    uint32_t drains;     /* and of the scheduler */
    again_ms submitted;
    again_ms began;
    again_progress progress;
    uint64_t bytes;  /* of the backlog, as it was taken */
    uint32_t tokens; /* of the budget, taken for the last retry */
    again_result result;
    again_record history[AGAIN_HISTORY_MAX];
    char code[48];
    char request_id[48];
    char message[160];
  } own;
};

/* ---- Scopes ---------------------------------------------------------------------------------- */

/* What shares a fate: for CLS, a topic, and above it the account. Scopes are a tree; operations are
 * submitted to any of them. A scope has its own limit on attempts in flight, its own queue and retry
 * budget, and at each branch of the tree turns are given in rotation: one scope that is throttled, full or
 * held does not slow another beside it, but what holds a scope holds all below it. The operations of a scope
 * itself take turns with those of the scopes below it taken together.
 *
 * A scope is held when an outcome says that all attempts there will be refused until somebody has acted
 * (again_verdict_holds): no attempts begin in it and below it but probes, one operation at a time, at
 * times that the policy for holds says. Its operations keep their place and their deadlines. An answer
 * to a probe that does not hold the scope again ends the hold: 2xx, throttled, or fatal for another
 * reason. Faults, 5xx and refused credentials say nothing about it, and another probe follows. */
struct again_scope {
  /* Set by the caller before again_scope_init. */

  /* For events, in UTF-8; the caller keeps it. Scopes of one parent should differ. */
  const char *name;
  /* TOPIC, ENDPOINT, CREDENTIAL or ACCOUNT: the damage that is this scope's. BATCH: no kind. */
  again_damage kind;
  /* The scope above, which must outlast this one; NULL: none. */
  again_scope *parent;
  /* Limit on attempts, with all below; 0: the policy's, and none if scopes are below. */
  uint32_t in_flight;
  /* One at a time, in order of submission: a retry is waited for by those behind it. No scope may
   * be below. */
  bool ordered;
  /* There is more to send than was submitted: a short queue is not the end of the work, and the
   * pacer goes on looking for a higher rate. May change at any time. */
  bool more;
  void *data; /* the caller's */
  /* NULL: that of the scope above, and at last the scheduler's. A TOPIC has the override for its
   * name, if there is one. */
  const again_policy *policy;

  struct {
    again_sched *sched;
    again_link all;
    again_link turn;  /* in the rotation above */
    again_link turns; /* the rotation of the scopes below */
    again_link ready;
    again_link waiting;   /* its operations that wait for a time of their own */
    uint32_t ready_count; /* READY, with all below */
    again_pacer pacer;
    /* An outage is over: those that wait because of it are made READY, bit by bit; and how often
     * there was one. */
    again_link waking;
    uint32_t wakes;
    bool head_waits; /* ordered, and its head is to be tried again, but is not READY yet */
    uint32_t in_flight;
    uint32_t operations; /* of its own */
    uint32_t requests;   /* of the program's own, which began in it */
    again_stats stats;   /* of its own; of the gauges only in_flight is kept */
    uint32_t below;      /* scopes directly below */
    uint32_t backlog;    /* operations, with all below */
    uint64_t backlog_bytes;
    bool backlog_high;
    bool own_turn;              /* the next turn is for its own operations */
    bool taught;                /* its pacer has heard of a refusal or an outage */
    again_ms spread_to;         /* late after a jump of the clock: not before this */
    const again_policy *policy; /* in force */
    again_budget budget;
    bool held;
    bool probe_due;        /* held, and an attempt may begin as the next probe */
    uint32_t probes;       /* refusals in a row that hold it */
    const again_op *probe; /* under way */
    again_ms own_probe;    /* when a request of the program's own began as one; AGAIN_NEVER: none */
    again_timer probe_timer; /* held: of the next probe */
    again_timer gate_timer;  /* closed for a time that is known */
  } own;
};

/* Adds a scope. The memory is the caller's and must stay until again_scope_fini, which is allowed
 * (0) when no operation, no request of the program's own and no scope is in it, and AGAIN_ESTATE
 * otherwise.
 * AGAIN_EINVAL: the parent is ordered, or of no or another scheduler. AGAIN_ENOMEM. */
int again_scope_init(again_scope *scope, again_sched *sched);
int again_scope_fini(again_scope *scope);

/* Holds a scope by hand: no attempts begin in it and below until again_scope_resume, or until `until`,
 * a point in time from which on it is probed as if an outcome held it; AGAIN_NEVER: it is not probed.
 * Attempts under way go on, and their outcomes do not end this hold. One that an outcome began becomes
 * one by hand. */
void again_scope_hold(again_scope *scope, again_ms until);

/* Ends a hold, whoever began it. */
void again_scope_resume(again_scope *scope);

/* Is this scope itself held (not: one above it)? */
bool again_scope_held(const again_scope *scope);

/* When the next attempt may begin in the scope, as far as it and those above are asked: `now` if at
 * once, AGAIN_NEVER if something must happen first (an attempt must end, a hold must be ended). For a
 * program that makes requests of its own, which tells of them with again_scope_began and
 * again_scope_ended. */
again_ms again_scope_when(const again_scope *scope, again_ms now);

/* A request of the program's own begins in the scope, and has ended: it counts as in flight there and
 * above, but not for total_in_flight, and its outcome teaches pacers and holds as an operation's does.
 * Returns the verdict; trying again is up to the program. `began` is the `now` with which it did. After
 * again_sched_close (and again_uv_close) ends need not be told, and once all is freed must not be. */
void again_scope_began(again_scope *scope, again_ms now);
again_verdict again_scope_ended(again_scope *scope, const again_outcome *outcome, again_ms began,
                                again_ms now);

/* Whole tokens in the scope's retry budget now; 0 where the policy has none. */
uint32_t again_scope_tokens(const again_scope *scope);

/* ---- Events ---------------------------------------------------------------------------------- */

#define AGAIN_EVENT_MAP(X)                                                                         \
  X(SUBMITTED, "submitted", "an operation was taken")                                              \
  X(ATTEMPT, "attempt", "an attempt begins")                                                       \
  X(RETRY, "retry", "an attempt failed and another is scheduled")                                  \
  X(DELIVERED, "delivered", "the operation succeeded")                                             \
  X(SURFACED, "surfaced", "the operation ended without success")                                   \
  X(BACKLOG_HIGH, "backlog-high", "the backlog has passed 80 % of a limit")                        \
  X(BACKLOG_LOW, "backlog-low", "the backlog is down to half of the limits again")                 \
  X(PACED, "paced", "a scope was refused for lack of quota and sends at a rate from now on")       \
  X(UNPACED, "unpaced", "a scope sends freely again: no refusal for long")                         \
  X(DOWN, "down", "a scope gets no answers: it only probes")                                       \
  X(UP, "up", "a scope that was down gets answers again")                                          \
  X(RELOADED, "reloaded", "another policy is in force")                                            \
  X(HELD, "held", "a scope stops sending, and probes, until its owner has acted")                  \
  X(RESUMED, "resumed", "a held scope sends again")

typedef enum again_event_kind {
#define X(name, text, sentence) AGAIN_EVENT_##name,
  AGAIN_EVENT_MAP(X)
#undef X
      AGAIN_EVENT_COUNT
} again_event_kind;

const char *again_event_name(again_event_kind value);
const char *again_event_text(again_event_kind value);

/* Something happened. `op` and what it points to may be read, not changed; no secrets are in it. */
typedef struct again_event {
  again_event_kind kind;
  again_ms now;
  const again_op *op;             /* HELD and RESUMED: whose outcome it was; NULL: none's */
  const again_scope *scope;       /* NULL: it is about all (RELOADED, BACKLOG_HIGH, BACKLOG_LOW) */
  again_ms until;                 /* HELD: when it is probed next, AGAIN_NEVER: not; else 0 */
  uint32_t attempt;               /* number of the attempt it is about, from 1; 0: none yet */
  const again_verdict *verdict;   /* RETRY, DELIVERED, SURFACED, HELD after an attempt; else NULL */
  const again_decision *decision; /* RETRY; else NULL */
  const again_result *result;     /* RETRY (interim: attempts, status, code, message so far),
                                     DELIVERED and SURFACED (final); HELD by an outcome; else NULL */
} again_event;

/* Called inside the library's functions: it must not call the scheduler. */
typedef void (*again_event_fn)(void *data, const again_event *event);

/* How much an event matters to people. */
again_log_level again_event_level(const again_event *event);

/* ---- The scheduler --------------------------------------------------------------------------- */

typedef struct again_sched_options {
  const again_policy *policy;       /* must outlive the scheduler; required */
  const again_catalogue *catalogue; /* the service's error codes; may be NULL */
  uint64_t seed;                    /* of the jitter: the same seed gives the same times */
  again_ms granularity; /* added to every retry's time: 1 where `now` is a real clock cut
                                       to whole milliseconds, so that no retry is early; else 0 */
  /* Operations that one run may start, end or abort, and timers that it may take, so that it never stalls
   * the loop for long; 0: 1024. Not divided is what a timing wheel does when its time enters a slot of a
   * higher level: it sorts the timers there into smaller ones (some 7 to 30 ms for a million in one slot,
   * tests/bench/bench_stall). */
  uint32_t work_per_run;
  void (*wake)(void *data);         /* again_sched_next may be earlier than it was; may be NULL */
  again_event_fn event;             /* may be NULL */
  void *data;                       /* for wake and event */
  const again_allocator *allocator; /* of all memory it takes; NULL: the C library's */
  again_log log;                    /* gets each event in words, as again_explain writes it */
} again_sched_options;

/* Makes a scheduler whose clock stands at `now`. AGAIN_ENOMEM, AGAIN_EINVAL. */
int again_sched_new(const again_sched_options *options, again_ms now, again_sched **sched);

/* Frees it. Every operation must be done, and so must be requests of the program's own unless it is being
 * closed; no callback of the scheduler may be under way: AGAIN_ESTATE otherwise (and nothing is freed). NULL
 * is allowed. */
int again_sched_free(again_sched *sched);

/* Takes an operation; its first attempt is made as soon as the limits allow. `deadline` is a point
 * in time; AGAIN_NEVER: the policy's operation_deadline counts from now. AGAIN_ECLOSING when
 * draining or closed, AGAIN_EFULL where a limit of the policy on the backlog would be exceeded,
 * AGAIN_EINVAL for a missing callback, AGAIN_ENOMEM where the scheduler cannot keep the time of one
 * more operation (8 to 24 bytes): then nothing was taken. */
int again_sched_submit(again_sched *sched, again_op *op, again_scope *scope, again_ms deadline,
                       again_ms now);

/* Takes an operation only to give it back: `done` comes in the next run with this reason, and no attempt
 * is made. For a layer that promised `done` before it could submit; allowed in every state of the
 * scheduler. */
void again_sched_give_back(again_sched *sched, again_op *op, again_scope *scope,
                           again_reason reason, again_ms now);

/* Ends the attempt under way with its outcome, whose strings are copied. AGAIN_ESTATE if no attempt
 * of this operation is under way. */
int again_sched_report(again_sched *sched, again_op *op, const again_outcome *outcome,
                       again_ms now);

/* Asks for the end of an operation: `done` comes in the next run with reason cancelled, unless an
 * outcome reported before then ended it. AGAIN_ESTATE if it is not in the scheduler. */
int again_sched_cancel(again_sched *sched, again_op *op);

/* The machine's network changed: what waits because no answer came, and scopes that are down, are tried
 * soon, spread out. Costs one pass over all scopes. */
void again_sched_network_changed(again_sched *sched, again_ms now);

/* Puts another policy in force, for all that is decided from now on; scopes with a policy of their own
 * keep it. Times that are set stay, an attempt under way keeps its timeout, and retry budgets keep
 * the fraction to which they are filled. Afterwards nothing refers to the old policy any more, but the
 * result that a `done` was given which calls this. Costs one pass over all scopes and operations. */
void again_sched_set_policy(again_sched *sched, const again_policy *policy);

/* No new work; what is there goes on until `deadline`, then it comes back through `done` with
 * reason drained; what would only be tried after it comes back at once. A second call replaces the
 * deadline. */
void again_sched_drain(again_sched *sched, again_ms deadline);

/* Ends everything from the next run on: what is there comes back through `done` with reason closed. */
void again_sched_close(again_sched *sched);

/* Does what is due: attempts, aborts, completions; not more than work_per_run of them, and
 * again_sched_next says so if there are more. */
void again_sched_run(again_sched *sched, again_ms now);

/* When again_sched_run has something to do: a time that may have passed, or AGAIN_NEVER. */
again_ms again_sched_next(const again_sched *sched);

/* No operation is left? */
bool again_sched_idle(const again_sched *sched);

/* When the attempt under way must be over: the operation's deadline, or `now` + the policy's
 * attempt_timeout if that is earlier. For transports, inside `attempt`. */
again_ms again_op_attempt_deadline(const again_op *op);

/* The policy in force for the operation; its scope; the number of the attempt under way, from 1. */
const again_policy *again_op_policy(const again_op *op);
again_scope *again_op_scope(const again_op *op);
uint32_t again_op_attempt(const again_op *op);

/* Writes one line that says what happened and why, without a line's end, cut to `size`:
 * `throttled 429 SpeedQuotaExceed (attempt 2): again in 1.3s, waits for its backoff`. Returns
 * `buffer`. For every kind of event. */
char *again_explain(const again_event *event, char *buffer, size_t size);

#ifdef __cplusplus
}
#endif

#endif
