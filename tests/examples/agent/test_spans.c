#include "spans.h"
#include "support.h"

static void neighbours_are_one_span(void **state) {
  (void)state;
  spans s = {0};
  spans_add(&s, 10, 20);
  spans_add(&s, 20, 30);
  spans_add(&s, 25, 28);
  spans_add(&s, 30, 30); /* empty */
  spans_add(&s, 40, 50);
  assert_int_equal(s.count, 2);
  assert_int_equal(s.at[0].begin, 10);
  assert_int_equal(s.at[0].end, 30);
  assert_int_equal(s.at[1].begin, 40);
  assert_int_equal(s.at[1].end, 50);
}

static void a_line_is_held_as_a_whole_or_not(void **state) {
  (void)state;
  spans s = {0};
  spans_add(&s, 10, 20);
  spans_add(&s, 40, 50);
  assert_true(spans_hold(&s, 10, 20));
  assert_true(spans_hold(&s, 45, 50));
  assert_true(spans_hold(&s, 40, 40)); /* the first piece of a long line */
  assert_false(spans_hold(&s, 20, 20));
  assert_false(spans_hold(&s, 9, 20));
  assert_false(spans_hold(&s, 15, 21));
  assert_false(spans_hold(&s, 25, 30));
}

static void one_too_many_is_left_out(void **state) {
  (void)state;
  spans s = {0};
  for (uint64_t i = 0; i <= SPANS_MAX; i++)
    spans_add(&s, 10 * i, 10 * i + 5);
  assert_int_equal(s.count, SPANS_MAX);
  assert_false(spans_hold(&s, 10 * SPANS_MAX, 10 * SPANS_MAX + 5));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(neighbours_are_one_span),
      cmocka_unit_test(a_line_is_held_as_a_whole_or_not),
      cmocka_unit_test(one_too_many_is_left_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
