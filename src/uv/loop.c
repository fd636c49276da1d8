/* One uv_timer_t for a scheduler. */
#include "uv/loop.h"
#include <string.h>

static void arm(again_uv *uv);

void again_uv_handle_closed(again_uv *uv) {
  if (--uv->open_handles > 0) return;
  void (*closed)(void *) = uv->closed;
  void *data = uv->closed_data;
  again_sched_free(uv->sched);
  again_policy_unref(uv->held);
  again_uv_posts_free(uv, uv->posts);
  again_allocator allocator = uv->allocator;
  again_resize(&allocator, uv, 0);
  if (closed != NULL) closed(data);
}

static void on_closed(uv_handle_t *handle) {
  again_uv_handle_closed(handle->data);
}

static void on_timer(uv_timer_t *timer) {
  again_uv *uv = timer->data;
  again_uv_arm_late(uv);
  again_sched_run(uv->sched, again_uv_now(uv));
  again_uv_arm(uv);
}

void again_uv_arm_late(again_uv *uv) {
  uv->running = true;
}

void again_uv_arm(again_uv *uv) {
  uv->running = false;
  arm(uv);
}

/* Arms the timer at the scheduler's next time, or stops it. uv_now is the time at which this turn
 * of the loop began: it is brought up to date, or a long callback would make every timer early. A
 * timer that fires before its time by the scheduler's clock finds nothing due and is armed again. */
static void arm(again_uv *uv) {
  if (uv->running || uv_is_closing((uv_handle_t *)&uv->timer)) return;
  if (uv->closing && again_sched_idle(uv->sched)) {
    uv_close((uv_handle_t *)&uv->timer, on_closed);
    again_uv_posts_stop(uv);
    return;
  }
  again_ms next = again_sched_next(uv->sched);
  if (next == AGAIN_NEVER) {
    uv_timer_stop(&uv->timer);
    return;
  }
  again_ms now = again_uv_now(uv);
  uv_update_time(uv->loop);
  uv_timer_start(&uv->timer, on_timer, next > now ? next - now : 0, 0);
}

static void on_wake(void *data) {
  arm(data);
}

static void on_event(void *data, const again_event *event) {
  again_uv *uv = data;
  uv->event(uv->event_data, event);
}

int again_uv_new(uv_loop_t *loop, const again_uv_options *options, again_uv **uv) {
  if (loop == NULL || options->policy == NULL) return AGAIN_EINVAL;
  uint64_t seed = options->seed;
  if (seed == 0 && uv_random(NULL, NULL, &seed, sizeof seed, 0, NULL) != 0) return AGAIN_ELIBRARY;
  again_uv *made = again_resize(options->allocator, NULL, sizeof *made);
  if (made == NULL) return AGAIN_ENOMEM;
  memset(made, 0, sizeof *made);
  if (options->allocator != NULL) made->allocator = *options->allocator;
  made->log = options->log;
  made->loop = loop;
  made->policy = options->policy;
  made->event = options->event;
  made->event_data = options->data;
  again_sched_options sched = {.policy = options->policy,
                               .catalogue = options->catalogue,
                               .seed = seed,
                               .granularity = 1,
                               .wake = on_wake,
                               .event = options->event != NULL ? on_event : NULL,
                               .data = made,
                               .allocator = &made->allocator,
                               .log = options->log};
  int error = again_sched_new(&sched, again_uv_now(made), &made->sched);
  if (error == 0 && uv_timer_init(loop, &made->timer) != 0) {
    again_sched_free(made->sched);
    error = AGAIN_ELIBRARY;
  }
  if (error != 0) {
    again_resize(options->allocator, made, 0);
    return error;
  }
  made->timer.data = made;
  made->open_handles = 1;
  if (options->posts && (error = again_uv_posts_open(made)) != 0) {
    again_uv_close(made, NULL, NULL); /* the loop frees it */
    return error;
  }
  *uv = made;
  return 0;
}

void again_uv_close(again_uv *uv, void (*closed)(void *data), void *data) {
  if (uv->closing) return;
  uv->closing = true;
  again_uv_posts_close(uv);
  uv->closed = closed;
  uv->closed_data = data;
  again_uv_watcher_close(uv->watcher);
  uv->watcher = NULL;
  again_uv_files_stop(uv);
  again_sched_close(uv->sched);
  arm(uv);
}

again_sched *again_uv_sched(again_uv *uv) {
  return uv->sched;
}

uv_loop_t *again_uv_loop(again_uv *uv) {
  return uv->loop;
}

const again_allocator *again_uv_allocator(const again_uv *uv) {
  return &uv->allocator;
}

const again_policy *again_uv_policy(const again_uv *uv) {
  return uv->policy;
}

again_ms again_uv_now(const again_uv *uv) {
  (void)uv;
  return uv_hrtime() / 1000000;
}

int again_uv_submit(again_uv *uv, again_op *op, again_scope *scope, again_ms deadline) {
  return again_sched_submit(uv->sched, op, scope, deadline, again_uv_now(uv));
}

int again_uv_report(again_uv *uv, again_op *op, const again_outcome *outcome) {
  return again_sched_report(uv->sched, op, outcome, again_uv_now(uv));
}
