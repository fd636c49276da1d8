#include "sched/list.h"
#include "support.h"

typedef struct item {
  int value;
  again_link link;
} item;

static int value_at(const again_link *list, int index) {
  again_link *at = list->next;
  while (index-- > 0)
    at = at->next;
  return AGAIN_LIST_ITEM(at, item, link)->value;
}

static void a_list_keeps_the_order_of_appending(void **state) {
  (void)state;
  again_link list;
  again_list_init(&list);
  assert_true(again_list_empty(&list));
  item items[3] = {{.value = 1}, {.value = 2}, {.value = 3}};
  for (int i = 0; i < 3; i++) {
    assert_false(again_list_linked(&items[i].link));
    again_list_append(&list, &items[i].link);
    assert_true(again_list_linked(&items[i].link));
  }
  again_list_remove(&items[1].link);
  assert_false(again_list_linked(&items[1].link));
  assert_int_equal(value_at(&list, 0), 1);
  assert_int_equal(value_at(&list, 1), 3);
}

static void appending_all_empties_the_source_and_keeps_both_orders(void **state) {
  (void)state;
  again_link to;
  again_link from;
  again_list_init(&to);
  again_list_init(&from);
  again_list_append_all(&to, &from);
  assert_true(again_list_empty(&to));
  item items[4] = {{.value = 1}, {.value = 2}, {.value = 3}, {.value = 4}};
  again_list_append(&to, &items[0].link);
  again_list_append(&from, &items[1].link);
  again_list_append(&from, &items[2].link);
  again_list_append_all(&to, &from);
  assert_true(again_list_empty(&from));
  again_list_append(&to, &items[3].link);
  for (int i = 0; i < 4; i++)
    assert_int_equal(value_at(&to, i), i + 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_list_keeps_the_order_of_appending),
      cmocka_unit_test(appending_all_empties_the_source_and_keeps_both_orders),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
