/* Operations from other threads: a list under a mutex, and one uv_async_t that is sent when the list
 * was empty. The loop's thread takes them in batches, and no more than a few in one turn of the loop:
 * threads that post without end do not keep it from its other work.
 *
 * An operation that was posted has its `done` replaced by ours, so that one which ends while its
 * cancellation is still in the list leaves it before its memory is the caller's again. */
#include "uv/loop.h"
#include <string.h>

/* Of op->post.state. */
enum {
  POSTED = 1, /* and not done */
  LISTED = 2,
  SUBMIT = 4, /* what the list asks for */
  CANCEL = 8
};

enum { BATCH = 64, BATCHES_PER_TURN = 16 };

/* An operation that was taken off the list, and what it asks for. */
typedef struct taken {
  again_op *op;
  unsigned asked;
} taken;

struct again_uv_posts {
  uv_mutex_t mutex;
  uv_async_t async;
  again_link list; /* circular; own links of the operations */
  bool closed;
};

static void append(again_link *list, again_link *link) {
  link->prev = list->prev;
  link->next = list;
  list->prev->next = link;
  list->prev = link;
}

static void unlink_op(again_op *op) {
  op->post.link.prev->next = op->post.link.next;
  op->post.link.next->prev = op->post.link.prev;
}

static again_op *op_of(again_link *link) {
  return (again_op *)(void *)((char *)link - offsetof(again_op, post.link));
}

static void on_done(again_op *op, const again_result *result) {
  again_uv_posts *posts = op->post.posts;
  uv_mutex_lock(&posts->mutex);
  if ((op->post.state & LISTED) != 0) unlink_op(op);
  op->post.state = 0;
  op->done = op->post.done;
  uv_mutex_unlock(&posts->mutex);
  op->done(op, result);
}

/* Takes the first of the list off it. */
static int take(again_uv_posts *posts, taken batch[BATCH]) {
  int count = 0;
  uv_mutex_lock(&posts->mutex);
  while (count < BATCH && posts->list.next != &posts->list) {
    again_op *op = op_of(posts->list.next);
    unlink_op(op);
    batch[count++] = (taken){op, op->post.state};
    op->post.state = POSTED;
  }
  uv_mutex_unlock(&posts->mutex);
  return count;
}

static void submit(again_uv *uv, again_op *op) {
  int error = again_uv_submit(uv, op, op->post.scope, op->post.deadline);
  if (error == 0) return;
  again_reason reason = error == AGAIN_ECLOSING ? AGAIN_REASON_CLOSED : AGAIN_REASON_FULL;
  again_sched_give_back(uv->sched, op, op->post.scope, reason, again_uv_now(uv));
}

/* Hands the first of the list to the scheduler, which calls nobody back now. False: that was all. */
static bool take_over(again_uv *uv) {
  taken batch[BATCH];
  int count = take(uv->posts, batch);
  for (int i = 0; i < count; i++) {
    if ((batch[i].asked & SUBMIT) != 0) submit(uv, batch[i].op);
    if ((batch[i].asked & CANCEL) != 0) again_sched_cancel(uv->sched, batch[i].op);
  }
  return count == BATCH;
}

static void on_async(uv_async_t *async) {
  again_uv *uv = async->data;
  bool more = true;
  again_uv_arm_late(uv);
  for (int i = 0; i < BATCHES_PER_TURN && more; i++)
    more = take_over(uv);
  if (more) uv_async_send(async);
  again_uv_arm(uv);
}

int again_uv_posts_open(again_uv *uv) {
  again_uv_posts *made = again_resize(&uv->allocator, NULL, sizeof *made);
  if (made == NULL) return AGAIN_ENOMEM;
  memset(made, 0, sizeof *made);
  if (uv_mutex_init(&made->mutex) != 0) {
    again_resize(&uv->allocator, made, 0);
    return AGAIN_ELIBRARY;
  }
  if (uv_async_init(uv->loop, &made->async, on_async) != 0) {
    uv_mutex_destroy(&made->mutex);
    again_resize(&uv->allocator, made, 0);
    return AGAIN_ELIBRARY;
  }
  made->async.data = uv;
  made->list = (again_link){&made->list, &made->list};
  uv->posts = made;
  uv->open_handles++;
  return 0;
}

void again_uv_posts_close(again_uv *uv) {
  if (uv->posts == NULL) return;
  uv_mutex_lock(&uv->posts->mutex);
  uv->posts->closed = true;
  uv_mutex_unlock(&uv->posts->mutex);
  while (take_over(uv)) {
  }
}

static void on_async_closed(uv_handle_t *handle) {
  again_uv_handle_closed(handle->data);
}

void again_uv_posts_stop(again_uv *uv) {
  if (uv->posts != NULL) uv_close((uv_handle_t *)&uv->posts->async, on_async_closed);
}

void again_uv_posts_free(again_uv *uv, again_uv_posts *posts) {
  if (posts == NULL) return;
  uv_mutex_destroy(&posts->mutex);
  again_resize(&uv->allocator, posts, 0);
}

/* Puts the operation into the list, and wakes the loop if that was empty. Under the mutex. */
static void ask(again_uv_posts *posts, again_op *op, unsigned what) {
  bool was_empty = posts->list.next == &posts->list;
  op->post.state = (uint8_t)(op->post.state | what);
  if ((op->post.state & LISTED) == 0) append(&posts->list, &op->post.link);
  op->post.state |= LISTED;
  if (was_empty) uv_async_send(&posts->async);
}

int again_uv_post(again_uv *uv, again_op *op, again_scope *scope, again_ms deadline) {
  again_uv_posts *posts = uv->posts;
  if (posts == NULL) return AGAIN_ESTATE;
  if (op->attempt == NULL || op->done == NULL || scope == NULL) return AGAIN_EINVAL;
  uv_mutex_lock(&posts->mutex);
  int error = 0;
  if (scope->own.sched != uv->sched) error = AGAIN_EINVAL;
  if (posts->closed) error = AGAIN_ECLOSING;
  if (error == 0) {
    op->post.posts = posts;
    op->post.scope = scope;
    op->post.deadline = deadline;
    op->post.done = op->done;
    op->post.state = POSTED;
    op->done = on_done;
    ask(posts, op, SUBMIT);
  }
  uv_mutex_unlock(&posts->mutex);
  return error;
}

int again_uv_post_cancel(again_uv *uv, again_op *op) {
  again_uv_posts *posts = uv->posts;
  if (posts == NULL) return AGAIN_ESTATE;
  uv_mutex_lock(&posts->mutex);
  bool there = (op->post.state & POSTED) != 0;
  /* Once closed, everything is on its way back. */
  if (there && !posts->closed) ask(posts, op, CANCEL);
  uv_mutex_unlock(&posts->mutex);
  return there ? 0 : AGAIN_ESTATE;
}
