/* Powers of two and logarithms in integers: the same bits on every machine, which floating point
 * and libm do not promise. An exponent is in 1/2^24, "Q24". */
#ifndef AGAIN_CORE_FIXED_H
#define AGAIN_CORE_FIXED_H

#include <again/core.h>

#define AGAIN_FIXED_ONE (INT32_C(1) << 24)

/* value * 2^(exponent / 2^24), relative error below 3e-7 plus one unit of rounding down; saturates. */
uint64_t again_fixed_scale(uint64_t value, int32_t exponent);

/* log2(value) in Q24, error below 2 units; 0 for 0. */
int32_t again_fixed_log2(uint64_t value);

#endif
