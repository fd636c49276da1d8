/* The stream of --events. */
#include "events.h"
#include "disk.h"
#include "record.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WAIT_MS = 1000 };

struct events {
  int fd;       /* -1: a write has failed */
  bool regular; /* a file: writing does not wait for a reader */
  bool stalled; /* the reader was waited for in vain */
  uint64_t dropped;
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
  struct stat found;
  out->regular = out->fd >= 0 && fstat(out->fd, &found) == 0 && S_ISREG(found.st_mode);
  if (out->fd >= 0) return out;
  snprintf(why, why_size, "cannot write %s: %s; name another file with --events", path,
           strerror(errno));
  events_close(out);
  return NULL;
}

/* Can a line of this length be written without waiting longer than a slow reader deserves? The
 * descriptor may be shared with other processes, so it is not made non-blocking. */
static bool has_room(events *out, size_t length, bool patient) {
  if (out->regular) return true;
  struct pollfd writing = {.fd = out->fd, .events = POLLOUT};
  bool room = length <= PIPE_BUF && poll(&writing, 1, out->stalled && !patient ? 0 : WAIT_MS) == 1;
  out->stalled = !room;
  return room;
}

static void write_text(events *out, const char *text, size_t length) {
  if (disk_write(out->fd, text, length)) return;
  snprintf(out->error, sizeof out->error, "cannot write %s: %s; no more events are written",
           out->path, strerror(errno));
  close(out->fd);
  out->fd = -1;
}

/* Says how many were left out, if there are any. False: there is no room for more. */
static bool tell_dropped(events *out, bool patient) {
  char text[96];
  if (out->dropped == 0) return true;
  int length =
      snprintf(text, sizeof text, "{\"event\":\"dropped\",\"count\":%" PRIu64 "}\n", out->dropped);
  if (!has_room(out, (size_t)length, patient)) return false;
  write_text(out, text, (size_t)length);
  out->dropped = 0;
  return out->fd >= 0;
}

/* Writes and frees a record; `complete` is false if memory ran out while it was made. */
static void write_record(events *out, json_object *record, bool complete, bool patient) {
  size_t length = 0;
  const int form = JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE;
  const char *text = complete ? json_object_to_json_string_length(record, form, &length) : NULL;
  char *line = text != NULL ? malloc(length + 1) : NULL;
  if (line != NULL) {
    memcpy(line, text, length);
    line[length] = '\n'; /* in one piece: no other line gets between */
  }
  if (line != NULL && tell_dropped(out, patient) && has_room(out, length + 1, patient)) {
    write_text(out, line, length + 1);
  } else {
    out->dropped++;
  }
  free(line);
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
  write_record(out, record, complete, final);
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
  write_record(out, record, complete, false);
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
  write_record(out, record, complete, false);
}

uint64_t events_dropped(const events *out) {
  return out->dropped;
}

const char *events_error(events *out) {
  if (out->error[0] == '\0' || out->error_told) return NULL;
  out->error_told = true;
  return out->error;
}

bool events_reopen(events *out) {
  if (!out->regular || strncmp(out->path, "/dev/", 5) == 0) return true;
  int fd = open_path(out->path);
  if (fd < 0) return false;
  if (out->fd >= 0) close(out->fd);
  out->fd = fd;
  out->error[0] = '\0'; /* of the old one */
  out->error_told = false;
  return true;
}

void events_close(events *out) {
  if (out == NULL) return;
  if (out->fd >= 0) close(out->fd);
  free(out->path);
  free(out);
}
