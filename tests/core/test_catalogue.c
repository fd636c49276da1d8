#include "support.h"
#include <again/core.h>
#include <string.h>

static const again_code codes[] = {
    {"A", 0, AGAIN_CLASS_FATAL, AGAIN_REMEDY_NONE, AGAIN_DAMAGE_BATCH, "a"},
    {"A.*", 0, AGAIN_CLASS_AUTH, AGAIN_REMEDY_NONE, AGAIN_DAMAGE_BATCH, "a family"},
    {"A.B.*", 0, AGAIN_CLASS_AUTH, AGAIN_REMEDY_NONE, AGAIN_DAMAGE_BATCH, "a.b family"},
    {"A.B.C", 0, AGAIN_CLASS_AUTH, AGAIN_REMEDY_NONE, AGAIN_DAMAGE_BATCH, "a.b.c"},
    {"D", 0, AGAIN_CLASS_FATAL, AGAIN_REMEDY_NONE, AGAIN_DAMAGE_BATCH, "d"},
    {"E.F", 0, AGAIN_CLASS_FATAL, AGAIN_REMEDY_NONE, AGAIN_DAMAGE_BATCH, "e.f"},
    {"LongFamilyName.*", 0, AGAIN_CLASS_FATAL, AGAIN_REMEDY_NONE, AGAIN_DAMAGE_BATCH, "long"},
};
static const again_catalogue catalogue = {.codes = codes, .count = COUNT_OF(codes)};

static void a_code_is_found_by_name_family_or_stem(void **state) {
  (void)state;
  static const struct {
    const char *code;
    const char *found; /* NULL: nothing */
    again_origin origin;
  } rows[] = {
      {"A", "A", AGAIN_ORIGIN_CODE},
      {"D", "D", AGAIN_ORIGIN_CODE},
      {"A.B.C", "A.B.C", AGAIN_ORIGIN_CODE},
      {"A.B.D", "A.B.*", AGAIN_ORIGIN_FAMILY},
      {"A.X", "A.*", AGAIN_ORIGIN_FAMILY},
      {"A.X.Y", "A.*", AGAIN_ORIGIN_FAMILY},
      {"A.", "A.*", AGAIN_ORIGIN_FAMILY},
      {"D.X", "D", AGAIN_ORIGIN_FAMILY},
      {"D.X.Y", "D", AGAIN_ORIGIN_FAMILY},
      {"E.F", "E.F", AGAIN_ORIGIN_CODE},
      {"E.F.G", "E.F", AGAIN_ORIGIN_FAMILY},
      {"E", NULL, AGAIN_ORIGIN_FAMILY},
      {"AB", NULL, AGAIN_ORIGIN_FAMILY},
      {"", NULL, AGAIN_ORIGIN_FAMILY},
      {".", NULL, AGAIN_ORIGIN_FAMILY},
      {"..", NULL, AGAIN_ORIGIN_FAMILY},
      {".A", NULL, AGAIN_ORIGIN_FAMILY},
      {"a", NULL, AGAIN_ORIGIN_FAMILY},
      {"Z", NULL, AGAIN_ORIGIN_FAMILY},
      {"LongFamilyName.X", "LongFamilyName.*", AGAIN_ORIGIN_FAMILY},
      {"LongFamilyName.A.Much.Longer.Tail.Than.That", "LongFamilyName.*", AGAIN_ORIGIN_FAMILY},
      {"LongFamilyName", NULL, AGAIN_ORIGIN_FAMILY},
      {"D.WithSomethingLong", "D", AGAIN_ORIGIN_FAMILY},
  };
  again_catalogue indexed = catalogue;
  uint64_t slots[16];
  assert_int_equal(again_catalogue_index(&indexed, slots, 4), 0);
  for (size_t i = 0; i < 2 * COUNT_OF(rows); i++) {
    again_origin origin = AGAIN_ORIGIN_STATUS;
    const char *name = rows[i / 2].found;
    const again_code *found =
        again_catalogue_find(i % 2 == 0 ? &catalogue : &indexed, rows[i / 2].code, &origin);
    if (name == NULL) {
      assert_null(found);
    } else {
      assert_non_null(found);
      assert_string_equal(found->name, name);
      assert_int_equal(origin, rows[i / 2].origin);
    }
  }
}

