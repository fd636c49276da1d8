/* The checks of an upload request, in the order in which a service would make them. */
#ifndef AGAIN_EMULATOR_REQUEST_H
#define AGAIN_EMULATOR_REQUEST_H

#include "emulator/verify.h"
#include <cls_logs.pb-c.h>

enum { AGAIN_REQUEST_RAW_MAX = 6 * 1024 * 1024 };

/* An upload as it came, and what is found in it. */
typedef struct again_request {
  again_verify_request head;
  const char *topic; /* "" if there is none */
  const uint8_t *body;
  size_t body_length;

  uint8_t *raw; /* the body, not compressed; NULL: not decoded */
  size_t raw_length;
  Cls__LogGroupList *list; /* NULL: not decoded */
  size_t logs;
} again_request;

/* Decompresses and decodes the body, whatever the checks will say of the rest: faults look at the
 * number of logs. False: it cannot be decoded, and *answer says why. */
bool again_request_decode(again_request *request, again_answer *answer);

/* Everything but the body's form: content type, signature, topic. `now`: seconds since 1970-01-01
 * UTC by the service's clock. */
bool again_request_check_head(const again_request *request, const char *secret_id,
                              const char *secret_key, int64_t now, again_answer *answer);

/* The limits of document 78959, on a decoded request. */
bool again_request_check_limits(const again_request *request, again_answer *answer);

/* Is this text in a value of the decoded logs? `request` is an again_request. */
bool again_request_contains(const void *request, const char *text);

void again_request_fini(again_request *request);

#endif
