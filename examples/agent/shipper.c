/* Lines into batches, batches to the library, what comes back into the account. */
#include "shipper.h"
#include "fate.h"
#include "parcel.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct shipper {
  shipping *shared;
  again_cls_topic *topic;
  char *file;
  bool rereadable;
  uv_timer_t linger;
  parcels queue;
  parcel *open;  /* the last of the queue, while it gathers lines */
  parcel *ready; /* the first that is complete and waits for its turn */
  size_t sent;   /* parcels with the library */
  size_t ended;  /* and those that have come back since shipper_noted */
  uint64_t held; /* memory */
  spans known;   /* settled ahead at the last start, as far as it was not read yet */
};

enum { FULL_WAIT_MS = 50 }; /* until the library is asked again whether there is room */

static void fail(shipping *shared, const char *what, int error) {
  if (shared->failed) return;
  shared->failed = true;
  snprintf(shared->error, sizeof shared->error, "%s: %s", what, again_error_text(error));
}

/* What was read for nothing, because something here failed. A file is read again. */
static void lose(const shipper *from, uint64_t lines) {
  if (!from->rereadable) report_tally(from->shared->report)->lost += lines;
}

/* ---- Dead letters ---------------------------------------------------------------------------- */

static bool write_letter(shipper *from, const dead_letter *letter) {
  shipping *shared = from->shared;
  char why[sizeof shared->error];
  if (dead_letters_add(shared->letters, letter, why, sizeof why)) return true;
  if (!shared->failed) memcpy(shared->error, why, sizeof why);
  shared->failed = true;
  shared->state_lost = true;
  return false;
}

/* A line, or a piece of one, that CLS takes in no batch. */
static void refuse_too_long(shipper *from, const line *found, int64_t time_ms) {
  static const char message[] =
      "CLS takes values of up to 1048576 bytes; longer lines come in pieces";
  parcel *made = parcels_append(&from->queue, found);
  if (made == NULL) {
    fail(from->shared, "cannot take a line", AGAIN_ENOMEM);
    lose(from, found->last);
    return;
  }
  const char *topic = again_cls_topic_id(from->topic);
  dead_letter letter = {.time_ms = time_ms,
                        .topic = topic,
                        .file = from->file,
                        .offset = found->offset,
                        .code = "LineTooLong",
                        .error_class = again_class_name(AGAIN_CLASS_FATAL),
                        .reason = again_reason_name(AGAIN_REASON_FATAL),
                        .message = message,
                        .request_id = "",
                        .line = found->text,
                        .length = found->length};
  made->settled = write_letter(from, &letter);
  if (made->settled && found->last) {
    report_tally(from->shared->report)->refused++;
    refusal refused = {.topic = topic,
                       .code = letter.code,
                       .error_class = letter.error_class,
                       .reason = letter.reason,
                       .message = message,
                       .request_id = "",
                       .lines = 1,
                       .text = "fatal LineTooLong: not sent"};
    report_refusal(from->shared->report, &refused);
  } else if (found->last) {
    lose(from, 1);
  }
  parcels_advance(&from->queue);
}

/* ---- Settling -------------------------------------------------------------------------------- */

static void report_part(shipper *from, const again_cls_part *part) {
  const again_result *result = part->result;
  char text[256];
  refusal refused = {.topic = again_cls_topic_id(from->topic),
                     .code = result->code,
                     .error_class = fate_class(result),
                     .reason = again_reason_name(result->reason),
                     .message = result->message,
                     .request_id = result->request_id,
                     .attempts = result->attempts,
                     .lines = part->count,
                     .text = fate_explain(result, text, sizeof text)};
  report_refusal(from->shared->report, &refused);
}

static bool write_part(shipper *from, const parcel *sent, const again_cls_part *part) {
  const again_result *result = part->result;
  dead_letter letter = {.topic = again_cls_topic_id(from->topic),
                        .file = from->file,
                        .code = result->code,
                        .error_class = fate_class(result),
                        .reason = again_reason_name(result->reason),
                        .message = result->message,
                        .request_id = result->request_id,
                        .attempts = result->attempts};
  for (size_t i = part->first; i < part->first + part->count; i++) {
    letter.time_ms = sent->marks[i].time_ms;
    letter.offset = sent->marks[i].offset;
    letter.line = parcel_line(sent, i, &letter.length);
    if (!write_letter(from, &letter)) return false;
  }
  return true;
}

