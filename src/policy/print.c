/* A policy as a file again. */
#include "policy/keys.h"
#include "policy/text.h"
#include <stdio.h>
#include <string.h>

static void add_rule(again_text *out, const again_rule *rule) {
  again_text_add(out, "{");
  if (rule->code != NULL) {
    again_text_add(out, "\"code\": ");
    again_text_string(out, rule->code);
    again_text_add(out, ", ");
  }
  if (rule->fault != AGAIN_FAULT_NONE) {
    again_text_add(out, "\"transport\": \"%s\", ", again_fault_name(rule->fault));
  }
  if (rule->shape != AGAIN_SHAPE_NONE) {
    again_text_add(out, "\"shape\": \"%s\", ", again_shape_name(rule->shape));
  }
  if (rule->status_max != 0 && rule->status_min == rule->status_max) {
    again_text_add(out, "\"status\": %d, ", rule->status_min);
  } else if (rule->status_max != 0) {
    again_text_add(out, "\"status\": \"%d-%d\", ", rule->status_min, rule->status_max);
  }
  again_text_add(out, "\"class\": \"%s\", \"remedy\": \"%s\", \"scope\": \"%s\"}",
                 again_class_name(rule->error_class), again_remedy_name(rule->remedy),
                 again_damage_name(rule->damage));
}

/* The list of a section's delays, as the value of its key. */
static void add_delays(again_text *out, const again_backoff *backoff) {
  again_text_add(out, "\"delays\": [");
  for (size_t i = 0; i < backoff->list_count; i++) {
    char text[24];
    again_duration_print(backoff->list[i], text, sizeof text);
    again_text_add(out, "%s\"%s\"", i == 0 ? "" : ", ", text);
  }
  again_text_add(out, "]");
}

static bool same_list(const again_backoff *a, const again_backoff *b) {
  return a->list_count == b->list_count &&
         (a->list_count == 0 || memcmp(a->list, b->list, a->list_count * sizeof *a->list) == 0);
}

/* Is this key to be printed: always, or where it is not as in `under`? */
static bool is_said(const again_key *key, const again_policy *policy, const again_policy *under) {
  return under == NULL || again_key_get(key, policy) != again_key_get(key, under);
}

/* The keys of one section: all of them, or those that are not as in `under`. */
static void add_section(again_text *out, const char *section, again_policy *policy,
                        again_policy *under, const char *indent) {
  unsigned count = 0;
  const again_backoff *backoff = again_key_backoff(section, policy);
  bool listed = backoff != NULL && backoff->growth == AGAIN_GROWTH_LIST;
  if (listed && under != NULL && same_list(backoff, again_key_backoff(section, under))) {
    listed = false;
  }
  for (size_t i = 0; i < again_policy_key_count; i++) {
    const again_key *key = &again_policy_keys[i];
    if (strcmp(key->section, section) != 0) continue;
    bool growth = listed && strcmp(key->name, "growth") == 0;
    if (!growth && !is_said(key, policy, under)) continue;
    char value[40];
    again_key_print(key, again_key_get(key, policy), value, sizeof value);
    again_text_add(out, "%s\n%s  \"%s\": %s", count++ == 0 ? "{" : ",", indent, key->name, value);
  }
  if (listed) {
    again_text_add(out, ",\n%s  ", indent);
    add_delays(out, backoff);
  }
  again_text_add(out, "\n%s}", indent);
}

static void add_rules(again_text *out, const again_rule *rules, size_t count, const char *indent) {
  again_text_add(out, "\"classify\": [");
  for (size_t i = 0; i < count; i++) {
    again_text_add(out, "%s\n%s  ", i == 0 ? "" : ",", indent);
    add_rule(out, &rules[i]);
  }
  if (count > 0) again_text_add(out, "\n%s", indent);
  again_text_add(out, "]");
}

/* Does anything in this section differ? */
static bool differs(const char *section, again_policy *policy, again_policy *under) {
  const again_backoff *backoff = again_key_backoff(section, policy);
  if (backoff != NULL && !same_list(backoff, again_key_backoff(section, under))) return true;
  for (size_t i = 0; i < again_policy_key_count; i++) {
    const again_key *key = &again_policy_keys[i];
    if (strcmp(key->section, section) == 0 && is_said(key, policy, under)) return true;
  }
  return false;
}

/* What an override says that the policy does not. */
static void add_override(again_text *out, const again_override *override, again_policy *under) {
  again_policy policy = *override->policy;
  const char *section = "";
  unsigned count = 0;
  again_text_string(out, override->topic);
  again_text_add(out, ": {");
  if (policy.rule_count > under->rule_count) {
    again_text_add(out, "\n      ");
    add_rules(out, policy.rules, policy.rule_count - under->rule_count, "      ");
    count++;
  }
  for (size_t i = 0; i < again_policy_key_count; i++) {
    if (strcmp(section, again_policy_keys[i].section) == 0) continue;
    section = again_policy_keys[i].section;
    if (!differs(section, &policy, under)) continue;
    again_text_add(out, "%s\n      \"%s\": ", count++ > 0 ? "," : "", section);
    add_section(out, section, &policy, under, "      ");
  }
  again_text_add(out, "%s}", count > 0 ? "\n    " : "");
}

char *again_policy_print(const again_policy *policy) {
  again_text out = again_text_new();
  again_policy copy = *policy;
  again_text_add(&out, "{\n  \"again\": 1,\n  \"name\": ");
  again_text_string(&out, policy->name);
  again_text_add(&out, ",\n  ");
  add_rules(&out, policy->rules, policy->rule_count, "  ");
  const char *section = "";
  for (size_t i = 0; i < again_policy_key_count; i++) {
    if (strcmp(section, again_policy_keys[i].section) == 0) continue;
    section = again_policy_keys[i].section;
    again_text_add(&out, ",\n  \"%s\": ", section);
    add_section(&out, section, &copy, NULL, "  ");
  }
  for (size_t i = 0; i < policy->override_count; i++) {
    again_text_add(&out, "%s\n    ", i == 0 ? ",\n  \"topics\": {" : ",");
    add_override(&out, &policy->overrides[i], &copy);
  }
  again_text_add(&out, "%s\n}\n", policy->override_count > 0 ? "\n  }" : "");
  return out.text;
}
