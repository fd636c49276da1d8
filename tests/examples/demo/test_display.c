#include "display.h"
#include "support.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TICK_MS = 100 };

/* What is printed in the meantime goes into a file. */
typedef struct catcher {
  FILE *file;
  int out;
} catcher;

static void begin(catcher *c) {
  fflush(stdout);
  c->file = tmpfile();
  c->out = dup(STDOUT_FILENO);
  assert_non_null(c->file);
  assert_true(c->out >= 0 && dup2(fileno(c->file), STDOUT_FILENO) >= 0);
}

static void end(catcher *c, char *text, size_t size) {
  fflush(stdout);
  dup2(c->out, STDOUT_FILENO);
  close(c->out);
  rewind(c->file);
  text[fread(text, 1, size - 1, c->file)] = '\0';
  fclose(c->file);
}

/* 50 lines a tick for 5 s, then nothing for 3 s, then 20 lines a tick for 2 s. */
static uint64_t delivered_at(uint64_t ms) {
  uint64_t lines = (ms < 5000 ? ms : 5000) / TICK_MS * 50;
  return ms > 8000 ? lines + (ms - 8000) / TICK_MS * 20 : lines;
}

/* The lines a second that the display says at this time. */
static void says(const char *text, const char *time, const char *rate) {
  const char *line = strstr(text, time);
  const char *found = line != NULL ? strstr(line, rate) : NULL;
  const char *line_end = line != NULL ? strchr(line, '\n') : NULL;
  if (found == NULL || found > line_end) fail_msg("at %s not%s: %s", time, rate, text);
}

static void the_rate_is_that_of_the_last_second_not_since_the_start(void **state) {
  (void)state;
  static char text[16384];
  plan made;
  plan_make(&made, 4000);
  display shown;
  display_init(&shown, &made, true);
  child_state agent = {.read = 4000};
  catcher c;
  begin(&c);
  for (uint64_t ms = 0; ms <= 10000; ms += TICK_MS) {
    agent.delivered = delivered_at(ms);
    display_update(&shown, &agent, ms);
  }
  display_end(&shown, &agent, 10000);
  end(&c, text, sizeof text);
  says(text, "  4.0s  delivered", " 500 lines/s");
  says(text, "  7.0s  delivered", " 0 lines/s");
  says(text, "  8.0s  delivered", " 0 lines/s");
  says(text, " 10.0s  delivered", " 200 lines/s");
}

static void before_anything_came_the_rate_is_0(void **state) {
  (void)state;
  static char text[4096];
  plan made;
  plan_make(&made, 100);
  display shown;
  display_init(&shown, &made, true);
  child_state agent = {.delivered = 7};
  catcher c;
  begin(&c);
  display_end(&shown, &agent, 100);
  end(&c, text, sizeof text);
  says(text, "  0.1s  delivered", " 0 lines/s");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_rate_is_that_of_the_last_second_not_since_the_start),
      cmocka_unit_test(before_anything_came_the_rate_is_0),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
