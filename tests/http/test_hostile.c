/* Every row of hostile_rows.c: a server that breaks its first connection, a request that meets it. The
 * table is printed; `--table` prints it alone. */
#include "http/hostile_rows.h"
#include "support.h"
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  LARGE = 1024 * 1024,
  SENT_MAX = 32 * 1024 * 1024, /* by the server, with what the system holds for both ends */
  TAKEN_MAX = 512 * 1024       /* by the client: its caps, and one read */
};

static char large_body[LARGE];
static bool quiet;
static char table[32768]; /* what was printed */

/* What became of an attempt. */
typedef struct fate {
  again_fault fault;
  int status;
  again_class error_class;
  again_reason decision;
  again_effect effect;
  bool reused;
  unsigned resends;
} fate;

typedef struct rig {
  again_http_request request; /* first: callbacks find the rig by it */
  const hostile_row *row;
  again_policy policy;  /* of the first attempt */
  again_policy patient; /* and of the others */
  uv_loop_t loop;
  uv_timer_t watchdog;
  hostile_origin origin;
  again_uv *uv;
  again_http *http;
  again_scope scope;
  char url[64];
  unsigned attempts;
  again_ms hint; /* of the answer to the first attempt */
  /* Of the first attempt that ended: */
  unsigned ended;
  fate fate;
  again_http_record first;
  unsigned records;
  again_http_record last;
  /* In the end: */
  unsigned done;
  again_result result;
} rig;

static unsigned open_descriptors(void) {
  unsigned count = 0;
  DIR *folder = opendir("/proc/self/fd");
  assert_non_null(folder);
  while (readdir(folder) != NULL)
    count++;
  closedir(folder);
  return count;
}

static void on_watchdog(uv_timer_t *timer) {
  rig *r = timer->data;
  fprintf(stderr, "hangs: %s\n", r->row->name);
  abort();
}

static void on_event(void *data, const again_event *event) {
  rig *r = data;
  if (event->kind != AGAIN_EVENT_RETRY && event->kind != AGAIN_EVENT_DELIVERED &&
      event->kind != AGAIN_EVENT_SURFACED) {
    return;
  }
  if (r->ended++ > 0) return;
  bool retry = event->kind == AGAIN_EVENT_RETRY;
  r->fate = (fate){.fault = event->result->fault,
                   .status = event->result->status,
                   .error_class = event->verdict->error_class,
                   .decision = retry ? event->decision->reason : event->result->reason,
                   .effect = event->result->effect,
                   .reused = r->first.reused,
                   .resends = r->first.resends};
}

static int on_prepare(again_http_request *request, again_http_attempt *attempt) {
  rig *r = (rig *)request;
  (void)attempt;
  if (++r->attempts == 2) hostile_open(&r->origin);
  return 0;
}

static void on_interpret(again_http_request *request, const again_http_response *response,
                         again_outcome *outcome) {
  rig *r = (rig *)request;
  (void)response;
  if (r->attempts == 1) r->hint = outcome->hint;
}

static void on_attempted(again_http_request *request, const again_http_record *record) {
  rig *r = (rig *)request;
  if (r->records++ == 0) r->first = *record;
  r->last = *record;
  if (r->records == 1) again_sched_set_policy(again_uv_sched(r->uv), &r->patient);
}

static void on_done(again_http_request *request, const again_result *result) {
  rig *r = (rig *)request;
  r->done++;
  r->result = *result;
}

static again_policy policy_of(const hostile_row *row, again_ms timeout) {
  again_class_policy quick = {
      {.base = 1, .cap = 5, .multiplier_pct = 200, .jitter = AGAIN_JITTER_NONE}, 0, AGAIN_NEVER};
  return (again_policy){.name = "hostile",
                        .retryable = quick,
                        .throttled = quick,
                        .auth = quick,
                        .hint_cap = 50,
                        .attempt_timeout = timeout,
                        .connect_timeout = timeout,
                        .at_most_once = row->once,
                        .operation_deadline = 20000,
                        .scope_in_flight = 4,
                        .total_in_flight = 4};
}

