/* Opening everything, in the order in which a person would want to hear what is missing. */
#include "agent.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "disk.h"
#include "figures.h"
#include "reload.h"

static int open_policy(agent *self, char *why, size_t why_size) {
  self->policy = again_policy_ref(again_policy_default());
  const char *path = self->options.policy;
  if (path == NULL) return 0;
  again_diagnostic wrong;
  int error = again_policy_load(path, &self->policy, &wrong);
  if (error == 0) return 0;
  if (error != AGAIN_EPOLICY && error != AGAIN_EIO) {
    snprintf(why, why_size, "%s: %s", path, again_error_text(error));
  } else if (wrong.line > 0) {
    snprintf(why, why_size, "%s:%u:%u: %s", path, wrong.line, wrong.column, wrong.message);
  } else {
    snprintf(why, why_size, "%s: %s", path, wrong.message);
  }
  return AGENT_SETUP;
}

static int open_inputs(agent *self, char *why, size_t why_size) {
  for (size_t i = 0; i < self->options.input_count; i++) {
    self->feeds[i].in = input_open(&self->loop, self->options.inputs[i].path, why, why_size);
    if (self->feeds[i].in == NULL) return AGENT_SETUP;
  }
  return 0;
}

/* The credential from the environment, where no file is named. */
static bool find_credential(const options *chosen, again_cls_options *cls, char *why,
                            size_t why_size) {
  cls->credentials_file = chosen->credentials;
  cls->allow_readable_file = chosen->allow_readable_credentials;
  if (chosen->credentials != NULL) return true;
  cls->secret_id = getenv("AGAIN_CLS_SECRET_ID");
  cls->secret_key = getenv("AGAIN_CLS_SECRET_KEY");
  cls->token = getenv("AGAIN_CLS_TOKEN");
  const char *missing = cls->secret_id == NULL || *cls->secret_id == '\0' ? "AGAIN_CLS_SECRET_ID"
                        : cls->secret_key == NULL || *cls->secret_key == '\0'
                            ? "AGAIN_CLS_SECRET_KEY"
                            : NULL;
  if (missing == NULL) return true;
  snprintf(why, why_size,
           "%s is not set: put the credential into the environment, or name its file with "
           "--credentials",
           missing);
  return false;
}

static int open_library(agent *self, char *why, size_t why_size) {
  again_uv_options uv = {.policy = self->policy,
                         .catalogue = again_cls_catalogue(),
                         .seed = self->options.seed,
                         .event = report_event,
                         .data = self->report};
  again_http_options http = {.user_agent = "again-agent/" AGAIN_VERSION};
  again_cls_options cls = {.endpoint = self->options.endpoint,
                           .allow_plain_http = self->options.allow_plain_http,
                           .reloaded = reload_credentials_told,
                           .data = self};
  if (!find_credential(&self->options, &cls, why, why_size)) return AGENT_SETUP;
  int error = again_uv_new(&self->loop, &uv, &self->uv);
  if (error == 0) error = again_http_new(self->uv, &http, &self->http);
  if (error != 0) {
    snprintf(why, why_size, "cannot start: %s", again_error_text(error));
    return AGENT_SETUP;
  }
  if (self->options.policy != NULL && strncmp(self->options.policy, "builtin:", 8) != 0 &&
      again_uv_watch(self->uv, self->options.policy, reload_policy_told, self) != 0) {
    report_note(self->report, "%s: changes of it will not be seen", self->options.policy);
  }
  return again_cls_new(self->http, &cls, &self->cls, why, why_size) == 0 ? 0 : AGENT_SETUP;
}

/* The state folder: proven to be writable before anything is sent. */
static int open_state(agent *self, char *why, size_t why_size) {
  const char *folder = self->options.state;
  if (!disk_make_folder(folder)) {
    snprintf(why, why_size, "cannot make the folder %s: %s; %s", folder, strerror(errno),
             disk_advice(errno));
    return AGENT_STATE_LOST;
  }
  switch (dead_letters_open(folder, &self->shared.letters, why, why_size)) {
  case DEAD_LETTERS_OPEN: break;
  case DEAD_LETTERS_IN_USE: return AGENT_SETUP;
  case DEAD_LETTERS_FAILED: return AGENT_STATE_LOST;
  }
  if (!checkpoint_open(folder, &self->checkpoint, why, why_size)) return AGENT_SETUP;
  return checkpoint_write(self->checkpoint, why, why_size) ? 0 : AGENT_STATE_LOST;
}

