/* Running: everything reports by changing its state; once in every turn of the loop, before it
 * waits, the agent looks at all of it and acts. So no callback has to think of the others. */
#include "reload.h"
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum {
  SIGNAL_COUNT = sizeof((agent *)NULL)->signals / sizeof(uv_signal_t),
  TICK_MS = 100,
  STUCK_MS = 1000 /* so long a read that is under way may take when the agent stops */
};

static again_sched *scheduler(const agent *self) {
  return again_uv_sched(self->uv);
}

/* ---- The state on disk ----------------------------------------------------------------------- */

/* The dead letters reach the disk before the checkpoint moves past their lines. */
static void save(agent *self) {
  char why[512];
  if (dead_letters_sync(self->shared.letters, why, sizeof why) &&
      checkpoint_write(self->checkpoint, why, sizeof why)) {
    self->unsaved = false;
    return;
  }
  if (!self->state_lost) report_error(self->report, "%s", why);
  self->state_lost = true;
}

static void on_save(uv_timer_t *timer) {
  agent *self = timer->data;
  if (self->unsaved) save(self);
}

static void note_settled(agent *self, feed *from) {
  if (from->entry == NULL) return;
  uint64_t settled = shipper_settled(from->out);
  if (from->entry->at.offset == settled && !shipper_has_ended(from->out)) return;
  from->entry->at = input_place(from->in, settled);
  shipper_ahead(from->out, &from->entry->ahead);
  self->unsaved = true;
}

/* ---- Stopping -------------------------------------------------------------------------------- */

/* Reads no more, sends what is gathered, and gives what is under way its last time. */
static void stop(agent *self) {
  if (self->stopping) return;
  self->stopping = true;
  notify_stopping();
  self->stopped = again_uv_now(self->uv);
  for (size_t i = 0; i < self->options.input_count; i++)
    input_stop(self->feeds[i].in);
}

/* Gives up inputs whose reads do not come back. */
static void abandon(agent *self) {
  for (size_t i = 0; i < self->options.input_count; i++) {
    feed *from = &self->feeds[i];
    if (!input_abandon(from->in)) continue;
    self->stuck = true;
    report_error(self->report, "%s: a read does not come back; it is given up",
                 input_path(from->in));
  }
}

/* Once the inputs have come to rest: one may have had a last line to give. */
static void drain(agent *self) {
  self->draining = true;
  for (size_t i = 0; i < self->options.input_count; i++)
    shipper_send_all(self->feeds[i].out);
  again_sched_drain(scheduler(self), again_ms_add(again_uv_now(self->uv), self->options.drain));
}

static void on_hangup(uv_signal_t *handle, int number) {
  (void)number;
  agent *self = handle->data;
  if (!self->finished && !self->stopping) reload_all(self);
}

static void on_signal(uv_signal_t *handle, int number) {
  agent *self = handle->data;
  if (self->finished) return;
  if (self->stopping) {
    report_note(self->report, "a second signal: ends at once");
    abandon(self);
    again_sched_close(scheduler(self));
    return;
  }
  char longest[32];
  again_duration_print(self->options.drain, longest, sizeof longest);
  report_note(self->report, "%s: delivers what was read, for at most %s",
              number == SIGTERM ? "SIGTERM" : "SIGINT", longest);
  stop(self);
}

static void close_handles(agent *self) {
  metrics_close(self->metrics);
  if (!self->started) return;
  uv_close((uv_handle_t *)&self->turn, NULL);
  uv_close((uv_handle_t *)&self->tick, NULL);
  uv_close((uv_handle_t *)&self->save, NULL);
  for (size_t i = 0; i < SIGNAL_COUNT; i++)
    uv_close((uv_handle_t *)&self->signals[i], NULL);
}

/* ---- A turn of the loop ---------------------------------------------------------------------- */

/* Once, and again when it is over. */
static void tell_unreadable(agent *self, feed *from, const char *name, int error) {
  if (error == ENOENT || from->reopen_told) return;
  from->reopen_told = true;
  report_error(self->report, "cannot read %s: %s; make it readable: until then %s waits",
               name != NULL ? name : input_path(from->in), strerror(error), input_path(from->in));
}

static void tell_reopened(agent *self, feed *from) {
  if (from->reopen_told) {
    report_error(self->report, "%s can be read now", input_name(from->in));
  }
  from->reopen_told = false;
  report_note(self->report, "%s was replaced: goes on with %s", input_path(from->in),
              input_name(from->in));
  agent_tell_missed(self, from);
}

/* A file that is over is left when everything of it is settled. */
static void look_at_replaced(agent *self, feed *from) {
  if (!input_replaced(from->in) || self->stopping) return;
  shipper_flush(from->out);
  if (!shipper_idle(from->out)) return;
  char *name = NULL;
  int error = input_reopen(from->in, &name);
  if (error == 0) {
    shipper_restart(from->out, input_begin(from->in));
    from->entry->at = input_place(from->in, input_begin(from->in));
    from->entry->ahead.count = 0;
    self->unsaved = true;
    tell_reopened(self, from);
  } else if (error != EAGAIN) {
    tell_unreadable(self, from, name, error);
    if (!self->options.follow) stop(self);
  }
  free(name);
}

