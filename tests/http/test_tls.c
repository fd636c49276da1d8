/* TLS: only a certificate that is trusted, for this host, is talked to. The server is openssl's. */
#include "folder.h"
#include "http/hostile_origin.h"
#include "http_fixture.h"
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct server {
  folder folder;
  char certificate[128];
  char key[128];
  pid_t pid;
  int input; /* what is written here it sends, if it is started with -quiet in the place of -www */
  int port;
} server;

/* A free port: bound, and given back. */
static int free_port(void) {
  uv_loop_t loop;
  uv_tcp_t tcp;
  struct sockaddr_in address;
  int size = sizeof address;
  uv_loop_init(&loop);
  uv_tcp_init(&loop, &tcp);
  uv_ip4_addr("127.0.0.1", 0, &address);
  assert_int_equal(uv_tcp_bind(&tcp, (struct sockaddr *)&address, 0), 0);
  assert_int_equal(uv_tcp_getsockname(&tcp, (struct sockaddr *)&address, &size), 0);
  uv_close((uv_handle_t *)&tcp, NULL);
  uv_run(&loop, UV_RUN_DEFAULT);
  uv_loop_close(&loop);
  return ntohs(address.sin_port);
}

/* Starts openssl's server with a certificate of its own making, signed by itself, for the host `name`, good
 * for `days` from now; `extra` are arguments for the server, ended by NULL. */
static void server_start(server *s, const char *name, int days, const char *const *extra) {
  char command[900];
  char request[128];
  char port[16];
  folder_make(&s->folder);
  folder_path(&s->folder, "certificate.pem", s->certificate);
  folder_path(&s->folder, "key.pem", s->key);
  folder_path(&s->folder, "request.pem", request);
  snprintf(
      command, sizeof command,
      "openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=%s "
      "-addext subjectAltName=DNS:%s -keyout %s -out %s 2>/dev/null && "
      "openssl x509 -req -in %s -signkey %s -copy_extensions copy -days %d -out %s 2>/dev/null",
      name, name, s->key, request, request, s->key, days, s->certificate);
  assert_int_equal(system(command), 0);
  s->port = free_port();
  snprintf(port, sizeof port, "%d", s->port);
  bool talks = extra != NULL && strcmp(extra[0], "-quiet") == 0;
  const char *arguments[24] = {"openssl",      "s_server", talks ? "-quiet" : "-www",
                               "-accept",      port,       "-cert",
                               s->certificate, "-key",     s->key};
  for (size_t i = 9; extra != NULL && *extra != NULL && i < COUNT_OF(arguments) - 1; i++)
    arguments[i] = *extra++;
  int ends[2];
  assert_int_equal(pipe(ends), 0);
  s->input = ends[1];
  s->pid = fork();
  assert_true(s->pid >= 0);
  if (s->pid == 0) {
    int null = open("/dev/null", O_RDWR);
    dup2(ends[0], 0);
    close(ends[0]);
    close(ends[1]);
    dup2(null, 1);
    dup2(null, 2);
    execvp("openssl", (char *const *)(uintptr_t)arguments);
    _exit(99);
  }
  close(ends[0]);
}

static void server_stop(server *s) {
  kill(s->pid, SIGKILL);
  waitpid(s->pid, NULL, 0);
  close(s->input);
  folder_remove(&s->folder);
}

typedef struct asked {
  call call;                /* first */
  again_http_record record; /* of the last attempt */
  unsigned talked;          /* attempts that came to talk to the server */
} asked;

static void on_attempted(again_http_request *request, const again_http_record *record) {
  asked *a = (asked *)request;
  a->record = *record;
  if (record->result != CURLE_COULDNT_CONNECT) a->talked++;
}

/* Time enough for openssl to start on a machine that is busy. */
static again_policy patient_policy(void) {
  again_policy policy = quick_policy;
  policy.retryable.max_attempts = 1000;
  policy.retryable.backoff.cap = 50;
  policy.attempt_timeout = policy.connect_timeout = 15000;
  policy.operation_deadline = AGAIN_NEVER;
  return policy;
}

