#include "splitter.h"
#include "support.h"
#include <stdlib.h>
#include <string.h>

typedef struct seen {
  char text[256]; /* the lines, each between < and > with its offset and end */
  unsigned lines;
  uint64_t offset;
  uint64_t end;
  size_t length;
  bool too_long;
  bool last;
} seen;

static void on_line(void *data, const line *found) {
  seen *s = data;
  s->lines++;
  s->offset = found->offset;
  s->end = found->end;
  s->length = found->length;
  s->too_long = found->too_long;
  s->last = found->last;
  size_t used = strlen(s->text);
  if (found->length < 64 && used + found->length + 2 < sizeof s->text) {
    s->text[used] = '<';
    memcpy(s->text + used + 1, found->text, found->length);
    s->text[used + 1 + found->length] = '>';
  }
}

static void lines_are_the_same_however_the_bytes_arrive(void **state) {
  (void)state;
  static const char text[] = "one\n\ntwo three\nlast";
  for (size_t step = 1; step <= sizeof text; step++) {
    seen s = {0};
    splitter state_of;
    splitter_init(&state_of, 100, on_line, &s);
    for (size_t at = 0; at < sizeof text - 1; at += step) {
      size_t left = sizeof text - 1 - at;
      assert_true(splitter_feed(&state_of, text + at, left < step ? left : step));
    }
    assert_string_equal(s.text, "<one><><two three>");
    assert_int_equal(s.end, 115);
    splitter_end(&state_of);
    assert_string_equal(s.text, "<one><><two three><last>");
    assert_int_equal(s.offset, 115);
    assert_int_equal(s.end, 119);
    free(state_of.held);
  }
}

static void a_line_at_the_limit_is_whole_and_one_above_it_comes_in_pieces(void **state) {
  (void)state;
  char *text = malloc(LINE_MAX_BYTES + 16);
  memset(text, 'x', LINE_MAX_BYTES + 16);
  static const struct {
    size_t extra;
    unsigned lines;
  } rows[] = {{0, 1}, {1, 2}};
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    seen s = {0};
    splitter splitting;
    splitter_init(&splitting, 0, on_line, &s);
    for (size_t at = 0; at < LINE_MAX_BYTES + rows[i].extra;) {
      size_t left = LINE_MAX_BYTES + rows[i].extra - at;
      size_t part = left < 65536 ? left : 65536;
      assert_true(splitter_feed(&splitting, text + at, part));
      at += part;
    }
    assert_true(splitter_feed(&splitting, "\nnext\n", 1));
    assert_int_equal(s.lines, rows[i].lines);
    assert_int_equal(s.too_long, rows[i].extra > 0);
    assert_true(s.last);
    assert_int_equal(s.end, LINE_MAX_BYTES + rows[i].extra + 1);
    free(splitting.held);
  }
  free(text);
}

static void a_piece_of_a_line_does_not_settle_it(void **state) {
  (void)state;
  char *text = malloc(2 * LINE_MAX_BYTES);
  memset(text, 'x', 2 * LINE_MAX_BYTES);
  seen s = {0};
  splitter splitting;
  splitter_init(&splitting, 0, on_line, &s);
  assert_true(splitter_feed(&splitting, "a\n", 2));
  assert_true(splitter_feed(&splitting, text, 2 * LINE_MAX_BYTES));
  assert_int_equal(s.lines, 2);
  assert_false(s.last);
  assert_int_equal(s.end, 2); /* reading would begin at the line's own begin */
  free(splitting.held);
  free(text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(lines_are_the_same_however_the_bytes_arrive),
      cmocka_unit_test(a_line_at_the_limit_is_whole_and_one_above_it_comes_in_pieces),
      cmocka_unit_test(a_piece_of_a_line_does_not_settle_it),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