void agent_tell_missed(agent *self, const feed *from) {
  char *missed = input_missed(from->in);
  if (missed != NULL) {
    report_error(self->report,
                 "%s was written meanwhile, but cannot be read (compressed, or not readable): its "
                 "lines are not sent; send them by hand",
                 missed);
  }
  free(missed);
}

/* Where to begin: behind what is settled, if need be in a file that had the name before. */
static uint64_t begin_of(agent *self, const feed *to) {
  place *at = &to->entry->at;
  if (at->inode != 0) {
    bool found = input_seek(to->in, at);
    const char *path = input_path(to->in);
    if (!found) {
      to->entry->ahead.count = 0;
      report_note(self->report, "%s is another file now, or was cut: %s is read from its beginning",
                  path, input_name(to->in));
    } else if (strcmp(input_name(to->in), path) != 0) {
      report_note(self->report, "%s was replaced: first the rest of %s", path, input_name(to->in));
    }
    agent_tell_missed(self, to);
  }
  *at = input_place(to->in, input_begin(to->in));
  return at->offset;
}

static int open_feed(agent *self, size_t index, char *why, size_t why_size) {
  feed *to = &self->feeds[index];
  const input_option *option = &self->options.inputs[index];
  again_cls_topic *topic = NULL;
  int error = again_cls_topic_open(self->cls, option->topic, &topic);
  if (error != 0) {
    snprintf(why, why_size, "--topic %s %s: %s; check the topic's id", option->topic, option->path,
             again_error_text(error));
    return AGENT_SETUP;
  }
  uint64_t begin = 0;
  bool rereadable = input_rereadable(to->in);
  if (rereadable) {
    to->entry = checkpoint_find(self->checkpoint, input_realpath(to->in), option->topic);
    for (size_t i = 0; i < index && to->entry != NULL; i++) {
      if (self->feeds[i].entry != to->entry) continue;
      snprintf(why, why_size, "--topic %s %s: the same file as %s; give it once", option->topic,
               option->path, input_path(self->feeds[i].in));
      return AGENT_SETUP;
    }
    if (to->entry != NULL) begin = begin_of(self, to);
  }
  to->out = shipper_new(&self->shared, topic, option->path, begin, rereadable);
  if (to->out != NULL && to->entry != NULL) shipper_know(to->out, &to->entry->ahead);
  if (to->out != NULL && (to->entry != NULL || !rereadable)) return 0;
  snprintf(why, why_size, "cannot start: out of memory");
  return AGENT_SETUP;
}

static int open_metrics(agent *self, char *why, size_t why_size) {
  const char *where = self->options.metrics;
  if (where == NULL) return 0;
  self->metrics = metrics_open(&self->loop, where, figures_write, self, why, why_size);
  if (self->metrics == NULL) return AGENT_SETUP;
  report_note(self->report, "metrics: %s", metrics_url(self->metrics));
  return 0;
}

int agent_open(agent *self, char *why, size_t why_size) {
  const options *chosen = &self->options;
  size_t size = sizeof self->source;
  if (uv_os_gethostname(self->source, &size) != 0) self->source[0] = '\0';
  int status = uv_loop_init(&self->loop) == 0 ? 0 : AGENT_SETUP;
  if (status != 0) {
    snprintf(why, why_size, "cannot start: the event loop cannot be made");
    return status;
  }
  self->shared = (shipping){.loop = &self->loop,
                            .source = self->source,
                            .batch_lines = chosen->batch_lines,
                            .batch_bytes = chosen->batch_bytes,
                            .linger = chosen->linger,
                            .window = chosen->window};
  status = open_policy(self, why, why_size);
  if (status == 0) status = open_inputs(self, why, why_size);
  if (status != 0) return status;
  self->report = report_open(chosen->events, chosen->quiet, why, why_size);
  if (self->report == NULL) return AGENT_SETUP;
  self->shared.report = self->report;
  status = open_library(self, why, why_size);
  if (status == 0) status = open_state(self, why, why_size);
  for (size_t i = 0; status == 0 && i < chosen->input_count; i++)
    status = open_feed(self, i, why, why_size);
  if (status == 0) status = open_metrics(self, why, why_size);
  return status;
}
