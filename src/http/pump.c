#include "http/pump.h"
#include <again/core.h>
#include <sys/socket.h>
#include <unistd.h>

struct again_http_socket {
  uv_poll_t poll;
  again_http_pump *pump;
  curl_socket_t fd;
  int events; /* registered with libuv */
  bool idle;  /* curl does not want it watched at the moment */
  bool ours;  /* opened by us: curl will tell before it is closed */
};

static void handle_closed(again_http_pump *pump) {
  if (--pump->open_handles == 0 && pump->closing) {
    again_resize(pump->allocator, pump->sockets, 0);
    pump->closed(pump->data);
  }
}

static void on_handle_closed(uv_handle_t *handle) {
  handle_closed(handle->data);
}

static void on_socket_closed(uv_handle_t *handle) {
  again_http_socket *watched = handle->data;
  again_http_pump *pump = watched->pump;
  again_resize(pump->allocator, watched, 0);
  handle_closed(pump);
}

/* ---- What curl reports ----------------------------------------------------------------------- */

static void drain(again_http_pump *pump) {
  int left;
  CURLMsg *message;
  while ((message = curl_multi_info_read(pump->multi, &left)) != NULL) {
    if (message->msg != CURLMSG_DONE) continue;
    /* The message is void once the handle is removed. */
    CURL *easy = message->easy_handle;
    CURLcode result = message->data.result;
    curl_multi_remove_handle(pump->multi, easy);
    pump->finished(pump->data, easy, result);
  }
}

static void act(again_http_pump *pump, curl_socket_t fd, int flags) {
  int running;
  curl_multi_socket_action(pump->multi, fd, flags, &running);
  drain(pump);
}

static void on_timer(uv_timer_t *timer) {
  act(timer->data, CURL_SOCKET_TIMEOUT, 0);
}

static void on_kick(uv_prepare_t *kick) {
  uv_prepare_stop(kick);
  act(kick->data, CURL_SOCKET_TIMEOUT, 0);
}

/* What comes over an idle connection is its end, or an answer nobody asked for, which the next request would
 * take for its own: libcurl before 8 only looks whether the connection is gone. So it is made to be. */
static void spoil(curl_socket_t fd) {
  char scrap[4096];
  shutdown(fd, SHUT_RDWR);
  for (int i = 0; i < 16 && recv(fd, scrap, sizeof scrap, MSG_DONTWAIT) > 0; i++) {
  }
}

static void on_poll(uv_poll_t *poll, int status, int events) {
  again_http_socket *watched = poll->data;
  if (watched->idle) {
    uv_poll_stop(poll);
    watched->events = 0;
    if (watched->ours && (status < 0 || (events & UV_READABLE) != 0)) spoil(watched->fd);
    return;
  }
  /* An error alone would end the transfer unread, though an answer may have come before the reset. */
  int flags = status < 0 ? CURL_CSELECT_ERR | CURL_CSELECT_IN : 0;
  if (events & UV_READABLE) flags |= CURL_CSELECT_IN;
  if (events & UV_WRITABLE) flags |= CURL_CSELECT_OUT;
  act(watched->pump, watched->fd, flags);
}

/* ---- What curl asks for: called inside curl, only handles are started and stopped -------------- */

static int on_curl_timer(CURLM *multi, long timeout_ms, void *data) {
  again_http_pump *pump = data;
  (void)multi;
  if (timeout_ms < 0 || pump->closing) {
    uv_timer_stop(&pump->timer);
  } else {
    uv_timer_start(&pump->timer, on_timer, (uint64_t)timeout_ms, 0);
  }
  return 0;
}

static again_http_socket *find(again_http_pump *pump, curl_socket_t fd) {
  return fd >= 0 && (size_t)fd < pump->socket_room ? pump->sockets[fd] : NULL;
}

static bool make_room(again_http_pump *pump, curl_socket_t fd) {
  if ((size_t)fd < pump->socket_room) return true;
  size_t room = ((size_t)fd + 1) * 2;
  again_http_socket **grown = again_resize(pump->allocator, pump->sockets, room * sizeof(*grown));
  if (grown == NULL) return false;
  for (size_t i = pump->socket_room; i < room; i++)
    grown[i] = NULL;
  pump->sockets = grown;
  pump->socket_room = room;
  return true;
}

static again_http_socket *add(again_http_pump *pump, curl_socket_t fd, bool ours) {
  if (!make_room(pump, fd)) return NULL;
  again_http_socket *watched = again_take_zeroed(pump->allocator, sizeof *watched);
  if (watched == NULL) return NULL;
  if (uv_poll_init_socket(pump->loop, &watched->poll, fd) != 0) {
    again_resize(pump->allocator, watched, 0);
    return NULL;
  }
  watched->poll.data = watched;
  watched->pump = pump;
  watched->fd = fd;
  watched->ours = ours;
  watched->idle = true;
  pump->sockets[fd] = watched;
  pump->open_handles++;
  return watched;
}

