/* Bodies as they were before compression. */
#ifndef AGAIN_EMULATOR_UNPACK_H
#define AGAIN_EMULATOR_UNPACK_H

#include "emulator/answer.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Unpacks a body by the value of its x-cls-compress-type (NULL: there is none) into memory that the
 * caller frees: at most max + 1 bytes, so that the caller sees what is too large by one; what is larger
 * still is refused here, unless it was sent plain. False: *answer says why. */
bool again_unpack(const char *compression, const uint8_t *body, size_t length, size_t max,
                  uint8_t **raw, size_t *raw_length, again_answer *answer);

#endif
