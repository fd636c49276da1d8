#include "folder.h"
#include <again/uv.h>
#include <stdlib.h>
#include <string.h>

typedef struct scene {
  uv_loop_t loop;
  uv_timer_t watchdog;
  again_uv *uv;
  folder folder;
  char path[128];
  int reloads;
  int refusals;
  char said[320];
  again_ms base;
} scene;

static void on_watchdog(uv_timer_t *timer) {
  (void)timer;
  fail_msg("nothing happened in 10 seconds");
}

static void on_pause(uv_timer_t *timer) {
  (void)timer;
}

static void on_reload(void *data, const again_policy *policy, const again_diagnostic *wrong) {
  scene *s = data;
  if (policy != NULL) {
    s->reloads++;
    s->base = policy->retryable.backoff.base;
    assert_ptr_equal(policy, again_uv_policy(s->uv));
  } else {
    s->refusals++;
    snprintf(s->said, sizeof s->said, "%u:%u: %s", wrong->line, wrong->column, wrong->message);
  }
}

static void scene_init(scene *s) {
  memset(s, 0, sizeof *s);
  uv_loop_init(&s->loop);
  uv_timer_init(&s->loop, &s->watchdog);
  uv_timer_start(&s->watchdog, on_watchdog, 10000, 0);
  folder_make(&s->folder);
  folder_write(&s->folder, "policy.json", "{\"again\": 1}");
  folder_path(&s->folder, "policy.json", s->path);
  again_uv_options options = {.policy = again_policy_default(), .seed = 1};
  assert_int_equal(again_uv_new(&s->loop, &options, &s->uv), 0);
  assert_int_equal(again_uv_watch(s->uv, s->path, on_reload, s), 0);
}

static void scene_fini(scene *s) {
  again_uv_close(s->uv, NULL, NULL);
  uv_close((uv_handle_t *)&s->watchdog, NULL);
  uv_run(&s->loop, UV_RUN_DEFAULT);
  assert_int_equal(uv_loop_close(&s->loop), 0);
  folder_remove(&s->folder);
}

static void wait_for(scene *s, int reloads, int refusals) {
  while (s->reloads < reloads || s->refusals < refusals)
    uv_run(&s->loop, UV_RUN_ONCE);
  assert_int_equal(s->reloads, reloads);
  assert_int_equal(s->refusals, refusals);
}

static void a_valid_file_is_put_in_force_and_a_wrong_one_is_not(void **state) {
  (void)state;
  scene s;
  scene_init(&s);
  folder_write(&s.folder, "policy.json", "{\"again\": 1, \"retryable\": {\"base\": \"7s\"}}");
  wait_for(&s, 1, 0);
  assert_int_equal(s.base, 7000);
  folder_write(&s.folder, "policy.json", "{\"again\": 1,\n \"retyable\": {}}");
  wait_for(&s, 1, 1);
  assert_memory_equal(s.said, "2:2: unknown key \"retyable\"", 27);
  assert_int_equal(again_uv_policy(s.uv)->retryable.backoff.base, 7000);
  folder_write(&s.folder, "policy.json", "{\"again\": 1, \"retryable\": {\"base\": \"9s\"}}");
  wait_for(&s, 2, 1);
  assert_int_equal(s.base, 9000);
  scene_fini(&s);
}

static void a_file_renamed_over_the_old_one_is_seen_as_editors_do_it(void **state) {
  (void)state;
  scene s;
  char temporary[128];
  scene_init(&s);
  for (int i = 1; i <= 3; i++) {
    char text[64];
    snprintf(text, sizeof text, "{\"again\": 1, \"retryable\": {\"base\": \"%ds\"}}", i);
    folder_write(&s.folder, "policy.json.tmp", text);
    assert_int_equal(rename(folder_path(&s.folder, "policy.json.tmp", temporary), s.path), 0);
    wait_for(&s, i, 0);
    assert_int_equal(s.base, i * 1000);
  }
  assert_int_equal(remove(s.path), 0);
  wait_for(&s, 3, 1);
  assert_memory_equal(s.said, "0:0: cannot be opened", 21);
  scene_fini(&s);
}

