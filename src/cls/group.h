/* A group of logs: where they lie, and what they have in common. */
#ifndef AGAIN_CLS_GROUP_H
#define AGAIN_CLS_GROUP_H

#include <again/cls.h>

typedef struct again_cls_group {
  size_t start;  /* of its first log in the batch's memory */
  size_t length; /* bytes of its logs, once another group follows */
  size_t count;
  uint8_t *common; /* the fields behind the logs, encoded */
  size_t common_length;
  bool has_flow; /* contextFlow is one of them */
} again_cls_group;

/* A group without logs; its `common` is to be given back to the allocator. AGAIN_ENOMEM. */
int again_cls_group_init(again_cls_group *made, const again_cls_batch_options *options,
                         const again_allocator *allocator);

/* Bytes of its head and tail, at most. */
size_t again_cls_group_overhead(const again_cls_group *of);

/* What stands behind the logs: the package id ("": none) unless it has a context of its own, and the
 * common fields. */
size_t again_cls_group_tail_length(const again_cls_group *of, const char *package);
uint8_t *again_cls_group_put_tail(const again_cls_group *of, const char *package, uint8_t *at);

#endif
