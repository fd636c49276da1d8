#include "http/attempt.h"
#include "http/advice.h"
#include <limits.h>
#include <string.h>
#include <strings.h>
#include <time.h>

static int64_t wall_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static size_t on_header(char *line, size_t size, size_t count, void *data) {
  again_http_attempt *attempt = data;
  (void)line;
  if (attempt->header_bytes == 0) attempt->headers_at_ms = wall_ms();
  attempt->header_bytes += size * count;
  attempt->header_count++;
  const again_http_setup *setup = &attempt->http->setup;
  attempt->header_cut =
      attempt->header_bytes > setup->header_max || attempt->header_count > setup->header_count_max;
  return attempt->header_cut ? 0 : size * count;
}

static bool make_room(again_http_attempt *attempt, size_t length) {
  if (length < attempt->body_room) return true;
  size_t room = attempt->body_room == 0 ? 1024 : attempt->body_room * 2;
  while (room <= length)
    room *= 2;
  char *grown = again_resize(&attempt->http->allocator, attempt->body, room);
  if (grown == NULL) return false;
  attempt->body = grown;
  attempt->body_room = room;
  return true;
}

/* Keeps the body up to its cap. Beyond it the transfer is ended: an endless body costs a connection,
 * not memory or time. */
static size_t on_body(char *data, size_t size, size_t count, void *user) {
  again_http_attempt *attempt = user;
  again_http_response *response = &attempt->response;
  size_t length = size * count;
  size_t room = attempt->http->setup.body_max - response->body_length;
  size_t kept = length < room ? length : room;
  if (!make_room(attempt, response->body_length + kept)) kept = 0;
  if (kept > 0) memcpy(attempt->body + response->body_length, data, kept);
  response->body_length += kept;
  response->body_cut = response->body_cut || kept < length;
  return kept;
}

again_http_attempt *again_http_attempt_take(again_http *http, again_http_request *request) {
  again_http_attempt *attempt = http->pool;
  if (attempt != NULL) {
    http->pool = attempt->next;
  } else {
    attempt = again_take_zeroed(&http->allocator, sizeof *attempt);
    if (attempt == NULL) return NULL;
    attempt->http = http;
    attempt->lines.allocator = &http->allocator;
  }
  attempt->easy = curl_easy_init();
  if (attempt->easy == NULL) {
    attempt->next = http->pool;
    http->pool = attempt;
    return NULL;
  }
  attempt->request = request;
  attempt->response = (again_http_response){.date = INT64_MIN};
  attempt->header_bytes = 0;
  attempt->header_count = 0;
  attempt->header_cut = false;
  attempt->exposed = false;
  attempt->begun = false;
  attempt->detail[0] = '\0';
  attempt->next = NULL;
  return attempt;
}

static void set_body(CURL *easy, const again_http_request *request) {
  if (strcmp(request->method, "GET") == 0 && request->body == NULL) return;
  curl_easy_setopt(easy, CURLOPT_POST, 1L);
  curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request->body != NULL ? request->body : "");
  curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                   request->body != NULL ? (curl_off_t)request->body_length : (curl_off_t)0);
  if (strcmp(request->method, "POST") != 0) {
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
  }
}

void again_http_attempt_setup(again_http_attempt *attempt, again_http_limits limits, bool once) {
  again_http *http = attempt->http;
  again_http_request *request = attempt->request;
  CURL *easy = attempt->easy;
  again_http_pump_bind(&http->pump, easy);
  again_http_setup_apply(&http->setup, easy, request->url, request->body_length, limits);
  again_http_notes_begin(&attempt->notes, easy, once, request->attempted != NULL);
  again_http_gate_watch(attempt);
  curl_easy_setopt(easy, CURLOPT_PRIVATE, attempt);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, attempt->detail);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, attempt);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, attempt);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, attempt->lines.list);
  set_body(easy, attempt->request);
}

void again_http_attempt_finish(again_http_attempt *attempt, CURLcode result) {
  again_http_response *response = &attempt->response;
  CURL *easy = attempt->easy;
  long status = 0;
  long connects = 0;
  curl_off_t sent_us = 0;
  curl_off_t answered_us = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &connects);
  curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &sent_us);
  curl_easy_getinfo(easy, CURLINFO_STARTTRANSFER_TIME_T, &answered_us);
  if (attempt->header_cut) result = CURLE_WEIRD_SERVER_REPLY;
  /* libcurl was not let send the request again: the first time nothing came back. */
  if (attempt->notes.once && again_http_notes_resends(&attempt->notes) > 0) {
    result = CURLE_GOT_NOTHING;
  }
  response->result = response->body_cut && result == CURLE_WRITE_ERROR ? CURLE_OK : result;
  response->status = status >= 200 ? (int)status : 0;
  response->connection_reused = connects == 0;
  response->body = "";
  if (make_room(attempt, response->body_length)) {
    attempt->body[response->body_length] = '\0';
    response->body = attempt->body;
  }
  int64_t trip_ms = answered_us > sent_us ? (answered_us - sent_us) / 1000 : 0;
  response->local_date_ms = attempt->headers_at_ms - trip_ms / 2;
  const char *date = again_http_response_header(response, "Date");
  if (date != NULL) {
    again_http_date_parse(date, strlen(date), attempt->headers_at_ms / 1000, &response->date);
  }
}

