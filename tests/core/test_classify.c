#include "support.h"
#include <again/core.h>

static const again_code codes[] = {
    {"AuthFailure.*", 401, AGAIN_CLASS_AUTH, AGAIN_REMEDY_REFRESH, AGAIN_DAMAGE_CREDENTIAL, "-"},
    {"AuthFailure.SignatureExpire", 401, AGAIN_CLASS_AUTH, AGAIN_REMEDY_RESYNC,
     AGAIN_DAMAGE_CREDENTIAL, "-"},
    {"RequestLimitExceeded", 400, AGAIN_CLASS_THROTTLED, AGAIN_REMEDY_NONE, AGAIN_DAMAGE_TOPIC,
     "-"},
};
static const again_catalogue catalogue = {.codes = codes, .count = COUNT_OF(codes)};

static void the_status_decides_where_nothing_else_is_known(void **state) {
  (void)state;
  static const struct {
    int status;
    again_class error_class;
    again_remedy remedy;
  } rows[] = {
      {200, AGAIN_CLASS_OK, AGAIN_REMEDY_NONE},
      {204, AGAIN_CLASS_OK, AGAIN_REMEDY_NONE},
      {299, AGAIN_CLASS_OK, AGAIN_REMEDY_NONE},
      {301, AGAIN_CLASS_FATAL, AGAIN_REMEDY_NONE},
      {400, AGAIN_CLASS_FATAL, AGAIN_REMEDY_NONE},
      {401, AGAIN_CLASS_AUTH, AGAIN_REMEDY_REFRESH},
      {402, AGAIN_CLASS_FATAL, AGAIN_REMEDY_NONE},
      {403, AGAIN_CLASS_FATAL, AGAIN_REMEDY_NONE},
      {404, AGAIN_CLASS_FATAL, AGAIN_REMEDY_NONE},
      {407, AGAIN_CLASS_AUTH, AGAIN_REMEDY_NONE},
      {408, AGAIN_CLASS_RETRYABLE, AGAIN_REMEDY_NONE},
      {409, AGAIN_CLASS_FATAL, AGAIN_REMEDY_NONE},
      {413, AGAIN_CLASS_FATAL, AGAIN_REMEDY_SPLIT},
      {425, AGAIN_CLASS_RETRYABLE, AGAIN_REMEDY_NONE},
      {429, AGAIN_CLASS_THROTTLED, AGAIN_REMEDY_NONE},
      {499, AGAIN_CLASS_FATAL, AGAIN_REMEDY_NONE},
      {500, AGAIN_CLASS_RETRYABLE, AGAIN_REMEDY_NONE},
      {501, AGAIN_CLASS_FATAL, AGAIN_REMEDY_NONE},
      {502, AGAIN_CLASS_RETRYABLE, AGAIN_REMEDY_NONE},
      {503, AGAIN_CLASS_RETRYABLE, AGAIN_REMEDY_NONE},
      {505, AGAIN_CLASS_FATAL, AGAIN_REMEDY_NONE},
      {599, AGAIN_CLASS_RETRYABLE, AGAIN_REMEDY_NONE},
      {600, AGAIN_CLASS_RETRYABLE, AGAIN_REMEDY_NONE},
      {101, AGAIN_CLASS_RETRYABLE, AGAIN_REMEDY_NONE},
      {0, AGAIN_CLASS_RETRYABLE, AGAIN_REMEDY_NONE},
      {-1, AGAIN_CLASS_RETRYABLE, AGAIN_REMEDY_NONE},
      {100000, AGAIN_CLASS_RETRYABLE, AGAIN_REMEDY_NONE},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    again_outcome outcome = {.status = rows[i].status};
    again_verdict verdict = again_classify(NULL, &catalogue, &outcome);
    assert_int_equal(verdict.error_class, rows[i].error_class);
    assert_int_equal(verdict.remedy, rows[i].remedy);
    assert_int_equal(verdict.origin, AGAIN_ORIGIN_STATUS);
  }
}

