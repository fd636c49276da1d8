#include "cls/source.h"
#include "cls/credentials_file.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_MAX_BYTES = 128 };

/* PREFIX_NAME in the environment. */
static const char *variable(const char *prefix, const char *name) {
  char full[NAME_MAX_BYTES];
  int length = snprintf(full, sizeof full, "%s_%s", prefix, name);
  return length > 0 && (size_t)length < sizeof full ? getenv(full) : NULL;
}

static int from_environment(const char *prefix, again_cls_credentials *credentials, char *why,
                            size_t why_size) {
  const char *id = variable(prefix, "SECRET_ID");
  const char *key = variable(prefix, "SECRET_KEY");
  const char *token = variable(prefix, "TOKEN");
  if (id == NULL || key == NULL) {
    snprintf(why, why_size, "the environment has no %.80s_%s: set it to that of a cloud API key",
             prefix, id == NULL ? "SECRET_ID" : "SECRET_KEY");
    return AGAIN_EINVAL;
  }
  char wrong[160];
  int error = again_cls_credentials_set(credentials, id, key, token, wrong, sizeof wrong);
  if (error != 0) snprintf(why, why_size, "the environment's %.80s_*: %s", prefix, wrong);
  return error;
}

int again_cls_source_open(again_cls_source *source, const again_cls_options *options,
                          again_cls_credentials *credentials, char *why, size_t why_size) {
  bool texts = options->secret_id != NULL || options->secret_key != NULL || options->token != NULL;
  *source = (again_cls_source){.allocator = credentials->allocator,
                               .allow_readable = options->allow_readable_file};
  if (texts + (options->environment != NULL) + (options->credentials_file != NULL) > 1) {
    snprintf(why, why_size,
             "the credential has two sources: give texts, an environment or a file, not several");
    return AGAIN_EINVAL;
  }
  if (options->environment != NULL) {
    return from_environment(options->environment, credentials, why, why_size);
  }
  if (options->credentials_file == NULL) {
    return again_cls_credentials_set(credentials, options->secret_id, options->secret_key,
                                     options->token, why, why_size);
  }
  source->path = again_take_text(source->allocator, options->credentials_file);
  if (source->path == NULL) {
    snprintf(why, why_size, "out of memory");
    return AGAIN_ENOMEM;
  }
  return again_cls_source_reload(source, credentials, why, why_size);
}

int again_cls_source_watch(again_cls_source *source, again_uv *uv, void (*changed)(void *data),
                           void *data, char *why, size_t why_size) {
  if (source->path == NULL) return 0;
  int error = again_uv_file_watch(uv, source->path, changed, data, &source->watch);
  if (error != 0) {
    snprintf(why, why_size, "the folder of %s cannot be watched: %s", source->path,
             again_error_text(error));
  }
  return error;
}

int again_cls_source_reload(const again_cls_source *source, again_cls_credentials *credentials,
                            char *why, size_t why_size) {
  if (source->path == NULL) return 0;
  return again_cls_credentials_file(source->path, source->allow_readable, credentials, why,
                                    why_size);
}

void again_cls_source_end(again_cls_source *source) {
  again_uv_file_end(source->watch);
  again_resize(source->allocator, source->path, 0);
  *source = (again_cls_source){.path = NULL};
}
