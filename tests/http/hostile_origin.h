/* A server on the test's own loop that misbehaves as it is told, connection by connection, and turns
 * good in the end. */
#ifndef AGAIN_TESTS_HOSTILE_ORIGIN_H
#define AGAIN_TESTS_HOSTILE_ORIGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

typedef enum hostile_act {
  HOSTILE_END,       /* closes the connection */
  HOSTILE_READ_HEAD, /* waits for a request's headers and reads no further */
  HOSTILE_READ,      /* waits for a whole request */
  HOSTILE_SEND,      /* sends bytes */
  HOSTILE_FLOOD,     /* sends the bytes over and over, `total` bytes or until the client is gone */
  HOSTILE_DRIP,      /* sends the bytes one by one, one a second */
  HOSTILE_PAUSE,     /* lets the client see what was sent */
  HOSTILE_RESET,     /* resets the connection */
  HOSTILE_HANG,      /* does nothing until the client is gone */
  HOSTILE_GOOD       /* answers every whole request with 200 */
} hostile_act;

typedef struct hostile_step {
  hostile_act act;
  const char *bytes;
  size_t length;
  uint64_t total;
} hostile_step;

/* Where a connection comes to before any step is taken. */
typedef enum hostile_port {
  HOSTILE_LISTENS,
  HOSTILE_REFUSES, /* until hostile_open */
  HOSTILE_DEAF     /* connections are neither taken nor refused, until hostile_open */
} hostile_port;

typedef struct hostile_origin {
  uv_loop_t *loop;
  uv_tcp_t server;
  hostile_port mode;
  int port;
  int filler;                /* DEAF: a connection that fills the port's queue */
  const hostile_step *steps; /* of the first connection; later ones are good */
  const char *body;          /* what a request must bring */
  size_t body_length;
  unsigned connections; /* taken so far */
  unsigned good;        /* whole requests with the right body that were answered by 200 */
  unsigned wrong;       /* whole requests with another body */
  uint64_t sent;        /* bytes that the system took for clients */
  bool accepting;
  struct hostile_connection *list;
} hostile_origin;

/* Takes a port of 127.0.0.1; `steps` end with HOSTILE_END or an act that has no end. */
void hostile_start(hostile_origin *origin, uv_loop_t *loop, hostile_port mode,
                   const hostile_step *steps, const char *body, size_t body_length);

/* Listens, if it does not yet. */
void hostile_open(hostile_origin *origin);

/* Closes the port and all connections; the loop must run until they are closed. */
void hostile_stop(hostile_origin *origin);

#endif
