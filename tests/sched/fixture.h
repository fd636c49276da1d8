/* A scheduler on a virtual clock with one scope, and outcomes with short names. */
#ifndef AGAIN_TESTS_SCHED_FIXTURE_H
#define AGAIN_TESTS_SCHED_FIXTURE_H

#include "support.h"
#include <again/kit.h>

/* No jitter, so that times can be told beforehand: 100, 200, 400 .. 1000 ms. */
static const again_policy steady_policy = {
    .name = "steady",
    .retryable = {{.base = 100, .cap = 1000, .multiplier_pct = 200, .jitter = AGAIN_JITTER_NONE},
                  5,
                  AGAIN_NEVER},
    .throttled = {{.base = 1000, .cap = 8000, .multiplier_pct = 200, .jitter = AGAIN_JITTER_NONE},
                  0,
                  AGAIN_NEVER},
    .auth = {{.base = 500, .cap = 500, .multiplier_pct = 100, .jitter = AGAIN_JITTER_NONE},
             2,
             AGAIN_NEVER},
    .hint_cap = 60000,
    .attempt_timeout = 5000,
    .connect_timeout = 1000,
    .operation_deadline = AGAIN_NEVER,
    .scope_in_flight = 4,
    .total_in_flight = 8,
};

#define TAKES(ms, ...)                                                                             \
  {                                                                                                \
    .takes = (ms), .outcome = { __VA_ARGS__ }                                                      \
  }
#define OK_IN(ms) TAKES(ms, .status = 200, .effect = AGAIN_EFFECT_APPLIED)
#define ERROR_500_IN(ms)                                                                           \
  TAKES(ms, .status = 500, .code = "InternalError", .effect = AGAIN_EFFECT_MAYBE_APPLIED)
#define ERROR_429_IN(ms) TAKES(ms, .status = 429, .code = "SpeedQuotaExceed")
#define ERROR_400_IN(ms) TAKES(ms, .status = 400, .code = "TopicClosed", .message = "closed")

/* A scripted operation whose script lives as long as the block it stands in. */
#define OP(...)                                                                                    \
  {                                                                                                \
    .steps = (const again_kit_step[]){__VA_ARGS__},                                                \
    .step_count = sizeof((const again_kit_step[]){__VA_ARGS__}) / sizeof(again_kit_step)           \
  }

/* The same with a script that is an array. */
#define OP_OF(array)                                                                               \
  { .steps = (array), .step_count = COUNT_OF(array) }

typedef struct fixture {
  again_kit kit;
  again_scope scope;
} fixture;

static inline void fixture_init(fixture *f, const again_policy *policy,
                                const again_sched_options *options) {
  *f = (fixture){0};
  assert_int_equal(again_kit_init(&f->kit, policy, options, 1000), 0);
  f->scope.name = "scope";
  assert_int_equal(again_scope_init(&f->scope, f->kit.sched), 0);
}

static inline void fixture_submit(fixture *f, again_kit_op *op) {
  assert_int_equal(again_kit_submit(&f->kit, op, &f->scope, AGAIN_NEVER), 0);
}

#endif
