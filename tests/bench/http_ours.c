#include "bench.h"
#include "http_client.h"
#include <again/http.h>
#include <again/policy.h>
#include <stdlib.h>
#include <string.h>

typedef struct carrier {
  const http_load *load;
  http_run *run;
  again_http *http;
  again_scope scope;
  again_http_request *requests; /* one for each that may be under way */
  unsigned begun;
  unsigned ended;
  bool failed;
} carrier;

static int on_prepare(again_http_request *request, again_http_attempt *attempt) {
  (void)request;
  int error = 0;
  for (unsigned i = 0; error == 0 && http_headers[i] != NULL; i++) {
    const char *colon = strchr(http_headers[i], ':');
    char name[64];
    size_t length = (size_t)(colon - http_headers[i]);
    memcpy(name, http_headers[i], length);
    name[length] = '\0';
    error = again_http_header(attempt, name, colon + 2);
  }
  return error;
}

static void on_interpret(again_http_request *request, const again_http_response *response,
                         again_outcome *outcome) {
  carrier *c = request->data;
  (void)outcome;
  c->run->calls++;
  c->run->connects += !response->connection_reused;
}

static void send_more(carrier *c, again_http_request *request);

static void on_done(again_http_request *request, const again_result *result) {
  carrier *c = request->data;
  unsigned pause = c->load->pause_after;
  c->ended++;
  if (result->reason != AGAIN_REASON_OK) c->failed = true;
  if (pause == 0) {
    send_more(c, request);
  } else if (c->ended % pause == 0) {
    for (unsigned i = 0; i < c->load->concurrency; i++)
      send_more(c, &c->requests[i]);
  }
}

static void send_more(carrier *c, again_http_request *request) {
  unsigned pause = c->load->pause_after;
  bool waits = pause != 0 && c->begun >= c->ended / pause * pause + pause;
  if (c->failed || waits || c->begun == c->load->requests) return;
  memset(request, 0, sizeof *request);
  request->method = "POST";
  request->url = c->load->url;
  request->body = c->load->body;
  request->body_length = c->load->body_length;
  request->data = c;
  request->prepare = on_prepare;
  request->interpret = on_interpret;
  request->done = on_done;
  c->begun++;
  if (again_http_send(c->http, request, &c->scope, AGAIN_NEVER) != 0) c->failed = true;
}

static bool carry(const http_load *load, http_run *run) {
  again_policy policy = *again_policy_default();
  policy.pace_pct = 0; /* the service's refusals are of one in so many, whatever the rate */
  policy.scope_in_flight = load->concurrency;
  policy.total_in_flight = load->concurrency;
  policy.throttled.backoff.base = 10;
  policy.throttled.backoff.cap = 1000;
  *run = (http_run){0};
  carrier c = {.load = load, .run = run, .scope = {.name = "bench"}};
  uv_loop_t loop;
  again_uv *uv;
  again_uv_options options = {.policy = &policy, .seed = 1};
  uv_loop_init(&loop);
  unsigned operations = load->concurrency + load->waiting;
  c.requests = calloc(operations, sizeof *c.requests);
  if (c.requests == NULL || again_uv_new(&loop, &options, &uv) != 0 ||
      again_http_new(uv, NULL, &c.http) != 0 ||
      again_scope_init(&c.scope, again_uv_sched(uv)) != 0) {
    return false;
  }
  uint64_t cpu = bench_cpu_ns();
  uint64_t wall = http_wall_ns();
  for (unsigned i = 0; i < operations; i++)
    send_more(&c, &c.requests[i]);
  uv_run(&loop, UV_RUN_DEFAULT);
  run->cpu_ns = bench_cpu_ns() - cpu;
  run->wall_ns = http_wall_ns() - wall;
  again_http_close(c.http, NULL, NULL);
  again_uv_close(uv, NULL, NULL);
  uv_run(&loop, UV_RUN_DEFAULT);
  uv_loop_close(&loop);
  free(c.requests);
  return !c.failed && c.ended == load->requests;
}

const http_client http_ours = {.name = "again", .carry = carry};
