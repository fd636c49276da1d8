/* Where a client's credential comes from: texts, the environment, or a file that is watched. */
#ifndef AGAIN_CLS_SOURCE_H
#define AGAIN_CLS_SOURCE_H

#include "cls/credentials.h"

typedef struct again_cls_source {
  const again_allocator *allocator; /* the credential's */
  char *path;                       /* NULL: no file */
  bool allow_readable;
  again_uv_file *watch;
} again_cls_source;

/* Takes the credential that the options name. AGAIN_EINVAL (none, or more than one source; what is wrong
 * with it), AGAIN_EIO, AGAIN_ENOMEM. The source is to be ended also after an error. */
int again_cls_source_open(again_cls_source *source, const again_cls_options *options,
                          again_cls_credentials *credentials, char *why, size_t why_size);

/* Watches the file, if there is one. AGAIN_EIO, AGAIN_ENOMEM, AGAIN_ESTATE. */
int again_cls_source_watch(again_cls_source *source, again_uv *uv, void (*changed)(void *data),
                           void *data, char *why, size_t why_size);

/* Reads the file anew, if there is one; as again_cls_credentials_file. */
int again_cls_source_reload(const again_cls_source *source, again_cls_credentials *credentials,
                            char *why, size_t why_size);

void again_cls_source_end(again_cls_source *source);

#endif
