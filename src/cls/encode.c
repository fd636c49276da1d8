/* Completing batches: heads and tails around the logs, which are encoded already. */
#include "cls/batch.h"
#include "cls/wire.h"

/* Some logs of a group. */
typedef struct slice {
  const again_cls_group *of;
  const uint8_t *logs;
  size_t length;
} slice;

static size_t logs_length(const again_cls_batch *batch, const again_cls_group *of) {
  return of == &batch->groups[batch->group_count - 1] ? batch->used - of->start : of->length;
}

/* The slices that logs first .. first+count-1 are; returns how many. */
static size_t cut(const again_cls_batch *batch, size_t first, size_t count,
                  slice slices[AGAIN_CLS_GROUPS_MAX]) {
  size_t made = 0;
  for (size_t i = 0; i < batch->group_count && count > 0; i++) {
    const again_cls_group *of = &batch->groups[i];
    if (first >= of->count) {
      first -= of->count;
      continue;
    }
    size_t taken = count < of->count - first ? count : of->count - first;
    const uint8_t *begin = again_wire_skip(batch->bytes + of->start, first);
    size_t length = taken == of->count ? logs_length(batch, of)
                                       : (size_t)(again_wire_skip(begin, taken) - begin);
    slices[made++] = (slice){of, begin, length};
    count -= taken;
    first = 0;
  }
  return made;
}

int again_cls_batch_encode(const again_cls_batch *batch, size_t first, size_t count, uint8_t **data,
                           size_t *length) {
  size_t all = again_cls_batch_count(batch);
  if (count == 0 || first > all || count > all - first) return AGAIN_EINVAL;
  slice slices[AGAIN_CLS_GROUPS_MAX];
  size_t slice_count = cut(batch, first, count, slices);
  size_t size = 0;
  for (size_t i = 0; i < slice_count; i++)
    size += again_wire_field_size(slices[i].length +
                                  again_cls_group_tail_length(slices[i].of, batch->package));
  uint8_t *made = again_resize(&batch->allocator, NULL, size);
  if (made == NULL) return AGAIN_ENOMEM;
  uint8_t *at = made;
  for (size_t i = 0; i < slice_count; i++) {
    const slice *part = &slices[i];
    at = again_wire_head(at, AGAIN_WIRE_BYTES(1),
                         part->length + again_cls_group_tail_length(part->of, batch->package));
    memcpy(at, part->logs, part->length);
    at = again_cls_group_put_tail(part->of, batch->package, at + part->length);
  }
  *data = made;
  *length = size;
  return 0;
}

/* Several groups: their heads and tails go between them. */
static int seal_groups(again_cls_batch *batch) {
  uint8_t *made;
  size_t length;
  int error = again_cls_batch_encode(batch, 0, again_cls_batch_count(batch), &made, &length);
  if (error != 0) return error;
  size_t end = 0;
  for (size_t i = 0; i < batch->group_count; i++) {
    again_cls_group *of = &batch->groups[i];
    if (of->count == 0) break; /* the last: it is not there */
    of->length = logs_length(batch, of);
    size_t inner = of->length + again_cls_group_tail_length(of, batch->package);
    end += again_wire_field_size(inner);
    of->start = end - inner;
  }
  const again_cls_group *last = &batch->groups[batch->group_count - 1];
  batch->used = last->start + last->length;
  again_resize(&batch->allocator, batch->bytes, 0);
  batch->bytes = made;
  batch->room = length;
  batch->sealed_begin = 0;
  batch->sealed_length = length;
  return 0;
}

static void seal_one(again_cls_batch *batch) {
  const again_cls_group *of = &batch->groups[0];
  size_t inner = logs_length(batch, of) + again_cls_group_tail_length(of, batch->package);
  size_t size = again_wire_field_size(inner);
  batch->sealed_begin = of->start - (size - inner);
  batch->sealed_length = size;
  again_wire_head(batch->bytes + batch->sealed_begin, AGAIN_WIRE_BYTES(1), inner);
  again_cls_group_put_tail(of, batch->package, batch->bytes + batch->used);
}

int again_cls_batch_seal(again_cls_batch *batch, const uint8_t **data, size_t *length) {
  if (batch->sealed_length == 0) {
    if (batch->group_count == 1) {
      seal_one(batch);
    } else {
      int error = seal_groups(batch);
      if (error != 0) return error;
    }
  }
  *data = batch->bytes + batch->sealed_begin;
  *length = batch->sealed_length;
  return 0;
}
