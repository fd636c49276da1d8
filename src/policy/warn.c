/* What can hardly be meant in a policy that is valid: rules that never decide, keys without effect,
 * limits that another one makes idle. Only what the file itself says is looked at. */
#include "policy/reader.h"
#include <string.h>

/* Does every outcome that b matches also match a? */
static bool covers(const again_rule *a, const again_rule *b) {
  if (a->fault != AGAIN_FAULT_NONE && a->fault != b->fault) return false;
  if (a->shape != AGAIN_SHAPE_NONE && a->shape != b->shape) return false;
  if (a->status_max != 0 &&
      (b->status_max == 0 || b->status_min < a->status_min || b->status_max > a->status_max)) {
    return false;
  }
  if (a->code == NULL) return true;
  if (b->code == NULL) return false;
  size_t length = strlen(a->code);
  if (a->code[length - 1] == '*') return strncmp(a->code, b->code, length - 1) == 0;
  return strcmp(a->code, b->code) == 0;
}

static void warn_rules(again_reader *reader, json_object *root) {
  const again_policy *policy = &reader->block->top.policy;
  again_path path = again_path_key((again_path){.count = 0}, "classify");
  if (!json_object_object_get_ex(root, "classify", NULL)) return;
  for (size_t i = 1; i < reader->block->top.own_rules; i++) {
    for (size_t before = 0; before < i; before++) {
      if (!covers(&policy->rules[before], &policy->rules[i])) continue;
      again_reader_warn(reader, again_path_index(path, i), false,
                        "this rule never decides: the one in line %u matches all that it matches; "
                        "put it before that one, or remove it",
                        (unsigned)policy->rules[before].line);
      break;
    }
  }
}

/* What is held is a scope. */
static void warn_holds(again_reader *reader) {
  again_path path = again_path_key((again_path){.count = 0}, "classify");
  for (size_t i = 0; i < reader->block->top.own_rules; i++) {
    const again_rule *rule = &reader->block->top.policy.rules[i];
    if (rule->remedy != AGAIN_REMEDY_HOLD || rule->damage != AGAIN_DAMAGE_BATCH) continue;
    again_reader_warn(reader, again_path_index(path, i), false,
                      "nothing is held without a \"scope\" that is more than the batch: "
                      "add \"scope\": \"topic\", or \"account\"");
  }
}

static bool has(json_object *section, const char *key) {
  return section != NULL && json_object_object_get_ex(section, key, NULL);
}

/* A key that only acts together with a value of another one. */
static void warn_idle(again_reader *reader, const char *section, json_object *object,
                      const char *key, bool idle, const char *partner) {
  if (!idle || !has(object, key)) return;
  again_path path = again_path_key(again_path_key((again_path){.count = 0}, section), key);
  again_reader_warn(reader, path, true, "\"%s\" has no effect without %s", key, partner);
}

static void warn_class(again_reader *reader, json_object *root, const char *section,
                       const again_class_policy *numbers) {
  const again_backoff *backoff = &numbers->backoff;
  again_ms deadline = reader->block->top.policy.operation_deadline;
  json_object *object = NULL;
  json_object_object_get_ex(root, section, &object);
  again_growth growth = backoff->growth;
  /* A printed policy has every key: what is at its default was hardly written by a person. */
  warn_idle(reader, section, object, "multiplier",
            growth != AGAIN_GROWTH_EXPONENTIAL && backoff->multiplier_pct != 200,
            "\"growth\": \"exponential\"");
  warn_idle(reader, section, object, "step", growth != AGAIN_GROWTH_LINEAR && backoff->step != 0,
            "\"growth\": \"linear\"");
  warn_idle(reader, section, object, "jitter",
            growth == AGAIN_GROWTH_DECORRELATED && backoff->jitter != AGAIN_JITTER_FULL,
            "another growth: decorrelated delays are random as they are");
  if (has(object, "max_elapsed") && numbers->max_elapsed != AGAIN_NEVER &&
      numbers->max_elapsed > deadline) {
    again_path path =
        again_path_key(again_path_key((again_path){.count = 0}, section), "max_elapsed");
    char text[24];
    again_duration_print(deadline, text, sizeof text);
    again_reader_warn(reader, path, false,
                      "it ends earlier: the operation's \"deadline\" is %s; raise that, too", text);
  }
}

/* A budget's numbers without a budget. */
static void warn_budget(again_reader *reader, json_object *root) {
  json_object *object = NULL;
  json_object_object_get_ex(root, "budget", &object);
  if (object == NULL || reader->block->top.policy.budget.capacity != 0 || has(object, "capacity")) {
    return;
  }
  again_path path = again_path_key((again_path){.count = 0}, "budget");
  again_reader_warn(reader, path, true, "there is no budget without a \"capacity\", such as 500");
}

/* Topics whose name an earlier one has taken already. */
static void warn_topics(again_reader *reader) {
  const again_policy_block *block = reader->block;
  again_path path = again_path_key((again_path){.count = 0}, "topics");
  for (size_t i = 1; i < block->own_topics; i++) {
    for (size_t before = 0; before < i; before++) {
      const char *taken = block->patterns[before];
      size_t length = strlen(taken);
      bool prefix = taken[length - 1] == '*';
      if (!prefix || strncmp(taken, block->patterns[i], length - 1) != 0) continue;
      again_reader_warn(reader, again_path_key(path, block->patterns[i]), true,
                        "this is never looked at: \"%s\" stands before it; put it first", taken);
      break;
    }
  }
}

/* Operations that may wait longer than their credentials last. */
static void warn_lifetime(again_reader *reader, json_object *root) {
  const again_policy *policy = &reader->block->top.policy;
  if (policy->credential_lifetime >= policy->operation_deadline) return;
  if (!json_object_object_get_ex(root, "credentials", NULL)) return;
  char lifetime[24];
  char deadline[24];
  again_duration_print(policy->credential_lifetime, lifetime, sizeof lifetime);
  again_duration_print(policy->operation_deadline, deadline, sizeof deadline);
  again_path path = again_path_key((again_path){.count = 0}, "credentials");
  again_reader_warn(reader, path, true,
                    "credentials last %s, and an operation may wait %s (\"operation\": "
                    "\"deadline\"): the program must be able to refresh them",
                    lifetime, strcmp(deadline, "none") == 0 ? "without an end" : deadline);
}

void again_reader_warnings(again_reader *reader, json_object *root) {
  if (reader->tell == NULL) return;
  const again_policy *policy = &reader->block->top.policy;
  warn_rules(reader, root);
  warn_holds(reader);
  warn_class(reader, root, "retryable", &policy->retryable);
  warn_class(reader, root, "throttled", &policy->throttled);
  warn_class(reader, root, "auth", &policy->auth);
  warn_class(reader, root, "hold", &policy->hold);
  warn_topics(reader);
  warn_lifetime(reader, root);
  warn_budget(reader, root);
}
