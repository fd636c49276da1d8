/* again/uv.h - a scheduler on a libuv loop.
 *
 * One uv_timer_t drives all operations, whatever their number; it is armed at the earliest of them
 * and not at all when nothing waits, so an idle scheduler does not keep the loop alive.
 *
 * libuv's own header needs POSIX: compile with -std=gnu11, or with -D_POSIX_C_SOURCE=200809L.
 *
 * One thread: the loop's, except for again_uv_post and again_uv_post_cancel. Time is uv_hrtime in whole
 * milliseconds; retries are never early.
 */
#ifndef AGAIN_UV_H
#define AGAIN_UV_H

#include <again/policy.h>
#include <again/sched.h>
#include <uv.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct again_uv again_uv;

/* What again_sched_options has, less what this layer supplies. */
typedef struct again_uv_options {
  const again_policy *policy;       /* required; must outlive the scheduler */
  const again_catalogue *catalogue; /* may be NULL */
  uint64_t seed;                    /* 0: from the system's random numbers */
  bool
      posts; /* operations are posted from other threads: the loop stays alive until again_uv_close */
  again_event_fn event; /* may be NULL */
  void *data;           /* for event */
  /* Of the scheduler, and of the HTTP and CLS clients on it; NULL: the C library's. libuv has
   * uv_replace_allocator for its own. */
  const again_allocator *allocator;
  again_log log; /* gets the events in words, and what happens to a watched file */
} again_uv_options;

/* Binds a new scheduler to `loop`. AGAIN_ENOMEM, AGAIN_EINVAL, AGAIN_ELIBRARY. */
int again_uv_new(uv_loop_t *loop, const again_uv_options *options, again_uv **uv);

/* Closes: every operation still there comes back through its `done` with reason closed, then
 * `closed` (may be NULL) is called from the loop and everything is freed. A second call is ignored. */
void again_uv_close(again_uv *uv, void (*closed)(void *data), void *data);

/* The scheduler, for again_sched_stats, again_sched_cancel, again_sched_drain and
 * again_scope_init. again_uv_close closes it: do not free it. */
again_sched *again_uv_sched(again_uv *uv);

uv_loop_t *again_uv_loop(again_uv *uv);

/* Where its memory comes from, for layers above: valid as long as the scheduler. */
const again_allocator *again_uv_allocator(const again_uv *uv);

/* The policy in force. */
const again_policy *again_uv_policy(const again_uv *uv);

/* A watched policy file was written: `policy` is in force now, or, if it is NULL, `wrong` says why the
 * file was refused and the policy in force stays. */
typedef void (*again_reload_fn)(void *data, const again_policy *policy,
                                const again_diagnostic *wrong);

/* Watches a policy file (uv_fs_event on its folder, so that it may be replaced by another file of its
 * name) and puts it in force, as again_sched_set_policy does, whenever it has changed and is valid;
 * files that it extends are read anew then, but not watched. It is not read now: start with
 * again_policy_load. Ends with again_uv_close. One file for each scheduler: AGAIN_ESTATE for a second.
 * AGAIN_EIO (the folder cannot be watched), AGAIN_ENOMEM. */
int again_uv_watch(again_uv *uv, const char *path, again_reload_fn told, void *data);

/* Reads the policy file that is watched now, as if it had just changed: for a program that is told to,
 * as by SIGHUP. `told` is called from in here, unless the file says what is in force already.
 * AGAIN_ESTATE: none is watched. */
int again_uv_reload(again_uv *uv);

/* A file that is watched. */
typedef struct again_uv_file again_uv_file;

/* Watches any file in the same way: `changed` comes from the loop a tenth of a second after the last thing
 * that happened to the name, be it written, replaced, made or removed. Not after again_uv_close.
 * AGAIN_EIO (the folder cannot be watched), AGAIN_ENOMEM, AGAIN_ESTATE (closing). */
int again_uv_file_watch(again_uv *uv, const char *path, void (*changed)(void *data), void *data,
                        again_uv_file **file);

/* Ends it and frees: to be called once, before or after again_uv_close. NULL is allowed. */
void again_uv_file_end(again_uv_file *file);

/* The scheduler's time: what its deadlines are measured in. */
again_ms again_uv_now(const again_uv *uv);

/* again_sched_submit, again_sched_report with the time of this moment. */
int again_uv_submit(again_uv *uv, again_op *op, again_scope *scope, again_ms deadline);
int again_uv_report(again_uv *uv, again_op *op, const again_outcome *outcome);

/* again_sched_submit from any thread. 0: the operation is taken and `done` comes on the loop's thread
 * exactly once, with reason full (a limit, or no memory) or closed where it could not be submitted
 * there. What one thread posts is submitted in that order. AGAIN_EINVAL: a callback is missing, or the scope
 * is none of this scheduler's; it must have been added before and may not be ended until `done`.
 * AGAIN_ECLOSING after again_uv_close; when the loop goes on after that, all is freed: have the threads
 * that post ended, or told to stop, by then. AGAIN_ESTATE without the option `posts`. One short mutex;
 * the loop is woken once for many posts, and takes at most 1,024 in a turn. */
int again_uv_post(again_uv *uv, again_op *op, again_scope *scope, again_ms deadline);

/* again_sched_cancel from any thread, for an operation that was posted: `done` comes with reason cancelled,
 * unless it is on its way already. The operation's memory must still be there. AGAIN_ESTATE if it
 * was not posted or is done. */
int again_uv_post_cancel(again_uv *uv, again_op *op);

#ifdef __cplusplus
}
#endif

#endif
