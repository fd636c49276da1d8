/* libmicrohttpd calls again_exchange_serve first with the headers, then with each piece of the body,
 * then with none: then the answer is decided, once, and sent; or the connection is suspended until
 * the answer is due, and there is one call more. */
#include "emulator/exchange.h"
#include "emulator/clock.h"
#include "emulator/control.h"
#include "emulator/reply.h"
#include "emulator/request.h"
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* Room above the limit of a body, so that the limit's own check can speak. What is larger is read and
 * thrown away before it is answered, as a client that is still sending would miss the answer; but
 * not without end. */
enum { BODY_MAX = AGAIN_REQUEST_RAW_MAX + 64 * 1024, DISCARD_MAX = 64 * 1024 * 1024 };

/* Of all bodies that are being received: however many connections send, memory has an end. */
enum { HELD_MAX = 512 * 1024 * 1024 };

static const char upload_path[] = "/structuredlog";

struct again_exchange {
  struct MHD_Connection *connection;
  uint8_t *body;
  size_t length;
  size_t room;
  size_t received; /* with what was thrown away */
  bool oversize;
  bool starved;
  bool decided;
  bool cut;   /* no answer: the connection is closed */
  bool reset; /* that, with a TCP reset */
  again_answer answer;
  bool played; /* the answer is the script's */
  char *page;  /* its body, if it is no error body */
  char *retry_after;
  char request_id[40];
  char date[AGAIN_EMULATOR_DATE_SIZE];
  again_ms due;
  again_exchange *next;
};

/* False: there is no memory. */
static bool make_room(again_emulator *emulator, again_exchange *exchange, size_t length) {
  if (length <= exchange->room) return true;
  size_t room = length * 2 < BODY_MAX ? length * 2 : BODY_MAX;
  size_t more = room - exchange->room;
  uint8_t *grown = more <= HELD_MAX - emulator->held ? realloc(exchange->body, room) : NULL;
  if (grown == NULL) return false;
  emulator->held += more;
  exchange->body = grown;
  exchange->room = room;
  return true;
}

static void append(again_emulator *emulator, again_exchange *exchange, const char *piece,
                   size_t size) {
  exchange->received += size;
  if (exchange->oversize || exchange->starved) return;
  exchange->oversize = size > BODY_MAX - exchange->length;
  if (exchange->oversize) return;
  exchange->starved = !make_room(emulator, exchange, exchange->length + size);
  if (exchange->starved) return;
  memcpy(exchange->body + exchange->length, piece, size);
  exchange->length += size;
}

static const char *header_of(void *data, const char *name) {
  return MHD_lookup_connection_value(data, MHD_HEADER_KIND, name);
}

static const char *param_of(void *data, const char *name) {
  return MHD_lookup_connection_value(data, MHD_GET_ARGUMENT_KIND, name);
}

/* What the service says of itself, without a script. */
static bool serve(again_emulator *emulator, again_exchange *exchange, again_request *request,
                  bool decoded, again_ms now, int64_t wall_ms) {
  again_answer undecoded = exchange->answer;
  bool valid = again_request_check_head(request, emulator->secret_id, emulator->secret_key,
                                        wall_ms / 1000, &exchange->answer);
  if (!valid) return false;
  if (!decoded) {
    exchange->answer = undecoded;
    return false;
  }
  if (!again_request_check_limits(request, &exchange->answer)) return false;
  again_quota_says says =
      again_quota_take(&emulator->quota, request->topic, request->body_length, now);
  if (says != AGAIN_QUOTA_TAKEN) {
    return again_answer_refuse(&exchange->answer, 429, "SpeedQuotaExceed",
                               "more %s for this topic than its quota allows",
                               says == AGAIN_QUOTA_NO_BYTES ? "bytes" : "requests");
  }
  again_store_request stored = {.topic = request->topic,
                                .request_id = exchange->request_id,
                                .raw = request->raw,
                                .raw_length = request->raw_length,
                                .list = request->list};
  again_store_add(&emulator->store, &stored, &emulator->tally.stats);
  again_tally_stored(&emulator->tally, request->topic, request->logs);
  exchange->answer = (again_answer){.status = 200};
  return true;
}

static char *copy(const char *text, bool *whole) {
  char *made = text != NULL ? strdup(text) : NULL;
  *whole = *whole && (text == NULL || made != NULL);
  return made;
}

/* What a fault says instead; false: the request is served after all. The fault may be removed before
 * its answer goes out, so nothing of it is kept. */
