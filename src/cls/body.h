/* The bytes of a request: encoded and compressed once, sent as often as need be. */
#ifndef AGAIN_CLS_BODY_H
#define AGAIN_CLS_BODY_H

#include "cls/compress.h"

typedef struct again_cls_body {
  const uint8_t *data; /* `owned`, or the batch's own memory */
  size_t length;
  again_cls_compression compression; /* what it is in the end */
  uint8_t *owned;                    /* NULL: nothing */
  const again_allocator *owner;      /* where that goes back */
} again_cls_body;

/* Logs first .. first+count-1 of the batch as a body, to be freed with again_cls_body_free, before
 * the batch and the scratch's allocator. Of the whole batch nothing is copied but what compression makes. What does not become
 * smaller is not compressed. AGAIN_ENOMEM, AGAIN_EINVAL, AGAIN_ELIBRARY. */
int again_cls_body_make(again_cls_batch *batch, size_t first, size_t count,
                        again_cls_compression compression, again_scratch *scratch,
                        again_cls_body *body);
void again_cls_body_free(again_cls_body *body);

#endif
