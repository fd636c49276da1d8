/* A server of one page. */
#include "metrics.h"
#include "request.h"
#include <again/core.h>
#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  CONNECTIONS_MAX = 16,
  BACKLOG = 16,
  TIME_MAX_MS = 5000, /* from the first byte to the last */
  HEADER_MAX = 256
};

typedef struct connection {
  metrics *owner;
  struct connection *next;
  uv_tcp_t tcp;
  uv_timer_t timer;
  uv_write_t write;
  int open_handles;
  bool closing;
  request asked;
  char header[HEADER_MAX];
  char *page;
  size_t length;
  size_t size;
  bool incomplete; /* memory ran out */
} connection;

struct metrics {
  uv_tcp_t listener;
  metrics_page_fn page;
  void *data;
  connection *first;
  unsigned count;
  bool closing;
  bool listener_closed;
  char url[96];
};

/* ---- Ends ------------------------------------------------------------------------------------ */

static void free_when_over(metrics *self) {
  if (self->closing && self->listener_closed && self->count == 0) free(self);
}

static void on_handle_closed(uv_handle_t *handle) {
  connection *over = handle->data;
  metrics *self = over->owner;
  if (--over->open_handles > 0) return;
  connection **at = &self->first;
  while (*at != over)
    at = &(*at)->next;
  *at = over->next;
  self->count--;
  free(over->page);
  free(over);
  free_when_over(self);
}

static void end(connection *over) {
  if (over->closing) return;
  over->closing = true;
  uv_close((uv_handle_t *)&over->tcp, on_handle_closed);
  uv_close((uv_handle_t *)&over->timer, on_handle_closed);
}

static void on_late(uv_timer_t *timer) {
  end(timer->data);
}

/* ---- The answer ------------------------------------------------------------------------------ */

static void add(void *to, const char *text, size_t length) {
  connection *c = to;
  if (c->incomplete) return;
  if (c->length + length > c->size) {
    size_t size = c->size * 2 + length + 4096;
    char *grown = realloc(c->page, size);
    if (grown == NULL) {
      c->incomplete = true;
      return;
    }
    c->page = grown;
    c->size = size;
  }
  memcpy(c->page + c->length, text, length);
  c->length += length;
}

static void on_written(uv_write_t *write, int status) {
  (void)status;
  end(write->data);
}

static void answer(connection *c, request_state state) {
  static const struct {
    const char *status;
    const char *text;
  } answers[] = {[REQUEST_OK] = {"200 OK", ""},
                 [REQUEST_PARTIAL] = {"400 Bad Request", "this is no whole request\n"},
                 [REQUEST_BAD] = {"400 Bad Request", "this is no request of HTTP\n"},
                 [REQUEST_UNKNOWN] = {"404 Not Found", "there is only /metrics\n"},
                 [REQUEST_METHOD] = {"405 Method Not Allowed\r\nAllow: GET", "only GET\n"},
                 [REQUEST_LONG] = {"431 Request Header Fields Too Large", "too long\n"}};
  const char *status = answers[state].status;
  if (state == REQUEST_OK) {
    c->owner->page(c->owner->data, add, c);
  } else {
    add(c, answers[state].text, strlen(answers[state].text));
  }
  if (c->incomplete) {
    c->length = 0;
    status = "503 Service Unavailable";
  }
  int length = snprintf(c->header, sizeof c->header,
                        "HTTP/1.1 %s\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"
                        "Content-Length: %zu\r\nConnection: close\r\n\r\n",
                        status, c->length);
  uv_buf_t parts[] = {uv_buf_init(c->header, (unsigned)length),
                      uv_buf_init(c->page, (unsigned)c->length)};
  uv_read_stop((uv_stream_t *)&c->tcp);
  if (uv_write(&c->write, (uv_stream_t *)&c->tcp, parts, 2, on_written) != 0) end(c);
}

/* ---- Connections ----------------------------------------------------------------------------- */

static void on_room_wanted(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer) {
  (void)suggested;
  connection *c = handle->data;
  *buffer = uv_buf_init(c->asked.text + c->asked.length,
                        (unsigned)(sizeof c->asked.text - c->asked.length));
}

static void on_read(uv_stream_t *stream, ssize_t got, const uv_buf_t *buffer) {
  (void)buffer;
  connection *c = stream->data;
  if (got < 0) {
    end(c);
    return;
  }
  c->asked.length += (size_t)got;
  request_state state = request_look(&c->asked);
  if (state != REQUEST_PARTIAL) answer(c, state);
}

