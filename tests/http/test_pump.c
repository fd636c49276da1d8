#include "http_fixture.h"

static void a_kept_connection_serves_request_after_request_and_retry_after_retry(void **state) {
  (void)state;
  fixture f;
  static const origin_step steps[] = {{ANSWER("503 Busy", "", "0", ""), ORIGIN_KEEP},
                                      {ANSWER("429 Slow", "", "2", "{}"), ORIGIN_KEEP},
                                      {ANSWER_OK, ORIGIN_KEEP}};
  fixture_init(&f, &quick_policy, NULL, steps, COUNT_OF(steps));
  for (int i = 0; i < 10; i++) {
    call c;
    call_run(&c, &f, "hello");
    assert_int_equal(c.result.reason, AGAIN_REASON_OK);
    assert_int_equal(c.reused, i > 0 || c.result.attempts > 1);
  }
  assert_int_equal(f.server.requests, 12);
  assert_int_equal(f.server.connections, 1);
  fixture_fini(&f);
}

static void a_drained_burst_leaves_its_connections_open_for_the_next(void **state) {
  (void)state;
  enum { BURST = 32 };
  fixture f;
  static const origin_step steps[] = {{ANSWER_OK, ORIGIN_KEEP}};
  fixture_init(&f, &quick_policy, NULL, steps, COUNT_OF(steps));
  call *calls = test_calloc(BURST, sizeof *calls);
  for (int round = 0; round < 3; round++) {
    for (int i = 0; i < BURST; i++) {
      call_init(&calls[i], &f, "x", 1);
      assert_int_equal(again_http_send(f.http, &calls[i].request, &f.scope, AGAIN_NEVER), 0);
    }
    for (int i = 0; i < BURST; i++) {
      while (calls[i].done == 0)
        uv_run(&f.loop, UV_RUN_ONCE);
      assert_int_equal(calls[i].result.reason, AGAIN_REASON_OK);
    }
  }
  assert_int_equal(f.server.requests, 3 * BURST);
  assert_int_equal(f.server.connections, BURST);
  test_free(calls);
  fixture_fini(&f);
}

typedef struct polls {
  unsigned all;
  unsigned holding; /* the loop alive */
} polls;

static void count_polls(uv_handle_t *handle, void *data) {
  polls *found = data;
  if (handle->type != UV_POLL || uv_is_closing(handle)) return;
  found->all++;
  found->holding += uv_is_active(handle) && uv_has_ref(handle);
}

static void an_idle_connection_does_not_keep_the_loop_alive(void **state) {
  (void)state;
  fixture f;
  static const origin_step steps[] = {{ANSWER_OK, ORIGIN_KEEP}};
  fixture_init(&f, &quick_policy, NULL, steps, COUNT_OF(steps));
  for (int i = 0; i < 2; i++) {
    call c;
    call_run(&c, &f, "x");
    polls found = {0};
    uv_walk(&f.loop, count_polls, &found);
    assert_int_equal(found.all, 1);
    assert_int_equal(found.holding, 0);
  }
  fixture_fini(&f);
}

static void a_connection_that_the_server_closes_while_idle_is_replaced(void **state) {
  (void)state;
  fixture f;
  static const origin_step steps[] = {{ANSWER_OK, ORIGIN_CLOSE}};
  fixture_init(&f, &quick_policy, NULL, steps, COUNT_OF(steps));
  for (int i = 0; i < 5; i++) {
    call c;
    call_run(&c, &f, "x");
    assert_int_equal(c.result.reason, AGAIN_REASON_OK);
    for (int turns = 0; turns < 5; turns++)
      uv_run(&f.loop, UV_RUN_NOWAIT);
  }
  assert_int_equal(f.server.connections, 5);
  fixture_fini(&f);
}

static void a_name_is_resolved_and_the_resolvers_descriptors_are_let_go(void **state) {
  (void)state;
  fixture f;
  static const origin_step steps[] = {{ANSWER_OK, ORIGIN_CLOSE}};
  fixture_init(&f, &quick_policy, NULL, steps, COUNT_OF(steps));
  snprintf(f.url, sizeof f.url, "http://localhost:%d/", f.server.port);
  for (int i = 0; i < 3; i++) {
    call c;
    call_run(&c, &f, "x");
    assert_int_equal(c.result.reason, AGAIN_REASON_OK);
  }
  fixture_fini(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_kept_connection_serves_request_after_request_and_retry_after_retry),
      cmocka_unit_test(a_drained_burst_leaves_its_connections_open_for_the_next),
      cmocka_unit_test(an_idle_connection_does_not_keep_the_loop_alive),
      cmocka_unit_test(a_connection_that_the_server_closes_while_idle_is_replaced),
      cmocka_unit_test(a_name_is_resolved_and_the_resolvers_descriptors_are_let_go),
  };
  curl_global_init(CURL_GLOBAL_DEFAULT);
  return cmocka_run_group_tests(tests, NULL, NULL);
}
