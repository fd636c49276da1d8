/* Results judged: by reason, class and damage alone. */
#include "fate.h"

const char *fate_class(const again_result *result) {
  return result->attempts > 0 ? again_class_name(result->verdict.error_class) : "";
}

const char *fate_explain(const again_result *result, char *text, size_t size) {
  again_event event = {.kind = AGAIN_EVENT_SURFACED,
                       .attempt = result->attempts,
                       .verdict = result->attempts > 0 ? &result->verdict : NULL,
                       .result = result};
  return again_explain(&event, text, size);
}

bool fate_is_interrupted(again_reason reason) {
  return reason == AGAIN_REASON_CANCELLED || reason == AGAIN_REASON_DRAINED ||
         reason == AGAIN_REASON_CLOSED;
}

bool fate_concerns_all(const again_result *result) {
  again_damage damage = result->verdict.damage;
  bool permanent = result->verdict.error_class == AGAIN_CLASS_AUTH ||
                   result->verdict.error_class == AGAIN_CLASS_FATAL;
  return result->attempts > 0 && permanent &&
         (damage == AGAIN_DAMAGE_CREDENTIAL || damage == AGAIN_DAMAGE_ACCOUNT ||
          damage == AGAIN_DAMAGE_ENDPOINT);
}
