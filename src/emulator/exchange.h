/* One request and its answer. */
#ifndef AGAIN_EMULATOR_EXCHANGE_H
#define AGAIN_EMULATOR_EXCHANGE_H

#include "emulator/state.h"

/* libmicrohttpd's callbacks; `data` is the emulator. */
enum MHD_Result again_exchange_serve(void *data, struct MHD_Connection *connection, const char *url,
                                     const char *method, const char *version, const char *upload,
                                     size_t *upload_size, void **context);
void again_exchange_end(void *data, struct MHD_Connection *connection, void **context,
                        enum MHD_RequestTerminationCode why);

/* Lets the delayed answers go out that are due by `now`; AGAIN_NEVER: all. Returns when the next
 * one is due. */
again_ms again_exchange_release(again_emulator *emulator, again_ms now);

#endif
