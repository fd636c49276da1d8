/* The manual page of all keys, from the table. */
#include "policy/keys.h"
#include "policy/text.h"
#include <json-c/json.h>
#include <string.h>

#define RULE_ROWS                                                                                  \
  "| `code` | an error code, or the beginning of one and `*` |\n"                                  \
  "| `status` | a status (`429`), a hundred (`\"5xx\"`) or a range (`\"500-504\"`) |\n"            \
  "| `transport` | a kind of transport fault (below), or a name of libcurl's: `\"CURLE_...\"` |\n" \
  "| `shape` | the form of the body that the code was found in (below) |\n"                        \
  "| `class` | required: what it means for the operation |\n"                                      \
  "| `remedy` | what must change before another attempt; default `none` |\n"                       \
  "| `scope` | whom the damage concerns; default `batch` |\n"

static void add_words(again_text *out, const char *title, const char *(*name)(int),
                      const char *(*text)(int), int first, int count) {
  again_text_add(out, "\n| %s | meaning |\n| --- | --- |\n", title);
  for (int i = first; i < count; i++)
    again_text_add(out, "| `%s` | %s |\n", name(i), text(i));
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
WORD(shape)
WORD(growth)
WORD(jitter)
WORD(hint_kind)

/* The shipped policies, each with its own comment on when to use it. */
static void add_shipped(again_text *out) {
  const again_shipped_policy *shipped;
  again_text_add(
      out,
      "\n## Shipped policies\n\nWherever a file is named, `builtin:NAME` names one of these.\n\n"
      "| name | when to use it |\n| --- | --- |\n");
  for (size_t i = 0; (shipped = again_policy_shipped(i)) != NULL; i++) {
    json_object *root = json_tokener_parse(shipped->text);
    json_object *comment = NULL;
    json_object_object_get_ex(root, "//", &comment);
    again_text_add(out, "| `%s` | %s |\n", shipped->name,
                   comment != NULL ? json_object_get_string(comment) : "");
    json_object_put(root);
  }
}

char *again_policy_manual(void) {
  again_text out = again_text_new();
  again_text_add(
      &out,
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
      "the other; rules are\nput before the other's rules.\n\n"
      "`\"$schema\": \"policy.schema.json\"` lets an editor complete keys; the schema is "
      "[policy.schema.json](policy.schema.json).\n\n"
      "## Rules: `classify`\n\n"
      "A list; the first rule all of whose conditions hold decides. Where none does: the kind "
      "of transport\nfault, then the error code in the [catalogue](errors.md), then its "
      "family, then the HTTP status.\n\n| key | what it says |\n| --- | --- |\n" RULE_ROWS);
  add_words(&out, "class", class_name, class_text, 0, AGAIN_CLASS_COUNT);
  add_words(&out, "remedy", remedy_name, remedy_text, 0, AGAIN_REMEDY_COUNT);
  again_text_add(
      &out,
      "\nThe CLS client acts on `resync-clock`, `split` and `refresh-credentials`, the scheduler "
      "on "
      "`hold`: the\n`scope` that the rule names stops sending, whatever the class, and probes with "
      "one operation at a time, as\nthe section `hold` says, until it is answered otherwise. A "
      "rule "
      "without a `scope` is about the batch alone and\nholds nothing. To "
      "surface such an error instead, write a rule for\nit without a remedy: "
      "`{\"code\": \"TopicClosed\", \"class\": \"fatal\"}`.\n");
  add_words(&out, "scope", damage_name, damage_text, 0, AGAIN_DAMAGE_COUNT);
  add_words(&out, "shape", shape_name, shape_text, 1, AGAIN_SHAPE_COUNT);
  add_words(&out, "transport", fault_name, fault_text, 1, AGAIN_FAULT_COUNT);
  add_shipped(&out);
  again_text_add(
      &out,
      "\n## Some topics otherwise: `topics`\n\n"
      "```json\n{\n  \"again\": 1,\n  \"topics\": {\n"
      "    \"audit-*\": {\"operation\": {\"deadline\": \"1d\"}},\n"
      "    \"debug\": {\"retryable\": {\"max_attempts\": 3}, \"in_flight\": {\"scope\": 2}}\n"
      "  }\n}\n```\n\n"
      "Each entry is a topic's id, or the beginning of ids and `*`; the first that fits a topic "
      "decides. It has the same\nsections as the file, and what it does not say is as the file "
      "says. "
      "Its `classify` stands before the file's rules.\n`in_flight.total` is of all topics "
      "together, and "
      "cannot stand here.\n\n"
      "With `extends`, the entries of this file stand before those of the other, which then stand "
      "on "
      "this file's keys.\n");
  const char *section = "";
  for (size_t i = 0; i < again_policy_key_count; i++) {
    const again_key *key = &again_policy_keys[i];
    if (strcmp(section, key->section) != 0) {
      again_text_add(
          &out,
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
    bool none = key->kind == AGAIN_KEY_DURATION_OR_NONE || key->kind == AGAIN_KEY_COUNT_OR_NONE ||
                key->kind == AGAIN_KEY_SIZE_OR_NONE;
    if (key->kind == AGAIN_KEY_FLAG || again_key_word(key, 0) != NULL) {
      again_text_add(&out, "| `%s` | `%s` | %s | %s |\n", key->name, standard,
                     key->kind == AGAIN_KEY_FLAG ? again_key_kind_text(key->kind)
                                                 : "a name, see below",
                     key->text);
    } else {
      again_text_add(&out, "| `%s` | `%s` | `%s` to `%s`%s | %s |\n", key->name, standard, least,
                     most, none ? " or `\"none\"`" : "", key->text);
    }
  }
  again_text_add(
      &out, "\nIn `retryable`, `throttled`, `auth` and `hold` a list `\"delays\": [\"1s\", \"5s\", "
            "\"30s\"]` gives the backoffs "
            "one by\none; the last one is used for all further retries. The jitter draws from 0 to "
            "each as ever: for exactly these times\nadd `\"jitter\": \"none\"`.\n");
  add_words(&out, "growth", growth_name, growth_text, 0, AGAIN_GROWTH_COUNT);
  add_words(&out, "jitter", jitter_name, jitter_text, 0, AGAIN_JITTER_COUNT);
  again_text_add(
      &out, "\nA hint is what the service asks for in one of these headers; the longest counts.\n");
  add_words(&out, "header", hint_kind_name, hint_kind_text, 0, AGAIN_HINT_COUNT);
  return out.text;
}
