/* The scheduler on a loop, shared by the files of this room. */
#ifndef AGAIN_UV_LOOP_H
#define AGAIN_UV_LOOP_H

#include <again/uv.h>

typedef struct again_uv_watcher again_uv_watcher;
typedef struct again_uv_posts again_uv_posts;

struct again_uv {
  uv_loop_t *loop;
  again_allocator allocator;
  again_log log;
  uv_timer_t timer;
  again_sched *sched;
  const again_policy *policy; /* in force */
  const again_policy *held;   /* the same, with a reference, if it was loaded here; or NULL */
  again_uv_watcher *watcher;  /* NULL: no policy file is watched */
  again_uv_file *files;       /* that are watched */
  again_uv_posts *posts;      /* NULL: none are taken */
  unsigned open_handles;      /* that must be closed before all is freed */
  again_event_fn event;
  void *event_data;
  bool running; /* much happens at once: the timer is armed once, after it */
  bool closing;
  void (*closed)(void *data);
  void *closed_data;
};

/* loop.c: a handle of `uv` is closed; the last one frees it. */
void again_uv_handle_closed(again_uv *uv);
/* Much is going to happen to the scheduler; and that was it: the timer is armed. */
void again_uv_arm_late(again_uv *uv);
void again_uv_arm(again_uv *uv);

/* post.c: AGAIN_ENOMEM, AGAIN_ELIBRARY. */
int again_uv_posts_open(again_uv *uv);
/* No more posts: what was posted before is given to the scheduler. The rest is freed by
 * again_uv_posts_free, when the loop has let go of the handle that again_uv_posts_stop closes. */
void again_uv_posts_close(again_uv *uv);
void again_uv_posts_stop(again_uv *uv);
void again_uv_posts_free(again_uv *uv, again_uv_posts *posts);

/* file.c: no file is watched any more. */
void again_uv_files_stop(again_uv *uv);

/* watch.c: ends the watching. NULL is allowed. */
void again_uv_watcher_close(again_uv_watcher *watcher);

#endif
