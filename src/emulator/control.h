/* What tests ask of the emulator itself while it runs, below /_emulator/. */
#ifndef AGAIN_EMULATOR_CONTROL_H
#define AGAIN_EMULATOR_CONTROL_H

#include "emulator/state.h"

/* The largest body of a control request. */
enum { AGAIN_CONTROL_BODY_MAX = 1024 * 1024 };

typedef struct again_control_request {
  const char *method;
  const char *url;
  const uint8_t *body;
  size_t length;
  bool oversize; /* more came than `length` */
} again_control_request;

/* Is it such a request? */
bool again_control_asked(const char *url);

/* Does what it says and answers. */
enum MHD_Result again_control_serve(again_emulator *emulator, struct MHD_Connection *connection,
                                    const again_control_request *request);

#endif
