/* Ten things that policy.json promises. Nothing here waits: the clock is the kit's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h comes last: it uses the four above. */
#include <cmocka.h>

#include <again/kit.h>
#include <again/policy.h>

/* ---- What every test starts from -------------------------------------------------------------- */

static void fail_by_cmocka(void *data, const char *file, int line, const char *text) {
  (void)data;
  fputs(text, stderr);
  _fail(file, line);
}

typedef struct bench {
  const again_policy *policy;
  again_kit kit;
} bench;

/* Not on the stack of a test: one that fails leaves by longjmp, and what is under way is closed later. */
static again_kit_op order;

static int setup(void **state) {
  static bench b;
  again_diagnostic wrong;
  again_sched_options options = {.seed = 1}; /* the jitter is the same in every run */
  if (again_policy_load(POLICY, &b.policy, &wrong) != 0) {
    fprintf(stderr, "%s:%u:%u: %s\n", POLICY, wrong.line, wrong.column, wrong.message);
    return -1;
  }
  if (again_kit_init(&b.kit, b.policy, &options, 0) != 0) return -1;
  b.kit.fail.fn = fail_by_cmocka;
  *state = &b;
  return 0;
}

static int teardown(void **state) {
  bench *b = *state;
  again_kit_fini(&b->kit);
  again_policy_unref(b->policy);
  return 0;
}

/* Sends one order to a service that answers by the script, until it is done with. */
static again_kit *play(void **state, const char *script) {
  bench *b = *state;
  order = (again_kit_op){.script = script};
  assert_int_equal(again_kit_submit(&b->kit, &order, NULL, AGAIN_NEVER), 0);
  again_kit_run(&b->kit, AGAIN_NEVER);
  return &b->kit;
}

/* ---- The tests -------------------------------------------------------------------------------- */

static void an_order_that_could_not_connect_is_placed_at_the_next_attempt(void **state) {
  again_kit *kit = play(state, "refused, 200 +80ms");
  again_kit_assert_attempts(kit, &order, 2);
  again_kit_assert_ended(kit, &order, AGAIN_REASON_OK);
}

static void the_wait_doubles_and_half_of_it_is_certain(void **state) {
  again_kit *kit = play(state, "refused x3, 200");
  again_kit_assert_delay(kit, &order, 1, 100, 200);
  again_kit_assert_delay(kit, &order, 2, 200, 400);
  again_kit_assert_delay(kit, &order, 3, 400, 800);
}

static void after_four_attempts_a_person_is_told(void **state) {
  again_kit *kit = play(state, "refused");
  again_kit_assert_attempts(kit, &order, 4);
  again_kit_assert_ended(kit, &order, AGAIN_REASON_ATTEMPTS);
}

static void an_order_that_may_have_been_placed_is_not_placed_again(void **state) {
  again_kit *kit = play(state, "timeout +30s, 200");
  again_kit_assert_ended(kit, &order, AGAIN_REASON_NOT_IDEMPOTENT);
  again_kit_assert_at_most_once(kit);
}

static void an_order_that_is_there_already_counts_as_placed(void **state) {
  again_kit *kit = play(state, "409 AlreadyPlaced");
  again_kit_assert_class(kit, &order, 1, AGAIN_CLASS_OK);
  again_kit_assert_all_delivered(kit);
}

static void what_is_out_of_stock_is_not_asked_for_twice(void **state) {
  again_kit *kit = play(state, "503 OutOfStock, 200");
  again_kit_assert_attempts(kit, &order, 1);
  again_kit_assert_ended(kit, &order, AGAIN_REASON_FATAL);
}

static void what_the_shop_asks_for_is_waited_out(void **state) {
  again_kit *kit = play(state, "429@4s, 200");
  again_kit_assert_class(kit, &order, 1, AGAIN_CLASS_THROTTLED);
  again_kit_assert_delay(kit, &order, 1, 4000, 15000);
}

static void nobody_waits_for_an_hour_because_the_shop_says_so(void **state) {
  again_kit *kit = play(state, "429@1h, 200");
  again_kit_assert_delay(kit, &order, 1, 30000, 45000);
}

/* The shop's service with the quota that its manual names, and the latency that was measured. */
enum { ORDERS = 60 };

static again_kit *rush(void **state, again_kit_service *shop) {
  static again_kit_op orders[ORDERS];
  bench *b = *state;
  for (size_t i = 0; i < ORDERS; i++) {
    orders[i] = (again_kit_op){.answer = again_kit_service_answer, .answer_data = shop};
    assert_int_equal(again_kit_submit(&b->kit, &orders[i], NULL, AGAIN_NEVER), 0);
  }
  again_kit_run(&b->kit, AGAIN_NEVER);
  return &b->kit;
}

static void a_rush_of_orders_is_placed_within_the_quota(void **state) {
  again_kit_service shop = {.seed = 7, .quota = 10, .latency = 60, .latency_sigma = 50};
  again_kit *kit = rush(state, &shop);
  again_kit_assert_all_delivered(kit);
  again_kit_assert_in_flight_never_above(kit, 4);
  assert_true(shop.refused * 5 <= shop.taken); /* few calls are made in vain */
}

static void no_order_is_lost_or_answered_twice_when_the_shop_goes_down(void **state) {
  again_kit_service shop = {
      .seed = 7, .quota = 10, .latency = 60, .outage_from = 2000, .outage_until = 9000};
  again_kit *kit = rush(state, &shop);
  again_kit_assert_nothing_lost(kit);
  again_kit_assert_nothing_twice(kit);
  again_kit_assert_rate_never_above(kit, 40, 1000);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
  const struct CMUnitTest tests[] = {
      TEST(an_order_that_could_not_connect_is_placed_at_the_next_attempt),
      TEST(the_wait_doubles_and_half_of_it_is_certain),
      TEST(after_four_attempts_a_person_is_told),
      TEST(an_order_that_may_have_been_placed_is_not_placed_again),
      TEST(an_order_that_is_there_already_counts_as_placed),
      TEST(what_is_out_of_stock_is_not_asked_for_twice),
      TEST(what_the_shop_asks_for_is_waited_out),
      TEST(nobody_waits_for_an_hour_because_the_shop_says_so),
      TEST(a_rush_of_orders_is_placed_within_the_quota),
      TEST(no_order_is_lost_or_answered_twice_when_the_shop_goes_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
