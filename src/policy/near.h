/* "Did you mean" for error codes. */
#ifndef AGAIN_POLICY_NEAR_H
#define AGAIN_POLICY_NEAR_H

#include <again/core.h>

/* The code of the catalogue that was probably meant by one that it does not have; NULL: it has it, or
 * nothing is near. */
const char *again_near_code(const again_catalogue *catalogue, const char *code);

#endif
