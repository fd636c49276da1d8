/* Batches: logs kept in one arena each, and their encoding.
 *
 * A log is one allocation: its protobuf-c structures and, behind them, its texts. Encoding a range
 * of logs then only needs an array of pointers, which lets a batch be sent in halves. */
#include "cls/utf8.h"
#include <again/cls.h>
#include <cls_logs.pb-c.h>
#include <stdlib.h>
#include <string.h>

enum { RAW_MAX = 6 * 1024 * 1024 };

struct again_cls_batch {
  Cls__LogGroup group; /* without logs */
  Cls__Log **logs;
  size_t count;
  size_t room;
  size_t values; /* bytes */
  size_t raw;    /* bytes of the whole batch, encoded */
  size_t repaired;
};

static char *copy_repaired(const char *from, size_t length) {
  size_t repaired = again_utf8_repaired_length(from, length);
  char *copy = malloc(repaired + 1);
  if (copy == NULL) return NULL;
  again_utf8_repair(from, length, copy);
  copy[repaired] = '\0';
  return copy;
}

/* Copies a text that may be NULL; false: out of memory. */
static bool set_text(char **field, const char *value) {
  if (value == NULL) return true;
  *field = copy_repaired(value, strlen(value));
  return *field != NULL;
}

static bool add_tag(Cls__LogGroup *group, const again_cls_pair *pair) {
  Cls__LogTag *tag = malloc(sizeof *tag);
  if (tag == NULL) return false;
  cls__log_tag__init(tag);
  group->logtags[group->n_logtags++] = tag;
  return set_text(&tag->key, pair->key) && set_text(&tag->value, pair->value);
}

int again_cls_batch_new(const again_cls_batch_options *options, again_cls_batch **batch) {
  static const again_cls_batch_options none = {0};
  if (options == NULL) options = &none;
  again_cls_batch *made = calloc(1, sizeof *made);
  if (made == NULL) return AGAIN_ENOMEM;
  cls__log_group__init(&made->group);
  bool complete = set_text(&made->group.source, options->source) &&
                  set_text(&made->group.filename, options->filename);
  made->group.logtags = calloc(options->tag_count + 1, sizeof(*made->group.logtags));
  complete = complete && made->group.logtags != NULL;
  for (size_t i = 0; complete && i < options->tag_count; i++) {
    complete = add_tag(&made->group, &options->tags[i]);
  }
  if (!complete) {
    again_cls_batch_free(made);
    return AGAIN_ENOMEM;
  }
  /* The group is wrapped once more, by a key and a length of at most four bytes. */
  made->raw = cls__log_group__get_packed_size(&made->group) + 5;
  *batch = made;
  return 0;
}

void again_cls_batch_free(again_cls_batch *batch) {
  if (batch == NULL) return;
  for (size_t i = 0; i < batch->group.n_logtags; i++) {
    free(batch->group.logtags[i]->key);
    free(batch->group.logtags[i]->value);
    free(batch->group.logtags[i]);
  }
  free(batch->group.logtags);
  free(batch->group.source);
  free(batch->group.filename);
  for (size_t i = 0; i < batch->count; i++)
    free(batch->logs[i]);
  free(batch->logs);
  free(batch);
}

static int check_fields(const again_cls_batch *batch, const again_cls_field *fields, size_t count,
                        size_t *texts, size_t *values) {
  *texts = 0;
  *values = 0;
  for (size_t i = 0; i < count; i++) {
    if (fields[i].key_length == 0 || fields[i].key[0] == '_') return AGAIN_EINVAL;
    size_t key = again_utf8_repaired_length(fields[i].key, fields[i].key_length);
    size_t value = again_utf8_repaired_length(fields[i].value, fields[i].value_length);
    if (value > AGAIN_CLS_VALUE_MAX) return AGAIN_ELIMIT;
    *texts += key + value + 2;
    *values += value;
    if (*values > AGAIN_CLS_VALUES_MAX) return AGAIN_ELIMIT;
  }
  return batch->count == AGAIN_CLS_LOGS_MAX || batch->values + *values > AGAIN_CLS_VALUES_MAX
             ? AGAIN_ELIMIT
             : 0;
}

