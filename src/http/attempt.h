/* One attempt: an easy handle with the room for its headers and its answer. Attempts are pooled:
 * there are never more than attempts under way at once. */
#ifndef AGAIN_HTTP_ATTEMPT_H
#define AGAIN_HTTP_ATTEMPT_H

#include "http/gate.h"
#include "http/history.h"
#include "http/lines.h"
#include "http/pump.h"
#include "http/setup.h"
#include <again/http.h>

struct again_http {
  again_allocator allocator; /* the scheduler's */
  again_uv *uv;
  again_http_pump pump;
  again_http_attempt *pool;
  again_http_gate gate;
  again_http_setup setup;
  char *local_url; /* the one that was last found to expose nothing */
  size_t requests; /* between send and done */
  void (*closed)(void *data);
  void *closed_data;
};

struct again_http_attempt {
  again_http_response response; /* first: again_http_response_header finds the attempt by it */
  again_http *http;
  again_http_request *request;
  CURL *easy;
  again_http_lines lines; /* its headers */
  char *body;
  size_t body_room;
  size_t header_bytes;
  unsigned header_count;
  bool header_cut; /* more than the caps */
  bool exposed;    /* a credential would have been sent for others to read */
  bool begun;      /* libcurl has it */
  again_http_place place;
  again_http_notes notes;
  char detail[CURL_ERROR_SIZE]; /* libcurl's words for what went wrong */
  int64_t headers_at_ms;        /* wall clock, when the answer's headers began to come */
  again_http_attempt *next;
};

/* From the pool or new; NULL: out of memory. */
again_http_attempt *again_http_attempt_take(again_http *http, again_http_request *request);

/* Sets up the easy handle for the request. `once`: libcurl may not send it again by itself. */
void again_http_attempt_setup(again_http_attempt *attempt, again_http_limits limits, bool once);

/* Fills the response in after the transfer. */
void again_http_attempt_finish(again_http_attempt *attempt, CURLcode result);

/* Completes an outcome made of the transfer by what was noted during it. */
void again_http_attempt_complete(const again_http_attempt *attempt, again_outcome *outcome);

/* Tells the request of the attempt, if it wants to know. */
void again_http_attempt_tell(again_http_attempt *attempt, again_effect effect);

/* Back to the pool. */
void again_http_attempt_give_back(again_http_attempt *attempt);

/* again_http_setup_exposes, remembered for the URL asked last. */
bool again_http_exposes(again_http *http, const char *url);

void again_http_attempt_free_all(again_http *http);

#endif
