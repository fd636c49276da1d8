/* A wrong policy text, and what is said about it. */
#ifndef AGAIN_TESTS_POLICY_BAD_H
#define AGAIN_TESTS_POLICY_BAD_H

#include "support.h"
#include <again/policy.h>
#include <string.h>

typedef struct bad {
  const char *text;
  uint32_t line;
  uint32_t column;
  const char *says; /* a part of the message */
} bad;

static inline void check_bad(const bad *rows, size_t count) {
  for (size_t i = 0; i < count; i++) {
    const again_policy *untouched = (const again_policy *)(uintptr_t)&rows[i];
    const again_policy *policy = untouched;
    again_diagnostic diagnostic = {.line = 0};
    int error =
        again_policy_parse("bad.json", rows[i].text, strlen(rows[i].text), &policy, &diagnostic);
    if (error != AGAIN_EPOLICY || diagnostic.line != rows[i].line ||
        diagnostic.column != rows[i].column || strstr(diagnostic.message, rows[i].says) == NULL) {
      fail_msg("%s\n  gave %d, %u:%u: %s\n  expected %u:%u: ...%s...", rows[i].text, error,
               diagnostic.line, diagnostic.column, diagnostic.message, rows[i].line, rows[i].column,
               rows[i].says);
    }
    assert_ptr_equal(policy, untouched);
    assert_int_equal(
        again_policy_parse("bad.json", rows[i].text, strlen(rows[i].text), &policy, NULL),
        AGAIN_EPOLICY);
  }
}

#endif