static bool play(again_exchange *exchange, const again_script_fault *fault) {
  if (fault == NULL) return false;
  exchange->reset = fault->kind == AGAIN_SCRIPT_RESET;
  exchange->cut = exchange->reset || fault->kind == AGAIN_SCRIPT_CLOSE_BEFORE ||
                  fault->kind == AGAIN_SCRIPT_CLOSE_AFTER;
  if (fault->kind == AGAIN_SCRIPT_CLOSE_AFTER) return false;
  bool whole = true;
  exchange->played = true;
  exchange->page = copy(fault->body, &whole);
  exchange->retry_after = copy(fault->retry_after, &whole);
  exchange->cut = exchange->cut || !whole;
  exchange->answer.status = fault->status;
  if (fault->kind == AGAIN_SCRIPT_CODE) {
    again_answer_refuse(&exchange->answer, fault->status, fault->code, "a scripted fault");
  }
  return true;
}

static void count(again_emulator *emulator, const again_exchange *exchange, const char *topic) {
  if (exchange->cut) {
    again_tally_broken(&emulator->tally, topic);
    return;
  }
  again_tally_by by = exchange->played                 ? AGAIN_TALLY_SCRIPT
                      : exchange->answer.status == 429 ? AGAIN_TALLY_QUOTA
                                                       : AGAIN_TALLY_SERVICE;
  again_tally_answer(&emulator->tally, topic, &exchange->answer, by);
}

static void decide_locked(again_emulator *emulator, again_exchange *exchange) {
  again_ms now = again_emulator_monotonic();
  int64_t wall_ms = again_emulator_wall_ms() + again_script_clock(&emulator->script, now);
  const char *topic = param_of(exchange->connection, "topic_id");
  again_request request = {
      .head = {.method = "POST",
               .path = upload_path,
               .authorization = header_of(exchange->connection, "Authorization"),
               .header = header_of,
               .param = param_of,
               .data = exchange->connection},
      .topic = topic != NULL ? topic : "",
      .body = exchange->body,
      .body_length = exchange->length,
  };
  bool decoded = again_request_decode(&request, &exchange->answer);
  again_script_request asked = {.topic = request.topic,
                                .logs = request.logs,
                                .now = now,
                                .compression =
                                    header_of(exchange->connection, "x-cls-compress-type"),
                                .contains = again_request_contains,
                                .data = &request};
  snprintf(exchange->request_id, sizeof exchange->request_id, "emulated-%08" PRIu64,
           ++emulator->serial);
  again_emulator_date_print(wall_ms / 1000, exchange->date);
  exchange->due = again_ms_add(now, again_script_latency(&emulator->script, &asked));
  const again_script_fault *fault = again_script_pick(&emulator->script, &asked);
  if (!play(exchange, fault)) serve(emulator, exchange, &request, decoded, now, wall_ms);
  count(emulator, exchange, request.topic);
  again_request_fini(&request);
}

static void decide(again_emulator *emulator, again_exchange *exchange) {
  exchange->decided = true;
  pthread_mutex_lock(&emulator->lock);
  if (exchange->starved) {
    again_answer_refuse(&exchange->answer, 500, "InternalError", "out of memory");
    count(emulator, exchange, "");
  } else {
    decide_locked(emulator, exchange);
  }
  pthread_mutex_unlock(&emulator->lock);
}

/* {"errorcode": .., "errormessage": ..}; the caller frees it; NULL: out of memory. */
static char *error_body(const again_answer *answer) {
  json_object *root = json_object_new_object();
  if (root == NULL) return NULL;
  json_object *code = json_object_new_string(answer->code);
  json_object *message = json_object_new_string(answer->message);
  json_object_object_add(root, "errorcode", code);
  json_object_object_add(root, "errormessage", message);
  const char *text = json_object_to_json_string_ext(root, JSON_C_TO_STRING_PLAIN);
  char *copy = text != NULL ? strdup(text) : NULL;
  json_object_put(root);
  return copy;
}

/* Lets the kernel send a reset now: a close would send what an orderly end sends. */
static void break_connection(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info =
      MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  const struct sockaddr nobody = {.sa_family = AF_UNSPEC};
  if (info != NULL) (void)connect(info->connect_fd, &nobody, sizeof nobody);
}

