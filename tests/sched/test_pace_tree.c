/* Pace in a tree: an account whose topics are many. */
#include "fixture.h"

enum { TOPICS = 30, LATENCY = 20 };

typedef struct tree {
  again_policy policy;
  again_kit kit;
  again_scope account;
  again_scope topics[TOPICS];
  again_kit_service remote;
  again_kit_op ops[TOPICS];
} tree;

static void tree_init(tree *t) {
  *t = (tree){.policy = steady_policy};
  t->remote = (again_kit_service){.latency = LATENCY};
  t->policy.pace_pct = 7;
  t->policy.retryable.max_attempts = 0;
  t->policy.scope_in_flight = 32;
  t->policy.total_in_flight = 64;
  assert_int_equal(again_kit_init(&t->kit, &t->policy, NULL, 1000), 0);
  t->account = (again_scope){.name = "account", .kind = AGAIN_DAMAGE_ACCOUNT};
  assert_int_equal(again_scope_init(&t->account, t->kit.sched), 0);
  for (size_t i = 0; i < TOPICS; i++) {
    t->topics[i] =
        (again_scope){.name = "topic", .kind = AGAIN_DAMAGE_TOPIC, .parent = &t->account};
    assert_int_equal(again_scope_init(&t->topics[i], t->kit.sched), 0);
  }
}

/* One operation to each topic at once; the latest is done so long after. */
static again_ms round_of(tree *t) {
  again_ms begun = t->kit.now;
  again_ms last = begun;
  for (size_t i = 0; i < TOPICS; i++) {
    t->ops[i] = (again_kit_op){.answer = again_kit_service_answer, .answer_data = &t->remote};
    assert_int_equal(again_kit_submit(&t->kit, &t->ops[i], &t->topics[i], AGAIN_NEVER), 0);
  }
  again_kit_run(&t->kit, AGAIN_NEVER);
  for (size_t i = 0; i < TOPICS; i++) {
    if (t->ops[i].done_at > last) last = t->ops[i].done_at;
  }
  return last - begun;
}

static void topics_that_send_at_the_same_moment_are_no_backlog_of_their_account(void **state) {
  (void)state;
  static tree t;
  tree_init(&t);
  for (int minute = 0; minute < 20; minute++) {
    assert_int_equal(round_of(&t), LATENCY);
    again_kit_run(&t.kit, t.kit.now);
    t.kit.now += 60000;
  }
  again_kit_fini(&t.kit);
}

static void a_topic_is_not_slowed_by_what_waits_in_one_that_is_held(void **state) {
  (void)state;
  static tree t;
  static again_kit_op waiting[40];
  tree_init(&t);
  again_scope_hold(&t.topics[0], AGAIN_NEVER);
  for (size_t i = 0; i < COUNT_OF(waiting); i++) {
    waiting[i] = (again_kit_op){.script = "200"};
    assert_int_equal(again_kit_submit(&t.kit, &waiting[i], &t.topics[0], AGAIN_NEVER), 0);
  }
  static again_kit_op ten[10];
  for (size_t i = 0; i < COUNT_OF(ten); i++) {
    ten[i] = (again_kit_op){.answer = again_kit_service_answer, .answer_data = &t.remote};
    assert_int_equal(again_kit_submit(&t.kit, &ten[i], &t.topics[1], AGAIN_NEVER), 0);
  }
  again_kit_run(&t.kit, 10000);
  for (size_t i = 0; i < COUNT_OF(ten); i++)
    assert_int_equal(ten[i].done_at, 1000 + LATENCY);
  again_kit_fini(&t.kit);
}

/* After an outage all topics together come back up a ramp, and when that is over nothing is delayed again. */
static void after_an_outage_the_account_is_paced_until_all_is_through(void **state) {
  (void)state;
  static tree t;
  tree_init(&t);
  t.remote.outage_until = 60000;
  assert_true(round_of(&t) > 50000);
  t.kit.now += 60000;
  assert_int_equal(round_of(&t), LATENCY);
  again_kit_fini(&t.kit);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(topics_that_send_at_the_same_moment_are_no_backlog_of_their_account),
      cmocka_unit_test(a_topic_is_not_slowed_by_what_waits_in_one_that_is_held),
      cmocka_unit_test(after_an_outage_the_account_is_paced_until_all_is_through),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
