/* Filling batches: each log is written once, in the form it is sent in. */
#include "cls/batch.h"
#include "cls/plain.h"
#include "cls/wire.h"
#include <inttypes.h>
#include <stdio.h>

enum {
  ROOM_MIN = 4096,
  ROOM_DOUBLES = 256 * 1024 /* above, memory grows by an eighth */
};

/* ---- New, grown, cleared --------------------------------------------------------------------- */

static again_cls_group *last_group(again_cls_batch *batch) {
  return &batch->groups[batch->group_count - 1];
}

/* What is used at most: logs and heads and tails are no more than the service takes. */
static size_t used_max(const again_cls_batch *batch) {
  return batch->overhead < AGAIN_CLS_RAW_MAX
             ? AGAIN_CLS_BATCH_GAP + AGAIN_CLS_RAW_MAX - batch->overhead
             : AGAIN_CLS_BATCH_GAP;
}

static void set_fits(again_cls_batch *batch) {
  size_t most = used_max(batch);
  size_t end = again_cls_group_overhead(&batch->groups[0]);
  size_t there = batch->room > end ? batch->room - end : 0;
  batch->fits = there < most ? there : most;
}

/* Memory for so many bytes behind what is used, and for the end of the batch. AGAIN_ELIMIT: there may
 * not be so many. */
static int reserve(again_cls_batch *batch, size_t more) {
  if (batch->used + more > used_max(batch)) return AGAIN_ELIMIT;
  size_t needed = batch->used + more + again_cls_group_overhead(&batch->groups[0]);
  if (needed > batch->room) {
    size_t room = batch->room < ROOM_DOUBLES ? batch->room * 2 : batch->room + batch->room / 8;
    if (room < needed) room = needed;
    uint8_t *grown = again_resize(&batch->allocator, batch->bytes, room);
    if (grown == NULL) return AGAIN_ENOMEM;
    batch->bytes = grown;
    batch->room = room;
  }
  set_fits(batch);
  return 0;
}

int again_cls_batch_new(const again_cls_batch_options *options, again_cls_batch **batch) {
  static const again_cls_batch_options none = {0};
  if (options == NULL) options = &none;
  again_cls_batch *made = again_take_zeroed(options->allocator, sizeof *made);
  if (made == NULL) return AGAIN_ENOMEM;
  if (options->allocator != NULL) made->allocator = *options->allocator;
  made->rules = again_cure_rules_of(options);
  made->group_count = 1;
  made->used = AGAIN_CLS_BATCH_GAP;
  int error = again_cls_group_init(&made->groups[0], options, &made->allocator);
  made->overhead = again_cls_group_overhead(&made->groups[0]);
  size_t wanted = options->reserve > ROOM_MIN ? options->reserve : ROOM_MIN;
  size_t most = used_max(made) - AGAIN_CLS_BATCH_GAP;
  if (error == 0) error = reserve(made, wanted < most ? wanted : most);
  if (error != 0) {
    again_cls_batch_free(made);
    return error;
  }
  again_cls_batch_clear(made);
  *batch = made;
  return 0;
}

void again_cls_batch_free(again_cls_batch *batch) {
  if (batch == NULL) return;
  for (size_t i = 0; i < batch->group_count; i++)
    again_resize(&batch->allocator, batch->groups[i].common, 0);
  again_allocator allocator = batch->allocator;
  again_resize(&allocator, batch->bytes, 0);
  again_resize(&allocator, batch, 0);
}

void again_cls_batch_clear(again_cls_batch *batch) {
  while (batch->group_count > 1)
    again_resize(&batch->allocator, batch->groups[--batch->group_count].common, 0);
  again_cls_group *first = &batch->groups[0];
  first->start = AGAIN_CLS_BATCH_GAP;
  first->length = 0;
  first->count = 0;
  batch->used = AGAIN_CLS_BATCH_GAP;
  batch->values = 0;
  batch->overhead = again_cls_group_overhead(first);
  batch->package[0] = '\0';
  batch->counts = (again_cls_batch_counts){0};
  batch->sealed_length = 0;
  set_fits(batch);
}

