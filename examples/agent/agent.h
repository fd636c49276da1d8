/* The agent: inputs, shippers, scheduler, transport and client on one loop. */
#ifndef AGENT_AGENT_H
#define AGENT_AGENT_H

#include "checkpoint.h"
#include "input.h"
#include "metrics.h"
#include "notify.h"
#include "options.h"
#include "shipper.h"

/* Exit statuses; options_help explains them. */
enum {
  AGENT_DELIVERED = 0,
  AGENT_DEAD_LETTERS = 1,
  AGENT_SETUP = 2,
  AGENT_UNSETTLED = 3,
  AGENT_STATE_LOST = 4,
  AGENT_BLOCKED = 5
};

/* One input and its way to its topic. */
typedef struct feed {
  input *in;
  shipper *out;
  checkpoint_entry *entry; /* NULL: cannot be read again */
  bool error_told;
  bool reopen_told; /* that what was written next cannot be opened */
} feed;

typedef struct agent {
  options options;
  uv_loop_t loop;
  const again_policy *policy;
  again_uv *uv;
  again_http *http;
  again_cls *cls;
  report *report;
  metrics *metrics; /* NULL: none */
  notifier notifier;
  checkpoint *checkpoint;
  shipping shared;
  feed feeds[INPUTS_MAX];
  uv_prepare_t turn; /* looks after everything once in every turn of the loop */
  uv_timer_t tick;   /* the report's */
  uv_timer_t save;   /* the checkpoint's */
  uv_signal_t signals[3];
  struct reload {
    again_ms hup;    /* when SIGHUP came last */
    bool hup_over;   /* what is told now, it did not bring about */
    char said[1024]; /* what was wrong then */
  } reload;
  bool started; /* these handles are open */
  bool unsaved;
  bool stopping;
  again_ms stopped; /* when that began */
  bool stuck;       /* an input had to be given up: agent_close would never return */
  bool draining;
  bool finished;
  bool state_lost;
  bool failure_told;
  char source[256];
} agent;

/* Opens everything that parsed options name. 0, or an exit status: `why` says what is wrong and
 * what to do. Nothing is sent yet. agent_close in either case. */
int agent_open(agent *self, char *why, size_t why_size);

/* Ships until the inputs end or a signal comes. Returns the exit status. If it is `stuck` then, the
 * process must end without agent_close. */
int agent_run(agent *self);

void agent_close(agent *self);

/* Says so if a file came between that can no longer be read. */
void agent_tell_missed(agent *self, const feed *from);

#endif