/* What becomes of a GET to https://localhost. */
static void ask(asked *a, int port, const again_http_options *options) {
  static const origin_step none[] = {{NULL, ORIGIN_CLOSE}};
  again_policy policy = patient_policy();
  fixture f;
  fixture_init(&f, &policy, options, none, COUNT_OF(none));
  snprintf(f.url, sizeof f.url, "https://localhost:%d/", port);
  *a = (asked){0};
  call_init(&a->call, &f, NULL, 0);
  a->call.request.method = "GET";
  a->call.request.attempted = on_attempted;
  assert_int_equal(again_http_send(f.http, &a->call.request, &f.scope, AGAIN_NEVER), 0);
  while (a->call.done == 0)
    uv_run(&f.loop, UV_RUN_ONCE);
  fixture_fini(&f);
}

static void expect_delivered(int port, const again_http_options *options, const char *tls) {
  asked a;
  ask(&a, port, options);
  assert_int_equal(a.call.result.reason, AGAIN_REASON_OK);
  assert_string_equal(a.record.tls, tls);
  assert_true(a.record.secured_us >= a.record.connected_us);
}

/* Surfaced after one try, and the message says what to do. */
static void expect_refused(int port, const again_http_options *options, again_fault fault,
                           const char *message) {
  asked a;
  ask(&a, port, options);
  assert_int_equal(a.call.result.reason, AGAIN_REASON_FATAL);
  assert_string_equal(again_fault_name(a.call.result.fault), again_fault_name(fault));
  assert_int_equal(a.call.result.effect, AGAIN_EFFECT_NOT_APPLIED);
  assert_int_equal(a.talked, 1);
  if (strstr(a.call.result.message, message) == NULL) {
    fail_msg("\"%s\" does not say \"%s\"", a.call.result.message, message);
  }
}

static void a_certificate_is_trusted_only_if_its_issuer_and_host_are_right(void **state) {
  (void)state;
  server s;
  server_start(&s, "localhost", 2, NULL);
  again_http_options trusting = {.ca_file = s.certificate};
  expect_delivered(s.port, &trusting, "TLSv1.3");
  expect_refused(s.port, NULL, AGAIN_FAULT_VERIFY, "name its issuer in ca_file");
  server_stop(&s);
  server_start(&s, "elsewhere.example", 2, NULL);
  expect_refused(s.port, &trusting, AGAIN_FAULT_VERIFY, "is for another host");
  server_stop(&s);
}

static void an_expired_certificate_is_refused_and_named_as_such(void **state) {
  (void)state;
  server s;
  server_start(&s, "localhost", -1, NULL);
  again_http_options trusting = {.ca_file = s.certificate};
  expect_refused(s.port, &trusting, AGAIN_FAULT_VERIFY, "has expired");
  server_stop(&s);
}

static void a_server_without_tls_1_2_is_refused(void **state) {
  (void)state;
  static const char *const old[] = {"-tls1_1", "-cipher", "ALL@SECLEVEL=0", NULL};
  static const char *const enough[] = {"-tls1_2", NULL};
  server s;
  server_start(&s, "localhost", 2, old);
  again_http_options trusting = {.ca_file = s.certificate};
  expect_refused(s.port, &trusting, AGAIN_FAULT_CONFIG, "no TLS 1.2");
  server_stop(&s);
  server_start(&s, "localhost", 2, enough);
  expect_delivered(s.port, &trusting, "TLSv1.2");
  server_stop(&s);
}

/* With TLS 1.3 the refusal comes after the request was sent. */
static void a_client_certificate_is_shown_where_one_is_set(void **state) {
  (void)state;
  static const struct {
    const char *option;
    const char *version;
  } rows[] = {{"-tls1_2", "TLSv1.2"}, {"-tls1_3", "TLSv1.3"}};
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    server s;
    const char *const verify[] = {rows[i].option, "-Verify",     "1", "-verify_return_error",
                                  "-CAfile",      s.certificate, NULL};
    server_start(&s, "localhost", 2, verify);
    again_http_options options = {.ca_file = s.certificate};
    expect_refused(s.port, &options, AGAIN_FAULT_CONFIG, "wants a client certificate");
    options.certificate = s.certificate;
    options.key = s.key;
    expect_delivered(s.port, &options, rows[i].version);
    options.key = s.certificate;
    expect_refused(s.port, &options, AGAIN_FAULT_CONFIG, "check certificate, key");
    server_stop(&s);
  }
}

static void a_file_of_trusted_certificates_that_is_not_there_is_said(void **state) {
  (void)state;
  server s;
  server_start(&s, "localhost", 2, NULL);
  again_http_options trusting = {.ca_file = "/nowhere/ca.pem"};
  expect_refused(s.port, &trusting, AGAIN_FAULT_CONFIG, "check ca_file");
  server_stop(&s);
}

