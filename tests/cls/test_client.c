#include "cls/client.h"
#include "http_fixture.h"

static void check(const char *endpoint, bool allow, int error, const char *says, const char *host) {
  fixture f;
  static const origin_step steps[] = {{ANSWER_OK, ORIGIN_KEEP}};
  fixture_init(&f, &quick_policy, NULL, steps, COUNT_OF(steps));
  again_cls_options options = {
      .endpoint = endpoint, .secret_id = "id", .secret_key = "key", .allow_plain_http = allow};
  again_cls *cls = NULL;
  char why[300] = "";
  assert_int_equal(again_cls_new(f.http, &options, &cls, why, sizeof why), error);
  if (error == 0) {
    assert_string_equal(cls->host, host);
    assert_int_equal(again_cls_free(cls), 0);
  } else {
    if (strstr(why, says) == NULL) fail_msg("\"%s\" does not say \"%s\"", why, says);
    assert_int_equal(again_cls_new(f.http, &options, &cls, NULL, 0), error);
  }
  fixture_fini(&f);
}

static void an_endpoint_is_a_scheme_a_host_and_perhaps_a_port(void **state) {
  (void)state;
  check("https://ap-guangzhou.cls.tencentcs.com", false, 0, "", "ap-guangzhou.cls.tencentcs.com");
  check("https://host.example/", false, 0, "", "host.example");
  check("https://host.example:8443", false, 0, "", "host.example:8443");
  check("https://host.example:443", false, 0, "", "host.example");
  check("http://127.0.0.1:80", false, 0, "", "127.0.0.1");
  check("http://127.0.0.1:4321", false, 0, "", "127.0.0.1:4321");
  check("http://localhost:9", false, 0, "", "localhost:9");
  check("http://[::1]:9", false, 0, "", "[::1]:9");
  check("http://host.example", true, 0, "", "host.example");
}

static void a_wrong_endpoint_is_refused_with_what_is_wrong(void **state) {
  (void)state;
  check(NULL, false, AGAIN_EINVAL, "the endpoint is missing", "");
  check("", false, AGAIN_EINVAL, "the endpoint is missing", "");
  check("ap-guangzhou.cls.tencentcs.com", false, AGAIN_EINVAL, "has no http:// or https://", "");
  check("ftp://x", false, AGAIN_EINVAL, "has no http:// or https://", "");
  check("https://", false, AGAIN_EINVAL, "is not a scheme, a host and perhaps a port", "");
  check("https://h/path", false, AGAIN_EINVAL, "is not a scheme, a host", "");
  check("https://user:pw@h", false, AGAIN_EINVAL, "is not a scheme, a host", "");
  check("https://h:", false, AGAIN_EINVAL, "is not a scheme, a host", "");
  check("https://h:99999", false, AGAIN_EINVAL, "is not a scheme, a host", "");
  check("https://h:80x", false, AGAIN_EINVAL, "is not a scheme, a host", "");
  check("https://h h", false, AGAIN_EINVAL, "is not a scheme, a host", "");
  check("http://host.example", false, AGAIN_EINVAL, "would send the signature unencrypted", "");
  check("http://127.evil.example", false, AGAIN_EINVAL, "unencrypted", "");
}

static void missing_credentials_are_refused(void **state) {
  (void)state;
  static const struct {
    const char *id;
    const char *key;
    const char *says;
  } rows[] = {{NULL, "k", "the secret id is missing"},
              {"", "k", "the secret id is missing"},
              {"id", NULL, "the secret key is missing"},
              {"id\n", "k", "a space, a line's end"}};
  fixture f;
  static const origin_step steps[] = {{ANSWER_OK, ORIGIN_KEEP}};
  fixture_init(&f, &quick_policy, NULL, steps, COUNT_OF(steps));
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    again_cls_options options = {
        .endpoint = "https://h", .secret_id = rows[i].id, .secret_key = rows[i].key};
    again_cls *cls;
    char why[200];
    assert_int_equal(again_cls_new(f.http, &options, &cls, why, sizeof why), AGAIN_EINVAL);
    assert_non_null(strstr(why, rows[i].says));
  }
  fixture_fini(&f);
}

static void a_compression_that_cannot_be_made_is_refused(void **state) {
  (void)state;
  fixture f;
  static const origin_step steps[] = {{ANSWER_OK, ORIGIN_KEEP}};
  fixture_init(&f, &quick_policy, NULL, steps, COUNT_OF(steps));
  for (int i = 0; i <= AGAIN_CLS_PLAIN + 1; i++) {
    again_cls_options options = {.endpoint = "https://h",
                                 .secret_id = "id",
                                 .secret_key = "key",
                                 .compression = (again_cls_compression)i};
    again_cls *cls = NULL;
    char why[200] = "";
    int error = again_cls_new(f.http, &options, &cls, why, sizeof why);
    if (i > AGAIN_CLS_PLAIN) {
      assert_int_equal(error, AGAIN_EINVAL);
      assert_non_null(strstr(why, "there is no such compression"));
    } else if (!again_cls_compression_built(options.compression)) {
      assert_int_equal(error, AGAIN_EINVAL);
      assert_non_null(strstr(why, "this build cannot compress by"));
    } else {
      assert_int_equal(error, 0);
      assert_int_equal(again_cls_free(cls), 0);
    }
  }
  fixture_fini(&f);
}

static void a_topic_is_opened_once_and_its_id_is_encoded(void **state) {
  (void)state;
  fixture f;
  static const origin_step steps[] = {{ANSWER_OK, ORIGIN_KEEP}};
  fixture_init(&f, &quick_policy, NULL, steps, COUNT_OF(steps));
  again_cls_options options = {.endpoint = "https://h", .secret_id = "id", .secret_key = "key"};
  again_cls *cls;
  assert_int_equal(again_cls_new(f.http, &options, &cls, NULL, 0), 0);
  again_cls_topic *a;
  again_cls_topic *b;
  again_cls_topic *other;
  assert_int_equal(again_cls_topic_open(cls, "a b&c", &a), 0);
  assert_int_equal(again_cls_topic_open(cls, "a b&c", &b), 0);
  assert_int_equal(again_cls_topic_open(cls, "other", &other), 0);
  assert_ptr_equal(a, b);
  assert_ptr_not_equal(a, other);
  assert_string_equal(again_cls_topic_id(a), "a b&c");
  assert_string_equal(a->url, "https://h/structuredlog?topic_id=a%20b%26c");
  char longest[130];
  memset(longest, 't', sizeof longest);
  longest[129] = '\0';
  assert_int_equal(again_cls_topic_open(cls, "", &a), AGAIN_EINVAL);
  assert_int_equal(again_cls_topic_open(cls, longest, &a), AGAIN_EINVAL);
  assert_int_equal(again_cls_free(cls), 0);
  assert_int_equal(again_cls_free(NULL), 0);
  fixture_fini(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_endpoint_is_a_scheme_a_host_and_perhaps_a_port),
      cmocka_unit_test(a_wrong_endpoint_is_refused_with_what_is_wrong),
      cmocka_unit_test(missing_credentials_are_refused),
      cmocka_unit_test(a_compression_that_cannot_be_made_is_refused),
      cmocka_unit_test(a_topic_is_opened_once_and_its_id_is_encoded),
  };
  curl_global_init(CURL_GLOBAL_DEFAULT);
  return cmocka_run_group_tests(tests, NULL, NULL);
}
