#include "emulator/verify.h"
#include "support.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ID       "AKIDTEST"
#define KEY      "secret"
#define PARTS    "q-sign-algorithm=sha1&q-ak=AKIDTEST&q-sign-time=100;200&q-key-time=100;200"
#define NO_LISTS "&q-header-list=&q-url-param-list="

static const char *header(void *data, const char *name) {
  (void)data;
  return strcmp(name, "host") == 0 ? "h.example" : NULL;
}

static const char *param(void *data, const char *name) {
  return strcmp(name, "topic_id") == 0 ? data : NULL;
}

static bool verify(const char *authorization, const char *topic, int64_t now,
                   again_answer *answer) {
  char copy[64] = "";
  strncpy(copy, topic, sizeof copy - 1);
  again_verify_request request = {.method = "POST",
                                  .path = "/structuredlog",
                                  .authorization = authorization,
                                  .header = header,
                                  .param = param,
                                  .data = copy};
  *answer = (again_answer){0};
  return again_verify(&request, ID, KEY, now, answer);
}

static char *sign(const again_cls_pair *params, size_t param_count, const again_cls_pair *headers,
                  size_t header_count) {
  again_cls_signable signable = {.method = "POST",
                                 .path = "/structuredlog",
                                 .params = params,
                                 .param_count = param_count,
                                 .headers = headers,
                                 .header_count = header_count,
                                 .start = 100,
                                 .end = 200};
  char *authorization;
  assert_int_equal(again_cls_sign(ID, KEY, &signable, &authorization), 0);
  return authorization;
}

static void a_signature_over_the_requests_own_values_is_valid(void **state) {
  (void)state;
  again_answer answer;
  again_cls_pair p = {"topic_id", "t 1"};
  again_cls_pair h = {"Host", "h.example"};
  char *all = sign(&p, 1, &h, 1);
  char *none = sign(NULL, 0, NULL, 0);
  assert_true(verify(all, "t 1", 150, &answer));
  assert_true(verify(none, "t 1", 150, &answer));
  assert_false(verify(all, "t 2", 150, &answer));
  assert_string_equal(answer.code, "AuthFailure.SignatureFailure");
  assert_int_equal(answer.status, 401);
  char longer[512];
  snprintf(longer, sizeof longer, "%s0", none);
  assert_false(verify(longer, "t 1", 150, &answer));
  longer[strlen(none) - 1] = '\0';
  assert_false(verify(longer, "t 1", 150, &answer));
  free(all);
  free(none);
}

static void a_list_that_names_what_the_request_has_not_is_no_signature(void **state) {
  (void)state;
  again_answer answer;
  again_cls_pair h = {"x-missing", "1"};
  char *authorization = sign(NULL, 0, &h, 1);
  assert_false(verify(authorization, "t", 150, &answer));
  assert_string_equal(answer.code, "AuthFailure.SignatureFailure");
  free(authorization);
}

static void the_window_includes_both_its_ends(void **state) {
  (void)state;
  static const struct {
    int64_t now;
    bool valid;
  } rows[] = {{99, false}, {100, true}, {200, true}, {201, false}};
  char *authorization = sign(NULL, 0, NULL, 0);
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    again_answer answer;
    assert_int_equal(verify(authorization, "t", rows[i].now, &answer), rows[i].valid);
    if (!rows[i].valid) assert_string_equal(answer.code, "AuthFailure.SignatureExpire");
  }
  free(authorization);
}

static void what_is_not_of_the_form_is_refused(void **state) {
  (void)state;
  static const struct {
    const char *authorization;
    const char *code;
  } rows[] = {
      {NULL, "MissingAuthorization"},
      {"", "InvalidAuthorization"},
      {"&&&", "InvalidAuthorization"},
      {"Basic dXNlcg==", "InvalidAuthorization"},
      {PARTS NO_LISTS, "InvalidAuthorization"},
      {PARTS NO_LISTS "&q-signature=x&extra=1", "InvalidAuthorization"},
      {PARTS NO_LISTS "&q-signature=x&q-signature=x", "InvalidAuthorization"},
      {PARTS NO_LISTS "&q-signature=", "AuthFailure.SignatureFailure"},
      {PARTS NO_LISTS "&q-signature=0123", "AuthFailure.SignatureFailure"},
      {"q-sign-algorithm=md5&q-ak=AKIDTEST&q-sign-time=100;200&q-key-time=100;200" NO_LISTS
       "&q-signature=x",
       "InvalidAuthorization"},
      {"q-sign-algorithm=sha1&q-ak=OTHER&q-sign-time=100;200&q-key-time=100;200" NO_LISTS
       "&q-signature=x",
       "AuthFailure.SecretIdNotFound"},
      {"q-sign-algorithm=sha1&q-ak=AKIDTEST&q-sign-time=100&q-key-time=100" NO_LISTS
       "&q-signature=x",
       "InvalidAuthorization"},
      {"q-sign-algorithm=sha1&q-ak=AKIDTEST&q-sign-time=-1;200&q-key-time=-1;200" NO_LISTS
       "&q-signature=x",
       "InvalidAuthorization"},
      {"q-sign-algorithm=sha1&q-ak=AKIDTEST&q-sign-time=100;200&q-key-time=100;300" NO_LISTS
       "&q-signature=x",
       "InvalidAuthorization"},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    again_answer answer;
    assert_false(verify(rows[i].authorization, "t", 150, &answer));
    assert_string_equal(answer.code, rows[i].code);
  }
}

static void a_header_too_long_is_refused_unread(void **state) {
  (void)state;
  char *text = calloc(1, 100001);
  memset(text, ';', 100000);
  again_answer answer;
  assert_false(verify(text, "t", 150, &answer));
  assert_string_equal(answer.code, "InvalidAuthorization");
  free(text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_signature_over_the_requests_own_values_is_valid),
      cmocka_unit_test(a_list_that_names_what_the_request_has_not_is_no_signature),
      cmocka_unit_test(the_window_includes_both_its_ends),
      cmocka_unit_test(what_is_not_of_the_form_is_refused),
      cmocka_unit_test(a_header_too_long_is_refused_unread),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