static void drop(again_http_pump *pump, curl_socket_t fd) {
  again_http_socket *watched = find(pump, fd);
  if (watched == NULL) return;
  pump->sockets[fd] = NULL;
  uv_poll_stop(&watched->poll);
  uv_close((uv_handle_t *)&watched->poll, on_socket_closed);
}

static int on_curl_socket(CURL *easy, curl_socket_t fd, int what, void *data, void *socket_data) {
  again_http_pump *pump = data;
  (void)easy;
  (void)socket_data;
  again_http_socket *watched = find(pump, fd);
  if (what == CURL_POLL_REMOVE) {
    if (watched == NULL) return 0;
    watched->idle = true;
    uv_unref((uv_handle_t *)&watched->poll); /* an idle connection does not keep the loop alive */
    /* A descriptor of curl's own (its resolver's) may be closed without a word. */
    if (!watched->ours) drop(pump, fd);
    return 0;
  }
  if (watched == NULL) watched = add(pump, fd, false);
  if (watched == NULL) return -1;
  int events = 0;
  if (what == CURL_POLL_IN || what == CURL_POLL_INOUT) events |= UV_READABLE;
  if (what == CURL_POLL_OUT || what == CURL_POLL_INOUT) events |= UV_WRITABLE;
  watched->idle = false;
  uv_ref((uv_handle_t *)&watched->poll);
  if (events == watched->events) return 0;
  if (uv_poll_start(&watched->poll, events, on_poll) != 0) return -1;
  watched->events = events;
  return 0;
}

static curl_socket_t on_open_socket(void *data, curlsocktype purpose,
                                    struct curl_sockaddr *address) {
  again_http_pump *pump = data;
  (void)purpose;
  curl_socket_t fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  if (fd == CURL_SOCKET_BAD) return CURL_SOCKET_BAD;
  if (add(pump, fd, true) == NULL) {
    close(fd);
    return CURL_SOCKET_BAD;
  }
  return fd;
}

static int on_close_socket(void *data, curl_socket_t fd) {
  drop(data, fd);
  return close(fd);
}

/* ---- The pump -------------------------------------------------------------------------------- */

int again_http_pump_init(again_http_pump *pump, const again_allocator *allocator, uv_loop_t *loop,
                         long connections,
                         void (*finished)(void *data, CURL *easy, CURLcode result), void *data) {
  *pump =
      (again_http_pump){.allocator = allocator, .loop = loop, .finished = finished, .data = data};
  pump->multi = curl_multi_init();
  if (pump->multi == NULL) return AGAIN_ENOMEM;
  uv_timer_init(loop, &pump->timer);
  uv_prepare_init(loop, &pump->kick);
  pump->timer.data = pump;
  pump->kick.data = pump;
  pump->open_handles = 2;
  curl_multi_setopt(pump->multi, CURLMOPT_SOCKETFUNCTION, on_curl_socket);
  curl_multi_setopt(pump->multi, CURLMOPT_SOCKETDATA, pump);
  curl_multi_setopt(pump->multi, CURLMOPT_TIMERFUNCTION, on_curl_timer);
  curl_multi_setopt(pump->multi, CURLMOPT_TIMERDATA, pump);
  /* curl's own limit shrinks with the transfers under way: a drained burst would reconnect. */
  curl_multi_setopt(pump->multi, CURLMOPT_MAXCONNECTS, connections);
  return 0;
}

void again_http_pump_bind(again_http_pump *pump, CURL *easy) {
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open_socket);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, pump);
  curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, on_close_socket);
  curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, pump);
}

bool again_http_pump_add(again_http_pump *pump, CURL *easy) {
  if (curl_multi_add_handle(pump->multi, easy) != CURLM_OK) return false;
  uv_prepare_start(&pump->kick, on_kick);
  return true;
}

void again_http_pump_remove(again_http_pump *pump, CURL *easy) {
  curl_multi_remove_handle(pump->multi, easy);
}

void again_http_pump_close(again_http_pump *pump, void (*closed)(void *data)) {
  pump->closing = true;
  pump->closed = closed;
  curl_multi_cleanup(pump->multi);
  for (size_t fd = 0; fd < pump->socket_room; fd++)
    drop(pump, (curl_socket_t)fd);
  uv_close((uv_handle_t *)&pump->timer, on_handle_closed);
  uv_close((uv_handle_t *)&pump->kick, on_handle_closed);
}
