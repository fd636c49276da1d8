/* Vectors of the AWS SDKs, through the shipped policies and the real scheduler. */
#include "vectors.h"
#include <again/kit.h>
#include <again/policy.h>
#include <string.h>

static const again_policy *load(const char *name) {
  const again_policy *policy;
  again_diagnostic diagnostic;
  if (again_policy_load(name, &policy, &diagnostic) != 0) fail_msg("%s", diagnostic.message);
  return policy;
}

#define RETRY        AGAIN_REASON_BACKOFF
#define OK           AGAIN_REASON_OK
#define MAX_ATTEMPTS AGAIN_REASON_ALL_ATTEMPTS
#define QUOTA        AGAIN_REASON_BUDGET

typedef struct step {
  int status;
  again_reason reason; /* what is decided after it */
  uint32_t tokens;     /* left then */
  again_ms delay;      /* the longest that may be drawn, before the retry */
} step;

typedef struct run {
  const step *steps;
  size_t at;
  const again_scope *scope;
} run;

static void on_event(void *data, const again_event *event) {
  run *r = data;
  bool decided = event->kind == AGAIN_EVENT_RETRY || event->kind == AGAIN_EVENT_DELIVERED ||
                 event->kind == AGAIN_EVENT_SURFACED;
  if (!decided) return;
  const step *expected = &r->steps[r->at++];
  assert_int_equal(event->result->reason, expected->reason);
  assert_int_equal(again_scope_tokens(r->scope), expected->tokens);
  if (event->kind == AGAIN_EVENT_RETRY) {
    assert_int_equal(event->decision->delay_max, expected->delay);
  }
  vector_holds(VECTOR_aws_standard_2_0);
}

/* Source: AWS SEP "retry behavior" 2.0, as tested by smithy-kotlin (StandardRetryIntegrationTest).
 * Its delays are those before jitter, as is the end of our window. */
static void the_standard_mode_gives_its_published_cases(void **state) {
  (void)state;
  static const struct {
    const char *name;
    uint32_t max_attempts;
    uint32_t tokens;
    again_ms max_backoff;
    step steps[6];
  } rows[] = {
      {"retry eventually succeeds",
       3,
       500,
       20000,
       {{500, RETRY, 495, 1000}, {500, RETRY, 490, 2000}, {200, OK, 495, 0}}},
      {"max attempts",
       3,
       500,
       20000,
       {{502, RETRY, 495, 1000}, {502, RETRY, 490, 2000}, {502, MAX_ATTEMPTS, 490, 0}}},
      {"quota reached after one retry", 3, 5, 20000, {{500, RETRY, 0, 1000}, {502, QUOTA, 0, 0}}},
      {"no retries if quota 0", 3, 0, 20000, {{500, QUOTA, 0, 0}}},
      {"exponential timing",
       5,
       500,
       20000,
       {{500, RETRY, 495, 1000},
        {500, RETRY, 490, 2000},
        {500, RETRY, 485, 4000},
        {500, RETRY, 480, 8000},
        {500, MAX_ATTEMPTS, 480, 0}}},
      {"max backoff 3s",
       5,
       500,
       3000,
       {{500, RETRY, 495, 1000},
        {500, RETRY, 490, 2000},
        {500, RETRY, 485, 3000},
        {500, RETRY, 480, 3000},
        {500, MAX_ATTEMPTS, 480, 0}}},
  };
  const again_policy *standard = load("builtin:aws-standard");
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    again_policy policy = *standard;
    policy.max_attempts = rows[i].max_attempts;
    policy.retryable.backoff.cap = rows[i].max_backoff;
    again_scope scope = {.name = rows[i].name};
    run r = {.steps = rows[i].steps, .scope = &scope};
    again_kit kit;
    again_sched_options options = {.event = on_event, .data = &r};
    assert_int_equal(again_kit_init(&kit, &policy, &options, 0), 0);
    assert_int_equal(again_scope_init(&scope, kit.sched), 0);
    assert_true(again_budget_take(&scope.own.budget, &policy.budget, 500 - rows[i].tokens, 0));
    again_kit_step script[6];
    size_t count = 0;
    for (; count < 6 && rows[i].steps[count].status != 0; count++)
      script[count] = (again_kit_step){.outcome.status = rows[i].steps[count].status};
    again_kit_op op = {.steps = script, .step_count = count};
    assert_int_equal(again_kit_submit(&kit, &op, &scope, AGAIN_NEVER), 0);
    again_kit_run(&kit, AGAIN_NEVER);
    assert_int_equal(r.at, count);
    assert_int_equal(op.done_count, 1);
    again_kit_fini(&kit);
  }
  again_policy_unref(standard);
}

