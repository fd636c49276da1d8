/* TLS: only a certificate that is trusted, for this host, is talked to. The server is openssl's. */
#include "folder.h"
#include "http_fixture.h"
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct server {
  folder folder;
  char certificate[128];
  pid_t pid;
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

/* Starts openssl's server with a certificate of its own making for the host name `name`. */
static void server_start(server *s, const char *name) {
  char command[600];
  char key[128];
  char port[16];
  folder_make(&s->folder);
  folder_path(&s->folder, "certificate.pem", s->certificate);
  folder_path(&s->folder, "key.pem", key);
  snprintf(command, sizeof command,
           "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=%s -addext "
           "subjectAltName=DNS:%s -keyout %s -out %s 2>/dev/null",
           name, name, key, s->certificate);
  assert_int_equal(system(command), 0);
  s->port = free_port();
  snprintf(port, sizeof port, "%d", s->port);
  s->pid = fork();
  assert_true(s->pid >= 0);
  if (s->pid == 0) {
    int null = open("/dev/null", O_RDWR);
    dup2(null, 0);
    dup2(null, 1);
    dup2(null, 2);
    execlp("openssl", "openssl", "s_server", "-www", "-accept", port, "-cert", s->certificate,
           "-key", key, (char *)NULL);
    _exit(99);
  }
}

static void server_stop(server *s) {
  kill(s->pid, SIGKILL);
  waitpid(s->pid, NULL, 0);
  folder_remove(&s->folder);
}

/* What becomes of a GET to https://localhost with these certificates trusted. */
static again_result ask(const server *s, const char *ca_file, again_fault *first_fault) {
  static const origin_step none[] = {{NULL, ORIGIN_CLOSE}};
  again_policy policy = quick_policy;
  policy.retryable.max_attempts = 200; /* until the server listens */
  policy.retryable.backoff.cap = 50;
  again_http_options options = {.ca_file = ca_file};
  fixture f;
  fixture_init(&f, &policy, &options, none, COUNT_OF(none));
  snprintf(f.url, sizeof f.url, "https://localhost:%d/", s->port);
  call c;
  call_init(&c, &f, NULL, 0);
  c.request.method = "GET";
  assert_int_equal(again_http_send(f.http, &c.request, &f.scope, AGAIN_NEVER), 0);
  while (c.done == 0)
    uv_run(&f.loop, UV_RUN_ONCE);
  again_result result = c.result;
  *first_fault = result.fault;
  fixture_fini(&f);
  return result;
}

static void a_certificate_is_trusted_only_if_its_issuer_and_host_are_right(void **state) {
  (void)state;
  again_fault fault;
  server s;
  server_start(&s, "localhost");
  again_result result = ask(&s, s.certificate, &fault);
  assert_int_equal(result.reason, AGAIN_REASON_OK);
  result = ask(&s, NULL, &fault); /* the system's certificates do not hold it */
  assert_int_equal(fault, AGAIN_FAULT_VERIFY);
  assert_int_equal(result.reason, AGAIN_REASON_FATAL);
  server_stop(&s);
  server_start(&s, "elsewhere.example");
  result = ask(&s, s.certificate, &fault);
  assert_int_equal(fault, AGAIN_FAULT_VERIFY);
  assert_int_equal(result.reason, AGAIN_REASON_FATAL);
  server_stop(&s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_certificate_is_trusted_only_if_its_issuer_and_host_are_right),
  };
  curl_global_init(CURL_GLOBAL_DEFAULT);
  return cmocka_run_group_tests(tests, NULL, NULL);
}