int again_cls_batch_group(again_cls_batch *batch, const again_cls_batch_options *options) {
  static const again_cls_batch_options none = {0};
  if (batch->sealed_length != 0) return AGAIN_ESTATE;
  again_cls_group *last = last_group(batch);
  bool replaced = last->count == 0;
  if (!replaced && batch->group_count == AGAIN_CLS_GROUPS_MAX) return AGAIN_ELIMIT;
  again_cls_group made;
  int error = again_cls_group_init(&made, options != NULL ? options : &none, &batch->allocator);
  if (error != 0) return error;
  if (replaced) {
    batch->overhead -= again_cls_group_overhead(last);
    again_resize(&batch->allocator, last->common, 0);
  } else {
    last->length = batch->used - last->start;
    last++;
    batch->group_count++;
  }
  *last = made;
  last->start = batch->used;
  batch->overhead += again_cls_group_overhead(last);
  batch->fits = 0; /* the next log looks anew */
  return 0;
}

/* ---- Adding ---------------------------------------------------------------------------------- */

/* A log that is about to be added. */
typedef struct sizes {
  size_t contents; /* bytes of its fields */
  size_t values;
} sizes;

static inline size_t content_length(size_t key, size_t value) {
  return again_wire_field_size(key) + again_wire_field_size(value);
}

static inline void count_field(sizes *found, size_t key, size_t value) {
  found->contents += again_wire_field_size(content_length(key, value));
  found->values += value;
}

static inline bool within_limits(const sizes *found) {
  return found->values <= AGAIN_CLS_VALUES_MAX && found->contents <= AGAIN_CLS_RAW_MAX;
}

/* By the lengths alone; false: a field needs a closer look, or is too large. */
static inline bool measure_plain(const again_cls_field *fields, size_t count, sizes *found) {
  *found = (sizes){0};
  for (size_t i = 0; i < count; i++) {
    const again_cls_field *field = &fields[i];
    if (field->key_length == 0 || field->key[0] == '_' ||
        field->value_length > AGAIN_CLS_VALUE_MAX) {
      return false;
    }
    count_field(found, field->key_length, field->value_length);
  }
  return within_limits(found);
}

static int measure_cured(const again_cls_batch *batch, const again_cls_field *fields, size_t count,
                         sizes *found) {
  *found = (sizes){0};
  for (size_t i = 0; i < count; i++) {
    again_cure key;
    again_cure value;
    int error = again_cure_key(&batch->rules, &fields[i], &key);
    if (error == 0) error = again_cure_value(&batch->rules, &fields[i], &value);
    if (error != 0) return error;
    count_field(found, key.cured_length, value.cured_length);
    if (!within_limits(found)) return AGAIN_ELIMIT;
  }
  return 0;
}

/* Bytes of a log whose fields have these sizes, less its own head. */
static inline size_t log_length(int64_t time, const sizes *found) {
  return 1 + again_wire_number_size((uint64_t)time) + found->contents;
}

/* Makes room for the log: 0, or it does not fit. */
static inline int make_room(again_cls_batch *batch, size_t size, size_t values) {
  if (batch->groups[batch->group_count - 1].count == AGAIN_CLS_LOGS_MAX ||
      values > AGAIN_CLS_VALUES_MAX - batch->values) {
    return AGAIN_ELIMIT;
  }
  return batch->used + size <= batch->fits ? 0 : reserve(batch, size);
}

static inline uint8_t *put_log_head(uint8_t *at, int64_t time, size_t length) {
  uint64_t number = (uint64_t)time;
  at = again_wire_head(at, AGAIN_WIRE_BYTES(1), length);
  *at++ = AGAIN_WIRE_NUMBER(1);
  if (number >> 56 != 0) return again_wire_number(at, number);
  return again_wire_wide_number(at, number);
}

