/* Counting. */
#include "sched/state.h"

/* The bucket of a value: the least i with value <= 2^i, or the last one. */
static unsigned bucket_of(uint64_t value, unsigned buckets) {
  unsigned i = 0;
#if defined(__GNUC__)
  if (value > 1) i = 64u - (unsigned)__builtin_clzll(value - 1);
#else
  while (i < 63 && value > UINT64_C(1) << i)
    i++;
#endif
  return i < buckets - 1 ? i : buckets - 1;
}

void again_stats_retry(again_op *op, again_class error_class, again_ms delay) {
  again_stats *own = &op->own.scope->own.stats;
  again_stats *all = &op->own.sched->stats;
  unsigned bucket = bucket_of(delay, AGAIN_DELAY_BUCKETS);
  again_count(op, retries[error_class]);
  again_count(op, delays[bucket]);
  own->delay_ms = again_ms_add(own->delay_ms, delay);
  all->delay_ms = again_ms_add(all->delay_ms, delay);
}

void again_stats_end(again_op *op) {
  const again_result *result = &op->own.result;
  again_count(op, stops[result->reason]);
  again_count(op, tries[bucket_of(result->attempts, AGAIN_TRIES_BUCKETS)]);
  op->own.scope->own.stats.tries_sum += result->attempts;
  op->own.sched->stats.tries_sum += result->attempts;
  if (result->reason == AGAIN_REASON_OK) {
    again_count(op, delivered);
  } else {
    again_count(op, surfaced);
  }
}

static void add_all(uint64_t *to, const uint64_t *counts, int count) {
  for (int i = 0; i < count; i++)
    to[i] += counts[i];
}

void again_stats_keep(again_scope *scope) {
  const again_stats *own = &scope->own.stats;
  again_stats *gone = &scope->own.sched->gone;
  gone->submitted += own->submitted;
  gone->attempts += own->attempts;
  gone->delivered += own->delivered;
  gone->surfaced += own->surfaced;
  add_all(gone->retries, own->retries, AGAIN_CLASS_COUNT);
  add_all(gone->stops, own->stops, AGAIN_REASON_COUNT);
  add_all(gone->delays, own->delays, AGAIN_DELAY_BUCKETS);
  add_all(gone->tries, own->tries, AGAIN_TRIES_BUCKETS);
  gone->delay_ms = again_ms_add(gone->delay_ms, own->delay_ms);
  gone->tries_sum += own->tries_sum;
}

again_stats again_sched_stats(const again_sched *sched) {
  return sched->stats;
}

again_stats again_scope_stats(const again_scope *scope) {
  again_stats stats = scope->own.stats;
  stats.waiting = scope->own.operations - stats.in_flight;
  stats.held = scope->own.held ? 1 : 0;
  stats.tokens = again_scope_tokens(scope);
  bool paces = again_pace_on(scope); /* not, perhaps, since another policy is in force */
  again_pacer_state pacer = paces ? again_pacer_state_of(&scope->own.pacer) : AGAIN_PACER_FREE;
  stats.down = pacer == AGAIN_PACER_DOWN;
  if (pacer == AGAIN_PACER_PACED) {
    stats.rate_milli = again_pacer_rate(&scope->own.pacer, scope->own.sched->now);
  }
  stats.backlog = scope->own.backlog;
  stats.backlog_bytes = scope->own.backlog_bytes;
  return stats;
}
