/* Verdicts, for any outcome, any rules and any catalogue. */
#include "arbitrary.h"
#include <string.h>

static const again_code codes[] = {
    {"Family.*", 0, AGAIN_CLASS_AUTH, AGAIN_REMEDY_REFRESH, AGAIN_DAMAGE_CREDENTIAL, "x"},
    {"Known", 429, AGAIN_CLASS_THROTTLED, AGAIN_REMEDY_NONE, AGAIN_DAMAGE_TOPIC, "x"},
};
static const again_catalogue catalogue = {.codes = codes, .count = COUNT_OF(codes)};

static again_rule any_rule(again_random *random) {
  static const char *const patterns[] = {NULL, NULL, "Known", "Fam*", "*", "Nothing"};
  uint64_t bits = again_random_next(random);
  again_rule rule = {.code = patterns[(bits & 0xff) % COUNT_OF(patterns)],
                     .error_class = (again_class)((bits >> 8 & 0xff) % AGAIN_CLASS_COUNT),
                     .remedy = (again_remedy)((bits >> 16 & 0xff) % AGAIN_REMEDY_COUNT),
                     .damage = (again_damage)((bits >> 24 & 0xff) % AGAIN_DAMAGE_COUNT),
                     .line = (uint32_t)(bits >> 40)};
  if ((bits >> 32 & 3) == 0) rule.fault = (again_fault)((bits >> 34 & 15) % AGAIN_FAULT_COUNT);
  if ((bits >> 38 & 1) == 0) {
    rule.status_min = (uint16_t)(100 + any_up_to(random, 499));
    rule.status_max = (uint16_t)(rule.status_min + any_up_to(random, 599u - rule.status_min));
  }
  return rule;
}

/* Does every given condition hold? */
static bool matches(const again_rule *rule, const again_outcome *outcome) {
  bool status = rule->status_max == 0 ||
                (outcome->status >= rule->status_min && outcome->status <= rule->status_max);
  bool fault = rule->fault == AGAIN_FAULT_NONE || rule->fault == outcome->fault;
  if (rule->code == NULL) return status && fault;
  if (outcome->code == NULL) return false;
  size_t length = strcspn(rule->code, "*");
  bool prefix = rule->code[length] == '*';
  bool code = prefix ? strncmp(rule->code, outcome->code, length) == 0
                     : strcmp(rule->code, outcome->code) == 0;
  return status && fault && code;
}

static bool same(again_verdict a, again_verdict b) {
  return a.error_class == b.error_class && a.remedy == b.remedy && a.damage == b.damage &&
         a.origin == b.origin && a.rule == b.rule && a.file == b.file;
}

static void check_without_rules(const again_outcome *outcome, again_verdict verdict) {
  bool known = outcome->code != NULL && strcmp(outcome->code, "Known") == 0;
  bool family = outcome->code != NULL && strncmp(outcome->code, "Family.", 7) == 0;
  bool any_code = outcome->code != NULL && outcome->code[0] != '\0';
  if (outcome->fault != AGAIN_FAULT_NONE) {
    HOLDS(verdict.origin == AGAIN_ORIGIN_TRANSPORT && verdict.error_class != AGAIN_CLASS_OK);
  } else if (known || family) {
    const again_code *code = &codes[known ? 1 : 0];
    HOLDS(verdict.origin == (known ? AGAIN_ORIGIN_CODE : AGAIN_ORIGIN_FAMILY));
    HOLDS(verdict.error_class == code->error_class && verdict.remedy == code->remedy);
  } else {
    HOLDS(verdict.origin == AGAIN_ORIGIN_STATUS);
    bool success = outcome->status >= 200 && outcome->status <= 299 && !any_code;
    HOLDS((verdict.error_class == AGAIN_CLASS_OK) == success);
  }
}

enum { OUTCOMES = 1000000 };

static void
the_first_rule_that_matches_decides_and_without_one_the_order_of_the_rest(void **state) {
  (void)state;
  FOR_CASES(random, OUTCOMES) {
    again_rule rules[5];
    again_policy policy = {.rules = rules, .rule_count = any_up_to(&random, 4)};
    for (size_t i = 0; i < COUNT_OF(rules); i++)
      rules[i] = any_rule(&random);
    again_outcome outcome = any_outcome(&random);
    again_verdict verdict = again_classify(&policy, &catalogue, &outcome);
    size_t first = 0;
    while (first < policy.rule_count && !matches(&rules[first], &outcome))
      first++;
    bool ruled = first < policy.rule_count;
    HOLDS((verdict.origin == AGAIN_ORIGIN_POLICY) == ruled);
    if (ruled) {
      HOLDS(verdict.error_class == rules[first].error_class && verdict.rule == rules[first].line);
      HOLDS(verdict.remedy == rules[first].remedy && verdict.damage == rules[first].damage);
      policy.rule_count++; /* a rule behind the first that matches changes nothing */
      HOLDS(same(verdict, again_classify(&policy, &catalogue, &outcome)));
    } else {
      check_without_rules(&outcome, verdict);
      HOLDS(same(verdict, again_classify(NULL, &catalogue, &outcome)));
    }
    outcome.message = "other"; /* for people: they never decide */
    outcome.request_id = "other";
    outcome.hint ^= 1;
    outcome.effect = AGAIN_EFFECT_APPLIED;
    HOLDS(same(verdict, again_classify(ruled ? &policy : NULL, &catalogue, &outcome)));
  }
}

static void the_effect_is_what_is_said_or_implied(void **state) {
  (void)state;
  FOR_CASES(random, OUTCOMES / 5) {
    again_outcome outcome = any_outcome(&random);
    again_effect effect = again_outcome_effect(&outcome);
    HOLDS(effect > AGAIN_EFFECT_UNSAID && effect < AGAIN_EFFECT_COUNT);
    HOLDS(outcome.effect == AGAIN_EFFECT_UNSAID || effect == outcome.effect);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_first_rule_that_matches_decides_and_without_one_the_order_of_the_rest),
      cmocka_unit_test(the_effect_is_what_is_said_or_implied),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
