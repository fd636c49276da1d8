#include "emulator/tally.h"
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

struct again_tally_code {
  again_tally_code *next;
  uint64_t count;
  char name[sizeof((again_answer *)NULL)->code];
};

void again_tally_fini(again_tally *tally) {
  while (tally->codes != NULL) {
    again_tally_code *code = tally->codes;
    tally->codes = code->next;
    free(code);
  }
}

static void count_code(again_tally *tally, const char *name) {
  again_tally_code *code = tally->codes;
  while (code != NULL && strcmp(code->name, name) != 0)
    code = code->next;
  if (code == NULL) {
    code = calloc(1, sizeof *code);
    if (code == NULL) return;
    memcpy(code->name, name, strlen(name));
    code->next = tally->codes;
    tally->codes = code;
  }
  code->count++;
}

void again_tally_answer(again_tally *tally, const again_answer *answer, again_tally_by by) {
  again_emulator_stats *stats = &tally->stats;
  stats->requests++;
  if (by == AGAIN_TALLY_QUOTA) {
    stats->throttled++;
  } else if (answer->status >= 500) {
    stats->failed_5xx++;
  } else if (answer->status >= 400) {
    stats->refused_4xx++;
  } else if (by == AGAIN_TALLY_SERVICE) {
    stats->accepted++;
  } else {
    stats->other++;
  }
  if (answer->code[0] != '\0') count_code(tally, answer->code);
}

char *again_tally_json(const again_tally *tally) {
  json_object *root = json_object_new_object();
  json_object *codes = json_object_new_object();
  if (root == NULL || codes == NULL) {
    json_object_put(root);
    json_object_put(codes);
    return NULL;
  }
  bool whole = true;
#define X(name, sentence)                                                                          \
  whole = whole &&                                                                                 \
          json_object_object_add(root, #name, json_object_new_uint64(tally->stats.name)) == 0;
  AGAIN_EMULATOR_STATS_MAP(X)
#undef X
  whole = whole && json_object_object_add(root, "listening",
                                          json_object_new_boolean(tally->stats.listening)) == 0;
  for (again_tally_code *code = tally->codes; code != NULL; code = code->next)
    whole = whole &&
            json_object_object_add(codes, code->name, json_object_new_uint64(code->count)) == 0;
  whole = whole && json_object_object_add(root, "codes", codes) == 0;
  if (!whole) json_object_put(codes);
  const char *text = whole ? json_object_to_json_string_ext(root, JSON_C_TO_STRING_SPACED) : NULL;
  char *copy = text != NULL ? strdup(text) : NULL;
  json_object_put(root);
  return copy;
}
