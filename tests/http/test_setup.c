#include "folder.h"
#include "http/setup.h"
#include "http_fixture.h"
#include <arpa/inet.h>

static void more_headers_than_allowed_are_a_protocol_fault(void **state) {
  (void)state;
  static const struct {
    again_http_options options;
    again_fault fault;
  } rows[] = {
      {{.header_count_max = 5}, AGAIN_FAULT_NONE}, /* status line, three headers, empty line */
      {{.header_count_max = 4}, AGAIN_FAULT_PROTOCOL},
      {{.header_max = 52}, AGAIN_FAULT_NONE},
      {{.header_max = 51}, AGAIN_FAULT_PROTOCOL},
  };
  static const origin_step steps[] = {
      {ANSWER("200 OK", "A: 1\r\nBb: 22\r\n", "0", ""), ORIGIN_KEEP},
      {ANSWER("400 Bad", "", "0", ""), ORIGIN_KEEP}};
  assert_int_equal(strlen(steps[0].send), 52);
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    fixture f;
    fixture_init(&f, &quick_policy, &rows[i].options, steps, COUNT_OF(steps));
    call c;
    call_run(&c, &f, "x");
    assert_int_equal(c.result.history[0].fault, rows[i].fault);
    assert_int_equal(c.result.effect, rows[i].fault == AGAIN_FAULT_NONE
                                          ? AGAIN_EFFECT_APPLIED
                                          : AGAIN_EFFECT_MAYBE_APPLIED);
    fixture_fini(&f);
  }
}

static void a_silent_server_is_given_up_after_the_idle_timeout(void **state) {
  (void)state;
  static const origin_step steps[] = {{NULL, ORIGIN_HANG}, {ANSWER_OK, ORIGIN_KEEP}};
  again_policy policy = quick_policy;
  policy.attempt_timeout = 1000000; /* the watchdog would come first */
  policy.operation_deadline = AGAIN_NEVER;
  again_http_options options = {.idle_timeout = 1};
  fixture f;
  fixture_init(&f, &policy, &options, steps, COUNT_OF(steps));
  call c;
  call_run(&c, &f, "x");
  assert_int_equal(c.result.reason, AGAIN_REASON_OK);
  assert_int_equal(c.result.attempts, 2);
  assert_int_equal(c.result.history[0].fault, AGAIN_FAULT_TIMEOUT);
  fixture_fini(&f);
}

static void a_retry_goes_over_a_new_connection_where_that_is_asked_for(void **state) {
  (void)state;
  static const origin_step steps[] = {{ANSWER_OK, ORIGIN_KEEP},
                                      {ANSWER("503 Busy", "", "0", ""), ORIGIN_KEEP},
                                      {ANSWER_OK, ORIGIN_KEEP}};
  for (int fresh = 0; fresh < 2; fresh++) {
    again_http_options options = {.fresh_on_retry = fresh == 1};
    fixture f;
    fixture_init(&f, &quick_policy, &options, steps, COUNT_OF(steps));
    call c;
    call_run(&c, &f, "x"); /* one that needs no retry */
    call_run(&c, &f, "x"); /* and one over the same connection that needs one */
    assert_int_equal(c.result.attempts, 2);
    assert_int_equal(c.reused, fresh == 0);
    assert_int_equal(f.server.connections, 1 + fresh);
    fixture_fini(&f);
  }
}

/* ---- Where a request goes ---------------------------------------------------------------------- */

static void a_name_is_pinned_to_an_address(void **state) {
  (void)state;
  static const origin_step steps[] = {{ANSWER_OK, ORIGIN_KEEP}};
  char entry[64];
  const char *const resolve[] = {entry, NULL};
  fixture f;
  fixture_init(&f, &quick_policy, NULL, steps, COUNT_OF(steps));
  snprintf(entry, sizeof entry, "pinned.example:%d:127.0.0.1", f.server.port);
  snprintf(f.url, sizeof f.url, "http://pinned.example:%d/", f.server.port);
  again_http_options options = {.resolve = resolve};
  again_http *pinned;
  assert_int_equal(again_http_new(f.uv, &options, &pinned), 0);
  call c;
  call_init(&c, &f, "x", 1);
  assert_int_equal(again_http_send(pinned, &c.request, &f.scope, AGAIN_NEVER), 0);
  while (c.done == 0)
    uv_run(&f.loop, UV_RUN_ONCE);
  assert_int_equal(c.result.reason, AGAIN_REASON_OK);
  assert_non_null(strstr(f.server.last, "Host: pinned.example:"));
  assert_int_equal(again_http_close(pinned, NULL, NULL), 0);
  fixture_fini(&f);
}

