/* Policies as objects: the built-in one, files, references, equality. */
#include "policy/keys.h"
#include "policy/reader.h"
#include "policy/suggest.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SHIPPED_MAX = 16 };

static const again_policy default_policy = {
    .name = "default",
#define AGAIN_KEY(section, name, kind, field, least, most, standard, text) .field = (standard),
#include "policy/keys.def"
#undef AGAIN_KEY
};

const again_policy *again_policy_default(void) {
  return &default_policy;
}

struct again_policy_list {
  struct again_policy_list *next;
  again_ms delays[];
};

again_ms *again_policy_block_delays(again_policy_block *block, size_t count) {
  struct again_policy_list *list = calloc(1, sizeof *list + count * sizeof *list->delays);
  if (list == NULL) return NULL;
  list->next = block->lists;
  block->lists = list;
  return list->delays;
}

void again_policy_block_free(again_policy_block *block) {
  if (block == NULL) return;
  while (block->lists != NULL) {
    struct again_policy_list *list = block->lists;
    block->lists = list->next;
    free(list);
  }
  again_policy_topics_free(block);
  again_policy_level_free(&block->top);
  again_policy_unref(block->base);
  free(block->file);
  free(block->name);
  free(block);
}

again_policy_block *again_policy_block_of(const again_policy *policy) {
  if (policy == NULL || policy == &default_policy) return NULL;
  return (again_policy_block *)(uintptr_t)policy;
}

const again_policy *again_policy_ref(const again_policy *policy) {
  again_policy_block *block = again_policy_block_of(policy);
  if (block != NULL) atomic_fetch_add_explicit(&block->references, 1, memory_order_relaxed);
  return policy;
}

void again_policy_unref(const again_policy *policy) {
  again_policy_block *block = again_policy_block_of(policy);
  if (block == NULL) return;
  if (atomic_fetch_sub_explicit(&block->references, 1, memory_order_acq_rel) == 1) {
    again_policy_block_free(block);
  }
}

static int refuse(again_diagnostic *diagnostic, int error, const char *message) {
  if (diagnostic != NULL) {
    *diagnostic = (again_diagnostic){.line = 0};
    snprintf(diagnostic->message, sizeof diagnostic->message, "%s", message);
  }
  return error;
}

/* What is to be compiled. */
typedef struct source {
  const char *name; /* of the policy, unless its text has one */
  const char *text;
  size_t length;
  again_policy_chain chain; /* its file: NULL for a text that is no file */
  again_diagnostic_fn tell;
  void *data;
} source;

static int compile(const source *from, const again_policy **policy, again_diagnostic *diagnostic) {
  again_policy_block *block = calloc(1, sizeof *block);
  char *copy = malloc(from->length + 1);
  char *own_name = strdup(from->name);
  char *file = from->chain.file != NULL ? strdup(from->chain.file) : NULL;
  if (block == NULL || copy == NULL || own_name == NULL ||
      (from->chain.file != NULL && file == NULL)) {
    free(block);
    free(copy);
    free(own_name);
    free(file);
    return refuse(diagnostic, AGAIN_ENOMEM, "out of memory");
  }
  memcpy(copy, from->text, from->length);
  copy[from->length] = '\0';
  atomic_init(&block->references, 1);
  block->name = own_name;
  block->file = file;
  block->top.policy = default_policy;
  again_reader reader = {.text = copy,
                         .chain = &from->chain,
                         .block = block,
                         .level = &block->top,
                         .tell = from->tell,
                         .data = from->data};
  again_reader_read(&reader, from->length);
  free(copy);
  if (reader.error != 0) {
    again_policy_block_free(block);
    if (diagnostic != NULL) *diagnostic = reader.diagnostic;
    return reader.error;
  }
  block->top.policy.name = block->name;
  for (size_t i = 0; i < block->topic_count; i++)
    block->topics[i].policy.name = block->name;
  *policy = &block->top.policy;
  return 0;
}

int again_policy_parse(const char *name, const char *text, size_t length,
                       const again_policy **policy, again_diagnostic *diagnostic) {
  return compile(&(source){.name = name, .text = text, .length = length}, policy, diagnostic);
}

/* The whole file, at most one byte more than a policy may have. */
static char *read_file(FILE *file, size_t *length) {
  char *text = malloc(AGAIN_POLICY_SIZE_MAX + 1);
  if (text != NULL) *length = fread(text, 1, AGAIN_POLICY_SIZE_MAX + 1, file);
  return text;
}

