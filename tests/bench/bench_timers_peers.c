/* The event loops' own timers, one for each record, through their public functions. */
#include "bench_timers.h"
#include <stdlib.h>
#include <uv.h>

#define PEER(its_name, its_timer, prefix)                                                          \
  {                                                                                                \
    .name = (its_name), .own = sizeof(its_timer), .stride = 64, .loop = true,                      \
    .open = prefix##_open, .add = prefix##_add, .cancel = prefix##_cancel, .run = prefix##_run,    \
    .bytes = prefix##_bytes, .close = prefix##_close                                               \
  }

static void on_uv(uv_timer_t *timer) {
  bed *b = timer->data;
  fire(b, record_of(b, timer));
}

static bool libuv_open(bed *b) {
  uv_loop_t *loop = malloc(sizeof *loop);
  b->state = loop;
  if (loop == NULL || uv_loop_init(loop) != 0) return false;
  for (uint32_t i = 0; i < b->count; i++) {
    uv_timer_t *timer = own_part(b, record_at(b, i));
    uv_timer_init(loop, timer);
    timer->data = b;
  }
  return true;
}

static void libuv_add(bed *b, record *r, uint32_t delay) {
  uv_timer_start(own_part(b, r), on_uv, delay, 0);
}

static void libuv_cancel(bed *b, record *r) {
  uv_timer_stop(own_part(b, r));
}

static void libuv_run(bed *b) {
  uv_run(b->state, UV_RUN_NOWAIT);
}

static size_t libuv_bytes(const bed *b) {
  return sizeof(uv_timer_t) * b->count;
}

static void libuv_close(bed *b) {
  for (uint32_t i = 0; i < b->count; i++)
    uv_close(own_part(b, record_at(b, i)), NULL);
  uv_run(b->state, UV_RUN_DEFAULT);
  uv_loop_close(b->state);
  free(b->state);
}

const contender bench_timers_uv = PEER("uv_timer_t each", uv_timer_t, libuv);

#ifdef AGAIN_BENCH_EV
#include <ev.h>

static void on_ev(struct ev_loop *loop, ev_timer *timer, int events) {
  (void)loop;
  (void)events;
  bed *b = timer->data;
  fire(b, record_of(b, timer));
}

static bool libev_open(bed *b) {
  b->state = ev_loop_new(EVFLAG_AUTO);
  return b->state != NULL;
}

static void libev_add(bed *b, record *r, uint32_t delay) {
  ev_timer *timer = own_part(b, r);
  /* A quarter of a millisecond earlier: it fires after its time, never at it. */
  ev_timer_init(timer, on_ev, delay * 0.001 - 0.00025, 0.);
  timer->data = b;
  ev_timer_start(b->state, timer);
}

static void libev_cancel(bed *b, record *r) {
  ev_timer_stop(b->state, own_part(b, r));
}

static void libev_run(bed *b) {
  ev_run(b->state, EVRUN_NOWAIT);
}

static size_t libev_bytes(const bed *b) {
  return (sizeof(ev_timer) + 16) * b->count; /* its heap has entries of 16 bytes */
}

static void libev_close(bed *b) {
  ev_loop_destroy(b->state);
}

static const contender libev = PEER("libev, ev_timer each", ev_timer, libev);
const contender *const bench_timers_ev = &libev;
#else
const contender *const bench_timers_ev = NULL;
#endif

#ifdef AGAIN_BENCH_EVENT
#include <event2/event.h>
#include <event2/event_struct.h>

/* An event has one pointer for its user, and that is the record. */
static bed *libevent_bed;

static void on_event(evutil_socket_t fd, short events, void *data) {
  (void)fd;
  (void)events;
  fire(libevent_bed, data);
}

static bool libevent_open(bed *b) {
  b->state = event_base_new();
  libevent_bed = b;
  if (b->state == NULL) return false;
  for (uint32_t i = 0; i < b->count; i++) {
    record *r = record_at(b, i);
    evtimer_assign((struct event *)own_part(b, r), b->state, on_event, r);
  }
  return true;
}

static void libevent_add(bed *b, record *r, uint32_t delay) {
  struct timeval after = {.tv_sec = delay / 1000, .tv_usec = delay % 1000 * 1000};
  event_add(own_part(b, r), &after);
}

static void libevent_cancel(bed *b, record *r) {
  event_del(own_part(b, r));
}

static void libevent_run(bed *b) {
  event_base_loop(b->state, EVLOOP_NONBLOCK);
}

static size_t libevent_bytes(const bed *b) {
  return (sizeof(struct event) + sizeof(void *)) * b->count;
}

static void libevent_close(bed *b) {
  event_base_free(b->state);
}

static const contender libevent = PEER("libevent, event each", struct event, libevent);
const contender *const bench_timers_event = &libevent;
#else
const contender *const bench_timers_event = NULL;
#endif