/* The fixture's server is the proxy. */
static void proxy_call(call *c, const origin_step *steps, size_t count, const char *url, char *head,
                       size_t head_size) {
  fixture f;
  char proxy[64];
  fixture_init(&f, &quick_policy, NULL, steps, count);
  snprintf(proxy, sizeof proxy, "http://user:word@127.0.0.1:%d", f.server.port);
  again_http_options options = {.proxy = proxy};
  again_http *http;
  assert_int_equal(again_http_new(f.uv, &options, &http), 0);
  snprintf(f.url, sizeof f.url, "%s", url);
  call_init(c, &f, "x", 1);
  assert_int_equal(again_http_send(http, &c->request, &f.scope, AGAIN_NEVER), 0);
  while (c->done == 0)
    uv_run(&f.loop, UV_RUN_ONCE);
  snprintf(head, head_size, "%s", f.server.last);
  assert_int_equal(again_http_close(http, NULL, NULL), 0);
  fixture_fini(&f);
}

static void a_proxy_is_asked_for_everything(void **state) {
  (void)state;
  static const origin_step good[] = {{ANSWER_OK, ORIGIN_KEEP}};
  static const origin_step login[] = {
      {ANSWER("407 Who", "Proxy-Authenticate: Basic\r\n", "0", ""), ORIGIN_CLOSE}};
  static const origin_step bad[] = {{ANSWER("502 No", "", "0", ""), ORIGIN_CLOSE},
                                    {ANSWER("407 Who", "", "0", ""), ORIGIN_CLOSE}};
  char head[512];
  call c;
  setenv("no_proxy", "*", 1);
  proxy_call(&c, good, COUNT_OF(good), "http://there.example/a", head, sizeof head);
  assert_int_equal(c.result.reason, AGAIN_REASON_OK);
  assert_non_null(strstr(head, "POST http://there.example/a HTTP/1.1\r\n"));
  assert_non_null(strstr(head, "Proxy-Authorization: Basic dXNlcjp3b3Jk"));
  unsetenv("no_proxy");

  proxy_call(&c, login, COUNT_OF(login), "https://there.example/a", head, sizeof head);
  assert_memory_equal(head, "CONNECT there.example:443 ", 26);
  assert_int_equal(c.result.attempts, 1);
  assert_int_equal(c.result.fault, AGAIN_FAULT_CONFIG);
  assert_int_equal(c.result.effect, AGAIN_EFFECT_NOT_APPLIED);
  assert_non_null(strstr(c.result.message, "the proxy wants credentials"));

  proxy_call(&c, bad, COUNT_OF(bad), "https://there.example/a", head, sizeof head);
  assert_int_equal(c.result.attempts, 2);
  assert_int_equal(c.result.history[0].fault, AGAIN_FAULT_CONNECT);
  assert_int_equal(c.result.effect, AGAIN_EFFECT_NOT_APPLIED);
}

/* A server on any kind of stream: answers what it reads with 200, once, and closes. */
typedef struct single {
  union {
    uv_stream_t stream;
    uv_tcp_t tcp;
    uv_pipe_t pipe;
  } port, peer;
  uv_write_t write;
  char read[4096];
  size_t length;
  bool local;
} single;

static void on_single_written(uv_write_t *write, int status) {
  single *s = write->data;
  (void)status;
  uv_close((uv_handle_t *)&s->peer.stream, NULL);
}

static void on_single_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer) {
  single *s = handle->data;
  (void)suggested;
  *buffer = uv_buf_init(s->read + s->length, (unsigned)(sizeof s->read - 1 - s->length));
}

static void on_single_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer) {
  static char answer[] = ANSWER_OK;
  single *s = stream->data;
  (void)buffer;
  if (count <= 0) return;
  s->length += (size_t)count;
  s->read[s->length] = '\0';
  if (strstr(s->read, "\r\n\r\nx") == NULL) return;
  uv_buf_t send = uv_buf_init(answer, sizeof answer - 1);
  s->write.data = s;
  uv_write(&s->write, stream, &send, 1, on_single_written);
}

