#include "cli/emulate_table.h"
#include "support.h"
#include <stdlib.h>
#include <string.h>

static again_emulate_sample before;
static again_emulate_sample now;

static int clear(void **state) {
  (void)state;
  memset(&before, 0, sizeof before);
  memset(&now, 0, sizeof now);
  now.ms = 2000;
  now.stats.listening = true;
  return 0;
}

static char *draw(again_emulate_screen *screen) {
  char *text = NULL;
  size_t size = 0;
  FILE *out = open_memstream(&text, &size);
  assert_non_null(out);
  again_emulate_table_draw(out, screen, "http://127.0.0.1:1", &before, &now);
  fclose(out);
  return text;
}

/* Takes the colours out. */
static char *plain(char *text) {
  char *to = text;
  for (const char *at = text; *at != '\0';) {
    size_t length = strncmp(at, "\033[", 2) == 0 ? 2 + strspn(at + 2, "0123456789") : 0;
    if (length > 0 && at[length] == 'm') {
      at += length + 1;
    } else {
      *to++ = *at++;
    }
  }
  *to = '\0';
  return text;
}

static char *line(void) {
  char *text = NULL;
  size_t size = 0;
  FILE *out = open_memstream(&text, &size);
  assert_non_null(out);
  again_emulate_line_print(out, &before, &now);
  fclose(out);
  return text;
}

static void a_table_has_the_sums_and_a_row_for_each_topic(void **state) {
  (void)state;
  before.ms = 1000;
  before.stats.requests = 10;
  before.topic_count = 1;
  before.topics[0] = (again_emulator_topic){.name = "a", .requests = 10};
  now.stats.requests = 45;
  now.stats.stored = 7;
  now.topic_count = 2;
  now.topics[0] = (again_emulator_topic){.name = "a", .requests = 40, .accepted = 38, .faults = 2};
  now.topics[1] = (again_emulator_topic){.name = "b", .requests = 5, .throttled = 5};
  again_emulate_screen screen = {.width = 100, .height = 24};
  char *text = draw(&screen);
  assert_string_equal(plain(text),
                      "\033[2Khttp://127.0.0.1:1  2 s\n"
                      "\033[2Ktopic                          req/s  requests  accepted "
                      "throttled  faults      logs\n"
                      "\033[2Kall                             35.0        45         0       "
                      "  0       0         7\n"
                      "\033[2Ka                               30.0        40        38       "
                      "  0       2         0\n"
                      "\033[2Kb                                5.0         5         0       "
                      "  5       0         0\n"
                      "\033[J");
  assert_int_equal(screen.drawn, 5);
  free(text);
  text = draw(&screen);
  assert_memory_equal(text, "\033[5A\033[2K", 8);
  free(text);
}

static void after_a_reset_no_rate_is_negative(void **state) {
  (void)state;
  before.ms = 1000;
  before.stats.requests = 100;
  now.stats.requests = 1;
  again_emulate_screen screen = {.width = 100, .height = 24};
  char *text = draw(&screen);
  assert_non_null(strstr(text, "all                              0.0         1"));
  free(text);
}

static void a_small_terminal_is_never_overrun(void **state) {
  (void)state;
  now.topic_count = 1000;
  for (int i = 0; i < AGAIN_EMULATE_TOPICS; i++)
    memset(now.topics[i].name, 'x', sizeof now.topics[i].name - 1);
  for (int height = 5; height < 300; height++) {
    again_emulate_screen screen = {.width = 20, .height = height};
    char *text = draw(&screen);
    assert_in_range(screen.drawn, 1, height - 1);
    for (char *line = strtok(plain(text), "\n"); line != NULL; line = strtok(NULL, "\n"))
      assert_in_range(strlen(line), 3, strlen("\033[2K") + 19);
    free(text);
  }
}

static void colours_say_what_is_refused(void **state) {
  (void)state;
  now.topic_count = 1;
  now.topics[0] = (again_emulator_topic){.name = "a", .throttled = 1};
  now.stats.listening = false;
  again_emulate_screen screen = {.width = 100, .height = 24};
  char *text = draw(&screen);
  assert_non_null(strstr(text, "\033[33ma "));
  assert_non_null(strstr(plain(text), "2 s  refusing connections\n"));
  free(text);
}

static void a_plain_line_has_the_sums_and_no_escape(void **state) {
  (void)state;
  before.ms = 1000;
  before.stats.requests = 10;
  now.stats.requests = 45;
  now.stats.accepted = 30;
  now.stats.throttled = 8;
  now.stats.faults = 7;
  now.stats.stored = 300;
  now.stats.listening = false;
  char *text = line();
  assert_string_equal(text,
                      "    2 s  45 requests, 35.0/s: 30 accepted, 8 throttled, 7 faults; 300 logs; "
                      "refusing connections\n");
  free(text);
}

static void nothing_new_is_no_plain_line(void **state) {
  (void)state;
  before.ms = 1000;
  before.stats.requests = now.stats.requests = 10;
  char *text = line();
  assert_string_equal(text, "");
  free(text);
  before.stats.listening = true;
  now.stats.listening = false;
  text = line();
  assert_non_null(strstr(text, "refusing connections"));
  free(text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup(a_table_has_the_sums_and_a_row_for_each_topic, clear),
      cmocka_unit_test_setup(after_a_reset_no_rate_is_negative, clear),
      cmocka_unit_test_setup(a_small_terminal_is_never_overrun, clear),
      cmocka_unit_test_setup(colours_say_what_is_refused, clear),
      cmocka_unit_test_setup(a_plain_line_has_the_sums_and_no_escape, clear),
      cmocka_unit_test_setup(nothing_new_is_no_plain_line, clear),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