static const char *find_shipped(const char *name, char *why, size_t why_size) {
  const again_shipped_policy *shipped;
  const char *names[SHIPPED_MAX];
  size_t count = 0;
  for (; count < SHIPPED_MAX && (shipped = again_policy_shipped(count)) != NULL; count++) {
    if (strcmp(shipped->name, name) == 0) return shipped->text;
    names[count] = shipped->name;
  }
  const char *near = again_suggest(name, names, count);
  snprintf(why, why_size, "there is no such shipped policy; ");
  size_t used = strlen(why);
  if (near != NULL) {
    snprintf(why + used, why_size - used, "did you mean \"%s\"?", near);
  } else {
    snprintf(why + used, why_size - used, "there are ");
    again_suggest_list(names, count, why + used + 10, why_size - used - 10);
  }
  return NULL;
}

/* Opens a file, or a pipe that somebody writes to; one that nobody writes to is empty, and not waited for. */
static FILE *open_file(const char *path) {
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return NULL;
  int flags = fcntl(fd, F_GETFL);
  FILE *file =
      flags != -1 && fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) == 0 ? fdopen(fd, "rb") : NULL;
  if (file == NULL) close(fd);
  return file;
}

/* The text of a file or of a shipped policy, for the caller to free. */
static int read_text(const char *path, char **text, size_t *length, again_diagnostic *diagnostic) {
  static const char builtin[] = "builtin:";
  char why[256];
  if (strncmp(path, builtin, sizeof builtin - 1) == 0) {
    const char *shipped = find_shipped(path + sizeof builtin - 1, why, sizeof why);
    if (shipped == NULL) return refuse(diagnostic, AGAIN_EIO, why);
    *text = strdup(shipped);
    *length = strlen(shipped);
    return *text != NULL ? 0 : refuse(diagnostic, AGAIN_ENOMEM, "out of memory");
  }
  FILE *file = open_file(path);
  if (file == NULL) {
    snprintf(why, sizeof why, "cannot be opened: %s; check the path and its permissions",
             strerror(errno));
    return refuse(diagnostic, AGAIN_EIO, why);
  }
  errno = 0;
  *text = read_file(file, length);
  bool failed = ferror(file) != 0;
  int reason = errno;
  fclose(file);
  if (*text == NULL) return refuse(diagnostic, AGAIN_ENOMEM, "out of memory");
  if (!failed) return 0;
  free(*text);
  snprintf(why, sizeof why, "cannot be read: %s", strerror(reason));
  return refuse(diagnostic, AGAIN_EIO, why);
}

/* The name a policy has unless its text has one. */
static const char *name_of(const char *path) {
  return strncmp(path, "builtin:", 8) == 0 ? path + 8 : path;
}

/* Reads and compiles a file or a shipped policy, which another one (or NULL) extends. */
static int load(const char *path, const again_policy_chain *extended_by, again_diagnostic_fn tell,
                void *data, const again_policy **policy, again_diagnostic *diagnostic) {
  char *text = NULL;
  size_t length = 0;
  int error = read_text(path, &text, &length, diagnostic);
  if (error != 0) return error;
  unsigned depth = extended_by != NULL ? extended_by->depth + 1 : 0;
  source from = {.name = name_of(path),
                 .text = text,
                 .length = length,
                 .chain = {.file = path, .extended_by = extended_by, .depth = depth},
                 .tell = tell,
                 .data = data};
  error = compile(&from, policy, diagnostic);
  free(text);
  return error;
}

int again_policy_load(const char *path, const again_policy **policy, again_diagnostic *diagnostic) {
  return load(path, NULL, NULL, NULL, policy, diagnostic);
}

int again_policy_examine(const char *path, again_diagnostic_fn tell, void *data) {
  again_diagnostic diagnostic = {.line = 0};
  const again_policy *policy = NULL;
  int error = load(path, NULL, tell, data, &policy, &diagnostic);
  if (error == AGAIN_EIO || error == AGAIN_ENOMEM) tell(data, &diagnostic);
  again_policy_unref(policy);
  return error;
}

/* Would reading this file come back to itself? Other spellings of its name end at the depth. */
static bool is_loop(const again_policy_chain *chain, const char *file) {
  if (chain->depth == AGAIN_POLICY_EXTENDS_MAX) return true;
  for (; chain != NULL; chain = chain->extended_by) {
    if (chain->file != NULL && strcmp(chain->file, file) == 0) return true;
  }
  return false;
}

/* Where "extends" leads from a file: "builtin:NAME" for the name of a shipped policy, otherwise a path
 * beside the file. NULL, and what is wrong. */
