/* The checkpoint: {"version": 1, "files": [{"path", "topic", "inode", "offset", ..}, ..]}. */
#include "checkpoint.h"
#include "disk.h"
#include "record.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct node {
  checkpoint_entry entry;
  struct node *next;
  char *path;
  char *topic;
} node;

struct checkpoint {
  char *folder;
  char *path;
  char *temporary;
  node *first;
};

checkpoint_entry *checkpoint_find(checkpoint *state, const char *path, const char *topic) {
  node **at = &state->first;
  for (; *at != NULL; at = &(*at)->next) {
    if (strcmp((*at)->path, path) == 0 && strcmp((*at)->topic, topic) == 0) return &(*at)->entry;
  }
  node *made = calloc(1, sizeof *made);
  if (made == NULL) return NULL;
  made->path = strdup(path);
  made->topic = strdup(topic);
  if (made->path == NULL || made->topic == NULL) {
    free(made->path);
    free(made->topic);
    free(made);
    return NULL;
  }
  made->entry = (checkpoint_entry){.path = made->path, .topic = made->topic};
  *at = made;
  return &made->entry;
}

/* ---- Reading --------------------------------------------------------------------------------- */

static json_object *member(json_object *from, const char *key, json_type type) {
  json_object *value = NULL;
  if (!json_object_is_type(from, json_type_object)) return NULL;
  json_object_object_get_ex(from, key, &value);
  return json_object_is_type(value, type) ? value : NULL;
}

static bool read_number(json_object *from, const char *key, uint64_t *number) {
  json_object *value = member(from, key, json_type_int);
  if (value == NULL) return false;
  if (json_object_get_int64(value) < 0) return false;
  *number = json_object_get_uint64(value);
  return true;
}

/* The numbers of a place; what the first versions did not write may be left out. */
static const struct {
  const char *key;
  size_t at;
  bool optional;
} numbers[] = {
    {"inode", offsetof(place, inode), false},
    {"offset", offsetof(place, offset), false},
    {"device", offsetof(place, device), true},
    {"modified", offsetof(place, modified), true},
    {"head_length", offsetof(place, head_length), true},
    {"head_hash", offsetof(place, head_hash), true},
};

enum { NUMBER_COUNT = sizeof numbers / sizeof *numbers };

static bool read_place(json_object *file, place *at) {
  for (size_t i = 0; i < NUMBER_COUNT; i++) {
    uint64_t *number = (uint64_t *)(void *)((char *)at + numbers[i].at);
    if (!read_number(file, numbers[i].key, number) &&
        !(numbers[i].optional && !json_object_object_get_ex(file, numbers[i].key, NULL))) {
      return false;
    }
  }
  return at->head_length <= PLACE_HEAD_MAX;
}

/* "ahead": [begin, end, begin, end, ..]; left out where there is none. */
static bool read_ahead(json_object *file, spans *ahead) {
  json_object *list = NULL;
  if (!json_object_object_get_ex(file, "ahead", &list)) return true;
  if (!json_object_is_type(list, json_type_array)) return false;
  size_t count = json_object_array_length(list);
  int64_t before = -1;
  for (size_t i = 0; i < count; i++) {
    json_object *value = json_object_array_get_idx(list, i);
    int64_t number = json_object_get_int64(value);
    if (!json_object_is_type(value, json_type_int) || number <= before) return false;
    before = number;
    if (i % 2 == 1) {
      json_object *begin = json_object_array_get_idx(list, i - 1);
      spans_add(ahead, json_object_get_uint64(begin), (uint64_t)number);
    }
  }
  return count % 2 == 0;
}

/* NULL, or what is wrong. */
static const char *read_entries(checkpoint *state, json_object *root) {
  uint64_t version = 0;
  if (!read_number(root, "version", &version) || version != 1) return "it is not of version 1";
  json_object *files = member(root, "files", json_type_array);
  if (files == NULL) return "it has no array \"files\"";
  for (size_t i = 0; i < json_object_array_length(files); i++) {
    json_object *file = json_object_array_get_idx(files, i);
    json_object *path = member(file, "path", json_type_string);
    json_object *topic = member(file, "topic", json_type_string);
    place at = {0};
    spans ahead = {0};
    if (path == NULL || topic == NULL || !read_place(file, &at)) {
      return "an entry of \"files\" lacks a good \"path\", \"topic\", \"inode\" or \"offset\"";
    }
    if (!read_ahead(file, &ahead)) return "\"ahead\" is no list of rising pairs of offsets";
    checkpoint_entry *entry =
        checkpoint_find(state, json_object_get_string(path), json_object_get_string(topic));
    if (entry == NULL) return "out of memory";
    entry->at = at;
    entry->ahead = ahead;
  }
  return NULL;
}

