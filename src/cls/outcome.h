/* What an answer of CLS says besides its status. */
#ifndef AGAIN_CLS_OUTCOME_H
#define AGAIN_CLS_OUTCOME_H

#include <again/cls.h>

/* Completes the outcome of an answer by its body and by the id of the request in its headers (NULL: none).
 * The outcome's strings are in `error` and `request_id`. */
void again_cls_outcome_complete(const char *body, size_t length, const char *request_id,
                                again_cls_error *error, again_outcome *outcome);

#endif