static void on_connection(uv_stream_t *listener, int status) {
  metrics *self = listener->data;
  if (status != 0) return;
  connection *c = calloc(1, sizeof *c);
  if (c == NULL) return;
  c->owner = self;
  c->next = self->first;
  self->first = c;
  self->count++;
  c->open_handles = 2;
  uv_tcp_init(listener->loop, &c->tcp);
  uv_timer_init(listener->loop, &c->timer);
  c->tcp.data = c;
  c->timer.data = c;
  c->write.data = c;
  if (uv_accept(listener, (uv_stream_t *)&c->tcp) != 0 || self->count > CONNECTIONS_MAX ||
      uv_timer_start(&c->timer, on_late, TIME_MAX_MS, 0) != 0 ||
      uv_read_start((uv_stream_t *)&c->tcp, on_room_wanted, on_read) != 0) {
    end(c);
  }
}

/* ---- Opening --------------------------------------------------------------------------------- */

static bool is_loopback(const struct sockaddr_storage *address) {
  static const uint8_t six[16] = {[15] = 1};
  if (address->ss_family == AF_INET6) {
    return memcmp(&((const struct sockaddr_in6 *)(const void *)address)->sin6_addr, six, 16) == 0;
  }
  const struct sockaddr_in *four = (const void *)address;
  return ntohl(four->sin_addr.s_addr) >> 24 == 127;
}

static bool parse_where(const char *where, struct sockaddr_storage *address, char *why,
                        size_t why_size) {
  char host[64] = "127.0.0.1";
  const char *port = strrchr(where, ':');
  size_t length = port != NULL ? (size_t)(port - where) : 0;
  port = port != NULL ? port + 1 : where;
  if (length > 1 && where[0] == '[' && where[length - 1] == ']') {
    where++;
    length -= 2;
  }
  char *rest = NULL;
  long number = *port >= '0' && *port <= '9' ? strtol(port, &rest, 10) : -1;
  bool ok = number >= 0 && number <= 65535 && *rest == '\0' && length < sizeof host;
  if (ok && length > 0 && !(length == 9 && strncmp(where, "localhost", 9) == 0)) {
    memcpy(host, where, length);
    host[length] = '\0';
  }
  ok = ok && (uv_ip4_addr(host, (int)number, (struct sockaddr_in *)(void *)address) == 0 ||
              uv_ip6_addr(host, (int)number, (struct sockaddr_in6 *)(void *)address) == 0);
  if (!ok) {
    snprintf(why, why_size, "write a port, as 9100, or an address and a port, as 127.0.0.1:9100");
  } else if (!is_loopback(address)) {
    snprintf(why, why_size,
             "only loopback is served, as 127.0.0.1 or [::1]: what it says is not for others; a "
             "proxy can hand it on");
    ok = false;
  }
  return ok;
}

static void keep_url(metrics *self) {
  struct sockaddr_storage bound = {.ss_family = AF_INET};
  int size = sizeof bound;
  char host[64] = "";
  uv_tcp_getsockname(&self->listener, (struct sockaddr *)&bound, &size);
  bool six = bound.ss_family == AF_INET6;
  const struct sockaddr_in *v4 = (const void *)&bound;
  const struct sockaddr_in6 *v6 = (const void *)&bound;
  if (six) {
    uv_ip6_name(v6, host, sizeof host);
  } else {
    uv_ip4_name(v4, host, sizeof host);
  }
  snprintf(self->url, sizeof self->url, "http://%s%s%s:%u/metrics", six ? "[" : "", host,
           six ? "]" : "", (unsigned)ntohs(six ? v6->sin6_port : v4->sin_port));
}

metrics *metrics_open(uv_loop_t *loop, const char *where, metrics_page_fn page, void *data,
                      char *why, size_t why_size) {
  struct sockaddr_storage address = {.ss_family = AF_UNSPEC};
  char wrong[160] = "out of memory";
  metrics *self = NULL;
  bool ok = parse_where(where, &address, wrong, sizeof wrong);
  if (ok) self = calloc(1, sizeof *self);
  if (self != NULL) {
    self->page = page;
    self->data = data;
    uv_tcp_init(loop, &self->listener);
    self->listener.data = self;
    int error = uv_tcp_bind(&self->listener, (struct sockaddr *)&address, 0);
    if (error == 0) error = uv_listen((uv_stream_t *)&self->listener, BACKLOG, on_connection);
    if (error == 0) {
      keep_url(self);
      return self;
    }
    snprintf(wrong, sizeof wrong, "%s; choose another port", uv_strerror(error));
    metrics_close(self);
  }
  snprintf(why, why_size, "--metrics %s: %s", where, wrong);
  return NULL;
}

const char *metrics_url(const metrics *self) {
  return self->url;
}

static void on_listener_closed(uv_handle_t *handle) {
  metrics *self = handle->data;
  self->listener_closed = true;
  free_when_over(self);
}

void metrics_close(metrics *self) {
  if (self == NULL || self->closing) return;
  self->closing = true;
  for (connection *c = self->first; c != NULL; c = c->next)
    end(c);
  uv_close((uv_handle_t *)&self->listener, on_listener_closed);
}