static char *resolve(const char *file, const char *name, char *why, size_t why_size) {
  char shipped[256];
  size_t size = strlen(name) + (file != NULL ? strlen(file) : 0) + 16;
  char *path = malloc(size);
  snprintf(why, why_size, "out of memory");
  if (path == NULL) return NULL;
  if (find_shipped(name, shipped, sizeof shipped) != NULL) {
    snprintf(path, size, "builtin:%s", name);
    return path;
  }
  const char *slash = file != NULL ? strrchr(file, '/') : NULL;
  if (file == NULL || strncmp(file, "builtin:", 8) == 0) {
    snprintf(why, why_size, "%s, and this text is no file beside which another could stand",
             shipped);
  } else if (name[0] == '/' || strncmp(name, "../", 3) == 0 || strstr(name, "/../") != NULL) {
    snprintf(why, why_size, "only a file in the folder of this one, or below it, can be extended");
  } else {
    int folder = slash != NULL ? (int)(slash - file + 1) : 0;
    snprintf(path, size, "%.*s%s", folder, file, name);
    return path;
  }
  free(path);
  return NULL;
}

bool again_reader_extend(again_reader *reader, again_path path, json_object *value) {
  again_policy_block *block = reader->block;
  char found[64];
  char why[320];
  if (!json_object_is_type(value, json_type_string)) {
    return again_reader_fail(reader, path, false,
                             "\"extends\" must name a shipped policy or a file, not %s",
                             again_reader_found(value, found, sizeof found));
  }
  const char *name = json_object_get_string(value);
  if (strncmp(name, "builtin:", 8) == 0) {
    name += 8;
    if (find_shipped(name, why, sizeof why) == NULL)
      return again_reader_fail(reader, path, false, "\"%.60s\": %s", name, why);
  }
  while (strncmp(name, "./", 2) == 0)
    name += 2;
  char *file = resolve(block->file, name, why, sizeof why);
  if (file == NULL) return again_reader_fail(reader, path, false, "\"extends\": %s", why);
  again_diagnostic wrong = {.line = 0};
  if (is_loop(reader->chain, file)) {
    free(file);
    return again_reader_fail(reader, path, false,
                             "files extend one another in a loop, or more than %d deep",
                             AGAIN_POLICY_EXTENDS_MAX);
  }
  int error = load(file, reader->chain, NULL, NULL, &block->base, &wrong);
  if (error == AGAIN_EIO) {
    bool file_like = strpbrk(name, "./") != NULL;
    find_shipped(name, why, sizeof why);
    again_reader_fail(reader, path, false, "\"%.60s\"%s%s%s %s", name, file_like ? "" : ": ",
                      file_like ? "" : why, file_like ? "" : "; and as a file it", wrong.message);
  } else if (error != 0) {
    again_reader_fail(reader, path, false, "%.80s:%u:%u: %s", file, (unsigned)wrong.line,
                      (unsigned)wrong.column, wrong.message);
  } else {
    block->top.policy = *block->base;
    block->top.policy.overrides = NULL;
    block->top.policy.override_count = 0;
  }
  free(file);
  return error == 0;
}

static bool equal_texts(const char *a, const char *b) {
  return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool equal_lists(const again_class_policy *a, const again_class_policy *b) {
  const again_backoff *x = &a->backoff;
  const again_backoff *y = &b->backoff;
  return x->list_count == y->list_count &&
         (x->list_count == 0 || memcmp(x->list, y->list, x->list_count * sizeof *x->list) == 0);
}

static bool equal_plugins(const again_plugin *a, const again_plugin *b) {
  return a->classify == b->classify && a->backoff == b->backoff && a->data == b->data;
}

bool again_policy_equal(const again_policy *a, const again_policy *b) {
  if (!equal_plugins(&a->plugin, &b->plugin)) return false;
  for (size_t i = 0; i < again_policy_key_count; i++) {
    const again_key *key = &again_policy_keys[i];
    if (again_key_get(key, a) != again_key_get(key, b)) return false;
  }
  if (a->override_count != b->override_count) return false;
  for (size_t i = 0; i < a->override_count; i++) {
    if (strcmp(a->overrides[i].topic, b->overrides[i].topic) != 0 ||
        !again_policy_equal(a->overrides[i].policy, b->overrides[i].policy)) {
      return false;
    }
  }
  if (a->rule_count != b->rule_count || !equal_lists(&a->retryable, &b->retryable) ||
      !equal_lists(&a->throttled, &b->throttled) || !equal_lists(&a->auth, &b->auth) ||
      !equal_lists(&a->hold, &b->hold)) {
    return false;
  }
  for (size_t i = 0; i < a->rule_count; i++) {
    const again_rule *x = &a->rules[i];
    const again_rule *y = &b->rules[i];
    if (!equal_texts(x->code, y->code) || x->fault != y->fault || x->shape != y->shape ||
        x->status_min != y->status_min || x->status_max != y->status_max ||
        x->error_class != y->error_class || x->remedy != y->remedy || x->damage != y->damage ||
        x->plugin != y->plugin) {
      return false;
    }
  }
  return true;
}
