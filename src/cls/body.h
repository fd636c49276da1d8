/* The bytes of a request: encoded and compressed once, sent as often as need be. */
#ifndef AGAIN_CLS_BODY_H
#define AGAIN_CLS_BODY_H

#include <again/cls.h>

typedef struct again_cls_body {
  uint8_t *data;
  size_t length;
  const char *compression; /* "lz4", or NULL: none */
} again_cls_body;

/* Logs first .. first+count-1 of the batch as a body, which is the caller's to free with
 * again_cls_body_free. AGAIN_ENOMEM, AGAIN_EINVAL. */
int again_cls_body_make(const again_cls_batch *batch, size_t first, size_t count, bool compress,
                        again_cls_body *body);
void again_cls_body_free(again_cls_body *body);

#endif
