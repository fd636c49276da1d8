/* Policies as text: a file again, and the manual of all keys. */
#include "policy/keys.h"
#include <json-c/json.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A text that grows. After a failure nothing more is added and `text` is NULL. */
typedef struct buffer {
  char *text;
  size_t length;
  size_t size;
} buffer;

#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
static void
add(buffer *out, const char *format, ...) {
  if (out->text == NULL) return;
  va_list arguments;
  va_start(arguments, format);
  va_list again;
  va_copy(again, arguments);
  int length = vsnprintf(NULL, 0, format, arguments);
  va_end(arguments);
  size_t needed = out->length + (size_t)length + 1;
  if (needed > out->size) {
    char *grown = realloc(out->text, needed * 2);
    if (grown == NULL) free(out->text);
    out->text = grown;
    out->size = needed * 2;
  }
  if (out->text != NULL) {
    vsnprintf(out->text + out->length, out->size - out->length, format, again);
    out->length += (size_t)length;
  }
  va_end(again);
}

/* A text as a JSON string, by json-c. */
static void add_string(buffer *out, const char *text) {
  json_object *string = json_object_new_string(text);
  const char *quoted = string != NULL
                           ? json_object_to_json_string_ext(string, JSON_C_TO_STRING_NOSLASHESCAPE)
                           : NULL;
  if (quoted != NULL) {
    add(out, "%s", quoted);
  } else {
    free(out->text);
    out->text = NULL;
  }
  json_object_put(string);
}

static void add_rule(buffer *out, const again_rule *rule) {
  add(out, "    {");
  if (rule->code != NULL) {
    add(out, "\"code\": ");
    add_string(out, rule->code);
    add(out, ", ");
  }
  if (rule->fault != AGAIN_FAULT_NONE) {
    add(out, "\"transport\": \"%s\", ", again_fault_name(rule->fault));
  }
  if (rule->status_max != 0 && rule->status_min == rule->status_max) {
    add(out, "\"status\": %d, ", rule->status_min);
  } else if (rule->status_max != 0) {
    add(out, "\"status\": \"%d-%d\", ", rule->status_min, rule->status_max);
  }
  add(out, "\"class\": \"%s\", \"remedy\": \"%s\", \"scope\": \"%s\"}",
      again_class_name(rule->error_class), again_remedy_name(rule->remedy),
      again_damage_name(rule->damage));
}

/* The list of a class's delays, behind the section's last key. */
static void add_delays(buffer *out, const again_policy *policy, const char *section) {
  const again_backoff *backoff = strcmp(section, "retryable") == 0   ? &policy->retryable.backoff
                                 : strcmp(section, "throttled") == 0 ? &policy->throttled.backoff
                                 : strcmp(section, "auth") == 0      ? &policy->auth.backoff
                                                                     : NULL;
  if (backoff == NULL || backoff->growth != AGAIN_GROWTH_LIST) return;
  add(out, ",\n    \"delays\": [");
  for (size_t i = 0; i < backoff->list_count; i++) {
    char text[24];
    again_duration_print(backoff->list[i], text, sizeof text);
    add(out, "%s\"%s\"", i == 0 ? "" : ", ", text);
  }
  add(out, "]");
}

char *again_policy_print(const again_policy *policy) {
  buffer out = {.text = malloc(4096), .size = 4096};
  add(&out, "{\n  \"again\": 1,\n  \"name\": ");
  add_string(&out, policy->name);
  add(&out, ",\n  \"classify\": [");
  for (size_t i = 0; i < policy->rule_count; i++) {
    add(&out, "%s\n", i == 0 ? "" : ",");
    add_rule(&out, &policy->rules[i]);
  }
  add(&out, "%s]", policy->rule_count == 0 ? "" : "\n  ");
  const char *section = "";
  for (size_t i = 0; i < again_policy_key_count; i++) {
    const again_key *key = &again_policy_keys[i];
    bool first = strcmp(section, key->section) != 0;
    if (first && i > 0) add_delays(&out, policy, section);
    if (first) add(&out, "%s,\n  \"%s\": {\n", i == 0 ? "" : "\n  }", key->section);
    section = key->section;
    char value[40];
    again_key_print(key, again_key_get(key, policy), value, sizeof value);
    add(&out, "%s    \"%s\": %s", first ? "" : ",\n", key->name, value);
  }
  add(&out, "\n  }\n}\n");
  return out.text;
}

#define RULE_ROWS                                                                                  \
  "| `code` | an error code, or the beginning of one and `*` |\n"                                  \
  "| `status` | a status (`429`), a hundred (`\"5xx\"`) or a range (`\"500-504\"`) |\n"            \
  "| `transport` | a kind of transport fault (below), or a name of libcurl's: `\"CURLE_...\"` |\n" \
  "| `class` | required: what it means for the operation |\n"                                      \
  "| `remedy` | what must change before another attempt; default `none` |\n"                       \
  "| `scope` | whom the damage concerns; default `batch` |\n"

static void add_words(buffer *out, const char *title, const char *(*name)(int),
                      const char *(*text)(int), int first, int count) {
  add(out, "\n| %s | meaning |\n| --- | --- |\n", title);
  for (int i = first; i < count; i++)
    add(out, "| `%s` | %s |\n", name(i), text(i));
}

#define WORD(kind)                                                                                 \
  static const char *kind##_name(int value) {                                                      \
    return again_##kind##_name((again_##kind)value);                                               \
  }                                                                                                \
  static const char *kind##_text(int value) {                                                      \
    return again_##kind##_text((again_##kind)value);                                               \
  }
