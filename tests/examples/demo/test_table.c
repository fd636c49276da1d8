#include "support.h"
#include "table.h"

typedef struct scene {
  plan plan;
  audit account;
  child_state agent;
  result result;
} scene;

static void set_scene(scene *s) {
  *s = (scene){0};
  plan_make(&s->plan, 1000);
  s->account = (audit){.lines = 1000, .delivered = 970, .refused = 30};
  s->agent = (child_state){.read = 1000, .delivered = 970, .refused = 30, .calls = 600};
  s->result = (result){.log = "x.log",
                       .plan = &s->plan,
                       .account = &s->account,
                       .agent = &s->agent,
                       .batches = 485,
                       .requests = 580};
  for (int i = 0; i < TROUBLE_COUNT; i++)
    s->result.met[i] = 1;
}

static void it_is_good_only_if_nothing_at_all_is_wrong(void **state) {
  (void)state;
  scene s;
  set_scene(&s);
  assert_true(table_print(&s.result));
  set_scene(&s);
  s.account.lost = 1;
  assert_false(table_print(&s.result));
  set_scene(&s);
  s.account.foreign = 1;
  assert_false(table_print(&s.result));
  set_scene(&s);
  s.agent.delivered--;
  assert_false(table_print(&s.result));
  set_scene(&s);
  s.agent.read--;
  assert_false(table_print(&s.result));
  set_scene(&s);
  s.agent.refused--;
  assert_false(table_print(&s.result));
  set_scene(&s);
  s.result.requests = 601;
  assert_false(table_print(&s.result));
  for (int i = 0; i < TROUBLE_COUNT; i++) {
    set_scene(&s);
    s.result.met[i] = 0;
    assert_false(table_print(&s.result));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(it_is_good_only_if_nothing_at_all_is_wrong)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
