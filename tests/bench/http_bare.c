#include "bench.h"
#include "http_client.h"
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

const char *const http_headers[] = {
    "Content-Type: application/x-protobuf", "x-cls-compress-type: lz4",
    "Authorization: q-sign-algorithm=sha1&q-ak=AKIDEXAMPLEEXAMPLEEXAMPLEEXAMPLE&q-sign-time="
    "1700000000;1700000360&q-key-time=1700000000;1700000360&q-header-list=content-type;host&"
    "q-url-param-list=topic_id&q-signature=0123456789abcdef0123456789abcdef01234567",
    NULL};

uint64_t http_wall_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

typedef struct make {
  bool lazy;   /* polls stay between requests, and one kick for each batch of additions */
  bool reuses; /* easy handles */
} make;

typedef struct watched {
  uv_poll_t poll;
  struct bare *of;
  curl_socket_t fd;
  int events;
  bool idle;
} watched;

enum { SOCKETS_MAX = 4096 };

typedef struct bare {
  make made;
  const http_load *load;
  http_run *run;
  uv_loop_t loop;
  uv_timer_t timer;
  CURLM *multi;
  struct curl_slist *headers;
  watched *sockets[SOCKETS_MAX];
  unsigned begun;
  unsigned delivered;
  bool failed;
} bare;

static void drain_messages(bare *b);

static void act(bare *b, curl_socket_t fd, int flags) {
  int running;
  curl_multi_socket_action(b->multi, fd, flags, &running);
  drain_messages(b);
}

/* ---- Sockets and the timer ---------------------------------------------------------------------- */

static void on_free(uv_handle_t *handle) {
  free(handle->data);
}

static void on_poll(uv_poll_t *poll, int status, int events) {
  watched *w = poll->data;
  if (w->idle) {
    uv_poll_stop(poll);
    w->events = 0;
    return;
  }
  int flags = status < 0 ? CURL_CSELECT_ERR : 0;
  if (events & UV_READABLE) flags |= CURL_CSELECT_IN;
  if (events & UV_WRITABLE) flags |= CURL_CSELECT_OUT;
  act(w->of, w->fd, flags);
}

static watched *watch(bare *b, curl_socket_t fd) {
  if (fd >= SOCKETS_MAX) return NULL;
  if (b->sockets[fd] != NULL) return b->sockets[fd];
  watched *w = calloc(1, sizeof *w);
  if (w == NULL || uv_poll_init_socket(&b->loop, &w->poll, fd) != 0) return NULL;
  w->poll.data = w;
  w->of = b;
  w->fd = fd;
  b->sockets[fd] = w;
  return w;
}

static void unwatch(bare *b, curl_socket_t fd) {
  watched *w = fd < SOCKETS_MAX ? b->sockets[fd] : NULL;
  if (w == NULL) return;
  b->sockets[fd] = NULL;
  uv_poll_stop(&w->poll);
  uv_close((uv_handle_t *)&w->poll, on_free);
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *data, void *unused) {
  bare *b = data;
  (void)easy;
  (void)unused;
  if (what == CURL_POLL_REMOVE) {
    if (!b->made.lazy)
      unwatch(b, fd);
    else if (b->sockets[fd] != NULL)
      b->sockets[fd]->idle = true;
    return 0;
  }
  watched *w = watch(b, fd);
  if (w == NULL) return -1;
  int events = what == CURL_POLL_IN    ? UV_READABLE
               : what == CURL_POLL_OUT ? UV_WRITABLE
                                       : UV_READABLE | UV_WRITABLE;
  w->idle = false;
  if (w->events != events) uv_poll_start(&w->poll, events, on_poll);
  w->events = events;
  return 0;
}

static int on_close(void *data, curl_socket_t fd) {
  unwatch(data, fd);
  return close(fd);
}

static void on_timeout(uv_timer_t *timer) {
  act(timer->data, CURL_SOCKET_TIMEOUT, 0);
}

static int on_timer(CURLM *multi, long ms, void *data) {
  bare *b = data;
  (void)multi;
  if (ms < 0)
    uv_timer_stop(&b->timer);
  else
    uv_timer_start(&b->timer, on_timeout, (uint64_t)(ms == 0 && !b->made.lazy ? 1 : ms), 0);
  return 0;
}

/* ---- Requests ----------------------------------------------------------------------------------- */

static size_t on_bytes(char *bytes, size_t size, size_t count, void *data) {
  (void)bytes;
  (void)data;
  return size * count;
}

static void set_options(bare *b, CURL *easy) {
  curl_easy_setopt(easy, CURLOPT_URL, b->load->url);
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(easy, CURLOPT_USERAGENT, "bare/1");
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, 30000L);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, 5000L);
  curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 16L);
  curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, 20L);
  curl_easy_setopt(easy, CURLOPT_KEEP_SENDING_ON_ERROR, 1L);
  curl_easy_setopt(easy, CURLOPT_POST, 1L);
  curl_easy_setopt(easy, CURLOPT_POSTFIELDS, b->load->body);
  curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)b->load->body_length);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, b->headers);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_bytes);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_bytes);
  curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, on_close);
  curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, b);
}

