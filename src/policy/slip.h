/* What is wrong with a text that is no JSON: the commonest slips in words. */
#ifndef AGAIN_POLICY_SLIP_H
#define AGAIN_POLICY_SLIP_H

#include <stddef.h>

/* Says what is wrong where a parser stopped, at the byte `at` of a text that ends in a NUL. Returns the byte
 * that should be pointed at, which is `at` or a little before. `message` is cut to `size`. */
size_t again_slip_describe(const char *text, size_t at, char *message, size_t size);

#endif
