#include "http/hostile_origin.h"
#include "support.h"
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct hostile_connection {
  uv_tcp_t tcp;
  uv_timer_t clock; /* of a drip or a pause */
  uv_write_t write;
  hostile_origin *origin;
  const hostile_step *step;
  uint64_t given; /* bytes of this step */
  char *data;
  size_t length;
  size_t room;
  unsigned handles;
  bool writing;
  bool ticked; /* the clock calls */
  char flood[65536];
  struct hostile_connection *next;
} connection;

static const hostile_step good_steps[] = {{.act = HOSTILE_GOOD}};

static void run(connection *c);

/* ---- The end of a connection ----------------------------------------------------------------- */

static void on_closed(uv_handle_t *handle) {
  connection *c = handle->data;
  if (--c->handles > 0) return;
  connection **at = &c->origin->list;
  while (*at != c)
    at = &(*at)->next;
  *at = c->next;
  free(c->data);
  free(c);
}

static void end(connection *c, bool reset) {
  if (uv_is_closing((uv_handle_t *)&c->clock)) return;
  uv_close((uv_handle_t *)&c->clock, on_closed);
  if (reset && uv_tcp_close_reset(&c->tcp, on_closed) == 0) return;
  uv_close((uv_handle_t *)&c->tcp, on_closed);
}

/* ---- What is read ---------------------------------------------------------------------------- */

/* The length of the request at the front, headers and body, or 0 if it has not come whole. */
static size_t whole_request(const connection *c, size_t *head) {
  const char *stop = c->length > 0 ? strstr(c->data, "\r\n\r\n") : NULL;
  if (stop == NULL) return *head = 0;
  *head = (size_t)(stop - c->data) + 4;
  size_t body = 0;
  for (const char *line = c->data; line < stop; line = strstr(line, "\r\n") + 2) {
    if (strncasecmp(line, "Content-Length:", 15) == 0) body = strtoul(line + 15, NULL, 10);
  }
  return c->length >= *head + body ? *head + body : 0;
}

static void drop_front(connection *c, size_t length) {
  memmove(c->data, c->data + length, c->length - length + 1);
  c->length -= length;
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer) {
  connection *c = handle->data;
  if (c->room < c->length + suggested + 1) {
    c->room = (c->length + suggested + 1) * 2;
    c->data = realloc(c->data, c->room);
    assert_non_null(c->data);
  }
  *buffer = uv_buf_init(c->data + c->length, (unsigned)suggested);
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer) {
  connection *c = stream->data;
  (void)buffer;
  if (count < 0) {
    end(c, false);
    return;
  }
  c->length += (size_t)count;
  c->data[c->length] = '\0';
  if (!c->writing && !uv_is_active((uv_handle_t *)&c->clock)) run(c);
}

/* ---- What is sent ---------------------------------------------------------------------------- */

static void on_written(uv_write_t *write, int status) {
  connection *c = write->data;
  c->writing = false;
  if (status < 0) {
    end(c, false);
    return;
  }
  if (!uv_is_closing((uv_handle_t *)&c->tcp)) run(c);
}

static void send_bytes(connection *c, const char *bytes, size_t length) {
  uv_buf_t buffer = uv_buf_init((char *)(uintptr_t)bytes, (unsigned)length);
  c->write.data = c;
  c->writing = true;
  c->given += length;
  c->origin->sent += length;
  uv_write(&c->write, (uv_stream_t *)&c->tcp, &buffer, 1, on_written);
}

static void send_flood(connection *c) {
  const hostile_step *step = c->step;
  size_t length = sizeof c->flood / step->length * step->length;
  for (size_t at = 0; c->given == 0 && at < length; at += step->length)
    memcpy(c->flood + at, step->bytes, step->length);
  send_bytes(c, c->flood, length);
}

static void on_clock(uv_timer_t *clock) {
  connection *c = clock->data;
  c->ticked = true;
  run(c);
  c->ticked = false;
}

/* One byte at each tick. */
static bool drip(connection *c) {
  if (!uv_is_active((uv_handle_t *)&c->clock)) {
    uv_timer_start(&c->clock, on_clock, 0, 1000);
  } else if (c->ticked && c->given < c->step->length) {
    send_bytes(c, c->step->bytes + c->given, 1);
  }
  return false;
}

static bool pause_over(connection *c) {
  if (c->given++ > 0) return true;
  uv_timer_start(&c->clock, on_clock, 30, 0);
  return false;
}

