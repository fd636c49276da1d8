/* Batches: logs are written into one piece of memory in the form they are sent in, as they come.
 *
 *   gap | log | log | log ... | room for what follows the last log
 *
 * A LogGroup begins with its length, which is known only when its last log is: the gap takes it. What
 * the logs of a group have in common stands behind them. So a batch of one group, which nearly all are,
 * is completed where it lies. The groups of a batch lie log behind log; with several, completing
 * copies once. Any range of logs is a slice of each group between a head and a tail. */
#include "cls/batch.h"
#include "cls/cure.h"
#include "cls/group.h"
#include "cls/wire.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum {
  GAP = 8, /* for the head of a group: a key and a length of at most 4 bytes */
  ROOM_MIN = 4096,
  ROOM_DOUBLES = 256 * 1024 /* above, memory grows by a quarter */
};

struct again_cls_batch {
  again_cure_rules rules;
  uint8_t *bytes;
  size_t used; /* behind the last log */
  size_t room;
  again_cls_group groups[AGAIN_CLS_GROUPS_MAX];
  size_t group_count;
  size_t count;
  size_t values; /* bytes */
  size_t raw;    /* bytes of the whole batch, encoded: not less than there will be */
  char package[AGAIN_CLS_PACKAGE_SIZE];
  again_cls_batch_counts counts;
  size_t sealed_begin;
  size_t sealed_length; /* 0: not sealed */
};

/* ---- New, grown, cleared --------------------------------------------------------------------- */

/* Room for so many bytes behind what is used, and for the end of the batch. */
static int reserve(again_cls_batch *batch, size_t more) {
  size_t needed = batch->used + more + again_cls_group_overhead(&batch->groups[0]);
  if (needed <= batch->room) return 0;
  size_t room = batch->room < ROOM_DOUBLES ? batch->room * 2 : batch->room + batch->room / 4;
  if (room < needed) room = needed;
  uint8_t *grown = realloc(batch->bytes, room);
  if (grown == NULL) return AGAIN_ENOMEM;
  batch->bytes = grown;
  batch->room = room;
  return 0;
}

int again_cls_batch_new(const again_cls_batch_options *options, again_cls_batch **batch) {
  static const again_cls_batch_options none = {0};
  if (options == NULL) options = &none;
  again_cls_batch *made = calloc(1, sizeof *made);
  if (made == NULL) return AGAIN_ENOMEM;
  made->rules = again_cure_rules_of(options);
  made->group_count = 1;
  made->used = GAP;
  size_t wanted = options->reserve > ROOM_MIN ? options->reserve : ROOM_MIN;
  if (wanted > AGAIN_CLS_RAW_MAX) wanted = AGAIN_CLS_RAW_MAX;
  if (again_cls_group_init(&made->groups[0], options) != 0 || reserve(made, wanted) != 0) {
    again_cls_batch_free(made);
    return AGAIN_ENOMEM;
  }
  again_cls_batch_clear(made);
  *batch = made;
  return 0;
}

void again_cls_batch_free(again_cls_batch *batch) {
  if (batch == NULL) return;
  for (size_t i = 0; i < batch->group_count; i++)
    free(batch->groups[i].common);
  free(batch->bytes);
  free(batch);
}

void again_cls_batch_clear(again_cls_batch *batch) {
  while (batch->group_count > 1)
    free(batch->groups[--batch->group_count].common);
  again_cls_group *first = &batch->groups[0];
  first->start = GAP;
  first->length = 0;
  first->count = 0;
  batch->used = GAP;
  batch->count = 0;
  batch->values = 0;
  batch->raw = again_cls_group_overhead(first);
  batch->package[0] = '\0';
  batch->counts = (again_cls_batch_counts){0};
  batch->sealed_length = 0;
}