static inline uint8_t *put_plain(uint8_t *at, const again_cls_field *field, bool *valid) {
  size_t key = field->key_length;
  size_t value = field->value_length;
  at = again_wire_head(at, AGAIN_WIRE_BYTES(2), content_length(key, value));
  at = again_wire_head(at, AGAIN_WIRE_BYTES(1), key);
  uint64_t odd = again_plain_copy(at, field->key, key);
  at = again_wire_head(at + key, AGAIN_WIRE_BYTES(2), value);
  odd |= again_plain_copy(at, field->value, value);
  /* Not plain ASCII: is it UTF-8? */
  if ((odd & AGAIN_PLAIN_ODD) != 0 && !again_cure_healthy(field)) *valid = false;
  return at + value;
}

static uint8_t *put_cured(again_cls_batch *batch, uint8_t *at, const again_cls_field *field) {
  again_cure key;
  again_cure value;
  again_cure_key(&batch->rules, field, &key);
  again_cure_value(&batch->rules, field, &value);
  at = again_wire_head(at, AGAIN_WIRE_BYTES(2),
                       content_length(key.cured_length, value.cured_length));
  at = again_wire_head(at, AGAIN_WIRE_BYTES(1), key.cured_length);
  at = again_cure_write(&key, at);
  at = again_wire_head(at, AGAIN_WIRE_BYTES(2), value.cured_length);
  at = again_cure_write(&value, at);
  batch->counts.keys_renamed += key.renamed;
  batch->counts.texts_repaired += (uint64_t)key.repaired + value.repaired;
  batch->counts.values_truncated += value.truncated;
  return at;
}

/* What was written behind the last log is one. */
static inline void take(again_cls_batch *batch, size_t size, size_t values) {
  last_group(batch)->count++;
  batch->used += size;
  batch->values += values;
}

static int add_cured(again_cls_batch *batch, int64_t time, const again_cls_field *fields,
                     size_t count) {
  sizes found;
  int error = measure_cured(batch, fields, count, &found);
  size_t length = log_length(time, &found);
  size_t size = again_wire_field_size(length);
  if (error == 0 && size > used_max(batch) - AGAIN_CLS_BATCH_GAP)
    error = AGAIN_ELIMIT; /* even alone */
  if (error != 0) {
    batch->counts.logs_refused++;
    return error;
  }
  error = make_room(batch, size, found.values);
  if (error != 0) return error;
  uint8_t *at = put_log_head(batch->bytes + batch->used, time, length);
  for (size_t i = 0; i < count; i++)
    at = put_cured(batch, at, &fields[i]);
  take(batch, size, found.values);
  batch->counts.logs_repaired++;
  return 0;
}

/* A log that needs no cure, which is told while it is written, is written at once. */
int again_cls_batch_add(again_cls_batch *batch, int64_t time_ms, const again_cls_field *fields,
                        size_t field_count) {
  if (batch->sealed_length != 0) return AGAIN_ESTATE;
  sizes found;
  if (!measure_plain(fields, field_count, &found)) {
    return add_cured(batch, time_ms, fields, field_count);
  }
  size_t length = log_length(time_ms, &found);
  size_t size = again_wire_field_size(length);
  int error = make_room(batch, size, found.values);
  if (error != 0) return error;
  uint8_t *at = put_log_head(batch->bytes + batch->used, time_ms, length);
  bool valid = true;
  for (size_t i = 0; i < field_count; i++)
    at = put_plain(at, &fields[i], &valid);
  if (!valid) return add_cured(batch, time_ms, fields, field_count);
  take(batch, size, found.values);
  return 0;
}

size_t again_cls_batch_count(const again_cls_batch *batch) {
  size_t count = 0;
  for (size_t i = 0; i < batch->group_count; i++)
    count += batch->groups[i].count;
  return count;
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
