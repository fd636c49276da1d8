/* What must fit together: keys whose values are wrong only beside one another. */
#include "policy/keys.h"
#include "policy/reader.h"

/* Words behind a value that the file does not have. */
static const char *is_said(json_object *section, const char *key) {
  return json_object_object_get_ex(section, key, NULL) ? "" : " (not in this file)";
}

/* The place to complain about a pair of keys: the one the file has, or else its section. */
static void fail_pair(again_reader *reader, again_path path, json_object *level,
                      const char *section, const char *first, const char *second, const char *rule,
                      again_ms a, again_ms b) {
  json_object *object = NULL;
  json_object_object_get_ex(level, section, &object);
  path = again_path_key(path, section);
  if (json_object_object_get_ex(object, first, NULL)) {
    path = again_path_key(path, first);
  } else if (json_object_object_get_ex(object, second, NULL)) {
    path = again_path_key(path, second);
  }
  char a_text[24];
  char b_text[24];
  again_duration_print(a, a_text, sizeof a_text);
  again_duration_print(b, b_text, sizeof b_text);
  again_reader_fail(reader, path, false, "\"%s\" %s%s is %s \"%s\" %s%s: change one of them", first,
                    a_text, is_said(object, first), rule, second, b_text, is_said(object, second));
}

void again_reader_pairs(again_reader *reader, again_path path, json_object *object) {
  again_policy *policy = &reader->level->policy;
  static const char *const sections[] = {"retryable", "throttled", "auth", "hold"};
  for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
    const again_backoff *backoff = again_key_backoff(sections[i], policy);
    if ((backoff->growth == AGAIN_GROWTH_LIST) != (backoff->list_count > 0)) {
      again_reader_fail(reader, again_path_key(path, sections[i]), false,
                        "the growth \"list\" and the key \"delays\" go together");
    }
    if (backoff->cap < backoff->base) {
      fail_pair(reader, path, object, sections[i], "cap", "base", "below", backoff->cap,
                backoff->base);
    }
  }
  if (policy->connect_timeout > policy->attempt_timeout) {
    fail_pair(reader, path, object, "attempt", "connect_timeout", "timeout", "above",
              policy->connect_timeout, policy->attempt_timeout);
  }
}