static void a_known_code_beats_its_status(void **state) {
  (void)state;
  again_outcome outcome = {.status = 400, .code = "RequestLimitExceeded"};
  again_verdict verdict = again_classify(NULL, &catalogue, &outcome);
  assert_int_equal(verdict.error_class, AGAIN_CLASS_THROTTLED);
  assert_int_equal(verdict.damage, AGAIN_DAMAGE_TOPIC);
  assert_int_equal(verdict.origin, AGAIN_ORIGIN_CODE);
  assert_int_equal(verdict.rule, 2);
}

static void the_family_speaks_for_a_code_nobody_knows(void **state) {
  (void)state;
  again_outcome outcome = {.status = 500, .code = "AuthFailure.Brandnew"};
  again_verdict verdict = again_classify(NULL, &catalogue, &outcome);
  assert_int_equal(verdict.error_class, AGAIN_CLASS_AUTH);
  assert_int_equal(verdict.remedy, AGAIN_REMEDY_REFRESH);
  assert_int_equal(verdict.origin, AGAIN_ORIGIN_FAMILY);
}

static void an_unknown_code_leaves_the_word_to_the_status(void **state) {
  (void)state;
  again_outcome outcome = {.status = 503, .code = "Strange"};
  assert_int_equal(again_classify(NULL, &catalogue, &outcome).error_class, AGAIN_CLASS_RETRYABLE);
  outcome.status = 404;
  assert_int_equal(again_classify(NULL, &catalogue, &outcome).error_class, AGAIN_CLASS_FATAL);
  outcome.status = 200; /* API 3.0 reports errors so */
  assert_int_equal(again_classify(NULL, &catalogue, &outcome).error_class, AGAIN_CLASS_FATAL);
}

static void a_code_under_200_is_an_error(void **state) {
  (void)state;
  again_outcome outcome = {.status = 200, .code = "RequestLimitExceeded"};
  assert_int_equal(again_classify(NULL, &catalogue, &outcome).error_class, AGAIN_CLASS_THROTTLED);
}

static void a_transport_fault_is_judged_by_its_kind_whatever_else_is_there(void **state) {
  (void)state;
  static const again_class expected[AGAIN_FAULT_COUNT] = {
#define X(name, text, class_, damage, effect, sentence) AGAIN_CLASS_##class_,
    AGAIN_FAULT_MAP(X)
#undef X
  };
  for (int fault = AGAIN_FAULT_NONE + 1; fault < AGAIN_FAULT_COUNT; fault++) {
    again_outcome outcome = {
        .fault = (again_fault)fault, .status = 429, .code = "RequestLimitExceeded"};
    again_verdict verdict = again_classify(NULL, &catalogue, &outcome);
    assert_int_equal(verdict.error_class, expected[fault]);
    assert_int_equal(verdict.origin, AGAIN_ORIGIN_TRANSPORT);
  }
}