static enum MHD_Result send_answer(again_exchange *exchange) {
  if (exchange->reset) break_connection(exchange->connection);
  if (exchange->cut) return MHD_NO;
  const again_answer *answer = &exchange->answer;
  char *error = answer->code[0] != '\0' ? error_body(answer) : NULL;
  if (answer->code[0] != '\0' && error == NULL) return MHD_NO;
  again_reply reply = {.status = answer->status,
                       .type = error != NULL ? "application/json" : "text/html",
                       .body = error != NULL ? error : "",
                       .date = exchange->date,
                       .request_id = exchange->request_id,
                       .retry_after = exchange->retry_after};
  if (exchange->page != NULL) reply.body = exchange->page;
  enum MHD_Result result = again_reply_send(exchange->connection, &reply);
  free(error);
  return result;
}

/* What is not an upload. */
static enum MHD_Result send_other(again_emulator *emulator, again_exchange *exchange,
                                  const char *url, const char *method) {
  if (again_control_asked(url)) {
    again_control_request request = {.method = method,
                                     .url = url,
                                     .body = exchange->body,
                                     .length = exchange->length,
                                     .oversize = exchange->oversize || exchange->starved};
    return again_control_serve(emulator, exchange->connection, &request);
  }
  bool path = strcmp(url, upload_path) == 0;
  again_reply reply = {
      .status = path ? 405 : 404,
      .type = "application/json",
      .body = path ? "{\"errorcode\":\"NotSupported\",\"errormessage\":\"no such method here\"}"
                   : "{\"errorcode\":\"NotSupported\",\"errormessage\":\"no such path\"}"};
  return again_reply_send(exchange->connection, &reply);
}

static enum MHD_Result send_too_large(struct MHD_Connection *connection) {
  again_reply reply = {.status = 413,
                       .type = "text/html",
                       .body = "<html><body><h1>413 Request Entity Too Large</h1></body></html>\n"};
  return again_reply_send(connection, &reply);
}

static bool announces_too_much(struct MHD_Connection *connection) {
  const char *length = header_of(connection, "Content-Length");
  return length != NULL && strtoull(length, NULL, 10) > DISCARD_MAX;
}

static void count_too_large(again_emulator *emulator) {
  static const again_answer answer = {.status = 413};
  pthread_mutex_lock(&emulator->lock);
  again_tally_answer(&emulator->tally, "", &answer, AGAIN_TALLY_SERVICE);
  pthread_mutex_unlock(&emulator->lock);
}

static void delay(again_emulator *emulator, again_exchange *exchange) {
  again_exchange **at = &emulator->delayed;
  while (*at != NULL && (*at)->due <= exchange->due)
    at = &(*at)->next;
  exchange->next = *at;
  *at = exchange;
  MHD_suspend_connection(exchange->connection);
}

again_ms again_exchange_release(again_emulator *emulator, again_ms now) {
  while (emulator->delayed != NULL && emulator->delayed->due <= now) {
    again_exchange *exchange = emulator->delayed;
    emulator->delayed = exchange->next;
    MHD_resume_connection(exchange->connection);
  }
  return emulator->delayed != NULL ? emulator->delayed->due : AGAIN_NEVER;
}

enum MHD_Result again_exchange_serve(void *data, struct MHD_Connection *connection, const char *url,
                                     const char *method, const char *version, const char *upload,
                                     size_t *upload_size, void **context) {
  (void)version;
  again_emulator *emulator = data;
  again_exchange *exchange = *context;
  if (exchange == NULL) {
    exchange = calloc(1, sizeof *exchange);
    if (exchange == NULL) return MHD_NO;
    exchange->connection = connection;
    *context = exchange;
    if (!announces_too_much(connection)) return MHD_YES;
    count_too_large(emulator);
    return send_too_large(connection);
  }
  if (*upload_size > 0) {
    append(emulator, exchange, upload, *upload_size);
    *upload_size = 0;
    return exchange->received > DISCARD_MAX ? MHD_NO : MHD_YES;
  }
  if (strcmp(url, upload_path) != 0 || strcmp(method, "POST") != 0) {
    return send_other(emulator, exchange, url, method);
  }
  if (exchange->oversize) {
    count_too_large(emulator);
    return send_too_large(connection);
  }
  if (!exchange->decided) {
    decide(emulator, exchange);
    if (exchange->due > again_emulator_monotonic()) {
      delay(emulator, exchange);
      return MHD_YES;
    }
  }
  return send_answer(exchange);
}

void again_exchange_end(void *data, struct MHD_Connection *connection, void **context,
                        enum MHD_RequestTerminationCode why) {
  (void)connection;
  (void)why;
  again_emulator *emulator = data;
  again_exchange *exchange = *context;
  if (exchange == NULL) return;
  emulator->held -= exchange->room;
  free(exchange->page);
  free(exchange->retry_after);
  free(exchange->body);
  free(exchange);
  *context = NULL;
}
