/* Lines on standard error, and the counters behind the summary. */
#include "report.h"
#include "events.h"
#include "terminal.h"
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TICKS_PER_LINE = 10, TEXT_SIZE = 256 };

struct report {
  bool quiet;
  events *events; /* NULL: none */
  again_ms began;
  tally lines;
  unsigned ticks;
  uint64_t retries_told[AGAIN_CLASS_COUNT];
  char latest[TEXT_SIZE]; /* retry, in words */
};

static again_ms clock_now(void) {
  return uv_hrtime() / 1000000;
}

uint64_t tally_unsettled(const tally *lines) {
  return lines->read - lines->delivered - lines->refused - lines->lost;
}

report *report_open(const char *events_path, bool quiet, char *why, size_t why_size) {
  report *out = calloc(1, sizeof *out);
  if (out == NULL) {
    snprintf(why, why_size, "out of memory");
    return NULL;
  }
  out->quiet = quiet;
  out->began = clock_now();
  if (events_path != NULL) {
    out->events = events_open(events_path, why, why_size);
    if (out->events == NULL) {
      free(out);
      return NULL;
    }
  }
  return out;
}

again_ms report_time(const report *out) {
  return clock_now() - out->began;
}

tally *report_tally(report *out) {
  return &out->lines;
}

static void say(const char *format, va_list arguments) __attribute__((format(printf, 1, 0)));

static void say(const char *format, va_list arguments) {
  char text[2048];
  vsnprintf(text, sizeof text, format, arguments);
  terminal_say(text);
}

void report_note(report *out, const char *format, ...) {
  if (out->quiet) return;
  va_list arguments;
  va_start(arguments, format);
  say(format, arguments);
  va_end(arguments);
}

void report_error(report *out, const char *format, ...) {
  (void)out;
  va_list arguments;
  va_start(arguments, format);
  say(format, arguments);
  va_end(arguments);
}

void report_event(void *data, const again_event *event) {
  report *out = data;
  char text[TEXT_SIZE - 32];
  if (event->kind == AGAIN_EVENT_HELD || event->kind == AGAIN_EVENT_RESUMED) {
    report_note(out, "%s", again_explain(event, text, sizeof text));
    return;
  }
  if (event->kind != AGAIN_EVENT_RETRY && event->kind != AGAIN_EVENT_SURFACED) return;
  again_explain(event, text, sizeof text);
  const char *topic = event->scope->name; /* a topic's id */
  if (event->kind == AGAIN_EVENT_RETRY) {
    snprintf(out->latest, sizeof out->latest, "topic %.20s: %s", topic, text);
  }
  if (out->events != NULL) {
    events_decision(out->events, report_time(out), event, text);
  }
}

void report_refusal(report *out, const refusal *refused) {
  report_note(out, "topic %s: %" PRIu64 " line%s: %s%s%s", refused->topic, refused->lines,
              refused->lines == 1 ? "" : "s", refused->text,
              refused->message[0] != '\0' ? ": " : "", refused->message);
  if (out->events != NULL) events_refused(out->events, report_time(out), refused);
}

void report_reopen(report *out) {
  if (out->events != NULL && !events_reopen(out->events)) {
    report_error(out, "cannot open the file of --events anew: %s; the old one is written to",
                 strerror(errno));
  }
}

/* One line for all retries since the last one. */
static void tell_retries(report *out, const again_stats *stats) {
  uint64_t count = 0;
  char classes[128] = "";
  size_t length = 0;
  for (int i = 0; i < AGAIN_CLASS_COUNT; i++) {
    uint64_t more = stats->retries[i] - out->retries_told[i];
    out->retries_told[i] = stats->retries[i];
    if (more == 0) continue;
    count += more;
    int wrote = snprintf(classes + length, sizeof classes - length, "%s%" PRIu64 " %s",
                         length > 0 ? ", " : "", more, again_class_name((again_class)i));
    if (wrote > 0) length += (size_t)wrote;
  }
  if (count == 0) return;
  report_note(out, "%" PRIu64 " retr%s (%s); the latest: %s", count, count == 1 ? "y" : "ies",
              classes, out->latest);
}

void report_tick(report *out, const again_stats *stats) {
  if (++out->ticks % TICKS_PER_LINE == 0) tell_retries(out, stats);
  if (out->events == NULL) return;
  events_status(out->events, report_time(out), &out->lines, stats, false);
  const char *error = events_error(out->events);
  if (error != NULL) report_error(out, "%s", error);
}

void report_summary(report *out, const again_stats *stats, const char *dead_letters) {
  tell_retries(out, stats);
  again_ms time = report_time(out);
  if (out->events != NULL) {
    events_status(out->events, time, &out->lines, stats, true);
    uint64_t dropped = events_dropped(out->events);
    if (dropped > 0) {
      report_error(out, "%" PRIu64 " events were left out: nothing reads them", dropped);
    }
  }
  if (out->quiet) return;
  const tally *lines = &out->lines;
  uint64_t retries = 0;
  for (int i = 0; i < AGAIN_CLASS_COUNT; i++)
    retries += stats->retries[i];
  fprintf(stderr,
          "lines read    %10" PRIu64 "\n"
          "delivered     %10" PRIu64 "\n"
          "dead letters  %10" PRIu64 "%s%s\n"
          "not settled   %10" PRIu64 "%s\n",
          lines->read, lines->delivered, lines->refused, lines->refused > 0 ? "  " : "",
          lines->refused > 0 ? dead_letters : "", tally_unsettled(lines),
          tally_unsettled(lines) > 0 ? "  the next start continues here" : "");
  if (lines->lost > 0) {
    fprintf(stderr, "lost          %10" PRIu64 "  standard input cannot be read again\n",
            lines->lost);
  }
  fprintf(stderr,
          "calls         %10" PRIu64 "  for %" PRIu64 " delivered batch%s\n"
          "retries       %10" PRIu64 "  retryable %" PRIu64 ", throttled %" PRIu64 ", auth %" PRIu64
          "\n"
          "time          %9" PRIu64 ".%" PRIu64 "s\n",
          stats->attempts, stats->delivered, stats->delivered == 1 ? "" : "es", retries,
          stats->retries[AGAIN_CLASS_RETRYABLE], stats->retries[AGAIN_CLASS_THROTTLED],
          stats->retries[AGAIN_CLASS_AUTH], time / 1000, time % 1000 / 100);
}

void report_close(report *out) {
  if (out == NULL) return;
  events_close(out->events);
  free(out);
}