static void the_first_policy_rule_that_matches_wins_over_everything(void **state) {
  (void)state;
  static const again_rule rules[] = {
      {.code = "AuthFailure.Sig*", .error_class = AGAIN_CLASS_RETRYABLE, .line = 3},
      {.code = "AuthFailure.*", .error_class = AGAIN_CLASS_FATAL, .line = 4},
      {.fault = AGAIN_FAULT_TIMEOUT, .error_class = AGAIN_CLASS_FATAL, .line = 5},
      {.status_min = 500,
       .status_max = 599,
       .code = "Odd",
       .error_class = AGAIN_CLASS_FATAL,
       .line = 6},
      {.status_min = 404, .status_max = 404, .error_class = AGAIN_CLASS_RETRYABLE, .line = 7},
      {.code = "CURLE_SSL_CACERT", .error_class = AGAIN_CLASS_RETRYABLE, .line = 8},
  };
  const again_policy policy = {.rules = rules, .rule_count = COUNT_OF(rules)};
  static const struct {
    again_outcome outcome;
    again_class error_class;
    uint32_t line; /* 0: no rule */
  } rows[] = {
      {{.status = 401, .code = "AuthFailure.SignatureExpire"}, AGAIN_CLASS_RETRYABLE, 3},
      {{.status = 401, .code = "AuthFailure.TokenFailure"}, AGAIN_CLASS_FATAL, 4},
      {{.fault = AGAIN_FAULT_TIMEOUT}, AGAIN_CLASS_FATAL, 5},
      {{.status = 500, .code = "Odd"}, AGAIN_CLASS_FATAL, 6},
      {{.status = 599, .code = "Odd"}, AGAIN_CLASS_FATAL, 6},
      {{.status = 600, .code = "Odd"}, AGAIN_CLASS_RETRYABLE, 0},
      {{.status = 500}, AGAIN_CLASS_RETRYABLE, 0},
      {{.status = 404}, AGAIN_CLASS_RETRYABLE, 7},
      {{.status = 404, .code = "Odd"}, AGAIN_CLASS_RETRYABLE, 7},
      {{.fault = AGAIN_FAULT_VERIFY, .code = "CURLE_SSL_CACERT"}, AGAIN_CLASS_RETRYABLE, 8},
      {{.fault = AGAIN_FAULT_VERIFY}, AGAIN_CLASS_FATAL, 0},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    again_verdict verdict = again_classify(&policy, &catalogue, &rows[i].outcome);
    assert_int_equal(verdict.error_class, rows[i].error_class);
    assert_int_equal(verdict.origin == AGAIN_ORIGIN_POLICY, rows[i].line != 0);
    if (rows[i].line != 0) assert_int_equal(verdict.rule, rows[i].line);
  }
}

static void the_request_id_never_changes_a_verdict(void **state) {
  (void)state;
  for (int status = 200; status < 600; status++) {
    again_outcome without = {.status = status};
    again_outcome with = {.status = status, .request_id = "5e2f"};
    assert_int_equal(again_classify(NULL, &catalogue, &without).error_class,
                     again_classify(NULL, &catalogue, &with).error_class);
  }
}

static void an_outcome_has_a_domain_and_an_effect(void **state) {
  (void)state;
  again_outcome outcome = {.status = 500};
  assert_int_equal(again_outcome_domain(&outcome), AGAIN_DOMAIN_HTTP);
  outcome.code = "";
  assert_int_equal(again_outcome_domain(&outcome), AGAIN_DOMAIN_HTTP);
  outcome.code = "InternalError";
  assert_int_equal(again_outcome_domain(&outcome), AGAIN_DOMAIN_API);
  outcome.fault = AGAIN_FAULT_SEND;
  assert_int_equal(again_outcome_domain(&outcome), AGAIN_DOMAIN_TRANSPORT);
  assert_int_equal(again_effect_of_status(200), AGAIN_EFFECT_APPLIED);
  assert_int_equal(again_effect_of_status(429), AGAIN_EFFECT_NOT_APPLIED);
  assert_int_equal(again_effect_of_status(408), AGAIN_EFFECT_MAYBE_APPLIED);
  assert_int_equal(again_effect_of_status(500), AGAIN_EFFECT_MAYBE_APPLIED);
}

static void an_effect_that_is_unsaid_follows_from_fault_or_status(void **state) {
  (void)state;
  static const struct {
    again_outcome outcome;
    again_effect effect;
  } rows[] = {
      {{.status = 200}, AGAIN_EFFECT_APPLIED},
      {{.status = 429}, AGAIN_EFFECT_NOT_APPLIED},
      {{.status = 500}, AGAIN_EFFECT_MAYBE_APPLIED},
      {{.fault = AGAIN_FAULT_CONNECT}, AGAIN_EFFECT_NOT_APPLIED},
      {{.fault = AGAIN_FAULT_TIMEOUT}, AGAIN_EFFECT_MAYBE_APPLIED},
      {{.status = 500, .effect = AGAIN_EFFECT_NOT_APPLIED}, AGAIN_EFFECT_NOT_APPLIED},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++)
    assert_int_equal(again_outcome_effect(&rows[i].outcome), rows[i].effect);
}

