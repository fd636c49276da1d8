/* Statistics as text for other programs: JSON, and Prometheus' text format
 * (https://prometheus.io/docs/instrumenting/exposition_formats/). */
#include "sched/state.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

typedef struct writer {
  again_write_fn write;
  void *data;
} writer;

#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
static void
add(const writer *out, const char *format, ...) {
  char text[192]; /* longer than anything written here but names, which go another way */
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  if (length > 0)
    out->write(out->data, text, (size_t)length < sizeof text ? (size_t)length : sizeof text - 1);
}

/* Bytes of the character of UTF-8 (RFC 3629) that begins here; 0: it is none. */
static size_t character(const unsigned char *at) {
  size_t length = at[0] < 0x80 ? 1 : at[0] < 0xC2 ? 0 : at[0] < 0xE0 ? 2 : at[0] < 0xF0 ? 3 : 4;
  if (length < 2) return length;
  unsigned least = at[0] == 0xE0 ? 0xA0 : at[0] == 0xF0 ? 0x90 : 0x80;
  unsigned most = at[0] == 0xED ? 0x9F : at[0] == 0xF4 ? 0x8F : 0xBF;
  if (at[0] > 0xF4 || at[1] < least || at[1] > most) return 0;
  for (size_t i = 2; i < length; i++) {
    if (at[i] < 0x80 || at[i] > 0xBF) return 0;
  }
  return length;
}

/* A name within quotes. JSON and Prometheus agree on what must be escaped here but for the control
 * characters: those, and what is not UTF-8, become U+FFFD. */
static void add_text(const writer *out, const char *name) {
  for (const char *at = name != NULL ? name : ""; *at != '\0';) {
    size_t length = character((const unsigned char *)at);
    bool bad = length == 0 || ((unsigned char)*at < ' ' && *at != '\n');
    if (*at == '"' || *at == '\\' || *at == '\n') out->write(out->data, "\\", 1);
    const char *shown = bad ? "\xEF\xBF\xBD" : *at == '\n' ? "n" : at;
    out->write(out->data, shown, bad ? 3 : length);
    at += length > 0 ? length : 1;
  }
}

static void add_name(const writer *out, const again_scope *scope) {
  out->write(out->data, "\"", 1);
  add_text(out, scope->name);
  out->write(out->data, "\"", 1);
}

