#include "policy/suggest.h"
#include "support.h"
#include <string.h>

static const char *const words[] = {"base", "cap", "multiplier", "max_attempts", "max_elapsed"};

static void the_nearest_word_is_suggested(void **state) {
  (void)state;
  static const struct {
    const char *word;
    const char *near; /* NULL: none */
  } rows[] = {
      {"bas", "base"},
      {"baes", "base"},
      {"bose", "base"},
      {"multiplyer", "multiplier"},
      {"max_atempts", "max_attempts"},
      {"maxelapsed", "max_elapsed"},
      {"caps", "cap"},
      {"zzz", NULL},
      {"", NULL},
      {"retries", NULL},
      {"a_word_that_is_longer_than_any_key_could_ever_be", NULL},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    const char *near = again_suggest(rows[i].word, words, COUNT_OF(words));
    if (rows[i].near == NULL) {
      assert_null(near);
    } else {
      assert_non_null(near);
      assert_string_equal(near, rows[i].near);
    }
  }
}

static void a_list_reads_as_a_sentence_and_is_cut_to_its_room(void **state) {
  (void)state;
  char list[80];
  again_suggest_list(words, 1, list, sizeof list);
  assert_string_equal(list, "\"base\"");
  again_suggest_list(words, 3, list, sizeof list);
  assert_string_equal(list, "\"base\", \"cap\" or \"multiplier\"");
  again_suggest_list(words, COUNT_OF(words), list, 12);
  assert_int_equal(strlen(list), 11);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_nearest_word_is_suggested),
      cmocka_unit_test(a_list_reads_as_a_sentence_and_is_cut_to_its_room),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