int again_cls_batch_group(again_cls_batch *batch, const again_cls_batch_options *options) {
  static const again_cls_batch_options none = {0};
  if (batch->sealed_length != 0) return AGAIN_ESTATE;
  again_cls_group *last = &batch->groups[batch->group_count - 1];
  bool replaced = last->count == 0;
  if (!replaced && batch->group_count == AGAIN_CLS_GROUPS_MAX) return AGAIN_ELIMIT;
  again_cls_group made;
  int error = again_cls_group_init(&made, options != NULL ? options : &none);
  if (error != 0) return error;
  if (replaced) {
    batch->raw -= again_cls_group_overhead(last);
    free(last->common);
  } else {
    last++;
    batch->group_count++;
  }
  *last = made;
  last->start = batch->used;
  batch->raw += again_cls_group_overhead(last);
  return 0;
}

/* ---- Adding ---------------------------------------------------------------------------------- */

/* A log that is about to be added. */
typedef struct sizes {
  size_t contents; /* bytes of its fields */
  size_t values;
  bool sick; /* something of it must be repaired */
} sizes;

static int measure_sick(const again_cls_batch *batch, const again_cls_field *field, size_t *key,
                        size_t *value) {
  again_cure cure;
  int error = again_cure_key(&batch->rules, field, &cure);
  if (error != 0) return error;
  *key = cure.cured_length;
  error = again_cure_value(&batch->rules, field, &cure);
  *value = cure.cured_length;
  return error;
}

static int measure(const again_cls_batch *batch, const again_cls_field *fields, size_t count,
                   sizes *found) {
  *found = (sizes){0};
  for (size_t i = 0; i < count; i++) {
    size_t key = fields[i].key_length;
    size_t value = fields[i].value_length;
    if (!again_cure_healthy(&fields[i])) {
      found->sick = true;
      int error = measure_sick(batch, &fields[i], &key, &value);
      if (error != 0) return error;
    }
    found->contents +=
        again_wire_field_size(again_wire_field_size(key) + again_wire_field_size(value));
    found->values += value;
    if (found->values > AGAIN_CLS_VALUES_MAX || found->contents > AGAIN_CLS_RAW_MAX) {
      return AGAIN_ELIMIT;
    }
  }
  return 0;
}

static uint8_t *put_healthy(uint8_t *at, const again_cls_field *field) {
  size_t length =
      again_wire_field_size(field->key_length) + again_wire_field_size(field->value_length);
  at = again_wire_head(at, AGAIN_WIRE_BYTES(2), length);
  at = again_wire_field(at, AGAIN_WIRE_BYTES(1), field->key, field->key_length);
  return again_wire_field(at, AGAIN_WIRE_BYTES(2), field->value, field->value_length);
}

static uint8_t *put_cured(again_cls_batch *batch, uint8_t *at, const again_cls_field *field) {
  again_cure key;
  again_cure value;
  again_cure_key(&batch->rules, field, &key);
  again_cure_value(&batch->rules, field, &value);
  at = again_wire_head(at, AGAIN_WIRE_BYTES(2),
                       again_wire_field_size(key.cured_length) +
                           again_wire_field_size(value.cured_length));
  at = again_wire_head(at, AGAIN_WIRE_BYTES(1), key.cured_length);
  at = again_cure_write(&key, at);
  at = again_wire_head(at, AGAIN_WIRE_BYTES(2), value.cured_length);
  at = again_cure_write(&value, at);
  batch->counts.keys_renamed += key.renamed;
  batch->counts.texts_repaired += (uint64_t)key.repaired + value.repaired;
  batch->counts.values_truncated += value.truncated;
  return at;
}

