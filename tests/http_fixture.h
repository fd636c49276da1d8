/* A client, a server and a watchdog on one loop. */
#ifndef AGAIN_TESTS_HTTP_FIXTURE_H
#define AGAIN_TESTS_HTTP_FIXTURE_H

#include "origin.h"
#include "support.h"
#include <again/http.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The error codes the scheduler knows; a test of a service defines its own before the include. */
#ifndef FIXTURE_CATALOGUE
#define FIXTURE_CATALOGUE NULL
#endif

static const again_policy quick_policy = {
    .name = "quick",
    .retryable = {{.base = 1, .cap = 5, .multiplier_pct = 200, .jitter = AGAIN_JITTER_NONE},
                  0,
                  AGAIN_NEVER},
    .throttled = {{.base = 1, .cap = 5, .multiplier_pct = 200, .jitter = AGAIN_JITTER_NONE},
                  0,
                  AGAIN_NEVER},
    .auth = {{.base = 1, .cap = 5, .multiplier_pct = 200, .jitter = AGAIN_JITTER_NONE},
             3,
             AGAIN_NEVER},
    .hint_cap = 50,
    .attempt_timeout = 3000,
    .connect_timeout = 1000,
    .operation_deadline = 8000,
    .scope_in_flight = 64,
    .total_in_flight = 64,
};

typedef struct fixture {
  uv_loop_t loop;
  uv_timer_t watchdog;
  origin server;
  again_uv *uv;
  again_http *http;
  again_scope scope;
  char url[64];
} fixture;

typedef struct call {
  again_http_request request; /* first: callbacks find the call by it */
  int prepared;
  int interpreted;
  int done;
  int header_error; /* of again_http_header in prepare */
  const char *header_value;
  char body[128];
  size_t body_length;
  bool body_cut;
  bool reused;
  int64_t date;
  CURLcode transfer;
  again_result result;
} call;

static inline void on_watchdog(uv_timer_t *timer) {
  (void)timer;
  fprintf(stderr, "the loop did not end within 20 s\n");
  abort();
}

static inline void fixture_init(fixture *f, const again_policy *policy,
                                const again_http_options *options, const origin_step *steps,
                                size_t step_count) {
  memset(f, 0, sizeof *f);
  uv_loop_init(&f->loop);
  uv_timer_init(&f->loop, &f->watchdog);
  uv_timer_start(&f->watchdog, on_watchdog, 20000, 0);
  uv_unref((uv_handle_t *)&f->watchdog);
  origin_start(&f->server, &f->loop, 0, steps, step_count);
  uv_unref((uv_handle_t *)&f->server.server);
  snprintf(f->url, sizeof f->url, "http://127.0.0.1:%d/structuredlog", f->server.port);
  again_uv_options uv_options = {.policy = policy, .catalogue = FIXTURE_CATALOGUE, .seed = 1};
  assert_int_equal(again_uv_new(&f->loop, &uv_options, &f->uv), 0);
  assert_int_equal(again_http_new(f->uv, options, &f->http), 0);
  f->scope.name = "scope";
  assert_int_equal(again_scope_init(&f->scope, again_uv_sched(f->uv)), 0);
}

static inline void set_true(void *data) {
  *(bool *)data = true;
}

static inline void fixture_fini(fixture *f) {
  bool http_closed = false;
  bool uv_closed = false;
  assert_int_equal(again_http_close(f->http, set_true, &http_closed), 0);
  again_uv_close(f->uv, set_true, &uv_closed);
  if (!uv_is_closing((uv_handle_t *)&f->server.server)) origin_stop(&f->server);
  uv_close((uv_handle_t *)&f->watchdog, NULL);
  uv_run(&f->loop, UV_RUN_DEFAULT);
  assert_true(http_closed && uv_closed);
  assert_int_equal(uv_loop_close(&f->loop), 0);
}

static inline int call_prepare(again_http_request *request, again_http_attempt *attempt) {
  call *c = (call *)request;
  char number[16];
  snprintf(number, sizeof number, "%d", ++c->prepared);
  c->header_error = again_http_header(attempt, "X-Attempt", number);
  if (c->header_value != NULL) {
    return c->header_error = again_http_header(attempt, "X-Given", c->header_value);
  }
  return c->header_error;
}

static inline void call_interpret(again_http_request *request, const again_http_response *response,
                                  again_outcome *outcome) {
  call *c = (call *)request;
  c->interpreted++;
  c->body_length = response->body_length;
  c->body_cut = response->body_cut;
  c->reused = response->connection_reused;
  c->date = response->date;
  c->transfer = response->result;
  snprintf(c->body, sizeof c->body, "%s", response->body);
  const char *id = again_http_response_header(response, "x-cls-requestid");
  outcome->request_id = id;
}

static inline void call_done(again_http_request *request, const again_result *result) {
  call *c = (call *)request;
  c->done++;
  c->result = *result;
}

static inline void call_init(call *c, const fixture *f, const char *body, size_t length) {
  memset(c, 0, sizeof *c);
  c->request.method = "POST";
  c->request.url = f->url;
  c->request.body = body;
  c->request.body_length = length;
  c->request.prepare = call_prepare;
  c->request.interpret = call_interpret;
  c->request.done = call_done;
}

static inline void call_run(call *c, fixture *f, const char *body) {
  call_init(c, f, body, strlen(body));
  assert_int_equal(again_http_send(f->http, &c->request, &f->scope, AGAIN_NEVER), 0);
  while (c->done == 0 && uv_run(&f->loop, UV_RUN_ONCE)) {
  }
  assert_int_equal(c->done, 1);
}

#endif
