/* Files of cases. The table of keys drives the reading; what is not in it is refused. */
#include "cases/reader.h"
#include "policy/suggest.h"
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

bool again_case_fail(again_case_reader *reader, size_t at, const char *format, ...) {
  if (reader->error != 0) return false;
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(reader->wrong->message, sizeof reader->wrong->message, format, arguments);
  va_end(arguments);
  again_json_place(reader->file->text, at, &reader->wrong->line, &reader->wrong->column);
  reader->error = AGAIN_EFORMAT;
  return false;
}

bool again_case_fail_memory(again_case_reader *reader) {
  snprintf(reader->wrong->message, sizeof reader->wrong->message, "out of memory");
  reader->error = AGAIN_ENOMEM;
  return false;
}

bool again_case_keep(again_case_reader *reader, void *memory) {
  again_case_memory *kept = memory != NULL ? malloc(sizeof *kept) : NULL;
  if (kept == NULL) {
    free(memory);
    return again_case_fail_memory(reader);
  }
  *kept = (again_case_memory){.next = reader->file->memory, .memory = memory};
  reader->file->memory = kept;
  return true;
}

bool again_case_fail_kind(again_case_reader *reader, const char *key, const char *must,
                          const again_json *value) {
  char found[64];
  int length = (int)(value->end - value->at < 40 ? value->end - value->at : 40);
  const char *text = reader->file->text + value->at;
  switch (value->kind) {
  case AGAIN_JSON_OBJECT: snprintf(found, sizeof found, "an object"); break;
  case AGAIN_JSON_ARRAY: snprintf(found, sizeof found, "a list"); break;
  case AGAIN_JSON_STRING: snprintf(found, sizeof found, "the text %.*s", length, text); break;
  case AGAIN_JSON_NUMBER: snprintf(found, sizeof found, "the number %.*s", length, text); break;
  case AGAIN_JSON_FLAG:
  case AGAIN_JSON_NULL: snprintf(found, sizeof found, "%.*s", length, text); break;
  }
  return again_case_fail(reader, value->at, "\"%s\" must be %s, not %s", key, must, found);
}

bool again_case_fail_word(again_case_reader *reader, size_t at, const char *what, const char *word,
                          const char *const *allowed, size_t count) {
  char list[320];
  const char *near = again_suggest(word, allowed, count);
  if (near != NULL) {
    return again_case_fail(reader, at, "unknown %s \"%.40s\": did you mean \"%s\"?", what, word,
                           near);
  }
  again_suggest_list(allowed, count, list, sizeof list);
  return again_case_fail(reader, at, "unknown %s \"%.40s\": say %s", what, word, list);
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
    return again_case_fail_word(reader, member->key_at, kind, member->key, names,
                                again_case_key_names(object, names));
  }
  uint32_t bit = 1;
  for (const again_case_key *at = key; at > again_case_keys && at[-1].object == object; at--)
    bit <<= 1;
  if ((*seen & bit) != 0) {
    return again_case_fail(reader, member->key_at, "the key \"%s\" stands here twice", member->key);
  }
  *seen |= bit;
  return again_case_read_value(reader, key, member, (char *)into + key->offset);
}

bool again_case_read_object(again_case_reader *reader, again_case_object object, const char *what,
                            const again_json *node, void *into) {
  uint32_t seen = 0;
  if (node->kind != AGAIN_JSON_OBJECT)
    return again_case_fail(reader, node->at, "%s must be an object: {..}", what);
  for (const again_json *at = node->first; at != NULL; at = at->next) {
    if (!is_note(object, at->key) && !read_member(reader, object, what, at, &seen, into))
      return false;
  }
  for (size_t i = 0; i < again_case_key_count; i++) {
    const again_case_key *key = &again_case_keys[i];
    if (key->object == object && key->required && again_json_member(node, key->name) == NULL)
      return again_case_fail(reader, node->at, "%s needs \"%s\": %s", what, key->name, key->text);
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
  if (path == NULL) return again_case_fail_memory(reader);
  int error = again_policy_load(path, &c->policy, &wrong);
  if (error == 0) {
    free(path);
    return true;
  }
  c->policy = NULL;
  char place[32] = "";
  if (wrong.line != 0)
    snprintf(place, sizeof place, ":%u:%u", (unsigned)wrong.line, (unsigned)wrong.column);
  again_case_fail(reader, named->at, "this policy cannot be used: %s%s: %s", path, place,
                  wrong.message);
  free(path);
  return false;
}

static bool load_policies(again_case_reader *reader) {
  const again_json *of_file = again_json_member(reader->file->root, "policy");
  for (size_t i = 0; i < reader->file->count; i++) {
    again_case *c = &reader->file->cases[i];
    const again_json *named = again_json_member(c->node, "policy");
    if (c->path == NULL) c->path = reader->file->policy;
    if (!load_policy(reader, c, named != NULL ? named : of_file)) return false;
  }
  return true;
}

/* ---- The file ---------------------------------------------------------------------------------- */

static int fail_file(again_diagnostic *wrong, int error, const char *what, const char *why) {
  *wrong = (again_diagnostic){0};
  snprintf(wrong->message, sizeof wrong->message, "%s: %s", what, why);
  return error;
}

static int read_text(again_case_file *file, again_diagnostic *wrong) {
  FILE *in = fopen(file->path, "rb");
  if (in == NULL) return fail_file(wrong, AGAIN_EIO, "cannot be opened", strerror(errno));
  file->text = malloc(AGAIN_CASES_SIZE_MAX + 1);
  int error = file->text != NULL ? 0 : AGAIN_ENOMEM;
  if (error == 0) file->length = fread(file->text, 1, AGAIN_CASES_SIZE_MAX + 1, in);
  if (error == 0 && ferror(in))
    error = fail_file(wrong, AGAIN_EIO, "cannot be read", strerror(errno));
  fclose(in);
  if (error == 0 && file->length > AGAIN_CASES_SIZE_MAX)
    error = fail_file(wrong, AGAIN_EFORMAT, "too long", "a file of cases has at most 4 MiB");
  if (error != 0) return error;
  file->text[file->length] = '\0';
  char *fitting = realloc(file->text, file->length + 1);
  if (fitting != NULL) file->text = fitting;
  return 0;
}

int again_case_file_load(const char *path, again_case_file *file, again_diagnostic *wrong) {
  *file = (again_case_file){.path = path};
  *wrong = (again_diagnostic){0};
  again_case_reader reader = {.file = file, .wrong = wrong};
  reader.error = read_text(file, wrong);
  if (reader.error == 0)
    reader.error = again_json_read(file->text, file->length, &file->root, wrong);
  if (reader.error == AGAIN_ENOMEM) again_case_fail_memory(&reader);
  if (reader.error == 0 &&
      again_case_read_object(&reader, AGAIN_CASE_IN_FILE, "a file of cases", file->root, file)) {
    load_policies(&reader);
  }
  if (reader.error != 0) again_case_file_free(file);
  return reader.error;
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
