/* The agent as a child process, and what its event stream tells. */
#ifndef DEMO_CHILD_H
#define DEMO_CHILD_H

#include "plan.h"
#include <uv.h>

enum { CHILD_DECISIONS = 6, CHILD_REFUSALS = 8 };

typedef struct child_decision {
  uint64_t ms;
  char text[160];
} child_decision;

/* Why lines were surfaced: alike ones are counted together. */
typedef struct child_refusal {
  char code[64];
  char error_class[16];
  char reason[16];
  uint64_t lines;
} child_refusal;

/* What the agent has told so far. */
typedef struct child_state {
  uint64_t read;
  uint64_t delivered;
  uint64_t refused;
  uint64_t waiting;   /* lines */
  uint64_t in_flight; /* requests */
  uint64_t calls;
  uint64_t batches;
  uint64_t retryable; /* retries by class */
  uint64_t throttled;
  uint64_t auth;
  uint64_t elapsed_ms;
  bool final;
  uint64_t unconnected; /* decisions about attempts that found no connection */
  uint64_t decision_count;
  child_decision decisions[CHILD_DECISIONS]; /* the last ones, in a ring */
  child_refusal refusals[CHILD_REFUSALS];
  size_t refusal_count;
} child_state;

typedef struct child {
  child_state state;
  uv_process_t process;
  uv_pipe_t events;
  char *line; /* of the stream, not complete yet */
  size_t length;
  size_t room;
  bool spawned; /* uv_spawn was called */
  bool exited;
  bool ended; /* the stream */
  int64_t exit_status;
  int exit_signal;
} child;

typedef struct child_options {
  const char *agent; /* its program */
  const char *endpoint;
  const char *open_file; /* shipped to DEMO_TOPIC */
  const char *closed_file;
  const char *state;  /* folder */
  const char *policy; /* file; NULL: the built-in one */
  const char *stderr_file;
  unsigned batch_lines;
} child_options;

/* Starts it. False: `why`. */
bool child_start(child *started, uv_loop_t *loop, const child_options *options, char *why,
                 size_t why_size);

/* SIGTERM, if it runs. */
void child_stop(child *running);

/* It has exited and all it told was read. */
bool child_over(const child *running);

void child_free(child *over);

/* Takes one line of the event stream into account. */
void child_take(child_state *state, const char *line);

#endif
