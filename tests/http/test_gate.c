/* The resolver here is the test's own: it counts, and answers when it is let. */
#include "http_fixture.h"
#include <netdb.h>
#include <pthread.h>

static struct {
  pthread_mutex_t mutex;
  pthread_cond_t changed;
  int calls;     /* so far */
  int under_way; /* at this moment */
  int most;      /* at once */
  int answers;   /* that may be given; -1: any number */
  bool known;    /* names resolve, to 127.0.0.1 */
} names = {.mutex = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

/* In the place of the C library's. */
int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
                struct addrinfo **found) {
  (void)name;
  pthread_mutex_lock(&names.mutex);
  names.calls++;
  if (++names.under_way > names.most) names.most = names.under_way;
  pthread_cond_broadcast(&names.changed);
  while (names.answers == 0)
    pthread_cond_wait(&names.changed, &names.mutex);
  if (names.answers > 0) names.answers--;
  names.under_way--;
  pthread_cond_broadcast(&names.changed);
  bool known = names.known;
  pthread_mutex_unlock(&names.mutex);
  if (!known) return EAI_NONAME;
  struct addrinfo *made = calloc(1, sizeof *made + sizeof(struct sockaddr_in));
  struct sockaddr_in address;
  if (made == NULL) return EAI_MEMORY;
  uv_ip4_addr("127.0.0.1", atoi(service), &address);
  memcpy(made + 1, &address, sizeof address);
  *made = (struct addrinfo){.ai_family = AF_INET,
                            .ai_socktype = hints->ai_socktype,
                            .ai_addrlen = sizeof address,
                            .ai_addr = (struct sockaddr *)(made + 1)};
  *found = made;
  return 0;
}

void freeaddrinfo(struct addrinfo *found) {
  free(found);
}

static void names_begin(bool known, int answers) {
  names.calls = names.under_way = names.most = 0;
  names.known = known;
  names.answers = answers;
}

static void names_let(int answers) {
  pthread_mutex_lock(&names.mutex);
  names.answers = answers;
  pthread_cond_broadcast(&names.changed);
  pthread_mutex_unlock(&names.mutex);
}

static int names_asked(void) {
  pthread_mutex_lock(&names.mutex);
  int calls = names.calls;
  pthread_mutex_unlock(&names.mutex);
  return calls;
}

static void names_wait_until_idle(void) {
  pthread_mutex_lock(&names.mutex);
  while (names.under_way > 0)
    pthread_cond_wait(&names.changed, &names.mutex);
  pthread_mutex_unlock(&names.mutex);
}

enum { CALLS = 32 };

typedef struct many {
  fixture f;
  call calls[CALLS];
} many;

static void many_begin(many *m, const again_policy *policy, const char *host) {
  static const origin_step steps[] = {{ANSWER_OK, ORIGIN_KEEP}};
  fixture_init(&m->f, policy, NULL, steps, COUNT_OF(steps));
  snprintf(m->f.url, sizeof m->f.url, "http://%s:%d/", host, m->f.server.port);
  for (int i = 0; i < CALLS; i++) {
    call_init(&m->calls[i], &m->f, "x", 1);
    assert_int_equal(again_http_send(m->f.http, &m->calls[i].request, &m->f.scope, AGAIN_NEVER), 0);
  }
}

static void many_wait(many *m) {
  for (int i = 0; i < CALLS; i++) {
    while (m->calls[i].done == 0)
      uv_run(&m->f.loop, UV_RUN_ONCE);
  }
}

static again_policy once_policy(void) {
  again_policy policy = quick_policy;
  policy.retryable.max_attempts = 1;
  return policy;
}

static void a_name_that_does_not_resolve_is_asked_for_once_for_all(void **state) {
  (void)state;
  many m;
  again_policy policy = once_policy();
  names_begin(false, -1);
  many_begin(&m, &policy, "nowhere.example");
  many_wait(&m);
  for (int i = 0; i < CALLS; i++) {
    assert_int_equal(m.calls[i].result.fault, AGAIN_FAULT_RESOLVE);
    assert_string_equal(m.calls[i].result.code, "CURLE_COULDNT_RESOLVE_HOST");
    assert_non_null(strstr(m.calls[i].result.message, "did not resolve"));
    assert_int_equal(m.calls[i].result.effect, AGAIN_EFFECT_NOT_APPLIED);
  }
  assert_int_equal(names.calls, 1);
  fixture_fini(&m.f);
}

static void its_retries_never_take_a_second_thread_at_once(void **state) {
  (void)state;
  many m;
  again_policy policy = quick_policy;
  policy.retryable.max_attempts = 5;
  policy.retryable.backoff.jitter = AGAIN_JITTER_FULL;
  names_begin(false, -1);
  many_begin(&m, &policy, "nowhere.example");
  many_wait(&m);
  assert_int_equal(names.most, 1);
  assert_in_range(names.calls, 5, 4 * CALLS + 1);
  fixture_fini(&m.f);
}

