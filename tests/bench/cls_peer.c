#include "cls_peer.h"
#include <cls_logs.pb-c.h>
#include <stdlib.h>
#include <string.h>

static char *copy_line(const cls_line *line) {
  char *copy = malloc(line->length + 1);
  if (copy == NULL) return NULL;
  memcpy(copy, line->text, line->length);
  copy[line->length] = '\0'; /* protobuf-c's strings end so */
  return copy;
}

/* A log is one piece of memory and its text: as few calls as the structures allow. */
typedef struct made_log {
  Cls__Log log;
  Cls__Log__Content content;
  Cls__Log__Content *contents[1];
} made_log;

static Cls__Log *make_log(const cls_line *line, int64_t time_ms) {
  static char key[] = "content";
  made_log *made = malloc(sizeof *made);
  char *value = copy_line(line);
  if (made == NULL || value == NULL) {
    free(made);
    free(value);
    return NULL;
  }
  cls__log__init(&made->log);
  cls__log__content__init(&made->content);
  made->content.key = key;
  made->content.value = value;
  made->contents[0] = &made->content;
  made->log.time = time_ms;
  made->log.n_contents = 1;
  made->log.contents = made->contents;
  return &made->log;
}

uint8_t *cls_peer_encode(const cls_sample *sample, int64_t (*time_of)(size_t), const char *source,
                         const char *filename, size_t *length) {
  Cls__LogGroup group = CLS__LOG_GROUP__INIT;
  Cls__LogGroup *list[] = {&group};
  Cls__LogGroupList root = CLS__LOG_GROUP_LIST__INIT;
  Cls__Log **logs = malloc(sample->count * sizeof(*logs));
  uint8_t *packed = NULL;
  size_t made = 0;
  for (; logs != NULL && made < sample->count; made++) {
    logs[made] = make_log(&sample->lines[made], time_of(made));
    if (logs[made] == NULL) break;
  }
  group.logs = logs;
  group.n_logs = made;
  group.source = (char *)(uintptr_t)source;
  group.filename = (char *)(uintptr_t)filename;
  root.loggrouplist = list;
  root.n_loggrouplist = 1;
  if (logs != NULL && made == sample->count) {
    packed = malloc(cls__log_group_list__get_packed_size(&root));
    if (packed != NULL) *length = cls__log_group_list__pack(&root, packed);
  }
  for (size_t i = 0; i < made; i++) {
    free(logs[i]->contents[0]->value);
    free(logs[i]);
  }
  free(logs);
  return packed;
}
