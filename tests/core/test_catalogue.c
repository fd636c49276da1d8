#include "support.h"
#include <again/core.h>

static const again_code codes[] = {
    {"A", 0, AGAIN_CLASS_FATAL, AGAIN_REMEDY_NONE, AGAIN_DAMAGE_BATCH, "a"},
    {"A.*", 0, AGAIN_CLASS_AUTH, AGAIN_REMEDY_NONE, AGAIN_DAMAGE_BATCH, "a family"},
    {"A.B.*", 0, AGAIN_CLASS_AUTH, AGAIN_REMEDY_NONE, AGAIN_DAMAGE_BATCH, "a.b family"},
    {"A.B.C", 0, AGAIN_CLASS_AUTH, AGAIN_REMEDY_NONE, AGAIN_DAMAGE_BATCH, "a.b.c"},
    {"D", 0, AGAIN_CLASS_FATAL, AGAIN_REMEDY_NONE, AGAIN_DAMAGE_BATCH, "d"},
    {"E.F", 0, AGAIN_CLASS_FATAL, AGAIN_REMEDY_NONE, AGAIN_DAMAGE_BATCH, "e.f"},
};
static const again_catalogue catalogue = {codes, COUNT_OF(codes)};

static void a_code_is_found_by_name_family_or_stem(void **state) {
  (void)state;
  static const struct {
    const char *code;
    const char *found; /* NULL: nothing */
    again_origin origin;
  } rows[] = {
      {"A", "A", AGAIN_ORIGIN_CODE},         {"D", "D", AGAIN_ORIGIN_CODE},
      {"A.B.C", "A.B.C", AGAIN_ORIGIN_CODE}, {"A.B.D", "A.B.*", AGAIN_ORIGIN_FAMILY},
      {"A.X", "A.*", AGAIN_ORIGIN_FAMILY},   {"A.X.Y", "A.*", AGAIN_ORIGIN_FAMILY},
      {"A.", "A.*", AGAIN_ORIGIN_FAMILY},    {"D.X", "D", AGAIN_ORIGIN_FAMILY},
      {"D.X.Y", "D", AGAIN_ORIGIN_FAMILY},   {"E.F", "E.F", AGAIN_ORIGIN_CODE},
      {"E.F.G", "E.F", AGAIN_ORIGIN_FAMILY}, {"E", NULL, AGAIN_ORIGIN_FAMILY},
      {"AB", NULL, AGAIN_ORIGIN_FAMILY},     {"", NULL, AGAIN_ORIGIN_FAMILY},
      {".", NULL, AGAIN_ORIGIN_FAMILY},      {"..", NULL, AGAIN_ORIGIN_FAMILY},
      {".A", NULL, AGAIN_ORIGIN_FAMILY},     {"a", NULL, AGAIN_ORIGIN_FAMILY},
      {"Z", NULL, AGAIN_ORIGIN_FAMILY},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    again_origin origin = AGAIN_ORIGIN_STATUS;
    const again_code *found = again_catalogue_find(&catalogue, rows[i].code, &origin);
    if (rows[i].found == NULL) {
      assert_null(found);
    } else {
      assert_non_null(found);
      assert_string_equal(found->name, rows[i].found);
      assert_int_equal(origin, rows[i].origin);
    }
  }
}

static void nothing_is_found_in_nothing(void **state) {
  (void)state;
  const again_catalogue empty = {NULL, 0};
  assert_null(again_catalogue_find(&empty, "A.B", NULL));
  assert_null(again_catalogue_find(NULL, "A", NULL));
  assert_null(again_catalogue_find(&catalogue, NULL, NULL));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_code_is_found_by_name_family_or_stem),
      cmocka_unit_test(nothing_is_found_in_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
