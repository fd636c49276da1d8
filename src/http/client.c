/* Requests as operations of the scheduler. */
#include "http/attempt.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void end_attempt(again_http_request *request) {
  again_http_attempt *attempt = request->own.attempt;
  request->own.attempt = NULL;
  again_http_attempt_give_back(attempt);
}

/* An attempt that could not be begun. */
static void fail_attempt(again_http_request *request, again_fault fault, const char *code,
                         const char *message) {
  again_outcome outcome = {
      .fault = fault, .code = code, .message = message, .effect = AGAIN_EFFECT_NOT_APPLIED};
  if (request->own.attempt != NULL) end_attempt(request);
  again_uv_report(request->own.http->uv, &request->own.op, &outcome);
}

/* The gate lets it go. */
static void begin_transfer(again_http_attempt *attempt) {
  again_http_request *request = attempt->request;
  again_http *http = request->own.http;
  again_ms now = again_uv_now(http->uv);
  const again_policy *policy = again_op_policy(&request->own.op);
  again_http_limits limits = {.total =
                                  attempt->place.deadline > now ? attempt->place.deadline - now : 0,
                              .connect = policy->connect_timeout,
                              .retry = again_op_attempt(&request->own.op) > 1};
  again_http_attempt_setup(attempt, limits, policy->at_most_once);
  attempt->begun = again_http_pump_add(&http->pump, attempt->easy);
  if (attempt->begun) return;
  again_http_gate_leave(attempt, CURLE_FAILED_INIT);
  fail_attempt(request, AGAIN_FAULT_LOCAL, "CURLE_FAILED_INIT", "libcurl refused the transfer");
}

/* The gate does not let it go: its host does not resolve, or its time is up. */
static void on_not_let_go(again_http_attempt *attempt, CURLcode result) {
  const char *message = "the host name did not resolve: check it, and this machine's DNS";
  if (result == CURLE_COULDNT_RESOLVE_PROXY) {
    message = "the proxy's name did not resolve: check it, and this machine's DNS";
  } else if (result == CURLE_OPERATION_TIMEDOUT) {
    message = "the host name was not resolved in time";
  }
  fail_attempt(attempt->request, again_http_fault(result), again_http_result_name(result), message);
}

static void on_attempt(again_op *op) {
  again_http_request *request = op->data;
  again_http *http = request->own.http;
  again_http_attempt *attempt = again_http_attempt_take(http, request);
  request->own.attempt = attempt;
  /* "Expect:" leaves the header out: a body over 1 MiB would wait a second for a 100. */
  if (attempt == NULL || again_http_lines_add(&attempt->lines, "Expect", NULL) != 0) {
    fail_attempt(request, AGAIN_FAULT_LOCAL, "CURLE_OUT_OF_MEMORY", "out of memory");
    return;
  }
  int prepared = request->prepare != NULL ? request->prepare(request, attempt) : 0;
  if (attempt->exposed) {
    fail_attempt(request, AGAIN_FAULT_CONFIG, "PlainCredentials",
                 "credentials would be sent unencrypted: use https://, or allow plain_credentials");
  } else if (prepared == AGAIN_ENOMEM) {
    fail_attempt(request, AGAIN_FAULT_LOCAL, "CURLE_OUT_OF_MEMORY", "out of memory");
  } else if (prepared != 0) {
    fail_attempt(request, AGAIN_FAULT_CONFIG, "PrepareFailed",
                 "the headers of the request could not be made");
  } else if (again_http_gate_enter(&http->gate, attempt,
                                   again_http_setup_route(&http->setup, request->url),
                                   again_op_attempt_deadline(op))) {
    begin_transfer(attempt);
  }
}

static void on_finished(void *data, CURL *easy, CURLcode result) {
  again_http *http = data;
  again_http_attempt *attempt = NULL;
  curl_easy_getinfo(easy, CURLINFO_PRIVATE, &attempt);
  again_http_request *request = attempt->request;
  again_http_gate_leave(attempt, result);
  again_http_attempt_finish(attempt, result);
  const again_http_response *response = &attempt->response;
  int64_t wall = response->date != INT64_MIN ? response->date : (int64_t)time(NULL);
  again_outcome outcome = again_http_outcome(easy, response->result, wall);
  if (response->status != 0 && request->interpret != NULL) {
    request->interpret(request, response, &outcome);
  }
  again_http_attempt_complete(attempt, &outcome);
  again_http_attempt_tell(attempt, again_outcome_effect(&outcome));
  again_uv_report(http->uv, &request->own.op, &outcome);
  end_attempt(request);
}

