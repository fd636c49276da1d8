/* Watching a policy file.
 *
 * The folder is watched, not the file: editors write a new file and rename it over the old one. What
 * happens to the name starts a short wait, as an editor needs several steps; then the file is
 * compiled aside. If it is valid, it is put in force at once for all that is decided from then on; if
 * not, the policy in force stays. */
#include "uv/loop.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { SETTLE_MS = 100 };

struct again_uv_watcher {
  again_uv *uv;
  uv_fs_event_t events;
  uv_timer_t settle;
  unsigned open_handles;
  again_reload_fn told;
  void *data;
  char *path;
  const char *name; /* in it */
};

static void on_closed(uv_handle_t *handle) {
  again_uv_watcher *watcher = handle->data;
  if (--watcher->open_handles > 0) return;
  again_uv *uv = watcher->uv;
  again_resize(&uv->allocator, watcher->path, 0);
  again_resize(&uv->allocator, watcher, 0);
  again_uv_handle_closed(uv);
}

void again_uv_watcher_close(again_uv_watcher *watcher) {
  if (watcher == NULL) return;
  uv_close((uv_handle_t *)&watcher->events, on_closed);
  uv_close((uv_handle_t *)&watcher->settle, on_closed);
}

static void log_refused(const again_uv_watcher *watcher, const again_diagnostic *wrong) {
  enum { LINE_MAX_BYTES = 400 };
  char line[LINE_MAX_BYTES + 1];
  snprintf(line, sizeof line, "the policy in force stays: %s:%" PRIu32 ":%" PRIu32 ": %s",
           watcher->path, wrong->line, wrong->column, wrong->message);
  again_log_line(&watcher->uv->log, AGAIN_LOG_ERROR, line);
}

/* The file as it is now, with the functions of the policy in force. */
static bool load(const again_uv_watcher *watcher, const again_policy **policy,
                 again_diagnostic *wrong) {
  const again_plugin *plugin = &watcher->uv->policy->plugin;
  const again_policy *plain;
  if (again_policy_load(watcher->path, &plain, wrong) != 0) return false;
  *policy = plain;
  if (plugin->classify == NULL && plugin->backoff == NULL) return true;
  int error = again_policy_with(plain, plugin, policy);
  again_policy_unref(plain);
  snprintf(wrong->message, sizeof wrong->message, "%s", again_error_text(error));
  return error == 0;
}

static void on_settled(uv_timer_t *timer) {
  again_uv_watcher *watcher = timer->data;
  again_uv *uv = watcher->uv;
  const again_policy *loaded;
  again_diagnostic wrong = {.line = 0};
  if (!load(watcher, &loaded, &wrong)) {
    log_refused(watcher, &wrong);
    watcher->told(watcher->data, NULL, &wrong);
    return;
  }
  if (again_policy_equal(loaded, uv->policy)) {
    again_policy_unref(loaded); /* only its text has changed */
    return;
  }
  const again_policy *old = uv->held;
  again_sched_set_policy(uv->sched, loaded);
  uv->policy = loaded;
  uv->held = loaded;
  again_policy_unref(old);
  watcher->told(watcher->data, loaded, NULL);
}

static void on_event(uv_fs_event_t *handle, const char *name, int events, int status) {
  again_uv_watcher *watcher = handle->data;
  (void)events;
  if (status < 0) return;
  if (name != NULL && strcmp(name, watcher->name) != 0) return;
  uv_timer_start(&watcher->settle, on_settled, SETTLE_MS, 0);
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

int again_uv_watch(again_uv *uv, const char *path, again_reload_fn told, void *data) {
  if (uv->watcher != NULL || uv->closing || told == NULL) return AGAIN_ESTATE;
  const again_allocator *allocator = &uv->allocator;
  size_t size = strlen(path) + 1;
  again_uv_watcher *made = again_resize(allocator, NULL, sizeof *made);
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
  *made = (again_uv_watcher){.uv = uv, .told = told, .data = data, .path = copy, .name = name};
  made->open_handles = 2;
  uv->open_handles++; /* the two are one to it */
  uv_fs_event_init(uv->loop, &made->events);
  uv_timer_init(uv->loop, &made->settle);
  made->events.data = made;
  made->settle.data = made;
  /* Watching alone does not keep the loop alive. */
  uv_unref((uv_handle_t *)&made->events);
  uv_unref((uv_handle_t *)&made->settle);
  int error = uv_fs_event_start(&made->events, on_event, folder, 0);
  again_resize(allocator, folder, 0);
  if (error != 0) {
    again_uv_watcher_close(made);
    return AGAIN_EIO;
  }
  uv->watcher = made;
  return 0;
}
