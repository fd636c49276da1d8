/* The q-sign signature, from the service's side. */
#ifndef AGAIN_EMULATOR_VERIFY_H
#define AGAIN_EMULATOR_VERIFY_H

#include "emulator/answer.h"
#include <again/cls.h>

typedef struct again_verify_request {
  const char *method;
  const char *path;
  const char *authorization; /* the header's value; NULL: there was none */
  /* The value of the request's header or URL parameter of that name, or NULL. */
  const char *(*header)(void *data, const char *name);
  const char *(*param)(void *data, const char *name);
  void *data;
} again_verify_request;

/* Is the request signed by this credential, for this time (seconds since 1970-01-01 UTC)? If not,
 * *answer says what the service would. The signature covers what its own lists name, be it nothing.
 */
bool again_verify(const again_verify_request *request, const char *secret_id,
                  const char *secret_key, int64_t now, again_answer *answer);

#endif
