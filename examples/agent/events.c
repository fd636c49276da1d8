/* The stream of --events. */
#include "events.h"
#include "disk.h"
#include "record.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct events {
  int fd; /* -1: a write has failed */
  char *path;
  char error[256];
  bool error_told;
};

/* A pipe that is open already: opening it again by its name fails where it is a socket. */
static int open_path(const char *path) {
  static const char folder[] = "/dev/fd/";
  if (strncmp(path, folder, sizeof folder - 1) != 0) {
    return open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  }
  char *end = NULL;
  const char *number = path + sizeof folder - 1;
  long fd = strtol(number, &end, 10);
  errno = EBADF;
  if (end == number || *end != '\0' || fd < 0 || fd > 65535) return -1;
  return fcntl((int)fd, F_DUPFD_CLOEXEC, 0);
}

events *events_open(const char *path, char *why, size_t why_size) {
  events *out = calloc(1, sizeof *out);
  if (out != NULL) out->path = strdup(path);
  if (out == NULL || out->path == NULL) {
    free(out);
    snprintf(why, why_size, "out of memory");
    return NULL;
  }
  out->fd = open_path(path);
  if (out->fd >= 0) return out;
  snprintf(why, why_size, "cannot write %s: %s; name another file with --events", path,
           strerror(errno));
  events_close(out);
  return NULL;
}

/* Writes and frees a record; `complete` is false if memory ran out while it was made. */
static void write_record(events *out, json_object *record, bool complete) {
  size_t length = 0;
  const int form = JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE;
  const char *text = complete ? json_object_to_json_string_length(record, form, &length) : NULL;
  errno = ENOMEM;
  if (out->fd >= 0 &&
      (text == NULL || !disk_write(out->fd, text, length) || !disk_write(out->fd, "\n", 1))) {
    snprintf(out->error, sizeof out->error, "cannot write %s: %s; no more events are written",
             out->path, strerror(errno));
    close(out->fd);
    out->fd = -1;
  }
  json_object_put(record);
}

static bool put_text(json_object *record, const char *key, const char *text) {
  return record_put(record, key, json_object_new_string(text));
}

static bool put_count(json_object *record, const char *key, uint64_t count) {
  return record_put(record, key, json_object_new_uint64(count));
}

static json_object *new_record(const char *event, again_ms time) {
  json_object *record = json_object_new_object();
  if (record != NULL && put_text(record, "event", event) && put_count(record, "t_ms", time)) {
    return record;
  }
  json_object_put(record);
  return NULL;
}

static json_object *retries_of(const again_stats *stats) {
  json_object *retries = json_object_new_object();
  if (retries == NULL) return NULL;
  for (int i = AGAIN_CLASS_RETRYABLE; i <= AGAIN_CLASS_AUTH; i++) {
    if (!put_count(retries, again_class_name((again_class)i), stats->retries[i])) {
      json_object_put(retries);
      return NULL;
    }
  }
  return retries;
}

/* Lines not settled and not in flight. Which lines a request carries is the library's business:
 * those in flight are the sent ones in the proportion of requests in flight to all requests, which
 * is exact where batches are of one size. */
static uint64_t waiting_lines(const tally *lines, const again_stats *stats) {
  uint64_t unsettled = tally_unsettled(lines);
  uint64_t requests = (uint64_t)stats->waiting + stats->in_flight;
  uint64_t flying = requests > 0 ? lines->sent * stats->in_flight / requests : 0;
  return unsettled > flying ? unsettled - flying : 0;
}

void events_status(events *out, again_ms time, const tally *lines, const again_stats *stats,
                   bool final) {
  if (out->fd < 0) return;
  json_object *record = new_record("status", time);
  bool complete = record != NULL && put_count(record, "read", lines->read) &&
                  put_count(record, "delivered", lines->delivered) &&
                  put_count(record, "refused", lines->refused) &&
                  put_count(record, "lost", lines->lost) &&
                  put_count(record, "waiting", waiting_lines(lines, stats)) &&
                  put_count(record, "in_flight", stats->in_flight) &&
                  put_count(record, "calls", stats->attempts) &&
                  put_count(record, "batches", stats->delivered) &&
                  record_put(record, "retries", retries_of(stats)) &&
                  record_put(record, "final", json_object_new_boolean(final));
  write_record(out, record, complete);
}

void events_decision(events *out, again_ms time, const again_event *event, const char *text) {
  if (out->fd < 0) return;
  const again_result *result = event->result;
  const char *error_class =
      event->verdict != NULL ? again_class_name(event->verdict->error_class) : "";
  json_object *record = new_record("decision", time);
  bool complete = record != NULL && put_text(record, "topic", event->scope->name) &&
                  put_text(record, "kind", again_event_name(event->kind)) &&
                  put_text(record, "class", error_class) &&
                  put_text(record, "code", result->code) &&
                  put_count(record, "status", (uint64_t)result->status) &&
                  put_count(record, "attempt", event->attempt) &&
                  put_text(record, "reason", again_reason_name(result->reason)) &&
                  put_text(record, "text", text);
  write_record(out, record, complete);
}

void events_refused(events *out, again_ms time, const refusal *refused) {
  if (out->fd < 0) return;
  json_object *record = new_record("refused", time);
  bool complete = record != NULL && put_text(record, "topic", refused->topic) &&
                  put_text(record, "code", refused->code) &&
                  put_text(record, "class", refused->error_class) &&
                  put_text(record, "reason", refused->reason) &&
                  put_text(record, "message", refused->message) &&
                  put_text(record, "request_id", refused->request_id) &&
                  put_count(record, "attempts", refused->attempts) &&
                  put_count(record, "lines", refused->lines);
  write_record(out, record, complete);
}

const char *events_error(events *out) {
  if (out->error[0] == '\0' || out->error_told) return NULL;
  out->error_told = true;
  return out->error;
}

void events_close(events *out) {
  if (out == NULL) return;
  if (out->fd >= 0) close(out->fd);
  free(out->path);
  free(out);
}
