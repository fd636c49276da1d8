/* Published test vectors: which there are, how many of their rows hold, and the groups of tests. */
#ifndef AGAIN_TESTS_VECTORS_H
#define AGAIN_TESTS_VECTORS_H

#include "support.h"
#include <again/core.h>
#include <stdbool.h>

typedef enum vector_id {
#define VECTOR(name, source, rows, tested, why) VECTOR_##name,
#include "table.def"
#undef VECTOR
  VECTOR_COUNT
} vector_id;

/* One row holds. Call it behind what the row asserts. */
void vector_holds(vector_id id);

/* The groups; each returns how many of its tests failed. */
int vectors_aws(void);
int vectors_bucket(void);
int vectors_envoy(void);
int vectors_growth(void);
int vectors_jitter(void);
int vectors_retry_after(void);

/* Most libraries draw a real number u in 0..1. As 64 random bits, of which ours draws: */
static inline uint64_t vector_bits(double u) {
  return u >= 1 ? UINT64_MAX : (uint64_t)(u * 18446744073709551616.0);
}

/* What is drawn before retry n with these bits. */
static inline again_ms vector_draw(const again_backoff *backoff, uint32_t n, again_ms previous,
                                   uint64_t bits) {
  again_window window = again_backoff_window(backoff, n, previous);
  return window.min + again_random_scale(bits, window.max - window.min);
}

#endif
