/* Files of cases. The table of keys drives the reading; what is not in it is refused. */
#include "cases/reader.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool again_case_keep(again_case_reader *reader, void *memory) {
  again_case_memory *kept = memory != NULL ? malloc(sizeof *kept) : NULL;
  if (kept == NULL) {
    free(memory);
    return again_json_fail_memory(&reader->json);
  }
  *kept = (again_case_memory){.next = reader->file->memory, .memory = memory};
  reader->file->memory = kept;
  return true;
}

/* Notes for people and editors, at every place. */
static bool is_note(again_case_object object, const char *name) {
  return strcmp(name, "//") == 0 || (object == AGAIN_CASE_IN_FILE && strcmp(name, "$schema") == 0);
}

static bool read_member(again_case_reader *reader, again_case_object object, const char *what,
                        const again_json *member, uint32_t *seen, void *into) {
  const again_case_key *key = again_case_key_find(object, member->key);
  if (key == NULL) {
    const char *names[AGAIN_CASE_KEYS_MAX];
    char kind[40];
    snprintf(kind, sizeof kind, "key of %s,", what);
    return again_json_fail_word(&reader->json, member->key_at, kind, member->key, names,
                                again_case_key_names(object, names));
  }
  uint32_t bit = 1;
  for (const again_case_key *at = key; at > again_case_keys && at[-1].object == object; at--)
    bit <<= 1;
  if ((*seen & bit) != 0) {
    return again_json_fail(&reader->json, member->key_at, "the key \"%s\" stands here twice",
                           member->key);
  }
  *seen |= bit;
  return again_case_read_value(reader, key, member, (char *)into + key->offset);
}

bool again_case_read_object(again_case_reader *reader, again_case_object object, const char *what,
                            const again_json *node, void *into) {
  uint32_t seen = 0;
  if (node->kind != AGAIN_JSON_OBJECT)
    return again_json_fail(&reader->json, node->at, "%s must be an object: {..}", what);
  for (const again_json *at = node->first; at != NULL; at = at->next) {
    if (!is_note(object, at->key) && !read_member(reader, object, what, at, &seen, into))
      return false;
  }
  for (size_t i = 0; i < again_case_key_count; i++) {
    const again_case_key *key = &again_case_keys[i];
    if (key->object == object && key->required && again_json_member(node, key->name) == NULL)
      return again_json_fail(&reader->json, node->at, "%s needs \"%s\": %s", what, key->name,
                             key->text);
  }
  return true;
}

/* ---- Policies ---------------------------------------------------------------------------------- */

/* A path as the file says it, seen from the folder of the file. The caller frees it. */
static char *policy_path(const char *file, const char *path) {
  const char *slash = strrchr(file, '/');
  bool beside = slash != NULL && path[0] != '/' && strncmp(path, "builtin:", 8) != 0;
  int folder = beside ? (int)(slash - file) + 1 : 0;
  size_t size = (size_t)folder + strlen(path) + 1;
  char *joined = malloc(size);
  if (joined != NULL) snprintf(joined, size, "%.*s%s", folder, file, path);
  return joined;
}

static bool load_policy(again_case_reader *reader, again_case *c, const again_json *named) {
  again_diagnostic wrong = {0};
  if (c->path == NULL) {
    c->policy = again_policy_default();
    return true;
  }
  for (const again_case *before = reader->file->cases; before < c; before++) {
    if (before->path == NULL || strcmp(before->path, c->path) != 0) continue;
    c->policy = again_policy_ref(before->policy);
    return true;
  }
  char *path = policy_path(reader->file->path, c->path);
  if (path == NULL) return again_json_fail_memory(&reader->json);
  int error = again_policy_load(path, &c->policy, &wrong);
  if (error == 0) {
    free(path);
    return true;
  }
  c->policy = NULL;
  char place[32] = "";
  if (wrong.line != 0)
    snprintf(place, sizeof place, ":%u:%u", (unsigned)wrong.line, (unsigned)wrong.column);
  again_json_fail(&reader->json, named->at, "this policy cannot be used: %s%s: %s", path, place,
                  wrong.message);
  free(path);
  return false;
}

static bool load_policies(again_case_reader *reader) {
  const again_json *of_file = again_json_member(reader->json.root, "policy");
  for (size_t i = 0; i < reader->file->count; i++) {
    again_case *c = &reader->file->cases[i];
    const again_json *named = again_json_member(c->node, "policy");
    if (c->path == NULL) c->path = reader->file->policy;
    if (!load_policy(reader, c, named != NULL ? named : of_file)) return false;
  }
  return true;
}

/* ---- The file ---------------------------------------------------------------------------------- */

int again_case_file_load(const char *path, again_case_file *file, again_diagnostic *wrong) {
  *file = (again_case_file){.path = path};
  *wrong = (again_diagnostic){0};
  again_case_reader reader = {.json = {.wrong = wrong}, .file = file};
  again_json_reader_load(&reader.json, path, AGAIN_CASES_SIZE_MAX,
                         "a file of cases has at most 4 MiB");
  file->text = reader.json.text;
  file->length = reader.json.length;
  file->root = reader.json.root;
  if (reader.json.error == 0 &&
      again_case_read_object(&reader, AGAIN_CASE_IN_FILE, "a file of cases", file->root, file)) {
    load_policies(&reader);
  }
  if (reader.json.error != 0) again_case_file_free(file);
  return reader.json.error;
}

void again_case_file_free(again_case_file *file) {
  for (size_t i = 0; i < file->count; i++) {
    again_policy_unref(file->cases[i].policy);
    free(file->cases[i].steps);
    free(file->cases[i].expected.list);
  }
  free(file->cases);
  while (file->memory != NULL) {
    again_case_memory *kept = file->memory;
    file->memory = kept->next;
    free(kept->memory);
    free(kept);
  }
  again_json_free(file->root);
  free(file->text);
  *file = (again_case_file){0};
}
