/* Watching a policy file: when it has changed it is compiled aside. If it is valid, it is put in
 * force at once for all that is decided from then on; if not, the policy in force stays. */
#include "uv/loop.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct again_uv_watcher {
  again_uv *uv;
  again_uv_file *file;
  again_reload_fn told;
  void *data;
  char *path;
};

void again_uv_watcher_close(again_uv_watcher *watcher) {
  if (watcher == NULL) return;
  again_uv *uv = watcher->uv;
  again_uv_file_end(watcher->file);
  again_resize(&uv->allocator, watcher->path, 0);
  again_resize(&uv->allocator, watcher, 0);
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

static void on_changed(void *data) {
  again_uv_watcher *watcher = data;
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

int again_uv_reload(again_uv *uv) {
  if (uv->watcher == NULL || uv->closing) return AGAIN_ESTATE;
  on_changed(uv->watcher);
  return 0;
}

int again_uv_watch(again_uv *uv, const char *path, again_reload_fn told, void *data) {
  if (uv->watcher != NULL || uv->closing || told == NULL) return AGAIN_ESTATE;
  const again_allocator *allocator = &uv->allocator;
  size_t size = strlen(path) + 1;
  again_uv_watcher *made = again_resize(allocator, NULL, sizeof *made);
  char *copy = again_resize(allocator, NULL, size);
  int error = made != NULL && copy != NULL ? 0 : AGAIN_ENOMEM;
  if (error == 0) {
    memcpy(copy, path, size);
    *made = (again_uv_watcher){.uv = uv, .told = told, .data = data, .path = copy};
    error = again_uv_file_watch(uv, path, on_changed, made, &made->file);
  }
  if (error != 0) {
    again_resize(allocator, made, 0);
    again_resize(allocator, copy, 0);
    return error;
  }
  uv->watcher = made;
  return 0;
}