/* Repairs a text into the arena; returns where the next one goes. */
static char *put_text(char *at, const char *text, size_t length, char **field, bool *repaired) {
  size_t needed = again_utf8_repaired_length(text, length);
  again_utf8_repair(text, length, at);
  at[needed] = '\0';
  *field = at;
  *repaired = *repaired || needed != length; /* a repair always makes it longer */
  return at + needed + 1;
}

static Cls__Log *make_log(int64_t time_ms, const again_cls_field *fields, size_t count,
                          size_t texts, bool *repaired) {
  size_t pointers = sizeof(Cls__Log) + count * sizeof(Cls__Log__Content *);
  Cls__Log *log = malloc(pointers + count * sizeof(Cls__Log__Content) + texts);
  if (log == NULL) return NULL;
  cls__log__init(log);
  log->time = time_ms;
  log->n_contents = count;
  log->contents = (Cls__Log__Content **)(void *)(log + 1);
  Cls__Log__Content *contents = (Cls__Log__Content *)(void *)(log->contents + count);
  char *at = (char *)(contents + count);
  for (size_t i = 0; i < count; i++) {
    cls__log__content__init(&contents[i]);
    at = put_text(at, fields[i].key, fields[i].key_length, &contents[i].key, repaired);
    at = put_text(at, fields[i].value, fields[i].value_length, &contents[i].value, repaired);
    log->contents[i] = &contents[i];
  }
  return log;
}

int again_cls_batch_add(again_cls_batch *batch, int64_t time_ms, const again_cls_field *fields,
                        size_t field_count) {
  size_t texts;
  size_t values;
  int error = check_fields(batch, fields, field_count, &texts, &values);
  if (error != 0) return error;
  if (batch->count == batch->room) {
    size_t room = batch->room == 0 ? 64 : batch->room * 2;
    Cls__Log **grown = realloc(batch->logs, room * sizeof(*grown));
    if (grown == NULL) return AGAIN_ENOMEM;
    batch->logs = grown;
    batch->room = room;
  }
  bool repaired = false;
  Cls__Log *log = make_log(time_ms, fields, field_count, texts, &repaired);
  if (log == NULL) return AGAIN_ENOMEM;
  size_t raw = cls__log__get_packed_size(log) + 5;
  if (batch->raw + raw > RAW_MAX) {
    free(log);
    return AGAIN_ELIMIT;
  }
  batch->logs[batch->count++] = log;
  batch->values += values;
  batch->raw += raw;
  batch->repaired += repaired;
  return 0;
}

size_t again_cls_batch_count(const again_cls_batch *batch) {
  return batch->count;
}

size_t again_cls_batch_bytes(const again_cls_batch *batch) {
  return batch->values;
}

size_t again_cls_batch_repaired(const again_cls_batch *batch) {
  return batch->repaired;
}

int again_cls_batch_encode(const again_cls_batch *batch, size_t first, size_t count, uint8_t **data,
                           size_t *length) {
  if (count == 0 || first > batch->count || count > batch->count - first) return AGAIN_EINVAL;
  Cls__LogGroup group = batch->group;
  group.logs = batch->logs + first;
  group.n_logs = count;
  Cls__LogGroup *groups[] = {&group};
  Cls__LogGroupList list = CLS__LOG_GROUP_LIST__INIT;
  list.loggrouplist = groups;
  list.n_loggrouplist = 1;
  size_t size = cls__log_group_list__get_packed_size(&list);
  uint8_t *packed = malloc(size);
  if (packed == NULL) return AGAIN_ENOMEM;
  *length = cls__log_group_list__pack(&list, packed);
  *data = packed;
  return 0;
}