int again_cls_batch_add(again_cls_batch *batch, int64_t time_ms, const again_cls_field *fields,
                        size_t field_count) {
  if (batch->sealed_length != 0) return AGAIN_ESTATE;
  sizes found;
  int error = measure(batch, fields, field_count, &found);
  again_cls_group *last = &batch->groups[batch->group_count - 1];
  size_t length = 1 + again_wire_number_size((uint64_t)time_ms) + found.contents;
  size_t size = again_wire_field_size(length);
  if (error == 0 && size > AGAIN_CLS_RAW_MAX - again_cls_group_overhead(last)) error = AGAIN_ELIMIT;
  if (error != 0) {
    batch->counts.logs_refused++;
    return error;
  }
  if (last->count == AGAIN_CLS_LOGS_MAX || found.values > AGAIN_CLS_VALUES_MAX - batch->values ||
      batch->raw + size > AGAIN_CLS_RAW_MAX) {
    return AGAIN_ELIMIT;
  }
  if (reserve(batch, size) != 0) return AGAIN_ENOMEM;
  uint8_t *at = again_wire_head(batch->bytes + batch->used, AGAIN_WIRE_BYTES(1), length);
  *at++ = AGAIN_WIRE_NUMBER(1);
  at = again_wire_number(at, (uint64_t)time_ms);
  for (size_t i = 0; i < field_count; i++)
    at = found.sick ? put_cured(batch, at, &fields[i]) : put_healthy(at, &fields[i]);
  last->length += size;
  last->count++;
  batch->used += size;
  batch->raw += size;
  batch->count++;
  batch->values += found.values;
  batch->counts.logs_repaired += found.sick;
  return 0;
}

size_t again_cls_batch_count(const again_cls_batch *batch) {
  return batch->count;
}

size_t again_cls_batch_bytes(const again_cls_batch *batch) {
  return batch->values;
}

size_t again_cls_batch_repaired(const again_cls_batch *batch) {
  return (size_t)batch->counts.logs_repaired;
}

again_cls_batch_counts again_cls_batch_counters(const again_cls_batch *batch) {
  return batch->counts;
}

const char *again_cls_batch_package(const again_cls_batch *batch) {
  return batch->package;
}

void again_cls_batch_name(again_cls_batch *batch, uint64_t context, uint64_t number) {
  if (batch->package[0] != '\0') return;
  snprintf(batch->package, sizeof batch->package, "%016" PRIX64 "-%" PRIX64, context, number);
}

/* ---- Completing ------------------------------------------------------------------------------ */

/* Some logs of a group. */
typedef struct slice {
  const again_cls_group *of;
  const uint8_t *logs;
  size_t length;
} slice;

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
    size_t length =
        taken == of->count ? of->length : (size_t)(again_wire_skip(begin, taken) - begin);
    slices[made++] = (slice){of, begin, length};
    count -= taken;
    first = 0;
  }
  return made;
}

int again_cls_batch_encode(const again_cls_batch *batch, size_t first, size_t count, uint8_t **data,
                           size_t *length) {
  if (count == 0 || first > batch->count || count > batch->count - first) return AGAIN_EINVAL;
  slice slices[AGAIN_CLS_GROUPS_MAX];
  size_t slice_count = cut(batch, first, count, slices);
  size_t size = 0;
  for (size_t i = 0; i < slice_count; i++)
    size += again_wire_field_size(slices[i].length +
                                  again_cls_group_tail_length(slices[i].of, batch->package));
  uint8_t *made = malloc(size);
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
  int error = again_cls_batch_encode(batch, 0, batch->count, &made, &length);
  if (error != 0) return error;
  size_t end = 0;
  for (size_t i = 0; i < batch->group_count; i++) {
    again_cls_group *of = &batch->groups[i];
    if (of->count == 0) continue; /* the last may have none */
    size_t inner = of->length + again_cls_group_tail_length(of, batch->package);
    end += again_wire_field_size(inner);
    of->start = end - inner;
  }
  free(batch->bytes);
  batch->bytes = made;
  batch->room = length;
  batch->sealed_begin = 0;
  batch->sealed_length = length;
  return 0;
}

static void seal_one(again_cls_batch *batch) {
  const again_cls_group *of = &batch->groups[0];
  size_t inner = of->length + again_cls_group_tail_length(of, batch->package);
  size_t size = again_wire_field_size(inner);
  batch->sealed_begin = of->start - (size - inner);
  batch->sealed_length = size;
  again_wire_head(batch->bytes + batch->sealed_begin, AGAIN_WIRE_BYTES(1), inner);
  again_cls_group_put_tail(of, batch->package, batch->bytes + of->start + of->length);
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
