#include "origin.h"
#include "support.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

typedef struct origin_connection {
  uv_tcp_t tcp;
  origin *server;
  char *data;
  size_t length;
  size_t room;
  bool hanging;
  uv_write_t write;
  const origin_step *step;
  struct origin_connection *next;
} connection;

static char flood[65536];

static void on_closed(uv_handle_t *handle) {
  connection *c = handle->data;
  connection **at = &c->server->list;
  while (*at != c)
    at = &(*at)->next;
  *at = c->next;
  c->server->open--;
  free(c->data);
  free(c);
}

static void end(connection *c) {
  if (!uv_is_closing((uv_handle_t *)&c->tcp)) uv_close((uv_handle_t *)&c->tcp, on_closed);
}

static void on_written(uv_write_t *write, int status) {
  connection *c = write->data;
  if (status < 0 || c->step->then == ORIGIN_CLOSE) {
    end(c);
  } else if (c->step->then == ORIGIN_RESET) {
    uv_tcp_close_reset(&c->tcp, on_closed);
  } else if (c->step->then == ORIGIN_FLOOD && !uv_is_closing((uv_handle_t *)&c->tcp)) {
    uv_buf_t buffer = uv_buf_init(flood, sizeof flood);
    uv_write(&c->write, (uv_stream_t *)&c->tcp, &buffer, 1, on_written);
  }
}

static void answer(connection *c) {
  origin *server = c->server;
  size_t index = server->requests < server->step_count ? server->requests : server->step_count - 1;
  server->requests++;
  c->step = &server->steps[index];
  c->hanging = c->step->then != ORIGIN_KEEP;
  c->write.data = c;
  const char *text = c->step->send != NULL ? c->step->send : "";
  uv_buf_t buffer = uv_buf_init((char *)(uintptr_t)text, (unsigned)strlen(text));
  uv_write(&c->write, (uv_stream_t *)&c->tcp, &buffer, 1, on_written);
}

/* Takes whole requests off the front of what has come. */
static void take_requests(connection *c) {
  char *head_end;
  while (!c->hanging && (head_end = strstr(c->data, "\r\n\r\n")) != NULL) {
    size_t head = (size_t)(head_end - c->data) + 4;
    size_t body = 0;
    for (char *line = c->data; line < head_end; line = strstr(line, "\r\n") + 2) {
      if (strncasecmp(line, "Content-Length:", 15) == 0) body = strtoul(line + 15, NULL, 10);
    }
    if (c->length < head + body) return;
    size_t kept = head < sizeof c->server->last ? head : sizeof c->server->last - 1;
    memcpy(c->server->last, c->data, kept);
    c->server->last[kept] = '\0';
    c->server->last_body = body;
    memmove(c->data, c->data + head + body, c->length - head - body + 1);
    c->length -= head + body;
    answer(c);
  }
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer) {
  connection *c = handle->data;
  if (c->room < c->length + suggested + 1) {
    c->room = c->length + suggested + 1;
    c->data = realloc(c->data, c->room);
    assert_non_null(c->data);
  }
  *buffer = uv_buf_init(c->data + c->length, (unsigned)suggested);
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer) {
  connection *c = stream->data;
  (void)buffer;
  if (count < 0) {
    end(c);
    return;
  }
  c->length += (size_t)count;
  c->data[c->length] = '\0';
  take_requests(c);
}

static void on_connection(uv_stream_t *stream, int status) {
  origin *server = stream->data;
  assert_int_equal(status, 0);
  connection *c = calloc(1, sizeof *c);
  assert_non_null(c);
  c->server = server;
  c->tcp.data = c;
  uv_tcp_init(server->loop, &c->tcp);
  assert_int_equal(uv_accept(stream, (uv_stream_t *)&c->tcp), 0);
  c->next = server->list;
  server->list = c;
  server->connections++;
  if (++server->open > server->most_open) server->most_open = server->open;
  uv_read_start((uv_stream_t *)&c->tcp, on_alloc, on_read);
}

void origin_start(origin *server, uv_loop_t *loop, int port, const origin_step *steps,
                  size_t step_count) {
  *server = (origin){.loop = loop, .steps = steps, .step_count = step_count};
  struct sockaddr_in address;
  int length = sizeof address;
  uv_ip4_addr("127.0.0.1", port, &address);
  uv_tcp_init(loop, &server->server);
  server->server.data = server;
  assert_int_equal(uv_tcp_bind(&server->server, (const struct sockaddr *)&address, 0), 0);
  assert_int_equal(uv_listen((uv_stream_t *)&server->server, 1024, on_connection), 0);
  uv_tcp_getsockname(&server->server, (struct sockaddr *)&address, &length);
  server->port = ntohs(address.sin_port);
}

void origin_stop(origin *server) {
  uv_close((uv_handle_t *)&server->server, NULL);
  for (connection *c = server->list; c != NULL; c = c->next)
    end(c);
}
