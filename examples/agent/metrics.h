/* The endpoint of --metrics: answers GET /metrics on loopback, from the loop, and nothing else.
 *
 * All is bounded: connections, the size and time of a request. One connection, one answer. */
#ifndef AGENT_METRICS_H
#define AGENT_METRICS_H

#include <again/stats.h>
#include <uv.h>

typedef struct metrics metrics;

/* Writes the page. */
typedef void (*metrics_page_fn)(void *data, again_write_fn write, void *to);

/* Listens at "PORT", "ADDRESS:PORT" or "[ADDRESS]:PORT", of this machine only; port 0 is any free one.
 * NULL: `why` says what is wrong and what to do. */
metrics *metrics_open(uv_loop_t *loop, const char *where, metrics_page_fn page, void *data,
                      char *why, size_t why_size);

/* "http://127.0.0.1:9100/metrics". Valid as long as the endpoint. */
const char *metrics_url(const metrics *self);

/* Closes and, from the loop, frees. NULL is allowed. */
void metrics_close(metrics *self);

#endif
