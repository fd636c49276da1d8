/* The scheduler with random operations: thousands of worlds, each with 160 operations in up to four
 * scopes, with cancels, reloads, drains and clocks that go back. world.c holds what is checked. */
#include "world.h"
#include <stdlib.h>

enum { WORLDS = 4000 };

static void every_operation_is_done_once_in_time_in_order_and_within_its_limits(void **state) {
  (void)state;
  uint64_t reasons[AGAIN_REASON_COUNT] = {0};
  world *w = malloc(sizeof *w);
  world *twin = malloc(sizeof *twin);
  assert_non_null(w);
  assert_non_null(twin);
  FOR_CASES(random, WORLDS) {
    (void)random;
    world_live(w);
    world_live(twin);
    HOLDS(again_kit_trace_equal(&w->trace, &twin->trace));
    for (int i = 0; i < AGAIN_REASON_COUNT; i++)
      reasons[i] += w->reasons[i];
    again_kit_trace_clear(&w->trace);
    again_kit_trace_clear(&twin->trace);
  }
  static const again_reason seen[] = {
      AGAIN_REASON_BACKOFF,      AGAIN_REASON_SERVER_HINT,   AGAIN_REASON_REMEDIED,
      AGAIN_REASON_OK,           AGAIN_REASON_FATAL,         AGAIN_REASON_ATTEMPTS,
      AGAIN_REASON_ALL_ATTEMPTS, AGAIN_REASON_ELAPSED,       AGAIN_REASON_DEADLINE,
      AGAIN_REASON_BUDGET,       AGAIN_REASON_CANCELLED,     AGAIN_REASON_DRAINED,
      AGAIN_REASON_CLOSED,       AGAIN_REASON_NOT_IDEMPOTENT};
  for (size_t i = 0; i < COUNT_OF(seen); i++) /* not vacuous */
    if (reasons[seen[i]] < WORLDS) fail_msg("%s: seen too seldom", again_reason_name(seen[i]));
  free(w);
  free(twin);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_operation_is_done_once_in_time_in_order_and_within_its_limits),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