/* What is known better than libcurl's code and its sentence. */
static void explain(const again_http_attempt *attempt, again_outcome *outcome) {
  const char *detail = attempt->detail;
  const again_http_advice *advice =
      again_http_advise(attempt->easy, attempt->response.result, detail);
  if (detail[0] != '\0') outcome->message = detail;
  if (attempt->header_cut) outcome->message = "the answer has more headers than are read";
  if (advice == NULL) return;
  outcome->fault = advice->fault;
  outcome->message = advice->text;
  if (advice->unseen) outcome->effect = AGAIN_EFFECT_NOT_APPLIED;
}

void again_http_attempt_complete(const again_http_attempt *attempt, again_outcome *outcome) {
  if (outcome->fault != AGAIN_FAULT_NONE) {
    /* What was sent before there was a connection was for a proxy. */
    if (attempt->notes.transfers == 0) outcome->effect = AGAIN_EFFECT_NOT_APPLIED;
    explain(attempt, outcome);
  }
  /* An answer speaks of the request that it answers, not of the one before. */
  if (again_http_notes_resends(&attempt->notes) > 0 &&
      again_outcome_effect(outcome) == AGAIN_EFFECT_NOT_APPLIED) {
    outcome->effect = AGAIN_EFFECT_MAYBE_APPLIED;
  }
}

void again_http_attempt_tell(again_http_attempt *attempt, again_effect effect) {
  again_http_request *request = attempt->request;
  if (request->attempted == NULL) return;
  again_http_record record = {.attempt = again_op_attempt(&request->own.op),
                              .result = attempt->response.result,
                              .status = attempt->response.status,
                              .effect = effect};
  again_http_notes_record(&attempt->notes, request->body_length, attempt->header_bytes, &record);
  request->attempted(request, &record);
}

const char *again_http_response_header(const again_http_response *response, const char *name) {
  const again_http_attempt *attempt = (const again_http_attempt *)(const void *)response;
  struct curl_header *header;
  CURLHcode found = curl_easy_header(attempt->easy, name, 0, CURLH_HEADER, -1, &header);
  return found == CURLHE_OK ? header->value : NULL;
}

bool again_http_exposes(again_http *http, const char *url) {
  if (http->local_url != NULL && strcmp(http->local_url, url) == 0) return false;
  if (again_http_setup_exposes(&http->setup, url)) return true;
  again_resize(&http->allocator, http->local_url, 0);
  http->local_url = again_take_text(&http->allocator, url);
  return false;
}

static bool is_credential(const char *name) {
  static const char *const names[] = {"Authorization", "Proxy-Authorization", "Cookie"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    if (strcasecmp(name, names[i]) == 0) return true;
  }
  return false;
}

int again_http_header(again_http_attempt *attempt, const char *name, const char *value) {
  const again_http_request *request = attempt->request;
  if (is_credential(name) && !request->plain_credentials &&
      again_http_exposes(attempt->http, request->url)) {
    attempt->exposed = true;
    return AGAIN_EINVAL;
  }
  return again_http_lines_add(&attempt->lines, name, value);
}

void again_http_attempt_give_back(again_http_attempt *attempt) {
  /* Not reset and used again: libcurl before 8.1.1 keeps a pointer into the last answer's headers over a
     reset (curl issue 11101), and a folded first header then corrupts the heap. The connection is the
     multi handle's and stays. */
  curl_easy_cleanup(attempt->easy);
  attempt->easy = NULL;
  again_http_lines_clear(&attempt->lines);
  attempt->request = NULL;
  attempt->next = attempt->http->pool;
  attempt->http->pool = attempt;
}

void again_http_attempt_free_all(again_http *http) {
  while (http->pool != NULL) {
    again_http_attempt *attempt = http->pool;
    http->pool = attempt->next;
    again_resize(&http->allocator, attempt->body, 0);
    again_http_lines_free(&attempt->lines);
    again_resize(&http->allocator, attempt, 0);
  }
}
