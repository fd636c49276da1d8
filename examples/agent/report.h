/* What people and programs are told: lines on standard error, events as lines of JSON. */
#ifndef AGENT_REPORT_H
#define AGENT_REPORT_H

#include <again/cls.h>

typedef struct report report;

/* Lines of the inputs, counted where they go. */
typedef struct tally {
  uint64_t read;
  uint64_t delivered;
  uint64_t refused;    /* in the dead letters */
  uint64_t lost;       /* read from standard input, and neither: something here failed */
  uint64_t read_bytes; /* of lines, without their newlines */
  uint64_t delivered_bytes;
  uint64_t sent; /* in batches that are with the library now */
} tally;

/* Lines that were read and are neither delivered, refused nor lost. */
uint64_t tally_unsettled(const tally *lines);

/* Why lines were refused. Texts may be "". */
typedef struct refusal {
  const char *topic;
  const char *code;
  const char *error_class;
  const char *reason;
  const char *message;
  const char *request_id;
  uint32_t attempts;
  uint64_t lines;
  const char *text; /* in one line, for people */
} refusal;

/* `events` may be NULL: a file, or /dev/fd/N. NULL: `why` says what is wrong and what to do. */
report *report_open(const char *events, bool quiet, char *why, size_t why_size);

/* The time since report_open. */
again_ms report_time(const report *out);

/* The counters: the shippers count in them. */
tally *report_tally(report *out);

/* An again_event_fn whose data is the report. */
void report_event(void *out, const again_event *event);

void report_refusal(report *out, const refusal *refused);

/* A line for people; an error is printed with --quiet, too. */
void report_note(report *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
void report_error(report *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Opens the file of the events anew. */
void report_reopen(report *out);

/* Ten times a second: the state of affairs, and what was retried. */
void report_tick(report *out, const again_stats *stats);

/* At the end: the last status, and the summary. */
void report_summary(report *out, const again_stats *stats, const char *dead_letters);

void report_close(report *out);

#endif
