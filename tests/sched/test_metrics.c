#include "fixture.h"
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct page {
  char text[65536];
  size_t length;
} page;

static void on_write(void *data, const char *text, size_t length) {
  page *p = data;
  assert_true(p->length + length < sizeof p->text);
  memcpy(p->text + p->length, text, length);
  p->length += length;
  p->text[p->length] = '\0';
}

/* A scope with a name that must be escaped, in which something happened. */
static void busy(fixture *f, again_scope *odd) {
  fixture_init(f, &steady_policy, NULL);
  odd->name = "o\"dd\\\x01\xFF\n";
  assert_int_equal(again_scope_init(odd, f->kit.sched), 0);
  again_kit_op a = OP(ERROR_500_IN(5), ERROR_429_IN(5), OK_IN(5));
  again_kit_op b = OP(ERROR_400_IN(5));
  fixture_submit(f, &a);
  assert_int_equal(again_kit_submit(&f->kit, &b, odd, AGAIN_NEVER), 0);
  again_kit_run(&f->kit, AGAIN_NEVER);
}

static int64_t number(json_object *object, const char *key) {
  json_object *value = NULL;
  assert_true(json_object_object_get_ex(object, key, &value));
  return json_object_get_int64(value);
}

static void the_json_has_what_the_snapshot_has(void **state) {
  (void)state;
  fixture f;
  again_scope odd = {.name = NULL};
  static page p;
  p.length = 0;
  busy(&f, &odd);
  again_stats_write_json(f.kit.sched, on_write, &p);
  assert_int_equal(p.text[p.length - 1], '\n');
  assert_int_equal(strcspn(p.text, "\n"), p.length - 1);
  json_object *root = json_tokener_parse(p.text);
  assert_non_null(root);
  assert_int_equal(number(root, "submitted"), 2);
  assert_int_equal(number(root, "attempts"), 4);
  assert_int_equal(number(root, "delay_ms"), 1100);
  json_object *stops = json_object_object_get(root, "stops");
  assert_int_equal(number(stops, "ok"), 1);
  assert_int_equal(number(stops, "fatal"), 1);
  json_object *scopes = json_object_object_get(root, "scopes");
  assert_int_equal(json_object_array_length(scopes), 2);
  json_object *second = json_object_array_get_idx(scopes, 1);
  assert_string_equal(json_object_get_string(json_object_object_get(second, "name")),
                      "o\"dd\\\xEF\xBF\xBD\xEF\xBF\xBD\n");
  assert_int_equal(number(second, "surfaced"), 1);
  assert_int_equal(json_object_array_length(json_object_object_get(second, "delays")),
                   AGAIN_DELAY_BUCKETS);
  json_object_put(root);
  again_kit_fini(&f.kit);
}

static void has(const page *p, const char *line) {
  if (strstr(p->text, line) == NULL) fail_msg("%s is not in\n%s", line, p->text);
}

static void the_prometheus_page_has_a_sample_for_each_scope(void **state) {
  (void)state;
  fixture f;
  again_scope odd = {.name = NULL};
  static page p;
  p.length = 0;
  busy(&f, &odd);
  again_stats_write_prometheus(f.kit.sched, on_write, &p);
  has(&p, "# TYPE again_attempts_total counter\nagain_attempts_total{scope=\"scope\"} 3\n");
  has(&p, "again_attempts_total{scope=\"o\\\"dd\\\\\xEF\xBF\xBD\xEF\xBF\xBD\\n\"} 1\n");
  has(&p, "again_retries_total{scope=\"scope\",class=\"throttled\"} 1\n");
  has(&p, "again_operations_done_total{scope=\"o\\\"dd\\\\\xEF\xBF\xBD\xEF\xBF\xBD\\n\",reason="
          "\"fatal\"} 1\n");
  has(&p, "again_retry_delay_seconds_bucket{scope=\"scope\",le=\"0.064\"} 0\n");
  has(&p, "again_retry_delay_seconds_bucket{scope=\"scope\",le=\"0.128\"} 1\n");
  has(&p, "again_retry_delay_seconds_bucket{scope=\"scope\",le=\"+Inf\"} 2\n");
  has(&p, "again_retry_delay_seconds_sum{scope=\"scope\"} 1.100\n");
  has(&p, "again_operation_attempts_bucket{scope=\"scope\",le=\"4\"} 1\n");
  again_kit_fini(&f.kit);
}

static bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || c == '_';
}

/* The grammar of the text format, as far as this page uses it: comments, and samples
 * name{label="value",...} number. Every sample belongs to the family announced before it. */
static void every_line_of_the_prometheus_page_is_well_formed(void **state) {
  (void)state;
  fixture f;
  again_scope odd = {.name = NULL};
  static page p;
  char family[96] = "?";
  p.length = 0;
  busy(&f, &odd);
  again_stats_write_prometheus(f.kit.sched, on_write, &p);
  unsigned samples = 0;
  for (char *at = p.text, *end; *at != '\0'; at = end + 1) {
    end = strchr(at, '\n');
    assert_non_null(end);
    *end = '\0';
    if (strncmp(at, "# HELP ", 7) == 0) continue;
    if (strncmp(at, "# TYPE ", 7) == 0) {
      assert_int_equal(sscanf(at, "# TYPE %95s", family), 1);
      continue;
    }
    samples++;
    assert_int_equal(strncmp(at, family, strlen(family)), 0);
    while (is_name(*at))
      at++;
    assert_int_equal(*at++, '{');
    do {
      while (is_name(*at))
        at++;
      assert_int_equal(*at++, '=');
      assert_int_equal(*at++, '"');
      for (; *at != '"'; at++) {
        assert_true((unsigned char)*at >= ' ');
        if (*at == '\\') at++;
      }
    } while (*++at == ',' && at++);
    assert_int_equal(*at++, '}');
    assert_int_equal(*at++, ' ');
    char *rest;
    strtod(at, &rest);
    assert_true(rest > at && *rest == '\0');
  }
  assert_true(samples > 80);
  again_kit_fini(&f.kit);
}

static void the_same_name_in_two_places_is_told_apart_by_the_scope_above(void **state) {
  (void)state;
  fixture f;
  static page p;
  fixture_init(&f, &steady_policy, NULL);
  again_scope other = {.name = "other"};
  again_scope one = {.name = "logs", .parent = &f.scope};
  again_scope two = {.name = "logs", .parent = &other};
  assert_int_equal(again_scope_init(&other, f.kit.sched), 0);
  assert_int_equal(again_scope_init(&one, f.kit.sched), 0);
  assert_int_equal(again_scope_init(&two, f.kit.sched), 0);
  again_scope deep = {.name = "deep", .parent = &two};
  assert_int_equal(again_scope_init(&deep, f.kit.sched), 0);
  p.length = 0;
  again_stats_write_prometheus(f.kit.sched, on_write, &p);
  has(&p, "again_attempts_total{scope=\"logs\",parent=\"scope\"} 0\n");
  has(&p, "again_attempts_total{scope=\"logs\",parent=\"other\"} 0\n");
  has(&p, "again_attempts_total{scope=\"deep\",parent=\"other/logs\"} 0\n");
  again_kit_fini(&f.kit);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_json_has_what_the_snapshot_has),
      cmocka_unit_test(the_prometheus_page_has_a_sample_for_each_scope),
      cmocka_unit_test(every_line_of_the_prometheus_page_is_well_formed),
      cmocka_unit_test(the_same_name_in_two_places_is_told_apart_by_the_scope_above),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
