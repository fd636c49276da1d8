#include "cls/client.h"
#include "folder.h"
#include "uploads.h"
#include <stdlib.h>
#include <sys/stat.h>

static again_cls_credentials held;
static char why[512];

static int take(again_cls_options options) {
  again_cls_source source;
  again_cls_credentials_clear(&held);
  int error = again_cls_source_open(&source, &options, &held, why, sizeof why);
  again_cls_source_end(&source);
  return error;
}

static void the_environment_is_read_by_its_prefix(void **state) {
  (void)state;
  setenv("AGAINTEST_SECRET_ID", "id", 1);
  assert_int_equal(take((again_cls_options){.environment = "AGAINTEST"}), AGAIN_EINVAL);
  assert_non_null(strstr(why, "the environment has no AGAINTEST_SECRET_KEY"));
  setenv("AGAINTEST_SECRET_KEY", "key", 1);
  assert_int_equal(take((again_cls_options){.environment = "AGAINTEST"}), 0);
  assert_string_equal(held.id, "id");
  assert_string_equal(held.key, "key");
  assert_null(held.token);
  setenv("AGAINTEST_TOKEN", "t", 1);
  assert_int_equal(take((again_cls_options){.environment = "AGAINTEST"}), 0);
  assert_string_equal(held.token, "t");
  setenv("AGAINTEST_SECRET_ID", "i d", 1);
  assert_int_equal(take((again_cls_options){.environment = "AGAINTEST"}), AGAIN_EINVAL);
  assert_non_null(strstr(why, "the environment's AGAINTEST_*: the secret id has a space"));
  assert_int_equal(take((again_cls_options){.environment = "AGAINOTHER"}), AGAIN_EINVAL);
  again_cls_credentials_clear(&held);
}

static void there_is_one_source(void **state) {
  (void)state;
  static const again_cls_options twice[] = {
      {.secret_id = "id", .secret_key = "key", .environment = "A"},
      {.secret_id = "id", .secret_key = "key", .credentials_file = "f"},
      {.environment = "A", .credentials_file = "f"},
      {.token = "t", .environment = "A"}};
  for (size_t i = 0; i < COUNT_OF(twice); i++) {
    assert_int_equal(take(twice[i]), AGAIN_EINVAL);
    assert_non_null(strstr(why, "two sources"));
  }
  assert_int_equal(take((again_cls_options){.data = NULL}), AGAIN_EINVAL);
  assert_non_null(strstr(why, "the secret id is missing"));
}

/* A client whose credential is in a file, and what it was told. */
typedef struct filed {
  client c;
  folder folder;
  char path[128];
  int taken;
  int refused;
  char said[512];
} filed;

static void on_reloaded(void *data, again_cls *cls, const char *said) {
  filed *f = data;
  assert_ptr_equal(cls, f->c.cls);
  if (said == NULL) {
    f->taken++;
  } else {
    f->refused++;
    snprintf(f->said, sizeof f->said, "%s", said);
  }
}

/* As a careful owner does it: aside, closed to others, and renamed over the old one. */
static void write_key(filed *f, const char *id, unsigned mode) {
  char text[128];
  char aside[128];
  snprintf(text, sizeof text, "secret_id = %s\nsecret_key = key\n", id);
  folder_write(&f->folder, "aside", text);
  assert_int_equal(chmod(folder_path(&f->folder, "aside", aside), mode), 0);
  assert_int_equal(rename(aside, f->path), 0);
}

static void filed_init(filed *f, const origin_step *steps, size_t count) {
  memset(f, 0, sizeof *f);
  folder_make(&f->folder);
  folder_path(&f->folder, "key", f->path);
  write_key(f, "id-file", 0600);
  fixture_init(&f->c.f, &quick_policy, NULL, steps, count);
  char endpoint[64];
  snprintf(endpoint, sizeof endpoint, "http://127.0.0.1:%d", f->c.f.server.port);
  again_cls_options options = {
      .endpoint = endpoint, .credentials_file = f->path, .reloaded = on_reloaded, .data = f};
  if (again_cls_new(f->c.f.http, &options, &f->c.cls, why, sizeof why) != 0) fail_msg("%s", why);
  assert_int_equal(again_cls_topic_open(f->c.cls, "topic", &f->c.topic), 0);
}

