#include "cli/simulate_chart.h"
#include "support.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double at[] = {0.5, 1.5, 2.5, 3.5};
static const double accepted[] = {10, 20, 30, 20};
static const double refused[] = {0, 40, 0, 20};
static const double rate[] = {NAN, NAN, 35, 25};
static const double quota[] = {30, 30, 30, 30};
static const double waiting[] = {100, 60, 30, 0};
static const double low[] = {0.1, 0.2, 0.2, 0.1};
static const double high[] = {0.5, 1.5, 1.0, 0.5};

static again_traffic all_of(const char *name) {
  return (again_traffic){.name = name,
                         .note = "50 % & more",
                         .count = COUNT_OF(at),
                         .at = at,
                         .accepted = accepted,
                         .refused = refused,
                         .rate = rate,
                         .quota = quota,
                         .waiting = waiting,
                         .delay_low = low,
                         .delay_high = high};
}

static int count(const char *text, const char *part) {
  int found = 0;
  for (; (text = strstr(text, part)) != NULL; text += strlen(part))
    found++;
  return found;
}

static void each_policy_has_its_calls_and_all_share_the_rest(void **state) {
  (void)state;
  again_traffic traffic[] = {all_of("default"), all_of("aws")};
  char *text = again_simulate_chart("Title", NULL, traffic, 2);
  assert_non_null(text);
  assert_int_equal(count(text, "class=\"h\""), 4); /* two of calls, waiting, delays */
  assert_int_equal(count(text, ">refused (on top)</text>"), 1);
  assert_int_equal(count(text, ">quota</text>"), 1);
  assert_int_equal(
      count(text, ">the pacer&apos;s rate</text>") + count(text, ">the pacer's rate</text>"), 1);
  assert_int_equal(count(text, ">default</text>"), 1); /* in the legend of what waits */
  assert_int_equal(count(text, ">aws, p99</text>"), 1);
  assert_int_equal(count(text, "calls/s; 50 % &amp; more</tspan>"), 2);
  assert_non_null(strstr(text, "default: at most 60 calls a second offered and 30 accepted"));
  free(text);
  text = again_simulate_chart("Title", NULL, traffic, 1);
  assert_int_equal(count(text, ">default, p50 to p99</text>"), 1);
  free(text);
}

/* The second step: 20 accepted, and 40 refused on top of them, on a scale up to 60. */
static void what_is_refused_stands_on_what_is_accepted(void **state) {
  (void)state;
  again_traffic traffic = {
      .name = "default", .count = COUNT_OF(at), .at = at, .accepted = accepted, .refused = refused};
  char *text = again_simulate_chart("Title", "Subtitle", &traffic, 1);
  const char *blue = strstr(text, "<g class=\"s0 m\">");
  const char *orange = strstr(text, "<g class=\"s1 m\">");
  assert_non_null(blue);
  assert_non_null(orange);
  assert_int_equal(count(text, "class=\"h\""), 1);
  /* One panel is 170 high. */
  assert_non_null(strstr(blue, "height=\"56.7\""));
  assert_non_null(strstr(orange, "height=\"113.3\""));
  assert_null(strstr(orange, "height=\"170\""));
  free(text);
}

static void policies_are_drawn_on_one_scale(void **state) {
  (void)state;
  static const double few[] = {1, 1, 1, 1};
  again_traffic traffic[] = {
      {.name = "one", .count = COUNT_OF(at), .at = at, .accepted = few},
      {.name = "two", .count = COUNT_OF(at), .at = at, .accepted = accepted}};
  char *text = again_simulate_chart("Title", NULL, traffic, 2);
  assert_int_equal(count(text, ">30</text>"), 2);
  free(text);
}

static void nothing_is_drawn_of_nothing(void **state) {
  (void)state;
  again_traffic traffic = {.name = "empty"};
  char *text = again_simulate_chart("Title", NULL, &traffic, 1);
  assert_non_null(text);
  assert_null(strstr(text, "nan"));
  free(text);
}

static void more_policies_than_there_is_room_for_are_left_out(void **state) {
  (void)state;
  again_traffic traffic[AGAIN_TRAFFIC_MAX + 2];
  for (size_t i = 0; i < COUNT_OF(traffic); i++)
    traffic[i] = all_of("policy");
  char *text = again_simulate_chart("Title", NULL, traffic, COUNT_OF(traffic));
  assert_int_equal(count(text, "class=\"h\""), AGAIN_TRAFFIC_MAX + 2);
  free(text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_policy_has_its_calls_and_all_share_the_rest),
      cmocka_unit_test(what_is_refused_stands_on_what_is_accepted),
      cmocka_unit_test(policies_are_drawn_on_one_scale),
      cmocka_unit_test(nothing_is_drawn_of_nothing),
      cmocka_unit_test(more_policies_than_there_is_room_for_are_left_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
