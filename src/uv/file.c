/* Watching a file for changes.
 *
 * The folder is watched, not the file: editors write a new file and rename it over the old one. What
 * happens to the name starts a short wait, as an editor needs several steps. */
#include "uv/loop.h"
#include <string.h>

enum { SETTLE_MS = 100, SETTLE_MOST_MS = 1000 };

struct again_uv_file {
  again_uv *uv;
  again_allocator allocator; /* the owner may let go after the scheduler is gone */
  uv_fs_event_t events;
  uv_timer_t settle;
  uint64_t unsettled; /* since when, by the loop's clock */
  unsigned open_handles;
  void (*changed)(void *data);
  void *data;
  char *path;
  const char *name; /* in it */
  again_uv_file *next;
  bool stopped; /* its handles are closed, or being closed */
  bool ended;   /* the owner has let go */
};

static void free_file(again_uv_file *file) {
  again_allocator allocator = file->allocator;
  again_resize(&allocator, file->path, 0);
  again_resize(&allocator, file, 0);
}

static void on_closed(uv_handle_t *handle) {
  again_uv_file *file = handle->data;
  if (--file->open_handles > 0) return;
  again_uv *uv = file->uv;
  if (file->ended) free_file(file);
  again_uv_handle_closed(uv);
}

static void stop(again_uv_file *file) {
  if (file->stopped) return;
  file->stopped = true;
  again_uv_file **at = &file->uv->files;
  while (*at != file)
    at = &(*at)->next;
  *at = file->next;
  uv_close((uv_handle_t *)&file->events, on_closed);
  uv_close((uv_handle_t *)&file->settle, on_closed);
}

void again_uv_file_end(again_uv_file *file) {
  if (file == NULL) return;
  file->ended = true;
  if (file->open_handles == 0) {
    free_file(file);
  } else {
    stop(file);
  }
}

void again_uv_files_stop(again_uv *uv) {
  while (uv->files != NULL)
    stop(uv->files);
}

static void on_settled(uv_timer_t *timer) {
  again_uv_file *file = timer->data;
  file->changed(file->data);
}

static void on_event(uv_fs_event_t *handle, const char *name, int events, int status) {
  again_uv_file *file = handle->data;
  (void)events;
  if (status < 0) return;
  if (name != NULL && strcmp(name, file->name) != 0) return;
  /* Who writes without end is not waited for without end. */
  uint64_t now = uv_now(handle->loop);
  if (!uv_is_active((uv_handle_t *)&file->settle)) file->unsettled = now;
  uint64_t most = file->unsettled + SETTLE_MOST_MS;
  uint64_t left = most > now ? most - now : 0;
  uv_timer_start(&file->settle, on_settled, left < SETTLE_MS ? left : SETTLE_MS, 0);
}

/* The folder of the path, for the caller to free. */
static char *folder_of(const again_allocator *allocator, const char *path, const char *name) {
  size_t length = (size_t)(name - path);
  char *folder = again_resize(allocator, NULL, length + 2);
  if (folder == NULL) return NULL;
  memcpy(folder, length > 0 ? path : ".", length > 0 ? length : 1);
  folder[length > 0 ? length : 1] = '\0';
  return folder;
}

/* Opens the handles, which the loop closes again. */
static int start(again_uv_file *file, const char *folder) {
  again_uv *uv = file->uv;
  file->open_handles = 2;
  file->next = uv->files;
  uv->files = file;
  uv->open_handles++; /* the two are one to it */
  uv_fs_event_init(uv->loop, &file->events);
  uv_timer_init(uv->loop, &file->settle);
  file->events.data = file;
  file->settle.data = file;
  /* Watching alone does not keep the loop alive. */
  uv_unref((uv_handle_t *)&file->events);
  uv_unref((uv_handle_t *)&file->settle);
  return uv_fs_event_start(&file->events, on_event, folder, 0) == 0 ? 0 : AGAIN_EIO;
}

int again_uv_file_watch(again_uv *uv, const char *path, void (*changed)(void *data), void *data,
                        again_uv_file **file) {
  if (uv->closing || changed == NULL) return AGAIN_ESTATE;
  const again_allocator *allocator = &uv->allocator;
  size_t size = strlen(path) + 1;
  again_uv_file *made = again_resize(allocator, NULL, sizeof *made);
  char *copy = again_resize(allocator, NULL, size);
  if (copy != NULL) memcpy(copy, path, size);
  const char *slash = copy != NULL ? strrchr(copy, '/') : NULL;
  const char *name = slash != NULL ? slash + 1 : copy;
  char *folder = copy != NULL ? folder_of(allocator, copy, name) : NULL;
  if (made == NULL || folder == NULL) {
    again_resize(allocator, made, 0);
    again_resize(allocator, copy, 0);
    again_resize(allocator, folder, 0);
    return AGAIN_ENOMEM;
  }
  *made = (again_uv_file){.uv = uv,
                          .allocator = *allocator,
                          .changed = changed,
                          .data = data,
                          .path = copy,
                          .name = name};
  int error = start(made, folder);
  again_resize(allocator, folder, 0);
  if (error != 0) {
    again_uv_file_end(made);
    return error;
  }
  *file = made;
  return 0;
}