static void block(shipper *from, const again_result *result) {
  shipping *shared = from->shared;
  if (shared->blocked) return;
  shared->blocked = true;
  if (shared->failed) return;
  char text[256];
  snprintf(shared->error, sizeof shared->error,
           "topic %s: %s%s%s; that concerns the %s, not these lines: put it right and start again",
           again_cls_topic_id(from->topic), fate_explain(result, text, sizeof text),
           result->message[0] != '\0' ? ": " : "", result->message,
           again_damage_name(result->verdict.damage));
}

/* True if the part's lines are settled. */
static bool settle_part(shipper *from, const parcel *sent, const again_cls_part *part) {
  tally *lines = report_tally(from->shared->report);
  lines->sent -= part->count;
  if (part->result->reason == AGAIN_REASON_OK) {
    lines->delivered += part->count;
    lines->delivered_bytes += parcel_bytes(sent, part->first, part->count);
    return true;
  }
  if (fate_is_interrupted(part->result->reason) && from->rereadable) return false;
  if (fate_concerns_all(part->result)) {
    block(from, part->result);
    if (from->rereadable) return false;
  }
  if (!write_part(from, sent, part)) {
    lose(from, part->count);
    return false;
  }
  lines->refused += part->count;
  report_part(from, part);
  return true;
}

static void settle(parcel *sent, again_cls_batch *batch, const again_cls_result *result) {
  shipper *from = sent->owner;
  from->sent--;
  from->ended++;
  sent->settled = true;
  for (size_t i = 0; i < result->part_count; i++) {
    const again_cls_part *part = &result->parts[i];
    if (!settle_part(from, sent, part)) parcel_unsettle(sent, part->first);
  }
  from->held -= parcel_cost(sent->count, sent->length);
  again_cls_batch_free(batch);
  parcel_empty(sent);
  parcels_advance(&from->queue);
}

/* ---- Gathering and sending ------------------------------------------------------------------- */

static void on_done(void *data, again_cls_batch *batch, const again_cls_result *result);

/* False: the backlog that the policy allows is full; it stays ready. */
static bool send_parcel(shipper *from, parcel *full, bool may_wait) {
  from->sent++;
  report_tally(from->shared->report)->sent += full->count;
  int error = again_cls_send(from->topic, full->batch, AGAIN_NEVER, on_done, full, NULL);
  if (error == 0) {
    from->shared->under_way++;
    return true;
  }
  if (error == AGAIN_EFULL && may_wait && from->shared->under_way > 0) {
    from->sent--;
    report_tally(from->shared->report)->sent -= full->count;
    return false;
  }
  /* The batch was not taken: it ends here, as if it had been cancelled. */
  if (error != AGAIN_ECLOSING) fail(from->shared, "cannot send a batch", error);
  again_result cancelled = {.reason = AGAIN_REASON_CANCELLED,
                            .code = again_error_name(error),
                            .message = again_error_text(error),
                            .request_id = ""};
  again_cls_part whole = {.first = 0, .count = full->count, .result = &cancelled};
  again_cls_result result = {.refused = full->count, .parts = &whole, .part_count = 1};
  settle(full, full->batch, &result);
  return true;
}

static void on_linger(uv_timer_t *timer);

/* Hands over complete parcels, as long as fewer than `most` are with the library or not noted. */
static void send_ready(shipper *from, uint64_t most) {
  while (from->ready != NULL && from->sent + from->ended < most) {
    parcel *next = from->ready;
    from->ready = parcels_after(next, from->open);
    if (send_parcel(from, next, most != UINT64_MAX)) continue;
    from->ready = next;
    uv_timer_start(&from->linger, on_linger, FULL_WAIT_MS, 0);
    break;
  }
  again_cls_topic_more(from->topic, from->ready != NULL);
}

static void on_done(void *data, again_cls_batch *batch, const again_cls_result *result) {
  parcel *sent = data;
  shipper *from = sent->owner;
  from->shared->under_way--;
  settle(sent, batch, result);
}

void shipper_noted(shipper *from) {
  if (from->ended == 0) return;
  from->ended = 0;
  send_ready(from, from->shared->window);
}

void shipper_flush(shipper *from) {
  parcel *full = from->open;
  from->open = NULL;
  uv_timer_stop(&from->linger);
  if (from->ready == NULL) from->ready = full;
  send_ready(from, from->shared->window);
}

void shipper_send_all(shipper *from) {
  shipper_flush(from);
  send_ready(from, UINT64_MAX);
}

static void on_linger(uv_timer_t *timer) {
  shipper_flush(timer->data);
}

