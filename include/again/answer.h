/* again/answer.h - from an HTTP answer to an outcome, without any HTTP library.
 *
 * For programs that have a transport of their own: status, headers and body, however they came, become the
 * outcome that the classifier and the scheduler take. http.h does the same for libcurl. Pure, as core.h.
 */
#ifndef AGAIN_ANSWER_H
#define AGAIN_ANSWER_H

#include <again/core.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct again_header {
  const char *name;
  const char *value;
} again_header;

/* What came back from one attempt. Everything is borrowed. */
typedef struct again_http_answer {
  int status;                  /* of the final answer, not of an interim one */
  const again_header *headers; /* as they came: a name may be there twice */
  size_t header_count;
  const char *body; /* may be NULL, and may hold NULs */
  size_t body_length;
  bool broken; /* the connection ended before the answer did; not: you stopped reading */
} again_http_answer;

/* The value of a header, without regard to case, the first of several; NULL: there is none. */
const char *again_http_answer_header(const again_http_answer *answer, const char *name);

/* The outcome: status, effect, and the longest hint that the headers give. `wall`: the time in seconds since
 * 1970-01-01 UTC, for hints that are dates, where the answer has no Date of its own. A success that is
 * broken is a `receive` fault, a status outside 200..999 a `protocol` fault; both may have been applied. No
 * service's error body is read: for CLS see again_cls_answer_outcome, for others fill in code and
 * message. */
again_outcome again_http_answer_outcome(const again_http_answer *answer, int64_t wall);

#ifdef __cplusplus
}
#endif

#endif
