#include "shipper.h"
#include "support.h"

static void take(shipper *to, bool last) {
  line found = {.text = "text", .length = 4, .end = 5, .last = last};
  shipper_take(to, &found);
}

/* Two lines, the second in two pieces, come after something has failed. */
static tally tally_after_failure(bool rereadable) {
  uv_loop_t loop;
  char why[256];
  assert_int_equal(uv_loop_init(&loop), 0);
  report *out = report_open(NULL, true, why, sizeof why);
  assert_non_null(out);
  shipping shared = {.loop = &loop, .report = out, .failed = true};
  shipper *to = shipper_new(&shared, NULL, "-", 0, rereadable);
  assert_non_null(to);
  take(to, true);
  take(to, false);
  take(to, true);
  tally lines = *report_tally(out);
  shipper_close(to);
  uv_run(&loop, UV_RUN_DEFAULT);
  assert_int_equal(uv_loop_close(&loop), 0);
  report_close(out);
  return lines;
}

static void lines_that_come_after_a_failure_are_counted(void **state) {
  (void)state;
  tally of_file = tally_after_failure(true);
  assert_int_equal(of_file.read, 2);
  assert_int_equal(of_file.lost, 0);
  assert_int_equal(tally_unsettled(&of_file), 2);
  tally of_stdin = tally_after_failure(false);
  assert_int_equal(of_stdin.read, 2);
  assert_int_equal(of_stdin.lost, 2);
  assert_int_equal(tally_unsettled(&of_stdin), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(lines_that_come_after_a_failure_are_counted),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