/* What went wrong is said once, and is a reason to stop. */
static void look_at_errors(agent *self) {
  for (size_t i = 0; i < self->options.input_count; i++) {
    feed *from = &self->feeds[i];
    if (input_error(from->in) == NULL || from->error_told) continue;
    from->error_told = true;
    report_error(self->report, "%s", input_error(from->in));
    stop(self);
  }
  if ((self->shared.failed || self->shared.blocked) && !self->failure_told) {
    self->failure_told = true;
    report_error(self->report, "%s", self->shared.error);
    stop(self);
  }
  if (self->state_lost) stop(self);
}

static bool is_idle(const agent *self) {
  bool idle = true;
  for (size_t i = 0; i < self->options.input_count; i++)
    idle = idle && input_ended(self->feeds[i].in) && shipper_idle(self->feeds[i].out);
  return idle;
}

static void on_turn(uv_prepare_t *handle) {
  agent *self = handle->data;
  /* Each input has its share: one topic that is throttled does not stop the others. */
  uint64_t share = self->options.memory / self->options.input_count;
  bool ended = true;
  for (size_t i = 0; i < self->options.input_count; i++) {
    feed *from = &self->feeds[i];
    bool full = shipper_held(from->out) >= share;
    input_pause(from->in, full);
    if (full) shipper_flush(from->out); /* no line will come to complete the batch */
    look_at_replaced(self, from);
    if (input_ended(from->in)) shipper_flush(from->out);
    ended = ended && input_ended(from->in);
    note_settled(self, from);
  }
  if (self->unsaved && self->options.checkpoint == 0) save(self);
  for (size_t i = 0; i < self->options.input_count; i++)
    shipper_noted(self->feeds[i].out);
  look_at_errors(self);
  if (self->stopping && !ended && again_uv_now(self->uv) >= again_ms_add(self->stopped, STUCK_MS)) {
    abandon(self);
    ended = true;
  }
  if (self->stopping && ended && !self->draining) drain(self);
  if (is_idle(self)) {
    self->finished = true;
    uv_stop(&self->loop);
  }
}

static void on_tick(uv_timer_t *timer) {
  agent *self = timer->data;
  again_stats stats = again_sched_stats(scheduler(self));
  report_tick(self->report, &stats);
  notify_alive(&self->notifier, again_uv_now(self->uv));
}

/* ---- The run --------------------------------------------------------------------------------- */

static void start_signal(agent *self, size_t index, int number, uv_signal_cb then) {
  uv_signal_init(&self->loop, &self->signals[index]);
  self->signals[index].data = self;
  uv_signal_start(&self->signals[index], then, number);
}

static void start(agent *self) {
  self->started = true;
  uv_prepare_init(&self->loop, &self->turn);
  uv_timer_init(&self->loop, &self->tick);
  uv_timer_init(&self->loop, &self->save);
  self->turn.data = self;
  self->tick.data = self;
  self->save.data = self;
  uv_prepare_start(&self->turn, on_turn);
  uv_timer_start(&self->tick, on_tick, TICK_MS, TICK_MS);
  again_ms every = self->options.checkpoint;
  if (every > 0) uv_timer_start(&self->save, on_save, every, every);
  start_signal(self, 0, SIGTERM, on_signal);
  start_signal(self, 1, SIGINT, on_signal);
  start_signal(self, 2, SIGHUP, on_hangup);
  for (size_t i = 0; i < self->options.input_count; i++) {
    feed *from = &self->feeds[i];
    input_start(from->in, self->options.follow, shipper_take, from->out);
  }
  notify_init(&self->notifier);
  notify_ready();
}

static int exit_status(const agent *self) {
  const tally *lines = report_tally(self->report);
  bool complete = lines->read == lines->delivered + lines->refused && !self->shared.failed;
  for (size_t i = 0; i < self->options.input_count; i++)
    complete = complete && input_complete(self->feeds[i].in);
  if (self->state_lost || self->shared.state_lost) return AGENT_STATE_LOST;
  if (self->shared.blocked) return AGENT_BLOCKED;
  if (!complete) return AGENT_UNSETTLED;
  return lines->refused > 0 ? AGENT_DEAD_LETTERS : AGENT_DELIVERED;
}

int agent_run(agent *self) {
  start(self);
  uv_run(&self->loop, UV_RUN_DEFAULT);
  save(self);
  again_stats stats = again_sched_stats(scheduler(self));
  report_summary(self->report, &stats, dead_letters_path(self->shared.letters));
  return exit_status(self);
}

static void on_http_closed(void *data) {
  agent *self = data;
  again_uv_close(self->uv, NULL, NULL);
}

void agent_close(agent *self) {
  if (self->shared.loop == NULL) return; /* nothing was opened */
  close_handles(self);
  again_cls_free(self->cls);
  if (self->http != NULL) {
    again_http_close(self->http, on_http_closed, self);
  } else if (self->uv != NULL) {
    again_uv_close(self->uv, NULL, NULL);
  }
  for (size_t i = 0; i < self->options.input_count; i++) {
    input_close(self->feeds[i].in);
    shipper_close(self->feeds[i].out);
  }
  uv_run(&self->loop, UV_RUN_DEFAULT);
  uv_loop_close(&self->loop);
  report_close(self->report);
  checkpoint_close(self->checkpoint);
  dead_letters_close(self->shared.letters);
  again_policy_unref(self->policy);
}
