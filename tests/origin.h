/* A small HTTP server on the test's own loop that answers as it is told, request by request. */
#ifndef AGAIN_TESTS_ORIGIN_H
#define AGAIN_TESTS_ORIGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

typedef enum origin_then {
  ORIGIN_KEEP,
  ORIGIN_CLOSE,
  ORIGIN_RESET,
  ORIGIN_HANG,
  ORIGIN_FLOOD
} origin_then;

/* What is done with one request: bytes are sent (NULL: none), then the connection is kept, closed,
 * reset, left without another byte, or sent bytes without end. */
typedef struct origin_step {
  const char *send;
  origin_then then;
} origin_step;

typedef struct origin {
  uv_loop_t *loop;
  uv_tcp_t server;
  const origin_step *steps; /* the last one is used for all further requests */
  size_t step_count;
  int port;
  unsigned connections; /* accepted so far */
  unsigned requests;    /* read whole so far */
  unsigned open;
  unsigned most_open;
  char last[8192]; /* the head of the last request */
  size_t last_body;
  struct origin_connection *list;
} origin;

#define ANSWER(status, headers, body_length, body)                                                 \
  "HTTP/1.1 " status "\r\n" headers "Content-Length: " body_length "\r\n\r\n" body

#define ANSWER_OK ANSWER("200 OK", "", "0", "")

/* Listens on 127.0.0.1; `port` 0 takes any. */
void origin_start(origin *server, uv_loop_t *loop, int port, const origin_step *steps,
                  size_t step_count);

/* Closes the port and all connections; the loop must run until they are closed. */
void origin_stop(origin *server);

#endif