static void the_name_of_a_proxy_is_what_counts_if_there_is_one(void **state) {
  (void)state;
  static const origin_step none[] = {{NULL, ORIGIN_CLOSE}};
  again_http_options options = {.proxy = "http://proxy.example:3128"};
  again_policy policy = once_policy();
  fixture f;
  call calls[4];
  char urls[4][48];
  names_begin(false, -1);
  fixture_init(&f, &policy, &options, none, COUNT_OF(none));
  for (int i = 0; i < 4; i++) {
    call_init(&calls[i], &f, "x", 1);
    snprintf(urls[i], sizeof urls[i], "http://host-%d.example/", i);
    calls[i].request.url = urls[i];
    assert_int_equal(again_http_send(f.http, &calls[i].request, &f.scope, AGAIN_NEVER), 0);
  }
  for (int i = 0; i < 4; i++) {
    while (calls[i].done == 0)
      uv_run(&f.loop, UV_RUN_NOWAIT);
    assert_int_equal(calls[i].result.fault, AGAIN_FAULT_RESOLVE);
    assert_string_equal(calls[i].result.code, "CURLE_COULDNT_RESOLVE_PROXY");
  }
  assert_int_equal(names.calls, 1);
  fixture_fini(&f);
}

static void a_name_that_resolves_is_asked_for_once_and_all_go(void **state) {
  (void)state;
  many m;
  names_begin(true, -1);
  many_begin(&m, &quick_policy, "somewhere.example");
  many_wait(&m);
  for (int i = 0; i < CALLS; i++) {
    assert_int_equal(m.calls[i].result.reason, AGAIN_REASON_OK);
    assert_int_equal(m.calls[i].result.attempts, 1);
  }
  assert_int_equal(names.calls, 1);
  /* Not one after the other. */
  assert_in_range(m.f.server.most_open, 2, CALLS);
  fixture_fini(&m.f);
}

static void who_waits_at_the_gate_can_be_cancelled_and_closed(void **state) {
  (void)state;
  many m;
  again_policy policy = once_policy();
  names_begin(false, 0);
  many_begin(&m, &policy, "nowhere.example");
  while (names_asked() == 0)
    uv_run(&m.f.loop, UV_RUN_ONCE);
  static const int cancelled[] = {1, CALLS - 1, 5, 0}; /* the last one is resolving the name */
  for (size_t i = 0; i < COUNT_OF(cancelled); i++) {
    call *c = &m.calls[cancelled[i]];
    assert_int_equal(again_http_cancel(&c->request), 0);
    while (c->done == 0)
      uv_run(&m.f.loop, UV_RUN_NOWAIT);
    assert_int_equal(c->result.reason, AGAIN_REASON_CANCELLED);
  }
  /* Another one asks now, and is closed with all that wait. */
  while (names_asked() == 1)
    uv_run(&m.f.loop, UV_RUN_ONCE);
  again_sched_close(again_uv_sched(m.f.uv));
  many_wait(&m);
  assert_int_equal(m.calls[2].result.reason, AGAIN_REASON_CLOSED);
  assert_int_equal(names.calls, 2);
  fixture_fini(&m.f);
  names_let(-1);
  names_wait_until_idle();
}

static void a_resolver_that_hangs_holds_nobody_beyond_the_timeout_of_the_attempt(void **state) {
  (void)state;
  many m;
  again_policy policy = once_policy();
  policy.attempt_timeout = 60;
  policy.connect_timeout = 50;
  names_begin(false, 0);
  many_begin(&m, &policy, "nowhere.example");
  many_wait(&m); /* the loop goes on while the resolver hangs */
  for (int i = 0; i < CALLS; i++) {
    assert_int_equal(m.calls[i].result.fault, AGAIN_FAULT_TIMEOUT);
    assert_int_equal(m.calls[i].result.effect, AGAIN_EFFECT_NOT_APPLIED);
  }
  assert_in_range(names_asked(), 0, 4); /* a busy machine may not have begun its thread */
  fixture_fini(&m.f);
  names_let(-1);
  names_wait_until_idle();
}

static void an_address_and_localhost_wait_for_nobody(void **state) {
  (void)state;
  static const char *const hosts[] = {"127.0.0.1", "localhost", "user@127.0.0.1"};
  for (size_t i = 0; i < COUNT_OF(hosts); i++) {
    many m;
    names_begin(false, -1);
    many_begin(&m, &quick_policy, hosts[i]);
    many_wait(&m);
    assert_int_equal(m.calls[0].result.reason, AGAIN_REASON_OK);
    fixture_fini(&m.f);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_name_that_does_not_resolve_is_asked_for_once_for_all),
      cmocka_unit_test(its_retries_never_take_a_second_thread_at_once),
      cmocka_unit_test(the_name_of_a_proxy_is_what_counts_if_there_is_one),
      cmocka_unit_test(a_name_that_resolves_is_asked_for_once_and_all_go),
      cmocka_unit_test(who_waits_at_the_gate_can_be_cancelled_and_closed),
      cmocka_unit_test(a_resolver_that_hangs_holds_nobody_beyond_the_timeout_of_the_attempt),
      cmocka_unit_test(an_address_and_localhost_wait_for_nobody),
  };
  curl_global_init(CURL_GLOBAL_DEFAULT);
  return cmocka_run_group_tests(tests, NULL, NULL);
}