static void what_does_not_speak_tls_is_refused(void **state) {
  (void)state;
  static const origin_step none[] = {{NULL, ORIGIN_CLOSE}};
  static const hostile_step plain[] = {{HOSTILE_SEND, "HTTP/1.1 400 Bad\r\n\r\n", 20, 0},
                                       {.act = HOSTILE_HANG}};
  fixture f;
  fixture_init(&f, &quick_policy, NULL, none, COUNT_OF(none));
  hostile_origin other;
  hostile_start(&other, &f.loop, HOSTILE_LISTENS, plain, "", 0);
  snprintf(f.url, sizeof f.url, "https://localhost:%d/", other.port);
  call c;
  call_run(&c, &f, "x");
  assert_int_equal(c.result.reason, AGAIN_REASON_FATAL);
  assert_int_equal(c.result.fault, AGAIN_FAULT_CONFIG);
  assert_non_null(strstr(c.result.message, "does not speak TLS"));
  assert_int_equal(c.result.attempts, 1);
  hostile_stop(&other);
  fixture_fini(&f);
}

/* ---- An answer that comes before the body is sent ----------------------------------------------- */

typedef struct early {
  asked asked; /* first */
  int input;   /* of the server */
  unsigned said;
  uv_timer_t later;
} early;

static void say(early *e, const char *answer) {
  e->said++;
  assert_int_equal(write(e->input, answer, strlen(answer)), strlen(answer));
}

static void on_later(uv_timer_t *timer) {
  say(timer->data, ANSWER_OK);
}

/* The refusal is there before the request; the success comes a while after it was begun. */
static int on_prepare(again_http_request *request, again_http_attempt *attempt) {
  early *e = (early *)request;
  (void)attempt;
  if (e->said == 0) say(e, ANSWER("429 Slow", "", "0", ""));
  if (e->asked.talked == 1) uv_timer_start(&e->later, on_later, 30, 0);
  return 0;
}

static void an_early_refusal_keeps_the_connection_if_the_rest_of_the_body_is_short(void **state) {
  (void)state;
  enum { MIB = 1024 * 1024 };
  static const origin_step none[] = {{NULL, ORIGIN_CLOSE}};
  static const char *const quiet[] = {"-quiet", NULL};
  char *body = test_calloc(4, MIB);
  for (int i = 0; i < 2; i++) {
    server s;
    fixture f;
    early e = {.said = 0};
    again_http_options options = {.ca_file = s.certificate};
    server_start(&s, "localhost", 2, quiet);
    again_policy policy = patient_policy();
    fixture_init(&f, &policy, &options, none, COUNT_OF(none));
    snprintf(f.url, sizeof f.url, "https://localhost:%d/", s.port);
    uv_timer_init(&f.loop, &e.later);
    e.later.data = &e;
    e.input = s.input;
    call_init(&e.asked.call, &f, body, i == 0 ? MIB : 4 * MIB);
    e.asked.call.request.prepare = on_prepare;
    e.asked.call.request.attempted = on_attempted;
    assert_int_equal(again_http_send(f.http, &e.asked.call.request, &f.scope, AGAIN_NEVER), 0);
    while (e.asked.call.done == 0)
      uv_run(&f.loop, UV_RUN_ONCE);
    assert_int_equal(e.asked.call.result.reason, AGAIN_REASON_OK);
    assert_int_equal(e.asked.talked, 2);
    assert_int_equal(e.asked.record.reused, i == 0);
    uv_close((uv_handle_t *)&e.later, NULL);
    fixture_fini(&f);
    server_stop(&s);
  }
  test_free(body);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_certificate_is_trusted_only_if_its_issuer_and_host_are_right),
      cmocka_unit_test(an_expired_certificate_is_refused_and_named_as_such),
      cmocka_unit_test(a_server_without_tls_1_2_is_refused),
      cmocka_unit_test(a_client_certificate_is_shown_where_one_is_set),
      cmocka_unit_test(a_file_of_trusted_certificates_that_is_not_there_is_said),
      cmocka_unit_test(what_does_not_speak_tls_is_refused),
      cmocka_unit_test(an_early_refusal_keeps_the_connection_if_the_rest_of_the_body_is_short),
  };
  curl_global_init(CURL_GLOBAL_DEFAULT);
  return cmocka_run_group_tests(tests, NULL, NULL);
}
