#include "cls/body.h"
#include "cls/batch.h"

static int encode(again_cls_batch *batch, size_t first, size_t count, again_cls_body *body) {
  if (first == 0 && count > 0 && count == again_cls_batch_count(batch)) {
    return again_cls_batch_seal(batch, &body->data, &body->length);
  }
  int error = again_cls_batch_encode(batch, first, count, &body->owned, &body->length);
  body->data = body->owned;
  body->owner = &batch->allocator;
  return error;
}

int again_cls_body_make(again_cls_batch *batch, size_t first, size_t count,
                        again_cls_compression compression, again_scratch *scratch,
                        again_cls_body *body) {
  *body = (again_cls_body){.compression = AGAIN_CLS_PLAIN};
  int error = encode(batch, first, count, body);
  if (error != 0) return error;
  uint8_t *packed;
  size_t length;
  error = again_compress(compression, body->data, body->length, scratch, &packed, &length);
  if (error != 0) {
    again_cls_body_free(body);
    return error;
  }
  if (packed == NULL) return 0;
  again_resize(body->owner, body->owned, 0);
  *body = (again_cls_body){.data = packed,
                           .length = length,
                           .compression = compression,
                           .owned = packed,
                           .owner = scratch->allocator};
  return 0;
}

void again_cls_body_free(again_cls_body *body) {
  again_resize(body->owner, body->owned, 0);
  *body = (again_cls_body){.compression = AGAIN_CLS_PLAIN};
}
