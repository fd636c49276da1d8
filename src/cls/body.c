#include "cls/body.h"
#include <lz4.h>
#include <stdlib.h>

/* One LZ4 block, as the service takes it: no frame, no size in front. */
static int compress_lz4(again_cls_body *body) {
  int bound = LZ4_compressBound((int)body->length);
  char *packed = malloc((size_t)bound);
  if (packed == NULL) return AGAIN_ENOMEM;
  int length = LZ4_compress_default((const char *)body->data, packed, (int)body->length, bound);
  if (length <= 0) {
    free(packed);
    return AGAIN_ELIBRARY;
  }
  /* The body may wait for a long time: give back what the worst case would have needed. */
  char *fitted = realloc(packed, (size_t)length);
  free(body->data);
  body->data = (uint8_t *)(fitted != NULL ? fitted : packed);
  body->length = (size_t)length;
  body->compression = "lz4";
  return 0;
}

int again_cls_body_make(const again_cls_batch *batch, size_t first, size_t count, bool compress,
                        again_cls_body *body) {
  *body = (again_cls_body){.compression = NULL};
  int error = again_cls_batch_encode(batch, first, count, &body->data, &body->length);
  if (error == 0 && compress) error = compress_lz4(body);
  if (error != 0) again_cls_body_free(body);
  return error;
}

void again_cls_body_free(again_cls_body *body) {
  free(body->data);
  body->data = NULL;
  body->length = 0;
}
