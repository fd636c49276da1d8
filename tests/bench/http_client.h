/* One load, carried by several clients: ours, and bare ones on libcurl's multi_socket interface. */
#ifndef AGAIN_TESTS_BENCH_HTTP_CLIENT_H
#define AGAIN_TESTS_BENCH_HTTP_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct http_load {
  const char *url;
  const char *body;
  size_t body_length;
  unsigned concurrency; /* requests under way at once */
  unsigned requests;    /* to be delivered: answered 200 */
  unsigned waiting;     /* and so many more that may wait for their next attempt; 0: none */
  unsigned pause_after; /* wait for all of so many before the next begins; 0: never */
} http_load;

typedef struct http_run {
  uint64_t calls;    /* attempts that were answered */
  uint64_t connects; /* new connections */
  uint64_t cpu_ns;   /* of this thread */
  uint64_t wall_ns;
} http_run;

typedef struct http_client {
  const char *name;
  /* False: something other than 200 and 429 came, or it could not begin. */
  bool (*carry)(const http_load *load, http_run *run);
} http_client;

/* The library: again_uv, again_http, the scheduler. 429s are retried by the policy. */
extern const http_client http_ours;

/* Bare clients, which try again at once what was refused. What they ask of libcurl is what ours does. The one
 * of the same make keeps idle polls, kicks once for each batch of additions and has a new easy handle for each
 * request, as ours must (curl issue 11101); the others differ in one thing each, and the last is the way of
 * libcurl's documentation (multi-uv.c). */
extern const http_client http_bare;
extern const http_client http_bare_reused; /* easy handles are used again */
extern const http_client http_manual;

/* Now, in ns. */
uint64_t http_wall_ns(void);

/* The request's headers besides libcurl's own: some 350 bytes, as an upload to CLS has. Ended by NULL. */
extern const char *const http_headers[];

#endif
