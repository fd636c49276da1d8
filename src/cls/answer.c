#include "cls/answer.h"
#include <string.h>

/* The credential was refused. True: there is another one by now. */
static bool renew(again_cls *cls, const again_cls_attempt *attempt) {
  again_ms now = again_uv_now(again_http_uv(cls->http));
  if (cls->refresh != NULL &&
      again_cls_credentials_refused(&cls->credentials, attempt->generation, now)) {
    cls->refresh(cls->refresh_data, cls);
    /* While the owner fetches another one, nothing more is sent to be refused. */
    if (cls->credentials.refreshing) {
      again_scope_hold(&cls->account, again_ms_add(now, AGAIN_CLS_REFRESH_WAIT_MS));
    }
  }
  return cls->credentials.generation != attempt->generation;
}

void again_cls_interpret(again_cls *cls, const again_policy *policy, again_cls_attempt *attempt,
                         const again_http_response *response, again_outcome *outcome) {
  if (again_cls_error_parse(response->body, response->body_length, &attempt->error)) {
    outcome->code = attempt->error.code;
    outcome->shape = attempt->error.shape;
    outcome->message = attempt->error.message;
    outcome->request_id = attempt->error.request_id[0] != '\0' ? attempt->error.request_id : NULL;
    /* API 3.0 carries errors under 200: the service has not stored the batch then. */
    if (outcome->effect == AGAIN_EFFECT_APPLIED) outcome->effect = AGAIN_EFFECT_NOT_APPLIED;
  }
  /* A success of CLS has no body: a page of a proxy or portal is none, whatever its status. */
  if (outcome->fault == AGAIN_FAULT_NONE && outcome->code == NULL && response->status >= 200 &&
      response->status <= 299 && response->body_length > 0) {
    outcome->fault = AGAIN_FAULT_PROTOCOL;
    outcome->code = "UnexpectedBody";
    outcome->message = "a success with a body: not an answer of the service";
    outcome->effect = AGAIN_EFFECT_MAYBE_APPLIED;
  }
  const char *id = again_http_response_header(response, "x-cls-requestid");
  if (id != NULL && again_cls_text_valid(id, strlen(id))) outcome->request_id = id;
  again_verdict verdict = again_classify(policy, again_cls_catalogue(), outcome);
  if (verdict.remedy == AGAIN_REMEDY_RESYNC && response->date != INT64_MIN) {
    outcome->remedied = again_cls_clock_refused(&cls->clock, attempt->skew_ms, response->date,
                                                response->local_date_ms);
  }
  if (verdict.error_class == AGAIN_CLASS_OK)
    again_cls_clock_accepted(&cls->clock, attempt->skew_ms);
  if (verdict.error_class == AGAIN_CLASS_AUTH && verdict.remedy == AGAIN_REMEDY_REFRESH) {
    outcome->remedied = renew(cls, attempt);
  }
}
