/* What the client needs of a batch beyond its public functions. */
#ifndef AGAIN_CLS_BATCH_H
#define AGAIN_CLS_BATCH_H

#include <again/cls.h>

/* Gives the batch its package id, unless it has one. */
void again_cls_batch_name(again_cls_batch *batch, uint64_t context, uint64_t number);

/* Completes the batch where it lies: *data is all of it, encoded, and stays the batch's. No log can be
 * added any more. The same bytes each time. AGAIN_ENOMEM. */
int again_cls_batch_seal(again_cls_batch *batch, const uint8_t **data, size_t *length);

#endif