static int asked; /* how often a function of the program was */

/* 404 is retryable, 418 is nonsense; the rest is left to others. */
static bool mine(void *data, const again_outcome *outcome, again_verdict *verdict) {
  asked++;
  assert_ptr_equal(data, &asked);
  verdict->error_class = AGAIN_CLASS_RETRYABLE;
  verdict->damage = AGAIN_DAMAGE_TOPIC;
  if (outcome->status == 418) verdict->error_class = (again_class)99;
  return outcome->status == 404 || outcome->status == 418;
}

static void a_function_of_the_program_is_asked_before_the_rules(void **state) {
  (void)state;
  again_rule rules[] = {{.status_min = 404, .status_max = 418, .error_class = AGAIN_CLASS_AUTH}};
  again_policy policy = {.rules = rules, .rule_count = 1, .plugin = {mine, NULL, &asked}};
  again_outcome outcome = {.status = 404};
  again_verdict verdict = again_classify(&policy, NULL, &outcome);
  assert_int_equal(verdict.error_class, AGAIN_CLASS_RETRYABLE);
  assert_int_equal(verdict.damage, AGAIN_DAMAGE_TOPIC);
  assert_int_equal(verdict.origin, AGAIN_ORIGIN_PLUGIN);
  outcome.status = 405;
  assert_int_equal(again_classify(&policy, NULL, &outcome).error_class, AGAIN_CLASS_AUTH);
  outcome.status = 418; /* a verdict that there is not is none */
  assert_int_equal(again_classify(&policy, NULL, &outcome).error_class, AGAIN_CLASS_AUTH);
}

static void a_function_of_a_rule_is_asked_only_where_its_conditions_hold(void **state) {
  (void)state;
  again_plugin plugin = {mine, NULL, &asked};
  again_rule rules[] = {
      {.status_min = 400, .status_max = 499, .error_class = AGAIN_CLASS_OK, .plugin = &plugin},
      {.status_min = 429, .status_max = 429, .error_class = AGAIN_CLASS_AUTH}};
  again_policy policy = {.rules = rules, .rule_count = 2};
  again_outcome outcome = {.status = 500};
  asked = 0;
  again_classify(&policy, NULL, &outcome);
  assert_int_equal(asked, 0);
  outcome.status = 404;
  again_verdict verdict = again_classify(&policy, NULL, &outcome);
  assert_int_equal(asked, 1);
  assert_int_equal(verdict.error_class, AGAIN_CLASS_RETRYABLE);
  assert_ptr_equal(verdict.plugin, &plugin);
  outcome.status = 429; /* it says no: the next rule */
  verdict = again_classify(&policy, NULL, &outcome);
  assert_int_equal(verdict.error_class, AGAIN_CLASS_AUTH);
  assert_null(verdict.plugin);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_effect_that_is_unsaid_follows_from_fault_or_status),
      cmocka_unit_test(the_status_decides_where_nothing_else_is_known),
      cmocka_unit_test(a_known_code_beats_its_status),
      cmocka_unit_test(the_family_speaks_for_a_code_nobody_knows),
      cmocka_unit_test(an_unknown_code_leaves_the_word_to_the_status),
      cmocka_unit_test(a_code_under_200_is_an_error),
      cmocka_unit_test(a_transport_fault_is_judged_by_its_kind_whatever_else_is_there),
      cmocka_unit_test(the_first_policy_rule_that_matches_wins_over_everything),
      cmocka_unit_test(the_request_id_never_changes_a_verdict),
      cmocka_unit_test(an_outcome_has_a_domain_and_an_effect),
      cmocka_unit_test(a_function_of_the_program_is_asked_before_the_rules),
      cmocka_unit_test(a_function_of_a_rule_is_asked_only_where_its_conditions_hold),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