static void what_says_the_same_changes_nothing_and_nothing_holds_the_loop(void **state) {
  (void)state;
  scene s;
  scene_init(&s);
  folder_write(&s.folder, "policy.json", "{\"again\": 1, \"name\": \"other\"}");
  folder_write(&s.folder, "unrelated.json", "{}");
  uv_unref((uv_handle_t *)&s.watchdog);
  assert_int_equal(uv_run(&s.loop, UV_RUN_DEFAULT), 0); /* returns: no handle is waited for */
  uv_ref((uv_handle_t *)&s.watchdog);
  uv_timer_t pause;
  uv_timer_init(&s.loop, &pause);
  uv_timer_start(&pause, on_pause, 300, 0);
  while (uv_is_active((uv_handle_t *)&pause))
    uv_run(&s.loop, UV_RUN_ONCE);
  uv_close((uv_handle_t *)&pause, NULL);
  uv_run(&s.loop, UV_RUN_NOWAIT);
  assert_int_equal(s.reloads + s.refusals, 0);
  scene_fini(&s);
}

static void a_file_is_read_at_once_when_the_program_wants_it(void **state) {
  (void)state;
  scene s;
  scene_init(&s);
  assert_int_equal(again_uv_reload(s.uv), 0);
  assert_int_equal(s.reloads, 0); /* it says the same */
  folder_write(&s.folder, "policy.json", "{\"again\": 1, \"retryable\": {\"base\": \"7s\"}}");
  assert_int_equal(again_uv_reload(s.uv), 0);
  assert_int_equal(s.base, 7000);
  folder_write(&s.folder, "policy.json", "{");
  assert_int_equal(again_uv_reload(s.uv), 0);
  assert_int_equal(s.refusals, 1);
  assert_int_equal(again_uv_policy(s.uv)->retryable.backoff.base, 7000);
  scene_fini(&s);
}

static void one_file_in_a_folder_that_is_there(void **state) {
  (void)state;
  scene s;
  scene_init(&s);
  assert_int_equal(again_uv_watch(s.uv, s.path, on_reload, &s), AGAIN_ESTATE);
  again_uv *other;
  again_uv_options options = {.policy = again_policy_default(), .seed = 1};
  assert_int_equal(again_uv_new(&s.loop, &options, &other), 0);
  assert_int_equal(again_uv_watch(other, "/no/such/policy.json", on_reload, &s), AGAIN_EIO);
  assert_int_equal(again_uv_watch(other, "policy.json", on_reload, &s), 0);
  again_uv_close(other, NULL, NULL);
  scene_fini(&s);
}

static void *counted(void *data, void *block, size_t size) {
  size_t *blocks = data;
  if (block == NULL && size > 0) (*blocks)++;
  if (block != NULL && size == 0) (*blocks)--;
  if (size > 0) return realloc(block, size);
  free(block);
  return NULL;
}

static void all_memory_is_given_back(void *data) {
  assert_int_equal(*(size_t *)data, 0);
  *(size_t *)data = SIZE_MAX;
}

static void once_closed_nothing_of_the_watching_is_left(void **state) {
  (void)state;
  scene s;
  scene_init(&s);
  size_t blocks = 0;
  again_allocator allocator = {.resize = counted, .data = &blocks};
  again_uv_options options = {.policy = again_policy_default(), .seed = 1, .allocator = &allocator};
  again_uv *uv;
  assert_int_equal(again_uv_new(&s.loop, &options, &uv), 0);
  assert_int_equal(again_uv_watch(uv, "/none/such/policy.json", on_reload, &s), AGAIN_EIO);
  assert_int_equal(again_uv_watch(uv, s.path, on_reload, &s), 0);
  again_uv_close(uv, all_memory_is_given_back, &blocks);
  scene_fini(&s);
  assert_int_equal(blocks, SIZE_MAX); /* it was called */
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_valid_file_is_put_in_force_and_a_wrong_one_is_not),
      cmocka_unit_test(a_file_renamed_over_the_old_one_is_seen_as_editors_do_it),
      cmocka_unit_test(what_says_the_same_changes_nothing_and_nothing_holds_the_loop),
      cmocka_unit_test(a_file_is_read_at_once_when_the_program_wants_it),
      cmocka_unit_test(one_file_in_a_folder_that_is_there),
      cmocka_unit_test(once_closed_nothing_of_the_watching_is_left),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