static void rig_init(rig *r, const hostile_row *row) {
  enum { PATIENCE = 15000 };
  *r = (rig){.row = row,
             .policy = policy_of(row, row->timeout != 0 ? row->timeout : PATIENCE),
             .patient = policy_of(row, PATIENCE),
             .scope = {.name = "hostile"}};
  uv_loop_init(&r->loop);
  uv_timer_init(&r->loop, &r->watchdog);
  r->watchdog.data = r;
  uv_timer_start(&r->watchdog, on_watchdog, 30000, 0);
  r->request = (again_http_request){.method = "POST",
                                    .url = r->url,
                                    .body = large_body,
                                    .body_length = row->large ? LARGE : 11,
                                    .prepare = on_prepare,
                                    .interpret = on_interpret,
                                    .attempted = on_attempted,
                                    .done = on_done};
  hostile_start(&r->origin, &r->loop, row->port, row->steps, large_body, r->request.body_length);
  snprintf(r->url, sizeof r->url, "http://127.0.0.1:%d/x", r->origin.port);
  again_uv_options options = {.policy = &r->policy, .seed = 1, .event = on_event, .data = r};
  assert_int_equal(again_uv_new(&r->loop, &options, &r->uv), 0);
  again_http_options http = {.fresh_on_retry = row->fresh, .idle_timeout = row->idle ? 1000 : 0};
  assert_int_equal(again_http_new(r->uv, &http, &r->http), 0);
  assert_int_equal(again_scope_init(&r->scope, again_uv_sched(r->uv)), 0);
}

static void rig_fini(rig *r) {
  assert_int_equal(again_http_close(r->http, NULL, NULL), 0);
  again_uv_close(r->uv, NULL, NULL);
  hostile_stop(&r->origin);
  uv_close((uv_handle_t *)&r->watchdog, NULL);
  uv_run(&r->loop, UV_RUN_DEFAULT);
  assert_int_equal(uv_loop_close(&r->loop), 0);
}

static void send_and_wait(rig *r) {
  r->attempts = r->ended = r->records = r->done = 0;
  assert_int_equal(again_http_send(r->http, &r->request, &r->scope, AGAIN_NEVER), 0);
  while (r->done == 0)
    uv_run(&r->loop, UV_RUN_ONCE);
}

/* A good exchange over the first connection, and as long again as its pauses take. */
static void warm_up(rig *r) {
  send_and_wait(r);
  assert_int_equal(r->result.reason, AGAIN_REASON_OK);
  assert_int_equal(r->origin.connections, 1);
  const hostile_step *then = &r->row->steps[2];
  if (then->act != HOSTILE_PAUSE) return;
  /* The pause is over after the first round; what follows it arrives in the second. */
  for (int round = 0; round < 2; round++) {
    uint64_t end = uv_now(&r->loop) + 60;
    while (uv_now(&r->loop) < end)
      uv_run(&r->loop, UV_RUN_NOWAIT);
  }
}

/* A reset or a close is seen by whichever side was at it. */
static again_fault fault_of(again_fault fault) {
  return fault == AGAIN_FAULT_SEND ? AGAIN_FAULT_RECEIVE : fault;
}

static void print_line(const char *name, const fate *f, const char *end) {
  char outcome[32];
  const char *fault = f->fault != AGAIN_FAULT_NONE ? again_fault_name(fault_of(f->fault)) : "";
  if (f->status != 0) {
    snprintf(outcome, sizeof outcome, "%d%s%s", f->status, fault[0] != '\0' ? " " : "", fault);
  } else {
    snprintf(outcome, sizeof outcome, "%s", fault);
  }
  const char *connection = f->resends > 0 ? "kept, sent twice" : f->reused ? "kept" : "new";
  char line[256];
  snprintf(line, sizeof line, "| %s | %s | %s | %s | %s | %s | %s |\n", name, outcome,
           again_class_name(f->error_class), again_reason_name(f->decision),
           again_effect_name(f->effect), connection, end);
  printf("%s%s", quiet ? "" : "# ", line);
  strncat(table, line, sizeof table - strlen(table) - 1);
}

static bool wrong(const char *what) {
  printf("# ^ wrong: %s\n", what);
  return false;
}

