/* One upload: a batch, whole or in parts.
 *
 * A part is a range of the batch's logs, one request, and its result. There is one part to begin
 * with. A part that the service refuses as too large is replaced by its halves, down to single logs; so
 * is one whose content it calls invalid, as often as the client's option says; and one whose
 * compression it does not take by the same logs, compressed in another way. The upload is done when no part is under way any more. Every result stays in its part's request
 * until then, so the caller sees the whole batch, part by part. */
#include "cls/answer.h"
#include "cls/batch.h"
#include "cls/body.h"
#include "cls/client.h"
#include "cls/compress.h"
#include <string.h>
#include <time.h>

typedef struct part part;

struct part {
  again_http_request request; /* first: callbacks find the part by it */
  again_cls_upload *upload;
  again_cls_body body;
  size_t first;
  size_t count;
  again_cls_attempt attempt; /* the latest */
  bool over;
  bool replaces; /* another part */
  again_result result;
  part *next; /* in the order of `first` */
};

struct again_cls_upload {
  again_cls_topic *topic;
  again_cls_batch *batch;
  again_cls_done_fn done;
  void *data;
  again_ms deadline;
  part *parts;
  size_t part_count;
  again_cls_part *list; /* room for all parts, for the result */
  size_t under_way;
  uint32_t content_splits; /* halvings for InvalidContent */
  uint32_t replaced_calls; /* attempts of parts that were replaced */
  bool cancelled;
};

static int64_t wall_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int on_prepare(again_http_request *request, again_http_attempt *attempt) {
  part *p = (part *)request;
  again_cls_topic *topic = p->upload->topic;
  p->attempt.skew_ms = topic->cls->clock.skew_ms;
  p->attempt.generation = topic->cls->credentials.generation;
  return again_cls_client_headers(topic, again_compress_name(p->body.compression),
                                  wall_ms() + p->attempt.skew_ms, attempt);
}

static void on_interpret(again_http_request *request, const again_http_response *response,
                         again_outcome *outcome) {
  part *p = (part *)request;
  again_cls_interpret(p->upload->topic->cls, again_op_policy(&request->own.op), &p->attempt,
                      response, outcome);
}

static const again_allocator *allocator_of(const again_cls_upload *upload) {
  return &upload->topic->cls->allocator;
}

static void free_part(part *p) {
  const again_allocator *allocator = allocator_of(p->upload);
  again_cls_body_free(&p->body);
  again_resize(allocator, p, 0);
}

static void finish(again_cls_upload *upload) {
  again_cls_result result = {
      .calls = upload->replaced_calls, .parts = upload->list, .part_count = upload->part_count};
  size_t used = 0;
  for (part *p = upload->parts; p != NULL; p = p->next) {
    if (p->result.reason == AGAIN_REASON_OK) {
      result.delivered += p->count;
    } else {
      result.refused += p->count;
    }
    result.calls += p->result.attempts;
    upload->list[used++] = (again_cls_part){p->first, p->count, &p->result};
    again_cls_body_free(&p->body);
  }
  upload->topic->cls->uploads--;
  /* The batch and the client may be freed in there. */
  again_allocator allocator = *allocator_of(upload);
  upload->done(upload->data, upload->batch, &result);
  while (upload->parts != NULL) {
    part *p = upload->parts;
    upload->parts = p->next;
    again_resize(&allocator, p, 0);
  }
  again_resize(&allocator, upload->list, 0);
  again_resize(&allocator, upload, 0);
}

static void on_done(again_http_request *request, const again_result *result);

/* A part with its body made; NULL and the error. */
static part *make_part(again_cls_upload *upload, size_t first, size_t count, int *error) {
  const again_allocator *allocator = allocator_of(upload);
  part *p = again_take_zeroed(allocator, sizeof *p);
  *error = p == NULL ? AGAIN_ENOMEM
                     : again_cls_body_make(upload->batch, first, count,
                                           again_cls_compression_used(upload->topic->cls),
                                           &upload->topic->cls->scratch, &p->body);
  if (*error != 0) {
    again_resize(allocator, p, 0);
    return NULL;
  }
  p->upload = upload;
  p->first = first;
  p->count = count;
  p->request.method = "POST";
  p->request.url = upload->topic->url;
  p->request.body = p->body.data;
  p->request.body_length = p->body.length;
  p->request.plain_credentials = true; /* the client's endpoint was looked at */
  p->request.prepare = on_prepare;
  p->request.interpret = on_interpret;
  p->request.done = on_done;
  return p;
}

static int send_part(part *p) {
  /* What replaces another is no new work: the whole was taken. */
  p->request.beyond_limits = p->replaces;
  again_cls_topic *topic = p->upload->topic;
  int error = again_http_send(topic->cls->http, &p->request, &topic->scope, p->upload->deadline);
  if (error == 0) p->upload->under_way++;
  return error;
}