/* With names of every length around those that are compared in words, and slots that are all taken but
 * one. */
static void an_index_changes_no_answer(void **state) {
  (void)state;
  enum { NAMES = 42, SLOTS = 64 };
  static char names[NAMES][NAMES + 2];
  again_code many[NAMES];
  for (size_t i = 0; i < NAMES; i++) {
    memset(names[i], 'a', i + 1);
    if (i % 4 == 0) memcpy(names[i] + i + 1, ".*", 3);
    if (i % 7 == 3) names[i][i / 2] = '.';
    many[i] = (again_code){.name = names[i]};
  }
  for (size_t i = 1; i < NAMES; i++) { /* by insertion, as few as they are */
    again_code one = many[i];
    size_t at = i;
    for (; at > 0 && strcmp(many[at - 1].name, one.name) > 0; at--)
      many[at] = many[at - 1];
    many[at] = one;
  }
  const again_catalogue plain = {.codes = many, .count = NAMES};
  again_catalogue indexed = plain;
  uint64_t slots[SLOTS];
  assert_int_equal(again_catalogue_index(&indexed, slots, 6), 0);
  again_random random = {5};
  unsigned found = 0;
  for (int round = 0; round < 100000; round++) {
    char code[NAMES + 8];
    size_t length = (size_t)again_random_scale(again_random_next(&random), NAMES + 4);
    memset(code, 'a', length);
    code[length] = '\0';
    for (uint64_t changes = again_random_next(&random) % 3; length > 0 && changes > 0; changes--)
      code[again_random_next(&random) % length] = ".*ab"[again_random_next(&random) % 4];
    again_origin slow_origin = AGAIN_ORIGIN_STATUS;
    again_origin fast_origin = AGAIN_ORIGIN_STATUS;
    const again_code *slow = again_catalogue_find(&plain, code, &slow_origin);
    assert_ptr_equal(again_catalogue_find(&indexed, code, &fast_origin), slow);
    assert_ptr_equal(again_catalogue_find(&indexed, code, NULL), slow);
    assert_int_equal(fast_origin, slow_origin);
    found += slow != NULL;
  }
  assert_true(found > 10000 && found < 90000);
}

static void an_index_that_would_be_full_is_refused(void **state) {
  (void)state;
  uint64_t slots[16];
  again_catalogue eight = {.codes = codes, .count = 6}; /* of which two are families */
  assert_int_equal(again_catalogue_index(&eight, slots, 3), AGAIN_EINVAL);
  assert_int_equal(again_catalogue_index(&eight, slots, 0), AGAIN_EINVAL);
  assert_int_equal(again_catalogue_index(&eight, slots, 17), AGAIN_EINVAL);
  assert_null(eight.index);
  assert_int_equal(again_catalogue_index(&eight, slots, 4), 0);
  assert_non_null(eight.index);
}

static void a_name_that_is_too_long_is_refused(void **state) {
  (void)state;
  static char name[32769];
  memset(name, 'x', sizeof name - 1);
  const again_code one = {.name = name};
  again_catalogue long_one = {.codes = &one, .count = 1};
  uint64_t slots[4];
  assert_int_equal(again_catalogue_index(&long_one, slots, 2), AGAIN_EINVAL);
  name[32767] = '\0';
  assert_int_equal(again_catalogue_index(&long_one, slots, 2), 0);
  assert_ptr_equal(again_catalogue_find(&long_one, name, NULL), &one);
}

static void nothing_is_found_in_nothing(void **state) {
  (void)state;
  const again_catalogue empty = {.codes = NULL};
  assert_null(again_catalogue_find(&empty, "A.B", NULL));
  assert_null(again_catalogue_find(NULL, "A", NULL));
  assert_null(again_catalogue_find(&catalogue, NULL, NULL));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_code_is_found_by_name_family_or_stem),
      cmocka_unit_test(an_index_changes_no_answer),
      cmocka_unit_test(an_index_that_would_be_full_is_refused),
      cmocka_unit_test(a_name_that_is_too_long_is_refused),
      cmocka_unit_test(nothing_is_found_in_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