/* Source: AWS SEP "retry behavior" 2.1, which botocore has behind AWS_NEW_RETRIES_2026: transient 50
 * ms and 14 tokens, throttling 1 s and 5. No published vectors. */
static void the_mode_of_2026_has_its_own_costs_and_bases(void **state) {
  (void)state;
  const again_policy *policy = load("builtin:aws-2026");
  static const struct {
    again_outcome outcome;
    uint32_t cost;
    again_ms first;
  } rows[] = {{{.status = 500}, 14, 50},
              {{.fault = AGAIN_FAULT_TIMEOUT}, 14, 50},
              {{.status = 400, .code = "ThrottlingException"}, 5, 1000},
              {{.status = 503, .code = "SlowDown"}, 5, 1000}};
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    again_verdict verdict = again_classify(policy, NULL, &rows[i].outcome);
    assert_int_equal(again_budget_cost(&policy->budget, &verdict, &rows[i].outcome), rows[i].cost);
    const again_class_policy *numbers = again_policy_class(policy, verdict.error_class);
    assert_int_equal(again_backoff_delay(&numbers->backoff, 1), rows[i].first);
    assert_int_equal(again_backoff_delay(&numbers->backoff, 60), 20000);
  }
  assert_int_equal(policy->max_attempts, 3);
  again_policy_unref(policy);
}

/* Source: botocore tests/unit/retries/test_standard.py: two lists of errors, which of them are
 * throttling and which are transient. It calls PriorRequestNotComplete both; a verdict has one class,
 * and we call it throttled, because the longer backoff is right for both. A transient error is one
 * that is tried again and is not throttling. */
typedef struct sorted {
  int status;
  const char *code;
  again_fault fault;
  bool expected;
} sorted;

static void check_sorting(const sorted *rows, size_t count, again_class error_class) {
  const again_policy *policy = load("builtin:aws-standard");
  for (size_t i = 0; i < count; i++) {
    again_outcome outcome = {
        .status = rows[i].status, .code = rows[i].code, .fault = rows[i].fault};
    again_verdict verdict = again_classify(policy, NULL, &outcome);
    assert_int_equal(verdict.error_class == error_class, rows[i].expected);
    vector_holds(VECTOR_aws_classify);
  }
  again_policy_unref(policy);
}

static void throttling_is_what_botocore_calls_so(void **state) {
  (void)state;
  static const sorted rows[] = {
      {400, "Throttling", 0, true},
      {400, "ThrottlingException", 0, true},
      {400, "ThrottledException", 0, true},
      {400, "RequestThrottledException", 0, true},
      {400, "TooManyRequestsException", 0, true},
      {400, "ProvisionedThroughputExceededException", 0, true},
      {400, "TransactionInProgressException", 0, true},
      {503, "RequestLimitExceeded", 0, true},
      {509, "BandwidthLimitExceeded", 0, true},
      {400, "LimitExceededException", 0, true},
      {403, "RequestThrottled", 0, true},
      {503, "SlowDown", 0, true},
      {400, "PriorRequestNotComplete", 0, true},
      {502, "EC2ThrottledException", 0, true},
      {400, "NotAThrottlingError", 0, false},
      {500, "InternalServerError", 0, false},
      {400, NULL, 0, false},
      {500, NULL, 0, false},
      {200, NULL, 0, false},
  };
  check_sorting(rows, COUNT_OF(rows), AGAIN_CLASS_THROTTLED);
}

static void transient_is_what_botocore_calls_so(void **state) {
  (void)state;
  static const sorted rows[] = {
      {400, "RequestTimeout", 0, true},
      {400, "RequestTimeoutException", 0, true},
      {500, NULL, 0, true},
      {502, NULL, 0, true},
      {503, NULL, 0, true},
      {504, NULL, 0, true},
      {500, "InternalServiceError", 0, true},
      {502, "BadError", 0, true},
      {0, NULL, AGAIN_FAULT_CONNECT, true}, /* its ConnectionError */
      {0, NULL, AGAIN_FAULT_RECEIVE, true}, /* its HTTPClientError */
      {200, NULL, 0, false},
      {400, "Throttling", 0, false},
      {400, NULL, 0, false},
  };
  check_sorting(rows, COUNT_OF(rows), AGAIN_CLASS_RETRYABLE);
}

int vectors_aws(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_standard_mode_gives_its_published_cases),
      cmocka_unit_test(the_mode_of_2026_has_its_own_costs_and_bases),
      cmocka_unit_test(throttling_is_what_botocore_calls_so),
      cmocka_unit_test(transient_is_what_botocore_calls_so),
  };
  return cmocka_run_group_tests_name("AWS", tests, NULL, NULL);
}