/* The names from the outermost scope down to this one. */
static void add_path(const writer *out, const again_scope *scope) {
  if (scope->parent != NULL) {
    add_path(out, scope->parent);
    out->write(out->data, "/", 1);
  }
  add_text(out, scope->name);
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static void json_counts(const writer *out, const char *title, const char *(*name)(int),
                        const uint64_t *counts, int count) {
  bool first = true;
  add(out, ",\"%s\":{", title);
  for (int i = 0; i < count; i++) {
    if (counts[i] == 0) continue;
    add(out, "%s\"%s\":%" PRIu64, first ? "" : ",", name(i), counts[i]);
    first = false;
  }
  add(out, "}");
}

static void json_buckets(const writer *out, const char *title, const uint64_t *buckets, int count) {
  add(out, ",\"%s\":[", title);
  for (int i = 0; i < count; i++)
    add(out, "%s%" PRIu64, i == 0 ? "" : ",", buckets[i]);
  add(out, "]");
}

static const char *class_name(int value) {
  return again_class_name((again_class)value);
}

static const char *reason_name(int value) {
  return again_reason_name((again_reason)value);
}

static void json_stats(const writer *out, const again_stats *stats) {
  add(out,
      "\"submitted\":%" PRIu64 ",\"attempts\":%" PRIu64 ",\"delivered\":%" PRIu64
      ",\"surfaced\":%" PRIu64,
      stats->submitted, stats->attempts, stats->delivered, stats->surfaced);
  json_counts(out, "retries", class_name, stats->retries, AGAIN_CLASS_COUNT);
  json_counts(out, "stops", reason_name, stats->stops, AGAIN_REASON_COUNT);
  json_buckets(out, "delays", stats->delays, AGAIN_DELAY_BUCKETS);
  add(out, ",\"delay_ms\":%" PRIu64, stats->delay_ms);
  json_buckets(out, "tries", stats->tries, AGAIN_TRIES_BUCKETS);
  add(out, ",\"tries_sum\":%" PRIu64, stats->tries_sum);
  add(out,
      ",\"waiting\":%" PRIu32 ",\"in_flight\":%" PRIu32 ",\"held\":%" PRIu32 ",\"backlog\":%" PRIu32
      ",\"backlog_bytes\":%" PRIu64,
      stats->waiting, stats->in_flight, stats->held, stats->backlog, stats->backlog_bytes);
  add(out, ",\"rate_milli\":%" PRIu64 ",\"tokens\":%" PRIu32 ",\"down\":%s", stats->rate_milli,
      stats->tokens, stats->down ? "true" : "false");
}

/* What the scopes that are no more have done is told under one name. */
static const again_scope gone_scope = {.name = "(ended)"};

static void json_scope(const writer *out, const again_scope *scope, const again_stats *stats,
                       bool first) {
  add(out, "%s{\"name\":", first ? "" : ",");
  add_name(out, scope);
  add(out, ",");
  json_stats(out, stats);
  add(out, "}");
}

void again_stats_write_json(const again_sched *sched, again_write_fn write, void *data) {
  writer out = {write, data};
  add(&out, "{");
  json_stats(&out, &sched->stats);
  add(&out, ",\"scopes\":[");
  for (again_link *at = sched->scopes.next; at != &sched->scopes; at = at->next) {
    const again_scope *scope = AGAIN_LIST_ITEM(at, again_scope, own.all);
    again_stats stats = again_scope_stats(scope);
    json_scope(&out, scope, &stats, at == sched->scopes.next);
  }
  if (sched->gone.submitted > 0)
    json_scope(&out, &gone_scope, &sched->gone, again_list_empty(&sched->scopes));
  add(&out, "]}\n");
}

/* ---- Prometheus ------------------------------------------------------------------------------ */

/* One number of a scope: the metric, its type, its place in again_stats, its sentence. */
#define METRICS(X)                                                                                 \
  X("again_operations_submitted_total", "counter", submitted, "Operations taken.")                 \
  X("again_attempts_total", "counter", attempts, "Attempts begun.")                                \
  X("again_operations_waiting", "gauge", waiting, "Operations that wait for their time or turn.")  \
  X("again_attempts_in_flight", "gauge", in_flight, "Attempts under way.")                         \
  X("again_scope_held", "gauge", held, "1 while the scope is held.")                               \
  X("again_scope_down", "gauge", down, "1 while the scope gets no answers and only probes.")       \
  X("again_retry_budget_tokens", "gauge", tokens, "Tokens left in the retry budget.")              \
  X("again_backlog_bytes", "gauge", backlog_bytes,                                                 \
    "Bytes of the requests not done, with scopes below.")

typedef void (*sample_fn)(const writer *out, const again_scope *scope, const again_stats *stats);

static void head(const writer *out, const char *name, const char *type, const char *help) {
  add(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void label(const writer *out, const char *name, const again_scope *scope) {
  add(out, "%s{scope=", name);
  add_name(out, scope);
  if (scope->parent == NULL) return;
  add(out, ",parent=\""); /* the same name may stand in two places */
  add_path(out, scope->parent);
  add(out, "\"");
}

static void each_scope(const writer *out, const again_sched *sched, sample_fn sample) {
  for (again_link *at = sched->scopes.next; at != &sched->scopes; at = at->next) {
    const again_scope *scope = AGAIN_LIST_ITEM(at, again_scope, own.all);
    again_stats stats = again_scope_stats(scope);
    sample(out, scope, &stats);
  }
  if (sched->gone.submitted > 0) sample(out, &gone_scope, &sched->gone);
}

#define X(name, type, member, help)                                                                \
  static void sample_##member(const writer *out, const again_scope *scope,                         \
                              const again_stats *stats) {                                          \
    label(out, name, scope);                                                                       \
    add(out, "} %" PRIu64 "\n", (uint64_t)stats->member);                                          \
  }
METRICS(X)
#undef X

static void sample_retries(const writer *out, const again_scope *scope, const again_stats *stats) {
  for (int i = 0; i < AGAIN_CLASS_COUNT; i++) {
    if (stats->retries[i] == 0) continue;
    label(out, "again_retries_total", scope);
    add(out, ",class=\"%s\"} %" PRIu64 "\n", class_name(i), stats->retries[i]);
  }
}

static void sample_rate(const writer *out, const again_scope *scope, const again_stats *stats) {
  if (stats->rate_milli == 0) return;
  label(out, "again_pace_calls_per_second", scope);
  add(out, "} %" PRIu64 ".%03" PRIu64 "\n", stats->rate_milli / 1000, stats->rate_milli % 1000);
}

static void sample_stops(const writer *out, const again_scope *scope, const again_stats *stats) {
  for (int i = 0; i < AGAIN_REASON_COUNT; i++) {
    if (stats->stops[i] == 0) continue;
    label(out, "again_operations_done_total", scope);
    add(out, ",reason=\"%s\"} %" PRIu64 "\n", reason_name(i), stats->stops[i]);
  }
}

static void sample_delays(const writer *out, const again_scope *scope, const again_stats *stats) {
  uint64_t sum = 0;
  for (int i = 0; i < AGAIN_DELAY_BUCKETS; i++) {
    sum += stats->delays[i];
    label(out, "again_retry_delay_seconds_bucket", scope);
    if (i < AGAIN_DELAY_BUCKETS - 1) {
      uint64_t ms = UINT64_C(1) << i;
      add(out, ",le=\"%" PRIu64 ".%03" PRIu64 "\"} %" PRIu64 "\n", ms / 1000, ms % 1000, sum);
    } else {
      add(out, ",le=\"+Inf\"} %" PRIu64 "\n", sum);
    }
  }
  label(out, "again_retry_delay_seconds_sum", scope);
  add(out, "} %" PRIu64 ".%03" PRIu64 "\n", stats->delay_ms / 1000, stats->delay_ms % 1000);
  label(out, "again_retry_delay_seconds_count", scope);
  add(out, "} %" PRIu64 "\n", sum);
}

static void sample_tries(const writer *out, const again_scope *scope, const again_stats *stats) {
  uint64_t sum = 0;
  for (int i = 0; i < AGAIN_TRIES_BUCKETS; i++) {
    sum += stats->tries[i];
    label(out, "again_operation_attempts_bucket", scope);
    if (i < AGAIN_TRIES_BUCKETS - 1) {
      add(out, ",le=\"%" PRIu64 "\"} %" PRIu64 "\n", UINT64_C(1) << i, sum);
    } else {
      add(out, ",le=\"+Inf\"} %" PRIu64 "\n", sum);
    }
  }
  label(out, "again_operation_attempts_sum", scope);
  add(out, "} %" PRIu64 "\n", stats->tries_sum);
  label(out, "again_operation_attempts_count", scope);
  add(out, "} %" PRIu64 "\n", sum);
}

void again_stats_write_prometheus(const again_sched *sched, again_write_fn write, void *data) {
  writer out = {write, data};
#define X(name, type, member, help)                                                                \
  head(&out, name, type, help);                                                                    \
  each_scope(&out, sched, sample_##member);
  METRICS(X)
#undef X
  head(&out, "again_pace_calls_per_second", "gauge", "The rate of a scope that is paced.");
  each_scope(&out, sched, sample_rate);
  head(&out, "again_retries_total", "counter", "Retries decided, by the class of the error.");
  each_scope(&out, sched, sample_retries);
  head(&out, "again_operations_done_total", "counter",
       "Operations ended, by reason; ok: delivered.");
  each_scope(&out, sched, sample_stops);
  head(&out, "again_retry_delay_seconds", "histogram", "How long retries were told to wait.");
  each_scope(&out, sched, sample_delays);
  head(&out, "again_operation_attempts", "histogram", "Attempts that an operation took.");
  each_scope(&out, sched, sample_tries);
}