/* With a handle that has ended, or NULL. */
static void add(bare *b, CURL *easy) {
  if (easy != NULL && !b->made.reuses) {
    curl_easy_cleanup(easy);
    easy = NULL;
  }
  if (easy == NULL) {
    easy = curl_easy_init();
    if (easy != NULL) set_options(b, easy);
  }
  if (easy == NULL || curl_multi_add_handle(b->multi, easy) != CURLM_OK) b->failed = true;
}

static bool may_begin(const bare *b) {
  unsigned pause = b->load->pause_after;
  return !b->failed && b->begun < b->load->requests &&
         (pause == 0 || b->begun < b->delivered / pause * pause + pause);
}

static void begin_some(bare *b) {
  for (unsigned i = 0; i < b->load->concurrency && may_begin(b); i++) {
    b->begun++;
    add(b, NULL);
  }
}

/* One has ended. Returns whether another was begun. */
static bool go_on(bare *b, CURL *easy, CURLcode result) {
  long status = 0;
  long connects = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &connects);
  curl_multi_remove_handle(b->multi, easy);
  b->run->calls++;
  b->run->connects += (uint64_t)connects;
  if (result != CURLE_OK || (status != 200 && status != 429)) b->failed = true;
  bool again = status == 429;
  b->delivered += !again;
  if (!again && b->load->pause_after != 0) {
    curl_easy_cleanup(easy);
    if (b->delivered % b->load->pause_after == 0) begin_some(b);
    return true;
  }
  if (b->failed || (!again && !may_begin(b))) {
    curl_easy_cleanup(easy);
    return false;
  }
  b->begun += !again;
  add(b, easy);
  return true;
}

static void drain_messages(bare *b) {
  bool begun = false;
  CURLMsg *message;
  int left;
  while ((message = curl_multi_info_read(b->multi, &left)) != NULL)
    begun = go_on(b, message->easy_handle, message->data.result) || begun;
  if (begun && b->made.lazy) {
    int running;
    curl_multi_socket_action(b->multi, CURL_SOCKET_TIMEOUT, 0, &running);
  }
  if (b->delivered == b->load->requests || b->failed) uv_stop(&b->loop);
}

/* ---- The run ------------------------------------------------------------------------------------- */

static bool carry(make made, const http_load *load, http_run *run) {
  *run = (http_run){0};
  bare *b = calloc(1, sizeof *b);
  if (b == NULL) return false;
  b->made = made;
  b->load = load;
  b->run = run;
  uv_loop_init(&b->loop);
  uv_timer_init(&b->loop, &b->timer);
  b->timer.data = b;
  b->headers = curl_slist_append(NULL, "Expect:");
  for (unsigned i = 0; http_headers[i] != NULL; i++)
    b->headers = curl_slist_append(b->headers, http_headers[i]);
  b->multi = curl_multi_init();
  curl_multi_setopt(b->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
  curl_multi_setopt(b->multi, CURLMOPT_SOCKETDATA, b);
  curl_multi_setopt(b->multi, CURLMOPT_TIMERFUNCTION, on_timer);
  curl_multi_setopt(b->multi, CURLMOPT_TIMERDATA, b);
  if (made.lazy) curl_multi_setopt(b->multi, CURLMOPT_MAXCONNECTS, (long)load->concurrency);
  uint64_t cpu = bench_cpu_ns();
  uint64_t wall = http_wall_ns();
  begin_some(b);
  if (made.lazy) act(b, CURL_SOCKET_TIMEOUT, 0);
  uv_run(&b->loop, UV_RUN_DEFAULT);
  run->cpu_ns = bench_cpu_ns() - cpu;
  run->wall_ns = http_wall_ns() - wall;
  bool whole = !b->failed && b->delivered == load->requests;
  curl_multi_cleanup(b->multi);
  curl_slist_free_all(b->headers);
  for (curl_socket_t fd = 0; fd < SOCKETS_MAX; fd++)
    unwatch(b, fd);
  uv_close((uv_handle_t *)&b->timer, NULL);
  uv_run(&b->loop, UV_RUN_DEFAULT);
  uv_loop_close(&b->loop);
  free(b);
  return whole;
}

static bool carry_bare(const http_load *load, http_run *run) {
  return carry((make){.lazy = true}, load, run);
}

static bool carry_reused(const http_load *load, http_run *run) {
  return carry((make){.lazy = true, .reuses = true}, load, run);
}

static bool carry_manual(const http_load *load, http_run *run) {
  return carry((make){.reuses = true}, load, run);
}

const http_client http_bare = {.name = "bare", .carry = carry_bare};
const http_client http_bare_reused = {.name = "bare, handles reused", .carry = carry_reused};
const http_client http_manual = {.name = "libcurl's manual", .carry = carry_manual};
