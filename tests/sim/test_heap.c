#include "sim/heap.h"
#include "support.h"
#include <again/core.h>

static void events_come_by_time_and_equal_ones_in_their_order(void **state) {
  (void)state;
  enum { EVENTS = 5000, TIMES = 300 };
  again_sim_heap heap = {.count = 0};
  again_sim_event event;
  again_random random = {7};
  for (uint32_t i = 0; i < EVENTS; i++) {
    uint64_t at = again_random_scale(again_random_next(&random), TIMES);
    again_sim_heap_push(&heap, (again_sim_event){.at = at, .agent = i});
  }
  uint64_t last = 0;
  uint32_t last_agent = 0;
  for (int i = 0; i < EVENTS; i++) {
    assert_true(again_sim_heap_pop(&heap, &event));
    assert_true(event.at >= last);
    if (i > 0 && event.at == last) assert_true(event.agent > last_agent);
    last = event.at;
    last_agent = event.agent;
  }
  assert_false(again_sim_heap_pop(&heap, &event));
  assert_false(heap.failed);
  again_sim_heap_free(&heap);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(events_come_by_time_and_equal_ones_in_their_order),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
