/* Sorting an outcome: the program's function, policy rules, transport fault, code, family, status,
 * in this order. */
#include <again/core.h>
#include <string.h>

/* The defaults by HTTP status; the first row that holds the status. */
static const struct {
  uint16_t min;
  uint16_t max;
  again_class error_class;
  again_remedy remedy;
  again_damage damage;
} status_table[] = {
    {200, 299, AGAIN_CLASS_OK, AGAIN_REMEDY_NONE, AGAIN_DAMAGE_BATCH},
    {300, 399, AGAIN_CLASS_FATAL, AGAIN_REMEDY_NONE, AGAIN_DAMAGE_ENDPOINT}, /* wrong address */
    {401, 401, AGAIN_CLASS_AUTH, AGAIN_REMEDY_REFRESH, AGAIN_DAMAGE_CREDENTIAL},
    {402, 403, AGAIN_CLASS_FATAL, AGAIN_REMEDY_NONE, AGAIN_DAMAGE_CREDENTIAL},
    {404, 404, AGAIN_CLASS_FATAL, AGAIN_REMEDY_NONE, AGAIN_DAMAGE_TOPIC},
    {407, 407, AGAIN_CLASS_AUTH, AGAIN_REMEDY_NONE, AGAIN_DAMAGE_ENDPOINT}, /* a proxy's 401 */
    {408, 408, AGAIN_CLASS_RETRYABLE, AGAIN_REMEDY_NONE, AGAIN_DAMAGE_BATCH},
    {413, 413, AGAIN_CLASS_FATAL, AGAIN_REMEDY_SPLIT, AGAIN_DAMAGE_BATCH},
    {425, 425, AGAIN_CLASS_RETRYABLE, AGAIN_REMEDY_NONE, AGAIN_DAMAGE_BATCH},
    {429, 429, AGAIN_CLASS_THROTTLED, AGAIN_REMEDY_NONE, AGAIN_DAMAGE_TOPIC},
    {400, 499, AGAIN_CLASS_FATAL, AGAIN_REMEDY_NONE, AGAIN_DAMAGE_BATCH},
    {501, 501, AGAIN_CLASS_FATAL, AGAIN_REMEDY_NONE, AGAIN_DAMAGE_ENDPOINT},
    {505, 505, AGAIN_CLASS_FATAL, AGAIN_REMEDY_NONE, AGAIN_DAMAGE_ENDPOINT}, /* HTTP version */
    {500, 599, AGAIN_CLASS_RETRYABLE, AGAIN_REMEDY_NONE, AGAIN_DAMAGE_ENDPOINT},
    {0, UINT16_MAX, AGAIN_CLASS_RETRYABLE, AGAIN_REMEDY_NONE, AGAIN_DAMAGE_ENDPOINT},
};

