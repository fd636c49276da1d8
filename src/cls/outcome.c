#include "cls/outcome.h"
#include <string.h>

void again_cls_outcome_complete(const char *body, size_t length, const char *request_id,
                                again_cls_error *error, again_outcome *outcome) {
  if (again_cls_error_parse(body, length, error)) {
    outcome->code = error->code;
    outcome->shape = error->shape;
    outcome->message = error->message;
    outcome->request_id = error->request_id[0] != '\0' ? error->request_id : NULL;
    /* API 3.0 carries errors under 200: the service has not stored the batch then. */
    if (outcome->effect == AGAIN_EFFECT_APPLIED) outcome->effect = AGAIN_EFFECT_NOT_APPLIED;
  }
  /* A success of CLS has no body: a page of a proxy or portal is none, whatever its status. */
  if (outcome->fault == AGAIN_FAULT_NONE && outcome->code == NULL && outcome->status >= 200 &&
      outcome->status <= 299 && length > 0) {
    outcome->fault = AGAIN_FAULT_PROTOCOL;
    outcome->code = "UnexpectedBody";
    outcome->message = "a success with a body: not an answer of the service";
    outcome->effect = AGAIN_EFFECT_MAYBE_APPLIED;
  }
  if (request_id != NULL && again_cls_text_valid(request_id, strlen(request_id))) {
    outcome->request_id = request_id;
  }
}

again_outcome again_cls_answer_outcome(const again_http_answer *answer, int64_t wall,
                                       again_cls_error *error) {
  again_outcome outcome = again_http_answer_outcome(answer, wall);
  const char *body = answer->body != NULL ? answer->body : "";
  again_cls_outcome_complete(body, answer->body != NULL ? answer->body_length : 0,
                             again_http_answer_header(answer, "x-cls-requestid"), error, &outcome);
  return outcome;
}
