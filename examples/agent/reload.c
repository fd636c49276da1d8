#include "reload.h"
#include <stdio.h>
#include <string.h>

enum { ECHO_MS = 1000 }; /* so long after SIGHUP a watch may see the same change */

/* A file that is written just before SIGHUP is read twice: for the signal, and because it changed. */
static bool is_echo(const agent *self, const char *said) {
  return self->reload.hup_over && strcmp(self->reload.said, said) == 0 &&
         again_uv_now(self->uv) < again_ms_add(self->reload.hup, ECHO_MS);
}

static void refuse(agent *self, const char *said) {
  if (is_echo(self, said)) return;
  report_error(self->report, "%s", said);
  snprintf(self->reload.said, sizeof self->reload.said, "%s", said);
}

void reload_policy_told(void *data, const again_policy *policy, const again_diagnostic *wrong) {
  agent *self = data;
  const char *path = self->options.policy;
  char said[sizeof self->reload.said];
  if (policy != NULL) {
    report_note(self->report, "%s: the new policy is in force", path);
    return;
  }
  snprintf(said, sizeof said, "%s:%u:%u: %s; the old policy stays in force", path, wrong->line,
           wrong->column, wrong->message);
  refuse(self, said);
}

void reload_credentials_told(void *data, again_cls *cls, const char *why) {
  (void)cls;
  agent *self = data;
  char said[sizeof self->reload.said];
  if (why == NULL) {
    report_note(self->report, "%s: the new credential is in force", self->options.credentials);
    return;
  }
  snprintf(said, sizeof said, "%s; the old credential stays in force", why);
  refuse(self, said);
}

void reload_all(agent *self) {
  notify_reloading();
  report_note(self->report, "SIGHUP: what may have changed is read again");
  self->reload = (struct reload){.hup = again_uv_now(self->uv)};
  report_reopen(self->report);
  again_uv_reload(self->uv); /* where there is no file there is nothing to do */
  again_cls_reload_credentials(self->cls);
  for (size_t i = 0; i < self->options.input_count; i++)
    input_look(self->feeds[i].in);
  self->reload.hup_over = true;
  notify_ready();
}
