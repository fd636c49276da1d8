#include "parcel.h"
#include "support.h"
#include <string.h>

static parcel *append(parcels *queue, uint64_t begin, unsigned lines) {
  parcel *made = NULL;
  for (unsigned i = 0; i < lines; i++) {
    uint64_t at = begin + 10 * i;
    line l = {.text = "123456789", .length = 9, .offset = at, .begin = at, .end = at + 10};
    l.last = true;
    if (i == 0) made = parcels_append(queue, &l);
    assert_non_null(made);
    assert_true(parcel_reserve(made, &l));
    parcel_keep(made, &l, 7);
  }
  return made;
}

static void the_input_is_settled_up_to_the_oldest_line_that_is_not(void **state) {
  (void)state;
  parcels queue = {0};
  parcel *a = append(&queue, 0, 2);
  parcel *b = append(&queue, 20, 3);
  parcel *c = append(&queue, 50, 1);
  b->settled = true;
  c->settled = true;
  parcels_advance(&queue);
  assert_int_equal(queue.settled, 0);
  a->settled = true;
  parcels_advance(&queue);
  assert_int_equal(queue.settled, 60);
  assert_null(queue.first);
  parcels_free(&queue);
}

static void a_part_that_is_not_settled_holds_the_rest_back(void **state) {
  (void)state;
  parcels queue = {0};
  parcel *a = append(&queue, 0, 5);
  a->settled = true;
  parcel_unsettle(a, 3);
  parcel_unsettle(a, 4); /* the first one counts */
  parcels_advance(&queue);
  assert_int_equal(queue.settled, 30);
  parcels_free(&queue);
}

static void lines_come_back_as_they_were_read(void **state) {
  (void)state;
  parcels queue = {0};
  parcel *a = append(&queue, 0, 3);
  for (size_t i = 0; i < 3; i++) {
    size_t length;
    const char *text = parcel_line(a, i, &length);
    assert_int_equal(length, 9);
    assert_memory_equal(text, "123456789", 9);
    assert_int_equal(a->marks[i].offset, 10 * i);
  }
  parcels_free(&queue);
}

static void the_last_parcel_can_be_taken_back(void **state) {
  (void)state;
  parcels queue = {0};
  parcel *a = append(&queue, 0, 1);
  append(&queue, 10, 1);
  parcels_drop_last(&queue);
  assert_ptr_equal(queue.last, a);
  a->settled = true;
  parcels_advance(&queue);
  assert_int_equal(queue.settled, 10);
  append(&queue, 10, 1);
  parcels_drop_last(&queue);
  assert_null(queue.first);
  assert_null(queue.last);
}

static void what_is_settled_ahead_is_known_to_the_next_start(void **state) {
  (void)state;
  parcels queue = {0};
  parcel *a = append(&queue, 0, 2);
  append(&queue, 20, 3)->settled = true;
  append(&queue, 50, 1);
  append(&queue, 60, 1)->settled = true;
  spans known = {.count = 2, .at = {{.begin = 60, .end = 90}, {.begin = 200, .end = 210}}};
  spans ahead;
  parcels_advance(&queue);
  parcels_ahead(&queue, &known, &ahead);
  assert_int_equal(ahead.count, 3);
  assert_int_equal(ahead.at[0].begin, 20);
  assert_int_equal(ahead.at[0].end, 50);
  assert_int_equal(ahead.at[1].begin, 60);
  assert_int_equal(ahead.at[1].end, 90); /* the part that was not read yet is kept */
  assert_int_equal(ahead.at[2].end, 210);
  a->settled = true;
  parcels_advance(&queue);
  assert_int_equal(queue.settled, 50);
  parcels_free(&queue);
}

static void lines_that_are_passed_are_settled_in_their_order(void **state) {
  (void)state;
  parcels queue = {0};
  line l = {.offset = 10, .begin = 10, .end = 20, .last = true};
  parcel *a = append(&queue, 0, 1);
  assert_true(parcels_pass(&queue, &l));
  l.begin = 20;
  l.end = 30;
  assert_true(parcels_pass(&queue, &l));
  assert_int_equal(queue.settled, 0);
  a->settled = true;
  parcels_advance(&queue);
  assert_int_equal(queue.settled, 30);
  assert_null(queue.first);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_input_is_settled_up_to_the_oldest_line_that_is_not),
      cmocka_unit_test(a_part_that_is_not_settled_holds_the_rest_back),
      cmocka_unit_test(lines_come_back_as_they_were_read),
      cmocka_unit_test(what_is_settled_ahead_is_known_to_the_next_start),
      cmocka_unit_test(lines_that_are_passed_are_settled_in_their_order),
      cmocka_unit_test(the_last_parcel_can_be_taken_back),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