WORD(class)
WORD(remedy)
WORD(damage)
WORD(fault)
WORD(growth)
WORD(jitter)
WORD(hint_kind)

/* The shipped policies, each with its own comment on when to use it. */
static void add_shipped(buffer *out) {
  const again_shipped_policy *shipped;
  add(out,
      "\n## Shipped policies\n\nWherever a file is named, `builtin:NAME` names one of these.\n\n"
      "| name | when to use it |\n| --- | --- |\n");
  for (size_t i = 0; (shipped = again_policy_shipped(i)) != NULL; i++) {
    json_object *root = json_tokener_parse(shipped->text);
    json_object *comment = NULL;
    json_object_object_get_ex(root, "//", &comment);
    add(out, "| `%s` | %s |\n", shipped->name,
        comment != NULL ? json_object_get_string(comment) : "");
    json_object_put(root);
  }
}

char *again_policy_manual(void) {
  buffer out = {.text = malloc(8192), .size = 8192};
  add(&out,
      "# Policy files\n\n"
      "A policy file is JSON. It says which errors are tried again, when, and for how long. "
      "What it does not\nsay has the default of the built-in policy, which `again print` "
      "shows. `again check FILE` tells what is\nwrong with a file, and where. A key `\"//\"` "
      "is a comment, in every object.\n\n"
      "```json\n{\n  \"again\": 1,\n  \"name\": \"patient\",\n"
      "  \"classify\": [{\"code\": \"TopicNotExist\", \"class\": \"retryable\"}],\n"
      "  \"retryable\": {\"cap\": \"2m\", \"max_elapsed\": \"1d\"},\n"
      "  \"operation\": {\"deadline\": \"2d\"}\n}\n```\n\n"
      "`\"again\": 1` is the version of the format and required. `\"name\"` is for people.\n\n"
      "`\"extends\"` names a policy to start from in place of the built-in one: a shipped one by "
      "its "
      "name, or\na file in the same folder or below it. Each key of this file replaces that key of "
      "the other; rules are\nput before the other's rules. Without `extends`, a `classify` "
      "replaces "
      "the built-in rules.\n\n"
      "`\"$schema\": \"policy.schema.json\"` lets an editor complete keys; the schema is "
      "[policy.schema.json](policy.schema.json).\n\n"
      "## Rules: `classify`\n\n"
      "A list; the first rule all of whose conditions hold decides. Where none does: the kind "
      "of transport\nfault, then the error code in the [catalogue](errors.md), then its "
      "family, then the HTTP status.\n\n| key | what it says |\n| --- | --- |\n" RULE_ROWS);
  add_words(&out, "class", class_name, class_text, 0, AGAIN_CLASS_COUNT);
  add_words(&out, "remedy", remedy_name, remedy_text, 0, AGAIN_REMEDY_COUNT);
  add(&out,
      "\nThe CLS client acts on `resync-clock`, `split` and `refresh-credentials`, the scheduler "
      "on "
      "`hold`: the\n`scope` that the rule names stops sending, whatever the class, and probes with "
      "one operation at a time, as\nthe section `hold` says, until it is answered otherwise. To "
      "surface such an error instead, write a rule for\nit without a remedy: "
      "`{\"code\": \"TopicClosed\", \"class\": \"fatal\"}`.\n");
  add_words(&out, "scope", damage_name, damage_text, 0, AGAIN_DAMAGE_COUNT);
  add_words(&out, "transport", fault_name, fault_text, 1, AGAIN_FAULT_COUNT);
  add_shipped(&out);
  const char *section = "";
  for (size_t i = 0; i < again_policy_key_count; i++) {
    const again_key *key = &again_policy_keys[i];
    if (strcmp(section, key->section) != 0) {
      add(&out,
          "\n## `%s`\n\n| key | default | allowed | what it says |\n| --- | --- | --- | --- |\n",
          key->section);
      section = key->section;
    }
    char standard[40];
    char least[40];
    char most[40];
    again_key_print(key, key->standard, standard, sizeof standard);
    again_key_print(key, key->least, least, sizeof least);
    again_key_print(key, key->most, most, sizeof most);
    bool none = key->kind == AGAIN_KEY_DURATION_OR_NONE || key->kind == AGAIN_KEY_COUNT_OR_NONE;
    if (key->kind == AGAIN_KEY_FLAG || again_key_word(key, 0) != NULL) {
      add(&out, "| `%s` | `%s` | %s | %s |\n", key->name, standard,
          key->kind == AGAIN_KEY_FLAG ? again_key_kind_text(key->kind) : "a name, see below",
          key->text);
    } else {
      add(&out, "| `%s` | `%s` | `%s` to `%s`%s | %s |\n", key->name, standard, least, most,
          none ? " or `\"none\"`" : "", key->text);
    }
  }
  add(&out, "\nIn `retryable`, `throttled` and `auth` a list `\"delays\": [\"1s\", \"5s\", "
            "\"30s\"]` gives the backoffs "
            "one by\none; the last one is used for all further retries.\n");
  add_words(&out, "growth", growth_name, growth_text, 0, AGAIN_GROWTH_COUNT);
  add_words(&out, "jitter", jitter_name, jitter_text, 0, AGAIN_JITTER_COUNT);
  add(&out, "\nA hint is what the service asks for in one of these headers; the longest counts.\n");
  add_words(&out, "header", hint_kind_name, hint_kind_text, 0, AGAIN_HINT_COUNT);
  return out.text;
}