/* The first attempt is as the row says, and the request is delivered in the end or surfaced for the
 * reason that the first answer gave. */
static bool is_as_expected(const rig *r) {
  const hostile_row *row = r->row;
  const fate *f = &r->fate;
  const fate expected = {row->fault,  row->status, row->error_class, row->decision,
                         row->effect, row->reused, row->resends};
  if (fault_of(f->fault) != expected.fault || f->status != expected.status ||
      f->error_class != expected.error_class || f->decision != expected.decision ||
      f->effect != expected.effect || f->reused != expected.reused ||
      f->resends != expected.resends) {
    print_line("expected:", &expected, "");
    return wrong("the fate of the first attempt");
  }
  if (r->hint != row->hint) return wrong("the hint");
  if (r->done != 1) return wrong("done was not called once");
  if (r->result.attempts != row->attempts) return wrong("the number of attempts");
  bool delivered = row->decision == AGAIN_REASON_BACKOFF ||
                   row->decision == AGAIN_REASON_SERVER_HINT || row->decision == AGAIN_REASON_OK;
  if (r->result.reason != (delivered ? AGAIN_REASON_OK : row->decision)) return wrong("the end");
  if (r->records != r->result.attempts) return wrong("an attempt has no record");
  if (r->first.effect != row->effect) return wrong("the effect in the record");
  if (row->fresh && r->last.reused) return wrong("the retry went over a kept connection");
  if (delivered && (row->attempts > 1 || row->warm) && r->origin.good == 0) {
    return wrong("it was taken as delivered, but the good server did not get it");
  }
  if (r->origin.wrong > 0) return wrong("a request came with another body");
  if (r->origin.sent > SENT_MAX || r->first.bytes_down > TAKEN_MAX)
    return wrong("the client took too much");
  return true;
}

static bool meet(const hostile_row *row) {
  rig r;
  char end[48];
  rig_init(&r, row);
  if (row->warm) warm_up(&r);
  send_and_wait(&r);
  snprintf(end, sizeof end, "%u, %s", r.result.attempts, again_reason_name(r.result.reason));
  print_line(row->name, &r.fate, end);
  bool right = is_as_expected(&r);
  rig_fini(&r);
  return right;
}

static void what_a_hostile_origin_does_is_met_as_the_table_says(void **state) {
  (void)state;
  uv_loop_t first; /* libuv opens descriptors of its own with the first loop, and keeps them */
  uv_loop_init(&first);
  uv_loop_close(&first);
  unsigned before = open_descriptors();
  unsigned failures = 0;
  for (size_t i = 0; i < hostile_row_count; i++) {
    failures += !meet(&hostile_rows[i]);
    if (open_descriptors() != before) failures += !wrong("a descriptor is left open");
    fflush(stdout);
  }
  assert_int_equal(failures, 0);
}

/* docs/http.md has a line for every row, and no others. */
static void the_page_shows_this_table(void **state) {
  (void)state;
  char line[256];
  char *lines = table;
  FILE *page = fopen(AGAIN_SOURCE_DIR "/docs/http.md", "r");
  assert_non_null(page);
  do {
    assert_non_null(fgets(line, sizeof line, page));
  } while (strncmp(line, "| the server ", 13) != 0);
  assert_non_null(fgets(line, sizeof line, page)); /* | --- | --- */
  while (fgets(line, sizeof line, page) != NULL && line[0] == '|') {
    if (strncmp(line, lines, strlen(line)) != 0) fail_msg("not as in the page: %s", line);
    lines += strlen(line);
  }
  fclose(page);
  assert_string_equal(lines, "");
}

int main(int argc, char **argv) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_a_hostile_origin_does_is_met_as_the_table_says),
      cmocka_unit_test(the_page_shows_this_table),
  };
  quiet = argc > 1 && strcmp(argv[1], "--table") == 0;
  if (quiet) cmocka_set_message_output(CM_OUTPUT_SUBUNIT);
  memset(large_body, 'b', sizeof large_body);
  signal(SIGPIPE, SIG_IGN);
  curl_global_init(CURL_GLOBAL_DEFAULT);
  return cmocka_run_group_tests(tests, NULL, NULL);
}