static int open_parcel(shipper *to, const line *first) {
  again_cls_batch_options options = {.source = to->shared->source, .filename = to->file};
  again_cls_batch *batch = NULL;
  int error = again_cls_batch_new(&options, &batch);
  if (error != 0) return error;
  to->open = parcels_append(&to->queue, first);
  if (to->open == NULL) {
    again_cls_batch_free(batch);
    return AGAIN_ENOMEM;
  }
  to->open->owner = to;
  to->open->batch = batch;
  uv_timer_start(&to->linger, on_linger, to->shared->linger, 0);
  return 0;
}

/* Adds to the open parcel, or to a new one. AGAIN_ELIMIT: the line alone is too much. */
static int add_line(shipper *to, const line *found, int64_t time_ms) {
  char offset[24];
  int digits = snprintf(offset, sizeof offset, "%" PRIu64, found->offset);
  again_cls_field fields[] = {{"content", 7, found->text, found->length},
                              {"offset", 6, offset, (size_t)digits}};
  size_t bytes = found->length + (size_t)digits;
  if (to->open != NULL &&
      again_cls_batch_bytes(to->open->batch) + bytes > to->shared->batch_bytes) {
    shipper_flush(to);
  }
  for (;;) {
    bool fresh = to->open == NULL;
    int error = fresh ? open_parcel(to, found) : 0;
    if (error == 0 && !parcel_reserve(to->open, found)) error = AGAIN_ENOMEM;
    if (error == 0) error = again_cls_batch_add(to->open->batch, time_ms, fields, 2);
    if (error != AGAIN_ELIMIT || fresh) return error;
    shipper_flush(to);
  }
}

/* Takes back a parcel to which nothing could be added: the last one. */
static void drop_empty(shipper *from) {
  parcel *empty = from->open;
  if (empty == NULL || empty->count > 0) return;
  again_cls_batch_free(empty->batch);
  from->open = NULL;
  uv_timer_stop(&from->linger);
  parcels_drop_last(&from->queue);
}

static int64_t wall_clock_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void shipper_take(void *data, const line *found) {
  shipper *to = data;
  if (spans_hold(&to->known, found->begin, found->end)) {
    shipper_flush(to);
    if (!parcels_pass(&to->queue, found)) fail(to->shared, "cannot take a line", AGAIN_ENOMEM);
    return;
  }
  tally *lines = report_tally(to->shared->report);
  lines->read += found->last;
  lines->read_bytes += found->length;
  if (to->shared->failed) {
    lose(to, found->last);
    return;
  }
  int64_t time_ms = wall_clock_ms();
  int error = found->too_long ? AGAIN_ELIMIT : add_line(to, found, time_ms);
  if (error == AGAIN_ELIMIT) {
    drop_empty(to);
    shipper_flush(to);
    refuse_too_long(to, found, time_ms);
    return;
  }
  if (error != 0) {
    drop_empty(to);
    fail(to->shared, "cannot take a line", error);
    lose(to, found->last);
    return;
  }
  parcel_keep(to->open, found, time_ms);
  to->held += parcel_cost(1, found->length);
  if (to->open->count >= to->shared->batch_lines ||
      again_cls_batch_bytes(to->open->batch) >= to->shared->batch_bytes) {
    shipper_flush(to);
  }
}

/* ---- The rest -------------------------------------------------------------------------------- */

shipper *shipper_new(shipping *shared, again_cls_topic *topic, const char *file, uint64_t begin,
                     bool rereadable) {
  shipper *made = calloc(1, sizeof *made);
  if (made == NULL) return NULL;
  made->file = strdup(file);
  if (made->file == NULL) {
    free(made);
    return NULL;
  }
  made->shared = shared;
  made->topic = topic;
  made->rereadable = rereadable;
  made->queue.settled = begin;
  uv_timer_init(shared->loop, &made->linger);
  made->linger.data = made;
  return made;
}

bool shipper_has_ended(const shipper *from) {
  return from->ended > 0;
}

uint64_t shipper_settled(const shipper *from) {
  return from->queue.settled;
}

uint64_t shipper_held(const shipper *from) {
  return from->held;
}

void shipper_know(shipper *to, const spans *settled) {
  to->known = *settled;
}

void shipper_ahead(const shipper *from, spans *settled) {
  parcels_ahead(&from->queue, &from->known, settled);
}

bool shipper_idle(const shipper *from) {
  return from->open == NULL && from->ready == NULL && from->sent == 0;
}

void shipper_restart(shipper *from, uint64_t begin) {
  from->queue.settled = begin;
  from->known.count = 0;
}

static void on_closed(uv_handle_t *handle) {
  shipper *from = handle->data;
  parcels_free(&from->queue);
  free(from->file);
  free(from);
}

void shipper_close(shipper *from) {
  if (from != NULL) uv_close((uv_handle_t *)&from->linger, on_closed);
}
