/* A batch from inside: batch.c fills it, encode.c makes bodies of it.
 *
 *   gap | log | log | log ... | room for what follows the last log
 *
 * A LogGroup begins with its length, which is known only when its last log is: the gap takes it. What
 * the logs of a group have in common stands behind them. So a batch of one group, which nearly all are,
 * is completed where it lies. The groups of a batch lie log behind log; with several, completing
 * copies once. Any range of logs is a slice of each group between a head and a tail. */
#ifndef AGAIN_CLS_BATCH_H
#define AGAIN_CLS_BATCH_H

#include "cls/cure.h"
#include "cls/group.h"

enum { AGAIN_CLS_BATCH_GAP = 8 }; /* for a key and a length of at most 4 bytes */

struct again_cls_batch {
  again_allocator allocator;
  again_cure_rules rules;
  uint8_t *bytes;
  size_t used; /* behind the last log */
  size_t fits; /* how far logs may be added without a look at the limits or the memory */
  size_t room;
  again_cls_group groups[AGAIN_CLS_GROUPS_MAX];
  size_t group_count;
  size_t values;   /* bytes */
  size_t overhead; /* of all groups, at most */
  char package[AGAIN_CLS_PACKAGE_SIZE];
  again_cls_batch_counts counts;
  size_t sealed_begin;
  size_t sealed_length; /* 0: not sealed */
};

/* Gives the batch its package id, unless it has one. */
void again_cls_batch_name(again_cls_batch *batch, uint64_t context, uint64_t number);

/* encode.c: completes the batch where it lies: *data is all of it, encoded, and stays the batch's. No log
 * can be added any more. The same bytes each time. AGAIN_ENOMEM. */
int again_cls_batch_seal(again_cls_batch *batch, const uint8_t **data, size_t *length);

#endif