static void on_single_connection(uv_stream_t *port, int status) {
  single *s = port->data;
  assert_int_equal(status, 0);
  if (s->local) {
    uv_pipe_init(port->loop, &s->peer.pipe, 0);
  } else {
    uv_tcp_init(port->loop, &s->peer.tcp);
  }
  s->peer.stream.data = s;
  assert_int_equal(uv_accept(port, &s->peer.stream), 0);
  uv_read_start(&s->peer.stream, on_single_alloc, on_single_read);
}

static void single_listen(single *s) {
  s->port.stream.data = s;
  assert_int_equal(uv_listen(&s->port.stream, 8, on_single_connection), 0);
  uv_unref((uv_handle_t *)&s->port.stream);
}

static void a_unix_socket_takes_the_place_of_host_and_port(void **state) {
  (void)state;
  static const origin_step none[] = {{NULL, ORIGIN_CLOSE}};
  folder at;
  char path[160];
  folder_make(&at);
  folder_path(&at, "socket", path);
  again_http_options options = {.unix_socket = path};
  fixture f;
  fixture_init(&f, &quick_policy, &options, none, COUNT_OF(none));
  single s = {.local = true};
  uv_pipe_init(&f.loop, &s.port.pipe, 0);
  assert_int_equal(uv_pipe_bind(&s.port.pipe, path), 0);
  single_listen(&s);
  snprintf(f.url, sizeof f.url, "http://there.example/a");
  call c;
  call_run(&c, &f, "x");
  assert_int_equal(c.result.reason, AGAIN_REASON_OK);
  assert_non_null(strstr(s.read, "Host: there.example\r\n"));
  uv_close((uv_handle_t *)&s.port.stream, NULL);
  fixture_fini(&f);
  folder_remove(&at);
}

static void an_ipv6_address_is_a_host(void **state) {
  (void)state;
  static const origin_step none[] = {{NULL, ORIGIN_CLOSE}};
  fixture f;
  fixture_init(&f, &quick_policy, NULL, none, COUNT_OF(none));
  single s = {.local = false};
  struct sockaddr_in6 address;
  int size = sizeof address;
  uv_ip6_addr("::1", 0, &address);
  uv_tcp_init(&f.loop, &s.port.tcp);
  if (uv_tcp_bind(&s.port.tcp, (struct sockaddr *)&address, UV_TCP_IPV6ONLY) != 0) {
    print_message("this machine has no IPv6: not tested\n");
  } else {
    single_listen(&s);
    uv_tcp_getsockname(&s.port.tcp, (struct sockaddr *)&address, &size);
    snprintf(f.url, sizeof f.url, "http://[::1]:%d/", ntohs(address.sin6_port));
    call c;
    call_run(&c, &f, "x");
    assert_int_equal(c.result.reason, AGAIN_REASON_OK);
  }
  uv_close((uv_handle_t *)&s.port.stream, NULL);
  fixture_fini(&f);
}

/* ---- Credentials ------------------------------------------------------------------------------- */

static void what_is_sent_in_plain_text_is_exposed_unless_it_stays_on_this_machine(void **state) {
  (void)state;
  static const struct {
    const char *url;
    bool exposed;
  } rows[] = {
      {"http://there.example/", true},
      {"HTTP://there.example/", true},
      {"there.example/", true},
      {"http://localhost.there.example/", true},
      {"http://127.0.0.1.there.example/", true},
      {"http://localhost@there.example/", true},
      {"http://there.example/?x=127.0.0.1", true},
      {"http://128.0.0.1/", true},
      {"http://[::2]/", true},
      {"not a URL", true},
      {"https://there.example/", false},
      {"http://localhost:80/", false},
      {"http://LOCALHOST/", false},
      {"http://127.8.9.10/", false},
      {"http://2130706433/", false}, /* 127.0.0.1 in one number */
      {"http://[::1]:8080/", false},
      {"http://user:word@127.0.0.1/", false},
  };
  again_http_options proxied = {.proxy = "http://127.0.0.1:3128"};
  again_http_options local = {.unix_socket = "/run/x"};
  again_http_options none = {0};
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    again_http_setup setup;
    assert_int_equal(again_http_setup_init(&setup, NULL, &none), 0);
    if (again_http_setup_exposes(&setup, rows[i].url) != rows[i].exposed) {
      fail_msg("%s", rows[i].url);
    }
    again_http_setup_free(&setup);
    assert_int_equal(again_http_setup_init(&setup, NULL, &proxied), 0);
    assert_int_equal(again_http_setup_exposes(&setup, rows[i].url),
                     strncmp(rows[i].url, "https", 5) != 0);
    again_http_setup_free(&setup);
    assert_int_equal(again_http_setup_init(&setup, NULL, &local), 0);
    assert_false(again_http_setup_exposes(&setup, rows[i].url));
    again_http_setup_free(&setup);
  }
}

