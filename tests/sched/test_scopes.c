#include "fixture.h"
#include <again/scopes.h>
#include <stdio.h>
#include <string.h>

static void write_to_file(void *data, const char *text, size_t length) {
  fwrite(text, 1, length, data);
}

typedef struct table {
  fixture f;
  again_scopes *scopes;
} table;

static void table_init(table *t, size_t most) {
  again_scopes_options options = {.kind = AGAIN_DAMAGE_TOPIC, .most = most};
  fixture_init(&t->f, &steady_policy, NULL);
  assert_int_equal(again_scopes_new(t->f.kit.sched, &options, &t->scopes), 0);
}

static void table_fini(table *t) {
  again_kit_run(&t->f.kit, AGAIN_NEVER);
  assert_int_equal(again_scopes_free(t->scopes), 0);
  again_kit_fini(&t->f.kit);
}

static again_scope *get(table *t, const char *key) {
  again_scope *scope = NULL;
  assert_int_equal(again_scopes_get(t->scopes, key, &scope), 0);
  return scope;
}

static void submit(table *t, again_kit_op *op, const char *key) {
  assert_int_equal(again_kit_submit(&t->f.kit, op, get(t, key), AGAIN_NEVER), 0);
}

static void a_key_finds_the_same_scope_each_time_and_has_its_name(void **state) {
  (void)state;
  table t;
  table_init(&t, 1000);
  char key[24];
  again_scope *made[500];
  for (int i = 0; i < 500; i++) {
    snprintf(key, sizeof key, "topic-%d", i);
    made[i] = get(&t, key);
    assert_string_equal(made[i]->name, key);
  }
  for (int i = 0; i < 500; i++) {
    snprintf(key, sizeof key, "topic-%d", i);
    assert_ptr_equal(get(&t, key), made[i]);
  }
  assert_int_equal(again_scopes_count(t.scopes), 500);
  table_fini(&t);
}

static void where_one_more_would_be_too_many_the_one_asked_for_longest_ago_goes(void **state) {
  (void)state;
  table t;
  table_init(&t, 3);
  get(&t, "a");
  get(&t, "b");
  get(&t, "c");
  get(&t, "a"); /* so b is the oldest */
  get(&t, "d");
  assert_int_equal(again_scopes_count(t.scopes), 3);
  assert_int_equal(again_scopes_given_up(t.scopes), 1);
  get(&t, "a");
  get(&t, "c");
  assert_int_equal(again_scopes_given_up(t.scopes), 1); /* both were still there */
  table_fini(&t);
}

static void what_is_in_use_is_kept_and_a_full_table_says_so(void **state) {
  (void)state;
  table t;
  again_scope *none = NULL;
  table_init(&t, 2);
  again_kit_op a = OP(OK_IN(100));
  again_kit_op b = OP(OK_IN(200));
  submit(&t, &a, "a");
  submit(&t, &b, "b");
  again_kit_run(&t.f.kit, 1010);
  assert_int_equal(again_scopes_get(t.scopes, "c", &none), AGAIN_EFULL);
  assert_int_equal(again_scopes_get(t.scopes, "c", &none), AGAIN_EFULL);
  assert_null(none);
  assert_int_equal(again_scopes_free(t.scopes), AGAIN_ESTATE);
  again_kit_run(&t.f.kit, 1150); /* a is done */
  assert_string_equal(get(&t, "c")->name, "c");
  assert_int_equal(b.done_count, 0);
  table_fini(&t);
  assert_int_equal(b.result.reason, AGAIN_REASON_OK);
}

static void a_request_of_the_programs_own_keeps_its_scope(void **state) {
  (void)state;
  table t;
  again_scope *none = NULL;
  again_outcome ok = {.status = 200};
  table_init(&t, 1);
  again_scope *own = get(&t, "own");
  again_scope_began(own, 1000);
  assert_int_equal(again_scopes_get(t.scopes, "other", &none), AGAIN_EFULL);
  again_scope_ended(own, &ok, 1000, 1010);
  get(&t, "other");
  table_fini(&t);
}

static void what_has_learned_something_goes_last(void **state) {
  (void)state;
  table t;
  table_init(&t, 3);
  again_scope *held = get(&t, "held");
  again_scope_hold(held, AGAIN_NEVER);
  get(&t, "b");
  get(&t, "c");
  get(&t, "d"); /* not the oldest, which is held: b */
  assert_ptr_equal(get(&t, "held"), held);
  assert_true(again_scope_held(held));
  again_scope_hold(get(&t, "c"), AGAIN_NEVER);
  again_scope_hold(get(&t, "d"), AGAIN_NEVER);
  get(&t, "e"); /* all have: the oldest goes */
  assert_false(again_scope_held(get(&t, "held")));
  table_fini(&t);
}

static void the_sums_of_the_statistics_outlast_the_scopes(void **state) {
  (void)state;
  table t;
  table_init(&t, 1);
  again_kit_op ops[5];
  static const again_kit_step steps[] = {ERROR_500_IN(5), OK_IN(5)};
  for (int i = 0; i < 5; i++) {
    char key[24];
    snprintf(key, sizeof key, "%d", i);
    ops[i] = (again_kit_op)OP_OF(steps);
    submit(&t, &ops[i], key);
    again_kit_run(&t.f.kit, AGAIN_NEVER);
  }
  char text[65536] = "";
  FILE *out = fmemopen(text, sizeof text, "w");
  assert_non_null(out);
  again_stats_write_prometheus(t.f.kit.sched, write_to_file, out);
  fclose(out);
  assert_non_null(strstr(text, "again_attempts_total{scope=\"(ended)\"} 8\n"));
  assert_non_null(strstr(text, "again_attempts_total{scope=\"4\"} 2\n"));
  table_fini(&t);
}

static void keys_and_limits_that_cannot_be_are_refused(void **state) {
  (void)state;
  table t;
  again_scope *none = NULL;
  again_scopes *no_table = NULL;
  char long_key[1026];
  table_init(&t, 2);
  memset(long_key, 'x', sizeof long_key - 1);
  long_key[sizeof long_key - 1] = '\0';
  assert_int_equal(again_scopes_get(t.scopes, "", &none), AGAIN_EINVAL);
  assert_int_equal(again_scopes_get(t.scopes, NULL, &none), AGAIN_EINVAL);
  assert_int_equal(again_scopes_get(t.scopes, long_key, &none), AGAIN_EINVAL);
  again_scopes_options options = {.most = 0};
  assert_int_equal(again_scopes_new(t.f.kit.sched, &options, &no_table), AGAIN_EINVAL);
  options.most = SIZE_MAX;
  assert_int_equal(again_scopes_new(t.f.kit.sched, &options, &no_table), AGAIN_EINVAL);
  assert_int_equal(again_scopes_free(NULL), 0);
  table_fini(&t);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_key_finds_the_same_scope_each_time_and_has_its_name),
      cmocka_unit_test(where_one_more_would_be_too_many_the_one_asked_for_longest_ago_goes),
      cmocka_unit_test(what_is_in_use_is_kept_and_a_full_table_says_so),
      cmocka_unit_test(a_request_of_the_programs_own_keeps_its_scope),
      cmocka_unit_test(what_has_learned_something_goes_last),
      cmocka_unit_test(the_sums_of_the_statistics_outlast_the_scopes),
      cmocka_unit_test(keys_and_limits_that_cannot_be_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
