/* again/kit_trace.h - what a scheduler did, as values: every event, in order, and each `done`.
 *
 * A kit (again/kit.h) keeps one. Without a kit, too: again_kit_trace_event is an again_event_fn, so the
 * trace of a scheduler on a real loop can be recorded.
 */
#ifndef AGAIN_KIT_TRACE_H
#define AGAIN_KIT_TRACE_H

#include <again/sched.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The kind of a record that no event is: `done` was called. */
#define AGAIN_KIT_DONE AGAIN_EVENT_COUNT

/* One event. Nothing in it points to what the scheduler or the program has. */
typedef struct again_kit_record {
  again_event_kind kind; /* or AGAIN_KIT_DONE */
  bool final;  /* DELIVERED, SURFACED, AGAIN_KIT_DONE: nothing follows for this operation */
  bool judged; /* an attempt has ended: `verdict` is set */
  again_ms now;
  uint32_t operation;    /* in order of submission, from 1; 0: it is about a scope */
  uint32_t attempt;      /* from 1; 0: none yet */
  again_verdict verdict; /* without pointers: its `file` is not kept */
  again_reason reason;   /* RETRY: why it is tried again; final: why it ended */
  again_ms ended;        /* RETRY and final, judged: when the attempt had ended */
  again_ms at;           /* RETRY: when it is due; HELD: when it is probed */
  again_ms delay_min;    /* RETRY: the window from which the delay was drawn */
  again_ms delay_max;
  again_fault fault;
  int status;
  again_effect effect; /* the strongest of all attempts so far */
  char code[48];       /* "": none */
  char scope[32];      /* its name, cut; "": all scopes, or it has none */
} again_kit_record;

/* Zeroed: empty. */
typedef struct again_kit_trace {
  again_kit_record *records;
  size_t count;
  uint32_t operations; /* how many were seen */
  bool paused;         /* nothing is recorded. May be set at any time */
  bool incomplete;     /* there was no memory for all */

  struct {
    size_t room;
    struct again_kit_name *names; /* the numbers of the operations, by address */
    size_t name_room;
    size_t name_count;
  } own;
} again_kit_trace;

/* Records an event. `trace` is an again_kit_trace. */
void again_kit_trace_event(void *trace, const again_event *event);

/* Records that `done` was called. A kit does it for scripted operations; call it in the `done` of
 * operations of your own to have these counted, too. */
void again_kit_trace_done(again_kit_trace *trace, const again_op *op, const again_result *result,
                          again_ms now);

/* Frees what was recorded; the trace is empty then. */
void again_kit_trace_clear(again_kit_trace *trace);

/* The number of the operation at this address (an again_op, or what begins with one), of the latest
 * where memory was used again; 0: none was seen there. */
uint32_t again_kit_trace_operation(const again_kit_trace *trace, const void *op);

/* The record by which attempt `attempt` of an operation ended: RETRY, DELIVERED or SURFACED. NULL: it
 * has not. */
const again_kit_record *again_kit_trace_attempt(const again_kit_trace *trace, uint32_t operation,
                                                uint32_t attempt);

/* The last record of an operation, by which it ended. NULL: it has not. */
const again_kit_record *again_kit_trace_end(const again_kit_trace *trace, uint32_t operation);

/* Do they tell the same, record by record? The same seed, policy and outcomes give equal traces. */
bool again_kit_trace_equal(const again_kit_trace *a, const again_kit_trace *b);

/* One object per record and line: "time" (ms), "event", "operation", "scope", "attempt", "final", and
 * what is known of the attempt. `final` is in every line that is about an operation: false as long as
 * something follows. 0 or AGAIN_EIO. */
int again_kit_trace_write_json(const again_kit_trace *trace, FILE *file);

/* Writes a record in words, as again_explain does, without a line's end, cut to `size`. Returns
 * `buffer`. */
char *again_kit_record_explain(const again_kit_record *record, char *buffer, size_t size);

/* Draws the trace: a row for each operation (16 at most) on an axis of time, then the last events in words:
 * those of `operation`, or, for 0, of all. 8 KiB are enough; it is cut to `size`. Returns `buffer`. */
char *again_kit_trace_draw(const again_kit_trace *trace, uint32_t operation, char *buffer,
                           size_t size);

#ifdef __cplusplus
}
#endif

#endif
