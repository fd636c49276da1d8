/* nginx on loopback: reads what is posted, and answers. */
#ifndef AGAIN_TESTS_BENCH_HTTP_ORIGIN_H
#define AGAIN_TESTS_BENCH_HTTP_ORIGIN_H

#include <stdbool.h>
#include <sys/types.h>

typedef struct http_origin {
  pid_t pid;
  int port;
  char folder[64];
} http_origin;

/* Starts it in a folder of its own. False, and a line on stderr says why: it is not installed, or does not
 * begin. */
bool http_origin_start(http_origin *origin);

/* Ends it and removes the folder. */
void http_origin_stop(http_origin *origin);

#endif