static int prepare_login(again_http_request *request, again_http_attempt *attempt) {
  call *c = (call *)request;
  c->header_error = again_http_header(attempt, "authorization", "secret");
  return 0; /* as if nothing had gone wrong */
}

static void credentials_go_unencrypted_to_another_machine_only_where_that_is_allowed(void **state) {
  (void)state;
  static const origin_step steps[] = {{ANSWER_OK, ORIGIN_KEEP}};
  for (int allowed = 0; allowed < 2; allowed++) {
    fixture f;
    char entry[64];
    const char *const resolve[] = {entry, NULL};
    fixture_init(&f, &quick_policy, NULL, steps, COUNT_OF(steps));
    snprintf(entry, sizeof entry, "there.example:%d:127.0.0.1", f.server.port);
    snprintf(f.url, sizeof f.url, "http://there.example:%d/?a=b@c", f.server.port);
    again_http_options options = {.resolve = resolve};
    again_http *http;
    assert_int_equal(again_http_new(f.uv, &options, &http), 0);
    call c;
    call_init(&c, &f, "x", 1);
    c.request.prepare = prepare_login;
    c.request.plain_credentials = allowed == 1;
    assert_int_equal(again_http_send(http, &c.request, &f.scope, AGAIN_NEVER), 0);
    while (c.done == 0)
      uv_run(&f.loop, UV_RUN_ONCE);
    assert_int_equal(f.server.requests, allowed);
    assert_int_equal(c.result.attempts, 1);
    if (allowed == 0) {
      assert_int_equal(c.header_error, AGAIN_EINVAL);
      assert_int_equal(c.result.reason, AGAIN_REASON_FATAL);
      assert_int_equal(c.result.fault, AGAIN_FAULT_CONFIG);
      assert_string_equal(c.result.code, "PlainCredentials");
      assert_non_null(strstr(c.result.message, "use https://"));
    } else {
      assert_non_null(strstr(f.server.last, "authorization: secret"));
    }
    c.request.url = "http://user:word@there.example/";
    int error = again_http_send(http, &c.request, &f.scope, 1);
    assert_int_equal(error, allowed == 0 ? AGAIN_EINVAL : 0);
    c.done = error == 0 ? 0 : 1;
    while (c.done == 0)
      uv_run(&f.loop, UV_RUN_NOWAIT); /* nothing comes but done: its deadline is over */
    assert_int_equal(again_http_close(http, NULL, NULL), 0);
    fixture_fini(&f);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(more_headers_than_allowed_are_a_protocol_fault),
      cmocka_unit_test(a_silent_server_is_given_up_after_the_idle_timeout),
      cmocka_unit_test(a_retry_goes_over_a_new_connection_where_that_is_asked_for),
      cmocka_unit_test(a_name_is_pinned_to_an_address),
      cmocka_unit_test(a_proxy_is_asked_for_everything),
      cmocka_unit_test(a_unix_socket_takes_the_place_of_host_and_port),
      cmocka_unit_test(an_ipv6_address_is_a_host),
      cmocka_unit_test(what_is_sent_in_plain_text_is_exposed_unless_it_stays_on_this_machine),
      cmocka_unit_test(credentials_go_unencrypted_to_another_machine_only_where_that_is_allowed),
  };
  curl_global_init(CURL_GLOBAL_DEFAULT);
  return cmocka_run_group_tests(tests, NULL, NULL);
}
