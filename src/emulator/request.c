#include "emulator/request.h"
#include "emulator/unpack.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool invalid(again_answer *answer, const char *what) {
  return again_answer_refuse(answer, 400, "InvalidContent", "%s", what);
}

static bool too_large(again_answer *answer, const char *what) {
  return again_answer_refuse(answer, 403, "LogSizeExceed", "%s", what);
}

bool again_request_decode(again_request *request, again_answer *answer) {
  const char *compression = request->head.header(request->head.data, "x-cls-compress-type");
  if (!again_unpack(compression, request->body, request->body_length, AGAIN_REQUEST_RAW_MAX,
                    &request->raw, &request->raw_length, answer)) {
    return false;
  }
  if (request->raw_length > AGAIN_REQUEST_RAW_MAX) {
    return too_large(answer, "the body is larger than 6 MiB before compression");
  }
  request->list = cls__log_group_list__unpack(NULL, request->raw_length, request->raw);
  if (request->list == NULL) return invalid(answer, "the body is not a LogGroupList (protobuf)");
  for (size_t i = 0; i < request->list->n_loggrouplist; i++)
    request->logs += request->list->loggrouplist[i]->n_logs;
  return true;
}

bool again_request_check_head(const again_request *request, const char *secret_id,
                              const char *secret_key, int64_t now, again_answer *answer) {
  static const char expected[] = "application/x-protobuf";
  const char *type = request->head.header(request->head.data, "Content-Type");
  if (type == NULL) {
    return again_answer_refuse(answer, 400, "MissingContentType",
                               "there is no Content-Type header");
  }
  if (strncasecmp(type, expected, sizeof expected - 1) != 0 ||
      (type[sizeof expected - 1] != '\0' && type[sizeof expected - 1] != ';')) {
    return again_answer_refuse(answer, 400, "InvalidContentType", "Content-Type must be %s",
                               expected);
  }
  if (!again_verify(&request->head, secret_id, secret_key, now, answer)) return false;
  if (request->topic[0] == '\0') {
    return again_answer_refuse(answer, 400, "InvalidParam", "topic_id is missing");
  }
  if (!again_cls_text_valid(request->topic, strlen(request->topic))) {
    return again_answer_refuse(answer, 400, "InvalidParam", "topic_id is not UTF-8");
  }
  return true;
}

static bool text_valid(const char *text) {
  return text == NULL || again_cls_text_valid(text, strlen(text));
}

static bool check_content(const Cls__Log__Content *content, size_t *values, again_answer *answer) {
  if (content->key[0] == '\0') return invalid(answer, "a key is empty");
  if (content->key[0] == '_') return invalid(answer, "a key begins with \"_\"");
  if (!text_valid(content->key) || !text_valid(content->value)) {
    return invalid(answer, "a key or value is not UTF-8");
  }
  size_t length = strlen(content->value);
  if (length > AGAIN_CLS_VALUE_MAX) return too_large(answer, "a value is larger than 1 MiB");
  *values += length;
  if (*values > AGAIN_CLS_VALUES_MAX) {
    return too_large(answer, "the values together are larger than 5 MiB");
  }
  return true;
}

static bool check_group(const Cls__LogGroup *group, size_t *values, again_answer *answer) {
  if (group->n_logs == 0) return invalid(answer, "a LogGroup has no logs");
  if (group->n_logs > AGAIN_CLS_LOGS_MAX) {
    return too_large(answer, "a LogGroup has more than 10000 logs");
  }
  bool valid = text_valid(group->filename) && text_valid(group->source) &&
               text_valid(group->contextflow) && text_valid(group->hostname);
  for (size_t i = 0; valid && i < group->n_logtags; i++)
    valid = text_valid(group->logtags[i]->key) && text_valid(group->logtags[i]->value);
  if (!valid)
    return invalid(answer, "a filename, source, hostname, contextFlow or tag is not UTF-8");
  for (size_t i = 0; i < group->n_logs; i++) {
    const Cls__Log *log = group->logs[i];
    for (size_t c = 0; c < log->n_contents; c++) {
      if (!check_content(log->contents[c], values, answer)) return false;
    }
  }
  return true;
}

bool again_request_check_limits(const again_request *request, again_answer *answer) {
  const Cls__LogGroupList *list = request->list;
  if (list->n_loggrouplist == 0) {
    return again_answer_refuse(answer, 400, "MissingContent", "there is no LogGroup in the body");
  }
  if (list->n_loggrouplist > AGAIN_CLS_GROUPS_MAX) {
    return too_large(answer, "there are more than 10 LogGroups");
  }
  size_t values = 0;
  for (size_t i = 0; i < list->n_loggrouplist; i++) {
    if (!check_group(list->loggrouplist[i], &values, answer)) return false;
  }
  return true;
}

static bool log_contains(const Cls__Log *log, const char *text) {
  for (size_t i = 0; i < log->n_contents; i++) {
    if (strstr(log->contents[i]->value, text) != NULL) return true;
  }
  return false;
}

bool again_request_contains(const void *request, const char *text) {
  const Cls__LogGroupList *list = ((const again_request *)request)->list;
  for (size_t g = 0; list != NULL && g < list->n_loggrouplist; g++) {
    const Cls__LogGroup *group = list->loggrouplist[g];
    for (size_t i = 0; i < group->n_logs; i++) {
      if (log_contains(group->logs[i], text)) return true;
    }
  }
  return false;
}

void again_request_fini(again_request *request) {
  if (request->list != NULL) cls__log_group_list__free_unpacked(request->list, NULL);
  free(request->raw);
}