static void answer_good(connection *c) {
  static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
  hostile_origin *origin = c->origin;
  size_t head;
  size_t length = whole_request(c, &head);
  if (length == 0) return;
  if (length - head == origin->body_length &&
      memcmp(c->data + head, origin->body, origin->body_length) == 0) {
    origin->good++;
  } else {
    origin->wrong++;
  }
  drop_front(c, length);
  send_bytes(c, answer, sizeof answer - 1);
}

static void next_step(connection *c) {
  c->step++;
  c->given = 0;
}

/* Does the step under way; true if it is over and the next may begin. */
static bool do_step(connection *c) {
  const hostile_step *step = c->step;
  size_t head = 0;
  size_t length = 0;
  switch (step->act) {
  case HOSTILE_END: end(c, false); return false;
  case HOSTILE_RESET: end(c, true); return false;
  case HOSTILE_HANG: return false;
  case HOSTILE_READ_HEAD:
    whole_request(c, &head);
    if (head == 0) return false;
    uv_read_stop((uv_stream_t *)&c->tcp);
    return true;
  case HOSTILE_READ:
    length = whole_request(c, &head);
    if (length > 0) drop_front(c, length);
    return length > 0;
  case HOSTILE_SEND:
    if (c->given < step->length) send_bytes(c, step->bytes, step->length);
    return !c->writing;
  case HOSTILE_FLOOD:
    if (c->given < step->total) send_flood(c);
    return !c->writing;
  case HOSTILE_DRIP: return drip(c);
  case HOSTILE_PAUSE: return pause_over(c);
  case HOSTILE_GOOD: answer_good(c); return false;
  }
  return false;
}

static void run(connection *c) {
  while (!c->writing && !uv_is_closing((uv_handle_t *)&c->clock) && do_step(c))
    next_step(c);
}

/* ---- The port -------------------------------------------------------------------------------- */

static void on_connection(uv_stream_t *stream, int status) {
  hostile_origin *origin = stream->data;
  assert_int_equal(status, 0);
  connection *c = calloc(1, sizeof *c);
  assert_non_null(c);
  c->origin = origin;
  c->step = origin->connections++ == 0 ? origin->steps : good_steps;
  c->handles = 2;
  c->tcp.data = c;
  c->clock.data = c;
  uv_timer_init(origin->loop, &c->clock);
  uv_tcp_init(origin->loop, &c->tcp);
  assert_int_equal(uv_accept(stream, (uv_stream_t *)&c->tcp), 0);
  c->next = origin->list;
  origin->list = c;
  uv_read_start((uv_stream_t *)&c->tcp, on_alloc, on_read);
  run(c);
}

/* Lets one connection fill the queue of a port that takes none: the system then leaves others
 * without an answer. */
static void fill_queue(hostile_origin *origin, const struct sockaddr_in *address) {
  uv_os_fd_t fd;
  assert_int_equal(uv_fileno((uv_handle_t *)&origin->server, &fd), 0);
  assert_int_equal(listen(fd, 0), 0);
  origin->filler = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  assert_int_equal(connect(origin->filler, (const struct sockaddr *)address, sizeof *address), 0);
}

void hostile_start(hostile_origin *origin, uv_loop_t *loop, hostile_port mode,
                   const hostile_step *steps, const char *body, size_t body_length) {
  *origin = (hostile_origin){.loop = loop,
                             .mode = mode,
                             .steps = steps,
                             .filler = -1,
                             .body = body,
                             .body_length = body_length};
  struct sockaddr_in address;
  int length = sizeof address;
  uv_ip4_addr("127.0.0.1", 0, &address);
  uv_tcp_init(loop, &origin->server);
  origin->server.data = origin;
  assert_int_equal(uv_tcp_bind(&origin->server, (const struct sockaddr *)&address, 0), 0);
  uv_tcp_getsockname(&origin->server, (struct sockaddr *)&address, &length);
  origin->port = ntohs(address.sin_port);
  if (mode == HOSTILE_DEAF) fill_queue(origin, &address);
  if (mode == HOSTILE_LISTENS) hostile_open(origin);
}

void hostile_open(hostile_origin *origin) {
  if (origin->accepting) return;
  origin->accepting = true;
  if (origin->filler >= 0) close(origin->filler);
  origin->filler = -1;
  assert_int_equal(uv_listen((uv_stream_t *)&origin->server, 64, on_connection), 0);
}

void hostile_stop(hostile_origin *origin) {
  if (origin->filler >= 0) close(origin->filler);
  uv_close((uv_handle_t *)&origin->server, NULL);
  for (connection *c = origin->list; c != NULL; c = c->next)
    end(c, false);
}