static void filed_fini(filed *f) {
  client_fini(&f->c);
  folder_remove(&f->folder);
}

static void wait_for(filed *f, int taken, int refused) {
  while (f->taken < taken || f->refused < refused)
    uv_run(&f->c.f.loop, UV_RUN_ONCE);
  assert_int_equal(f->taken, taken);
  assert_int_equal(f->refused, refused);
}

static void a_file_is_taken_anew_when_it_has_changed_and_is_right(void **state) {
  (void)state;
  static const origin_step steps[] = {{ANSWER_OK, ORIGIN_KEEP}};
  filed f;
  filed_init(&f, steps, COUNT_OF(steps));
  upload(&f.c, 1);
  assert_non_null(strstr(f.c.f.server.last, "q-ak=id-file&"));
  write_key(&f, "id-second", 0600);
  wait_for(&f, 1, 0);
  write_key(&f, "id-third", 0644);
  wait_for(&f, 1, 1);
  assert_non_null(strstr(f.said, "run chmod 600"));
  f.c.done = 0;
  upload(&f.c, 1);
  assert_non_null(strstr(f.c.f.server.last, "q-ak=id-second&"));
  filed_fini(&f);
}

static void a_file_is_read_at_once_when_the_program_wants_it(void **state) {
  (void)state;
  static const origin_step steps[] = {{ANSWER_OK, ORIGIN_KEEP}};
  filed f;
  filed_init(&f, steps, COUNT_OF(steps));
  write_key(&f, "id-second", 0600);
  assert_int_equal(again_cls_reload_credentials(f.c.cls), 0);
  assert_int_equal(f.taken, 1);
  write_key(&f, "id-third", 0644);
  assert_int_equal(again_cls_reload_credentials(f.c.cls), 0);
  assert_int_equal(f.refused, 1);
  upload(&f.c, 1);
  assert_non_null(strstr(f.c.f.server.last, "q-ak=id-second&"));
  filed_fini(&f);
}

static void a_refusal_looks_at_the_file_at_once(void **state) {
  (void)state;
  static const origin_step steps[] = {
      {REFUSED("401 No", "AuthFailure.SecretIdNotFound"), ORIGIN_CLOSE}, {ANSWER_OK, ORIGIN_KEEP}};
  filed f;
  filed_init(&f, steps, COUNT_OF(steps));
  assert_int_equal(again_cls_send(f.c.topic, make_batch(2), AGAIN_NEVER, on_done, &f.c, NULL), 0);
  while (f.c.f.server.requests == 0)
    uv_run(&f.c.f.loop, UV_RUN_ONCE);
  write_key(&f, "id-second", 0600); /* too late for the first attempt, and for the watch */
  while (f.c.done == 0)
    uv_run(&f.c.f.loop, UV_RUN_ONCE);
  assert_int_equal(f.c.delivered, 2);
  assert_int_equal(f.c.calls, 2);
  assert_int_equal(f.taken, 1);
  assert_non_null(strstr(f.c.f.server.last, "q-ak=id-second&"));
  filed_fini(&f);
}

static void a_file_that_is_wrong_at_the_start_is_an_error(void **state) {
  (void)state;
  static const origin_step steps[] = {{ANSWER_OK, ORIGIN_KEEP}};
  fixture f;
  fixture_init(&f, &quick_policy, NULL, steps, COUNT_OF(steps));
  again_cls *cls;
  again_cls_options options = {.endpoint = "https://h", .credentials_file = "/no/such/key"};
  assert_int_equal(again_cls_new(f.http, &options, &cls, why, sizeof why), AGAIN_EIO);
  assert_non_null(strstr(why, "/no/such/key cannot be read"));
  fixture_fini(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_environment_is_read_by_its_prefix),
      cmocka_unit_test(there_is_one_source),
      cmocka_unit_test(a_file_is_taken_anew_when_it_has_changed_and_is_right),
      cmocka_unit_test(a_file_is_read_at_once_when_the_program_wants_it),
      cmocka_unit_test(a_refusal_looks_at_the_file_at_once),
      cmocka_unit_test(a_file_that_is_wrong_at_the_start_is_an_error),
  };
  curl_global_init(CURL_GLOBAL_DEFAULT);
  return cmocka_run_group_tests(tests, NULL, NULL);
}