/* The parts that replace another: itself anew, or its halves. */
static bool make_parts(const part *old, size_t halves, part *made[2]) {
  size_t half = halves == 2 ? old->count / 2 : old->count;
  int error;
  made[0] = make_part(old->upload, old->first, half, &error);
  made[1] = NULL;
  if (made[0] == NULL) return false;
  made[0]->replaces = true;
  if (halves == 1) return true;
  made[1] = make_part(old->upload, old->first + half, old->count - half, &error);
  if (made[1] == NULL) {
    free_part(made[0]);
    return false;
  }
  made[1]->replaces = true;
  made[0]->next = made[1];
  return true;
}

/* Replaces a part by itself with another body (1) or by its halves (2); false if that cannot be done, and
 * nothing has changed then. `closing`: it would have been done, but no new work is taken. */
static bool replace(part *old, size_t halves, bool *closing) {
  again_cls_upload *upload = old->upload;
  if (old->count < halves || upload->cancelled) return false;
  again_cls_part *list = again_resize(allocator_of(upload), upload->list,
                                      (upload->part_count + halves - 1) * sizeof *list);
  if (list == NULL) return false;
  upload->list = list;
  part *made[2];
  if (!make_parts(old, halves, made)) return false;
  int sent = send_part(made[0]);
  *closing = sent == AGAIN_ECLOSING;
  if (sent != 0) {
    for (size_t i = 0; i < halves; i++)
      free_part(made[i]);
    return false;
  }
  if (halves == 2 && send_part(made[1]) != 0) {
    /* Cannot be, as the left one was taken in the same state; were it so, it ends as the whole did. */
    made[1]->result = old->result;
    made[1]->result.attempts = 0;
    made[1]->over = true;
  }
  part **at = &upload->parts;
  while (*at != old)
    at = &(*at)->next;
  made[halves - 1]->next = old->next;
  *at = made[0];
  upload->part_count += halves - 1;
  upload->replaced_calls += old->result.attempts;
  free_part(old);
  return true;
}

/* By how many parts a refused one is replaced; 0: the refusal stands. */
static size_t replacements(part *p) {
  again_cls_upload *upload = p->upload;
  again_cls *cls = upload->topic->cls;
  if (p->result.reason != AGAIN_REASON_FATAL) return 0;
  if (p->result.verdict.remedy == AGAIN_REMEDY_SPLIT) return 2;
  if (strcmp(p->result.code, "InvalidCompressType") == 0 &&
      p->body.compression != AGAIN_CLS_PLAIN) {
    again_cls_client_refused(cls, p->body.compression);
    return 1;
  }
  if (strcmp(p->result.code, "InvalidContent") == 0 && p->count > 1 &&
      upload->content_splits < cls->content_splits) {
    upload->content_splits++;
    return 2;
  }
  return 0;
}

static void on_done(again_http_request *request, const again_result *result) {
  part *p = (part *)request;
  again_cls_upload *upload = p->upload;
  p->over = true;
  p->result = *result;
  upload->under_way--;
  size_t by = replacements(p);
  bool closing = false;
  if (by > 0 && replace(p, by, &closing)) return;
  /* The others might have been taken: the whole is not refused for good. */
  if (closing) p->result.reason = AGAIN_REASON_DRAINED;
  if (upload->under_way == 0) finish(upload);
}

int again_cls_send(again_cls_topic *topic, again_cls_batch *batch, again_ms deadline,
                   again_cls_done_fn done, void *data, again_cls_upload **upload) {
  size_t count = again_cls_batch_count(batch);
  if (count == 0 || done == NULL) return AGAIN_EINVAL;
  again_uv *uv = again_http_uv(topic->cls->http);
  const again_allocator *allocator = &topic->cls->allocator;
  again_cls_upload *made = again_take_zeroed(allocator, sizeof *made);
  again_cls_part *list = again_resize(allocator, NULL, sizeof *list);
  if (made == NULL || list == NULL) {
    again_resize(allocator, made, 0);
    again_resize(allocator, list, 0);
    return AGAIN_ENOMEM;
  }
  if (deadline == AGAIN_NEVER) {
    const again_policy *policy =
        topic->scope.policy != NULL ? topic->scope.policy : again_uv_policy(uv);
    deadline = again_ms_add(again_uv_now(uv), policy->operation_deadline);
  }
  *made = (again_cls_upload){.topic = topic,
                             .batch = batch,
                             .done = done,
                             .data = data,
                             .deadline = deadline,
                             .list = list,
                             .part_count = 1};
  again_cls *cls = topic->cls;
  if (again_cls_batch_package(batch)[0] == '\0')
    again_cls_batch_name(batch, cls->context, ++cls->packages);
  int error;
  made->parts = make_part(made, 0, count, &error);
  if (made->parts != NULL) error = send_part(made->parts);
  if (error != 0) {
    if (made->parts != NULL) free_part(made->parts);
    again_resize(allocator, list, 0);
    again_resize(allocator, made, 0);
    return error;
  }
  cls->uploads++;
  if (upload != NULL) *upload = made;
  return 0;
}

void again_cls_cancel(again_cls_upload *upload) {
  upload->cancelled = true;
  for (part *p = upload->parts; p != NULL; p = p->next) {
    if (!p->over) again_http_cancel(&p->request);
  }
}