static void on_abort(again_op *op) {
  again_http_request *request = op->data;
  again_http_attempt *attempt = request->own.attempt;
  again_http_gate_leave(attempt, CURLE_ABORTED_BY_CALLBACK);
  if (attempt->begun) {
    again_effect effect =
        attempt->notes.transfers > 0 ? AGAIN_EFFECT_MAYBE_APPLIED : AGAIN_EFFECT_NOT_APPLIED;
    attempt->response.result = CURLE_ABORTED_BY_CALLBACK;
    again_http_attempt_tell(attempt, effect);
    again_http_pump_remove(&request->own.http->pump, attempt->easy);
  }
  end_attempt(request);
}

static void on_done(again_op *op, const again_result *result) {
  again_http_request *request = op->data;
  request->own.http->requests--;
  request->done(request, result);
}

int again_http_send(again_http *http, again_http_request *request, again_scope *scope,
                    again_ms deadline) {
  if (request->method == NULL || request->url == NULL || request->done == NULL) {
    return AGAIN_EINVAL;
  }
  if (!request->plain_credentials && again_http_setup_has_user(request->url) &&
      again_http_exposes(http, request->url)) {
    return AGAIN_EINVAL;
  }
  memset(&request->own, 0, sizeof request->own);
  request->own.http = http;
  request->own.op.data = request;
  request->own.op.bytes = request->body_length;
  request->own.op.beyond_limits = request->beyond_limits;
  request->own.op.attempt = on_attempt;
  request->own.op.abort = on_abort;
  request->own.op.done = on_done;
  int error = again_uv_submit(http->uv, &request->own.op, scope, deadline);
  if (error == 0) http->requests++;
  return error;
}

int again_http_cancel(again_http_request *request) {
  if (request->own.http == NULL) return AGAIN_ESTATE;
  return again_sched_cancel(again_uv_sched(request->own.http->uv), &request->own.op);
}

static void free_client(void *data) {
  again_http *http = data;
  void (*closed)(void *) = http->closed;
  void *closed_data = http->closed_data;
  again_http_setup_free(&http->setup);
  again_allocator allocator = http->allocator;
  again_resize(&allocator, http->local_url, 0);
  again_resize(&allocator, http, 0);
  curl_global_cleanup();
  if (closed != NULL) closed(closed_data);
}

/* On an error nothing is left to free. */
static int init_client(again_http *http, const again_http_options *options) {
  CURLcode result = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (result != CURLE_OK) return result == CURLE_OUT_OF_MEMORY ? AGAIN_ENOMEM : AGAIN_ELIBRARY;
  int error = again_http_setup_init(&http->setup, &http->allocator, options);
  if (error == 0) {
    error =
        again_http_pump_init(&http->pump, &http->allocator, again_uv_loop(http->uv),
                             (long)again_uv_policy(http->uv)->total_in_flight, on_finished, http);
    if (error != 0) again_http_setup_free(&http->setup);
  }
  if (error != 0) {
    curl_global_cleanup();
    return error;
  }
  again_http_gate_init(&http->gate, &http->allocator, http->uv, begin_transfer, on_not_let_go);
  return 0;
}

int again_http_new(again_uv *uv, const again_http_options *options, again_http **http) {
  static const again_http_options standard = {0};
  if (options == NULL) options = &standard;
  const again_allocator *allocator = again_uv_allocator(uv);
  again_http *made = again_take_zeroed(allocator, sizeof *made);
  if (made == NULL) return AGAIN_ENOMEM;
  made->allocator = *allocator;
  made->uv = uv;
  int error = init_client(made, options);
  if (error != 0) {
    again_resize(allocator, made, 0);
    return error;
  }
  *http = made;
  return 0;
}

static void on_gate_closed(void *data) {
  again_http *http = data;
  again_http_pump_close(&http->pump, free_client);
}

int again_http_close(again_http *http, void (*closed)(void *data), void *data) {
  if (http->requests != 0) return AGAIN_ESTATE;
  http->closed = closed;
  http->closed_data = data;
  again_http_attempt_free_all(http);
  again_http_gate_close(&http->gate, on_gate_closed, http);
  return 0;
}

again_uv *again_http_uv(const again_http *http) {
  return http->uv;
}
