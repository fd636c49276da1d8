#include "http_fixture.h"

typedef struct kept {
  call call; /* first */
  unsigned count;
  again_http_record records[8];
} kept;

static void keep_record(again_http_request *request, const again_http_record *record) {
  kept *k = (kept *)request;
  if (k->count < COUNT_OF(k->records)) k->records[k->count] = *record;
  k->count++;
}

static void kept_send(kept *k, fixture *f, const char *body) {
  call_init(&k->call, f, body, strlen(body));
  k->count = 0;
  k->call.request.attempted = keep_record;
  assert_int_equal(again_http_send(f->http, &k->call.request, &f->scope, AGAIN_NEVER), 0);
}

static void kept_run(kept *k, fixture *f, const char *body) {
  kept_send(k, f, body);
  while (k->call.done == 0)
    uv_run(&f->loop, UV_RUN_ONCE);
}

static void each_attempt_has_a_record_of_where_it_went_and_what_it_cost(void **state) {
  (void)state;
  static const char answer[] = ANSWER("503 Busy", "X: y\r\n", "5", "later");
  static const origin_step steps[] = {{answer, ORIGIN_KEEP}, {ANSWER_OK, ORIGIN_KEEP}};
  fixture f;
  fixture_init(&f, &quick_policy, NULL, steps, COUNT_OF(steps));
  kept k;
  kept_run(&k, &f, "hello");
  assert_int_equal(k.count, 2);
  const again_http_record *first = &k.records[0];
  assert_int_equal(first->attempt, 1);
  assert_int_equal(first->status, 503);
  assert_int_equal(first->result, CURLE_OK);
  assert_int_equal(first->effect, AGAIN_EFFECT_MAYBE_APPLIED);
  assert_string_equal(first->address, "127.0.0.1");
  assert_int_equal(first->port, f.server.port);
  assert_string_equal(first->tls, "");
  assert_false(first->reused);
  assert_int_equal(first->resends, 0);
  assert_int_equal(first->bytes_up, strlen(f.server.last) + 5);
  assert_int_equal(first->bytes_down, strlen(answer));
  assert_true(first->connected_us > 0 && first->connected_us <= first->answered_us);
  assert_int_equal(first->secured_us, 0);
  assert_true(first->answered_us <= first->total_us);
  const again_http_record *second = &k.records[1];
  assert_int_equal(second->attempt, 2);
  assert_int_equal(second->effect, AGAIN_EFFECT_APPLIED);
  assert_true(second->reused);
  assert_string_equal(second->address, "127.0.0.1");
  fixture_fini(&f);
}

static void what_was_never_sent_was_not_applied(void **state) {
  (void)state;
  static const origin_step steps[] = {{ANSWER_OK, ORIGIN_KEEP}};
  again_policy policy = quick_policy;
  policy.retryable.max_attempts = 1;
  fixture f;
  fixture_init(&f, &policy, NULL, steps, COUNT_OF(steps));
  snprintf(f.url, sizeof f.url, "http://127.0.0.1:1/");
  kept k;
  kept_run(&k, &f, "hello");
  assert_int_equal(k.count, 1);
  assert_int_equal(k.records[0].result, CURLE_COULDNT_CONNECT);
  assert_int_equal(k.records[0].effect, AGAIN_EFFECT_NOT_APPLIED);
  assert_string_equal(k.records[0].address, "");
  assert_false(k.records[0].reused);
  assert_int_equal(k.records[0].bytes_up, 0);
  fixture_fini(&f);
}

/* The kept connection is closed when the request has been read, libcurl sends it again over a new one, and
 * that answer says "not taken": which of the two copies that is about is not known. */
static void a_refusal_after_a_silent_resend_leaves_the_effect_open(void **state) {
  (void)state;
  static const origin_step steps[] = {{ANSWER_OK, ORIGIN_KEEP},
                                      {NULL, ORIGIN_CLOSE},
                                      {ANSWER("400 Bad", "", "0", ""), ORIGIN_KEEP}};
  fixture f;
  fixture_init(&f, &quick_policy, NULL, steps, COUNT_OF(steps));
  kept k;
  kept_run(&k, &f, "first");
  kept_run(&k, &f, "second");
  assert_int_equal(f.server.requests, 3);
  assert_int_equal(k.call.result.attempts, 1);
  assert_int_equal(k.call.result.status, 400);
  assert_int_equal(k.call.result.effect, AGAIN_EFFECT_MAYBE_APPLIED);
  assert_int_equal(k.count, 1);
  assert_int_equal(k.records[0].resends, 1);
  assert_true(k.records[0].reused);
  fixture_fini(&f);
}

static void a_policy_of_at_most_once_forbids_the_silent_resend(void **state) {
  (void)state;
  static const origin_step steps[] = {
      {ANSWER_OK, ORIGIN_KEEP}, {NULL, ORIGIN_CLOSE}, {ANSWER_OK, ORIGIN_KEEP}};
  again_policy policy = quick_policy;
  policy.at_most_once = true;
  fixture f;
  fixture_init(&f, &policy, NULL, steps, COUNT_OF(steps));
  kept k;
  kept_run(&k, &f, "first");
  kept_run(&k, &f, "second");
  assert_int_equal(f.server.requests, 2);
  assert_int_equal(k.call.result.reason, AGAIN_REASON_NOT_IDEMPOTENT);
  assert_int_equal(k.call.result.fault, AGAIN_FAULT_RECEIVE);
  assert_string_equal(k.call.result.code, "CURLE_GOT_NOTHING");
  assert_int_equal(k.call.result.effect, AGAIN_EFFECT_MAYBE_APPLIED);
  assert_int_equal(k.records[0].resends, 0);
  assert_true(k.records[0].reused);
  fixture_fini(&f);
}

static void an_attempt_that_is_cut_off_has_a_record_too(void **state) {
  (void)state;
  static const origin_step steps[] = {{NULL, ORIGIN_HANG}};
  fixture f;
  fixture_init(&f, &quick_policy, NULL, steps, COUNT_OF(steps));
  kept k;
  kept_send(&k, &f, "hello");
  while (f.server.requests == 0)
    uv_run(&f.loop, UV_RUN_ONCE);
  assert_int_equal(again_http_cancel(&k.call.request), 0);
  while (k.call.done == 0)
    uv_run(&f.loop, UV_RUN_ONCE);
  assert_int_equal(k.call.result.reason, AGAIN_REASON_CANCELLED);
  assert_int_equal(k.count, 1);
  assert_int_equal(k.records[0].result, CURLE_ABORTED_BY_CALLBACK);
  assert_int_equal(k.records[0].effect, AGAIN_EFFECT_MAYBE_APPLIED);
  assert_int_equal(k.records[0].port, f.server.port);
  fixture_fini(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_attempt_has_a_record_of_where_it_went_and_what_it_cost),
      cmocka_unit_test(what_was_never_sent_was_not_applied),
      cmocka_unit_test(a_refusal_after_a_silent_resend_leaves_the_effect_open),
      cmocka_unit_test(a_policy_of_at_most_once_forbids_the_silent_resend),
      cmocka_unit_test(an_attempt_that_is_cut_off_has_a_record_too),
  };
  curl_global_init(CURL_GLOBAL_DEFAULT);
  return cmocka_run_group_tests(tests, NULL, NULL);
}
