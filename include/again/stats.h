/* again/stats.h - what a scheduler has done, in numbers: a snapshot, JSON, and Prometheus' text format.
 *
 * Part of the scheduler; include again/sched.h. Counting allocates nothing, and neither does writing.
 */
#ifndef AGAIN_STATS_H
#define AGAIN_STATS_H

#include <again/core.h>

#ifdef __cplusplus
extern "C" {
#endif

struct again_sched;
struct again_scope;

#define AGAIN_DELAY_BUCKETS 24 /* up to 2^22 ms, 70 minutes, and one for more */
#define AGAIN_TRIES_BUCKETS 10 /* up to 256 attempts, and one for more */

/* Counters since again_sched_new (of a scope: since again_scope_init, of its own operations), and gauges.
 * Bucket i of a histogram counts what is at most 2^i and more than 2^(i-1); the last what is more. */
typedef struct again_stats {
  uint64_t submitted;
  uint64_t attempts;
  uint64_t delivered;
  uint64_t surfaced;
  uint64_t retries[AGAIN_CLASS_COUNT];  /* retries decided, by the class of the failed attempt */
  uint64_t stops[AGAIN_REASON_COUNT];   /* operations ended, by reason */
  uint64_t delays[AGAIN_DELAY_BUCKETS]; /* retries, by the ms they were told to wait */
  uint64_t delay_ms;                    /* all of them together */
  uint64_t tries[AGAIN_TRIES_BUCKETS];  /* operations ended, by their attempts */
  uint64_t tries_sum;
  uint32_t waiting;       /* waiting for their time or their turn, now */
  uint32_t in_flight;     /* under way, now */
  uint32_t held;          /* scopes that are held, now; of a scope: 0 or 1 */
  uint32_t backlog;       /* operations taken and not done, now */
  uint64_t backlog_bytes; /* of their requests */
  uint64_t rate_milli;    /* of a scope that is paced: thousandths of a call per second; else 0 */
  uint32_t tokens;        /* of a scope: left in its retry budget */
  bool down;              /* of a scope: it gets no answers and only probes */
} again_stats;

/* A snapshot, of all or of one scope. */
again_stats again_sched_stats(const struct again_sched *sched);
again_stats again_scope_stats(const struct again_scope *scope);

/* Takes a piece of text that is written; `text` is not NUL-terminated. */
typedef void (*again_write_fn)(void *data, const char *text, size_t length);

/* Writes the statistics of all and of each scope as one JSON object on one line. */
void again_stats_write_json(const struct again_sched *sched, again_write_fn write, void *data);

/* Writes the statistics of each scope in Prometheus' text format 0.0.4, with the names of the scope
 * and of the one above it as labels: their sums are those of all. What scopes did that are no more
 * is told of a scope "(ended)". Names follow its conventions (base units, _total). */
void again_stats_write_prometheus(const struct again_sched *sched, again_write_fn write,
                                  void *data);

#ifdef __cplusplus
}
#endif

#endif
