/* What an answer of the service says: about the batch, the clock, and the credential. */
#ifndef AGAIN_CLS_ANSWER_H
#define AGAIN_CLS_ANSWER_H

#include "cls/client.h"

/* One attempt: what it was signed with, and what the answer said. */
typedef struct again_cls_attempt {
  int64_t skew_ms;
  uint64_t generation;
  again_cls_error error;
} again_cls_attempt;

/* Completes the outcome of an answer, whose texts stay in the attempt, and applies the remedies that
 * are this client's: the clock is corrected, the credential is renewed or asked for. */
void again_cls_interpret(again_cls *cls, const again_policy *policy, again_cls_attempt *attempt,
                         const again_http_response *response, again_outcome *outcome);

#endif