static const struct {
  again_class error_class;
  again_damage damage;
  again_effect effect;
} fault_table[] = {
#define X(name, text, class_, damage, effect, sentence)                                            \
  {AGAIN_CLASS_##class_, AGAIN_DAMAGE_##damage, AGAIN_EFFECT_##effect},
    AGAIN_FAULT_MAP(X)
#undef X
};

again_domain again_outcome_domain(const again_outcome *outcome) {
  if (outcome->fault != AGAIN_FAULT_NONE) return AGAIN_DOMAIN_TRANSPORT;
  if (outcome->code != NULL && outcome->code[0] != '\0') return AGAIN_DOMAIN_API;
  return AGAIN_DOMAIN_HTTP;
}

again_effect again_effect_of_status(int status) {
  if (status >= 200 && status <= 299) return AGAIN_EFFECT_APPLIED;
  if (status == 408 || status >= 500) return AGAIN_EFFECT_MAYBE_APPLIED;
  return AGAIN_EFFECT_NOT_APPLIED;
}

again_effect again_effect_of_fault(again_fault fault) {
  return (unsigned)fault < AGAIN_FAULT_COUNT ? fault_table[fault].effect
                                             : AGAIN_EFFECT_MAYBE_APPLIED;
}

again_effect again_outcome_effect(const again_outcome *outcome) {
  if (outcome->effect != AGAIN_EFFECT_UNSAID) return outcome->effect;
  return outcome->fault != AGAIN_FAULT_NONE ? again_effect_of_fault(outcome->fault)
                                            : again_effect_of_status(outcome->status);
}

static bool code_matches(const char *pattern, const char *code) {
  size_t length = strlen(pattern);
  if (length > 0 && pattern[length - 1] == '*') return strncmp(pattern, code, length - 1) == 0;
  return strcmp(pattern, code) == 0;
}

static bool rule_matches(const again_rule *rule, const again_outcome *outcome) {
  if (rule->fault != AGAIN_FAULT_NONE && rule->fault != outcome->fault) return false;
  if (rule->shape != AGAIN_SHAPE_NONE && rule->shape != outcome->shape) return false;
  if (rule->status_max != 0 &&
      (outcome->status < rule->status_min || outcome->status > rule->status_max)) {
    return false;
  }
  if (rule->code == NULL) return true;
  return outcome->code != NULL && code_matches(rule->code, outcome->code);
}

static again_verdict classify_status(int status) {
  size_t row = 0;
  while (status < status_table[row].min || status > status_table[row].max) {
    if (++row == sizeof status_table / sizeof *status_table - 1) break;
  }
  return (again_verdict){.error_class = status_table[row].error_class,
                         .remedy = status_table[row].remedy,
                         .damage = status_table[row].damage,
                         .origin = AGAIN_ORIGIN_STATUS};
}

/* A verdict outside the enums is as good as none. */
static bool ask(const again_plugin *plugin, const again_outcome *outcome, again_verdict *verdict) {
  if (plugin->classify == NULL) return false;
  *verdict = (again_verdict){.origin = AGAIN_ORIGIN_PLUGIN};
  bool said = plugin->classify(plugin->data, outcome, verdict);
  verdict->origin = AGAIN_ORIGIN_PLUGIN;
  verdict->plugin = NULL;
  return said && (unsigned)verdict->error_class < AGAIN_CLASS_COUNT &&
         (unsigned)verdict->remedy < AGAIN_REMEDY_COUNT &&
         (unsigned)verdict->damage < AGAIN_DAMAGE_COUNT;
}

again_verdict again_classify(const again_policy *policy, const again_catalogue *catalogue,
                             const again_outcome *outcome) {
  char first = outcome->code != NULL ? outcome->code[0] : '\0';
  again_verdict verdict;
  if (policy != NULL && ask(&policy->plugin, outcome, &verdict)) return verdict;
  for (size_t i = 0; policy != NULL && i < policy->rule_count; i++) {
    const again_rule *rule = &policy->rules[i];
    /* The first letter tells most codes apart; "*" alone matches all. */
    if (rule->code != NULL && rule->code[0] != first && rule->code[0] != '*') continue;
    if (!rule_matches(rule, outcome)) continue;
    if (rule->plugin != NULL && rule->plugin->classify != NULL) {
      if (!ask(rule->plugin, outcome, &verdict)) continue;
      verdict.plugin = rule->plugin;
      return verdict;
    }
    return (again_verdict){.error_class = rule->error_class,
                           .remedy = rule->remedy,
                           .damage = rule->damage,
                           .origin = AGAIN_ORIGIN_POLICY,
                           .file = rule->file,
                           .rule = rule->line,
                           .plugin = rule->plugin};
  }
  if (outcome->fault != AGAIN_FAULT_NONE && (unsigned)outcome->fault < AGAIN_FAULT_COUNT) {
    return (again_verdict){.error_class = fault_table[outcome->fault].error_class,
                           .damage = fault_table[outcome->fault].damage,
                           .origin = AGAIN_ORIGIN_TRANSPORT};
  }
  again_origin origin = AGAIN_ORIGIN_CODE;
  const again_code *code = again_catalogue_find(catalogue, outcome->code, &origin);
  if (code != NULL) {
    return (again_verdict){.error_class = code->error_class,
                           .remedy = code->remedy,
                           .damage = code->damage,
                           .origin = origin,
                           .rule = (uint32_t)(code - catalogue->codes)};
  }
  verdict = classify_status(outcome->status);
  /* An error code that nobody knows under a 2xx (API 3.0 answers so) is no success. */
  if (verdict.error_class == AGAIN_CLASS_OK && again_outcome_domain(outcome) == AGAIN_DOMAIN_API) {
    verdict.error_class = AGAIN_CLASS_FATAL;
  }
  return verdict;
}