static bool read_file(checkpoint *state, char *why, size_t why_size) {
  int fd = open(state->path, O_RDONLY | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT) return true;
  if (fd < 0) {
    snprintf(why, why_size, "cannot read %s: %s; make it readable", state->path, strerror(errno));
    return false;
  }
  json_object *root = json_object_from_fd(fd);
  close(fd);
  const char *wrong = root != NULL ? read_entries(state, root) : "it is not JSON";
  json_object_put(root);
  if (wrong == NULL) return true;
  snprintf(why, why_size,
           "%s cannot be used: %s; put a good copy in its place, or delete it to send every file "
           "again from its beginning",
           state->path, wrong);
  return false;
}

bool checkpoint_open(const char *folder, checkpoint **opened, char *why, size_t why_size) {
  checkpoint *state = calloc(1, sizeof *state);
  if (state != NULL) {
    state->folder = strdup(folder);
    state->path = disk_path(folder, "checkpoint.json");
    state->temporary = disk_path(folder, "checkpoint.json.new");
  }
  snprintf(why, why_size, "out of memory");
  if (state == NULL || state->folder == NULL || state->path == NULL || state->temporary == NULL ||
      !read_file(state, why, why_size)) {
    checkpoint_close(state);
    return false;
  }
  *opened = state;
  return true;
}

/* ---- Writing --------------------------------------------------------------------------------- */

static bool put_ahead(json_object *file, const spans *ahead) {
  json_object *list = ahead->count > 0 ? json_object_new_array() : NULL;
  bool ok = list != NULL || ahead->count == 0;
  for (size_t i = 0; ok && i < 2 * ahead->count; i++) {
    const span *from = &ahead->at[i / 2];
    json_object *number = json_object_new_uint64(i % 2 == 0 ? from->begin : from->end);
    ok = number != NULL && json_object_array_add(list, number) == 0;
    if (!ok) json_object_put(number);
  }
  if (ok && list != NULL) return record_put(file, "ahead", list);
  json_object_put(list);
  return ok;
}

static bool put_entry(json_object *files, const checkpoint_entry *entry) {
  json_object *file = json_object_new_object();
  bool ok = file != NULL && record_put(file, "path", json_object_new_string(entry->path)) &&
            record_put(file, "topic", json_object_new_string(entry->topic));
  for (size_t i = 0; ok && i < NUMBER_COUNT; i++) {
    uint64_t number = *(const uint64_t *)(const void *)((const char *)&entry->at + numbers[i].at);
    ok = record_put(file, numbers[i].key, json_object_new_uint64(number));
  }
  ok = ok && put_ahead(file, &entry->ahead) && json_object_array_add(files, file) == 0;
  if (!ok) json_object_put(file);
  return ok;
}

/* NULL: out of memory. */
static json_object *print_entries(const checkpoint *state) {
  json_object *root = json_object_new_object();
  json_object *files = json_object_new_array();
  bool ok = root != NULL && files != NULL && record_put(root, "version", json_object_new_int(1));
  for (const node *at = state->first; ok && at != NULL; at = at->next)
    ok = put_entry(files, &at->entry);
  if (ok && record_put(root, "files", files)) return root;
  if (!ok) json_object_put(files);
  json_object_put(root);
  return NULL;
}

static bool write_and_sync(const char *path, const char *text, size_t length) {
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return false;
  bool ok = disk_write(fd, text, length) && disk_write(fd, "\n", 1) && fsync(fd) == 0;
  int error = errno;
  bool closed = close(fd) == 0;
  if (!ok) errno = error;
  return ok && closed;
}

bool checkpoint_write(checkpoint *state, char *why, size_t why_size) {
  json_object *root = print_entries(state);
  size_t length = 0;
  const char *text =
      root != NULL ? json_object_to_json_string_length(
                         root, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE, &length)
                   : NULL;
  errno = ENOMEM;
  bool ok = text != NULL && write_and_sync(state->temporary, text, length) &&
            rename(state->temporary, state->path) == 0 && disk_sync_folder(state->folder);
  if (!ok) {
    int error = errno;
    if (text != NULL) unlink(state->temporary);
    snprintf(why, why_size, "cannot write %s: %s; %s", state->path, strerror(error),
             disk_advice(error));
  }
  json_object_put(root);
  return ok;
}

void checkpoint_close(checkpoint *state) {
  if (state == NULL) return;
  while (state->first != NULL) {
    node *next = state->first->next;
    free(state->first->path);
    free(state->first->topic);
    free(state->first);
    state->first = next;
  }
  free(state->folder);
  free(state->path);
  free(state->temporary);
  free(state);
}
