/* A kit whose assertions are caught when they fail. */
#ifndef AGAIN_TESTS_KIT_FIXTURE_H
#define AGAIN_TESTS_KIT_FIXTURE_H

#include "support.h"
#include <again/kit.h>
#include <stdio.h>
#include <string.h>

/* No jitter, so that times can be told beforehand: 100, 200, 400 .. 1000 ms. */
static const again_policy kit_policy = {
    .name = "kit",
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
    .scope_in_flight = 2,
    .total_in_flight = 2,
};

/* The failure that was caught last. */
typedef struct caught {
  unsigned count;
  int line;
  char file[64];
  char text[16384];
} caught;

static inline void catch_it(void *data, const char *file, int line, const char *text) {
  caught *c = data;
  c->count++;
  c->line = line;
  snprintf(c->file, sizeof c->file, "%s", file);
  snprintf(c->text, sizeof c->text, "%s", text);
}

typedef struct fixture {
  again_kit kit;
  caught caught;
} fixture;

static inline void fixture_init(fixture *f, const again_policy *policy) {
  *f = (fixture){0};
  assert_int_equal(again_kit_init(&f->kit, policy, NULL, 0), 0);
  f->kit.fail = (again_kit_fail){catch_it, &f->caught};
}

/* Submits an operation with this script and lets all happen. */
static inline void fixture_play(fixture *f, again_kit_op *op, const char *script) {
  op->script = script;
  assert_int_equal(again_kit_submit(&f->kit, op, NULL, AGAIN_NEVER), 0);
  again_kit_run(&f->kit, AGAIN_NEVER);
}

/* An assertion has failed once, here, and says so in its first line. */
#define assert_caught(f, sentence) assert_caught_at(f, sentence, __LINE__)

static inline void assert_caught_at(fixture *f, const char *sentence, int line) {
  char first[256];
  size_t length = strcspn(f->caught.text, "\n");
  snprintf(first, sizeof first, "%.*s", (int)length, f->caught.text);
  assert_int_equal(f->caught.count, 1);
  assert_string_equal(first, sentence);
  if (f->caught.file[0] != '\0') assert_in_range(f->caught.line, line - 6, line);
  f->caught = (caught){0};
}

/* Nothing has failed. */
static inline void fixture_fini(fixture *f) {
  again_kit_fini(&f->kit);
  if (f->caught.count > 0) fail_msg("%s", f->caught.text);
}

#endif
