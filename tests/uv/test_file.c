#include "folder.h"
#include <again/uv.h>
#include <stdio.h>
#include <string.h>

typedef struct scene {
  uv_loop_t loop;
  uv_timer_t watchdog;
  again_uv *uv;
  folder folder;
  char paths[2][128];
  again_uv_file *files[2];
  int changes[2];
} scene;

static void on_watchdog(uv_timer_t *timer) {
  (void)timer;
  fail_msg("nothing happened in 10 seconds");
}

static void on_first(void *data) {
  ((scene *)data)->changes[0]++;
}

static void on_second(void *data) {
  ((scene *)data)->changes[1]++;
}

static void scene_init(scene *s) {
  memset(s, 0, sizeof *s);
  uv_loop_init(&s->loop);
  uv_timer_init(&s->loop, &s->watchdog);
  uv_timer_start(&s->watchdog, on_watchdog, 10000, 0);
  folder_make(&s->folder);
  folder_path(&s->folder, "first", s->paths[0]);
  folder_path(&s->folder, "second", s->paths[1]);
  again_uv_options options = {.policy = again_policy_default(), .seed = 1};
  assert_int_equal(again_uv_new(&s->loop, &options, &s->uv), 0);
  assert_int_equal(again_uv_file_watch(s->uv, s->paths[0], on_first, s, &s->files[0]), 0);
  assert_int_equal(again_uv_file_watch(s->uv, s->paths[1], on_second, s, &s->files[1]), 0);
}

static void scene_fini(scene *s) {
  again_uv_close(s->uv, NULL, NULL);
  uv_close((uv_handle_t *)&s->watchdog, NULL);
  uv_run(&s->loop, UV_RUN_DEFAULT);
  assert_int_equal(uv_loop_close(&s->loop), 0);
  folder_remove(&s->folder);
}

static void wait_for(scene *s, int first, int second) {
  while (s->changes[0] < first || s->changes[1] < second)
    uv_run(&s->loop, UV_RUN_ONCE);
  assert_int_equal(s->changes[0], first);
  assert_int_equal(s->changes[1], second);
}

static void each_owner_is_told_of_his_file_only(void **state) {
  (void)state;
  scene s;
  scene_init(&s);
  folder_write(&s.folder, "first", "made");
  wait_for(&s, 1, 0);
  folder_write(&s.folder, "other", "nobody watches it");
  folder_write(&s.folder, "new", "to replace the second");
  char from[128];
  assert_int_equal(rename(folder_path(&s.folder, "new", from), s.paths[1]), 0);
  wait_for(&s, 1, 1);
  assert_int_equal(remove(s.paths[0]), 0);
  wait_for(&s, 2, 1);
  again_uv_file_end(s.files[0]);
  again_uv_file_end(s.files[1]);
  again_uv_file_end(NULL);
  scene_fini(&s);
}

static void who_let_go_is_not_told_any_more(void **state) {
  (void)state;
  scene s;
  scene_init(&s);
  again_uv_file_end(s.files[0]);
  folder_write(&s.folder, "first", "made");
  folder_write(&s.folder, "second", "made");
  wait_for(&s, 0, 1);
  again_uv_file_end(s.files[1]);
  scene_fini(&s);
}

static void an_owner_may_let_go_after_all_is_closed(void **state) {
  (void)state;
  scene s;
  scene_init(&s);
  folder_write(&s.folder, "first", "made");
  again_uv_close(s.uv, NULL, NULL);
  again_uv_file *late;
  assert_int_equal(again_uv_file_watch(s.uv, s.paths[0], on_first, &s, &late), AGAIN_ESTATE);
  again_uv_file_end(s.files[0]);
  uv_close((uv_handle_t *)&s.watchdog, NULL);
  uv_run(&s.loop, UV_RUN_DEFAULT);
  assert_int_equal(uv_loop_close(&s.loop), 0);
  again_uv_file_end(s.files[1]);
  assert_int_equal(s.changes[0] + s.changes[1], 0);
  folder_remove(&s.folder);
}

static void a_folder_that_is_not_there_is_said(void **state) {
  (void)state;
  scene s;
  scene_init(&s);
  again_uv_file *none;
  assert_int_equal(again_uv_file_watch(s.uv, "/does/not/exist", on_first, &s, &none), AGAIN_EIO);
  again_uv_file_end(s.files[0]);
  again_uv_file_end(s.files[1]);
  scene_fini(&s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_owner_is_told_of_his_file_only),
      cmocka_unit_test(who_let_go_is_not_told_any_more),
      cmocka_unit_test(an_owner_may_let_go_after_all_is_closed),
      cmocka_unit_test(a_folder_that_is_not_there_is_said),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
