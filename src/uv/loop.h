/* The scheduler on a loop, shared by the files of this room. */
#ifndef AGAIN_UV_LOOP_H
#define AGAIN_UV_LOOP_H

#include <again/uv.h>

typedef struct again_uv_watcher again_uv_watcher;

struct again_uv {
  uv_loop_t *loop;
  uv_timer_t timer;
  again_sched *sched;
  const again_policy *policy; /* in force */
  const again_policy *held;   /* the same, with a reference, if it was loaded here; or NULL */
  again_uv_watcher *watcher;  /* NULL: no file is watched */
  again_event_fn event;
  void *event_data;
  bool running; /* inside again_sched_run: the timer is armed once, after it */
  bool closing;
  void (*closed)(void *data);
  void *closed_data;
};

/* watch.c: ends the watching; it frees itself from the loop. NULL is allowed. */
void again_uv_watcher_close(again_uv_watcher *watcher);

#endif
