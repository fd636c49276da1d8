/* Scripted faults: what is played instead of an honest answer, when and to whom. */
#ifndef AGAIN_EMULATOR_SCRIPT_H
#define AGAIN_EMULATOR_SCRIPT_H

#include <again/core.h>

typedef enum again_script_kind {
  AGAIN_SCRIPT_CODE,         /* an error body of CLS's form */
  AGAIN_SCRIPT_BODY,         /* any other body */
  AGAIN_SCRIPT_CLOSE_BEFORE, /* the connection is closed, the request not looked at */
  AGAIN_SCRIPT_RESET,        /* the same as before, with a TCP reset */
  AGAIN_SCRIPT_CLOSE_AFTER,  /* the connection is closed after the request was served */
  AGAIN_SCRIPT_REFUSE,       /* no connection is taken */
  AGAIN_SCRIPT_CLOCK,        /* the clock is wrong by clock_ms */
  AGAIN_SCRIPT_LATENCY,      /* the answer comes `latency` later */
  AGAIN_SCRIPT_KIND_COUNT
} again_script_kind;

typedef struct again_script_fault again_script_fault;

struct again_script_fault {
  again_script_kind kind;
  again_ms from;
  again_ms until;
  char *topic;     /* NULL: all */
  double share;    /* of the requests, 1: all */
  uint64_t left;   /* requests that it may still hit */
  size_t min_logs; /* requests of at least so many logs */
  char *contains;  /* requests with this text in a value; NULL: all */
  char *packed;    /* requests compressed so, "none" for not at all; NULL: all */
  int status;
  char *code;
  char *body;
  char *retry_after;
  int64_t clock_ms;
  again_ms latency;
  again_script_fault *next;
};

enum { AGAIN_SCRIPT_FAULTS_MAX = 10000 };

typedef struct again_script {
  again_script_fault *faults; /* in the order of the text */
  again_random random;
} again_script;

/* A request, as far as faults look at it. */
typedef struct again_script_request {
  const char *topic;
  size_t logs;
  again_ms now;
  const char *compression; /* NULL: none */
  /* Is this text in a value of its logs? NULL: it has none. */
  bool (*contains)(const void *data, const char *text);
  const void *data; /* for it */
} again_script_request;

void again_script_init(again_script *script, uint64_t seed);

/* Forgets all faults; others may be read then. */
void again_script_fini(again_script *script);

/* Reads more faults, whose times count from `now`; all or nothing. `why` says which and what.
 * AGAIN_EFORMAT, AGAIN_ENOMEM. */
int again_script_read(again_script *script, const char *json, again_ms now, char *why,
                      size_t why_size);

/* Reads one more fault in the compact form: words and KEY=VALUE, as "429 share=0.1 at=3s". `why` says
 * which word and what. AGAIN_EFORMAT, AGAIN_ENOMEM. */
int again_script_read_text(again_script *script, const char *text, again_ms now, char *why,
                           size_t why_size);

/* How many faults can still play. */
size_t again_script_count(const again_script *script, again_ms now);

/* The first fault that is played for this request, which counts as hit then; NULL: none. It stays
 * until the script is read or ended. */
const again_script_fault *again_script_pick(again_script *script,
                                            const again_script_request *request);

/* What the faults that act besides others add up to for this request, which counts as hit. */
again_ms again_script_latency(again_script *script, const again_script_request *request);

/* By how much the clock is wrong; 0: it is right. */
int64_t again_script_clock(const again_script *script, again_ms now);

/* Are connections refused? */
bool again_script_refuses(const again_script *script, again_ms now);

void again_script_fault_free(again_script_fault *fault);

#endif
