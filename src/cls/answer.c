#include "cls/answer.h"
#include "cls/outcome.h"

/* The credential was refused. True: there is another one by now. */
static bool renew(again_cls *cls, const again_cls_attempt *attempt) {
  again_ms now = again_uv_now(again_http_uv(cls->http));
  /* The file may have been written so lately that nobody has told yet. */
  if (attempt->generation == cls->credentials.generation && again_cls_client_reload(cls)) {
    return true;
  }
  if (cls->refresh != NULL &&
      again_cls_credentials_refused(&cls->credentials, attempt->generation, now)) {
    cls->refresh(cls->data, cls);
    /* While the owner fetches another one, nothing more is sent to be refused. */
    if (cls->credentials.refreshing) {
      again_scope_hold(&cls->account, again_ms_add(now, AGAIN_CLS_REFRESH_WAIT_MS));
    }
  }
  return cls->credentials.generation != attempt->generation;
}

void again_cls_interpret(again_cls *cls, const again_policy *policy, again_cls_attempt *attempt,
                         const again_http_response *response, again_outcome *outcome) {
  again_cls_outcome_complete(response->body, response->body_length,
                             again_http_response_header(response, "x-cls-requestid"),
                             &attempt->error, outcome);
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
