#define _XOPEN_SOURCE 700 /* posix_openpt */
#include "draw/terminal.h"
#include "support.h"
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

/* The end of a pseudo terminal that a program would write to, or -1 where there is none. */
static int open_terminal(int *other) {
  *other = posix_openpt(O_RDWR | O_NOCTTY);
  assert_true(*other >= 0);
  assert_int_equal(grantpt(*other), 0);
  assert_int_equal(unlockpt(*other), 0);
  int terminal = open(ptsname(*other), O_RDWR | O_NOCTTY);
  assert_true(terminal >= 0);
  return terminal;
}

static bool is_rich(int descriptor, const char *term, const char *no_color) {
  if (term != NULL)
    setenv("TERM", term, 1);
  else
    unsetenv("TERM");
  if (no_color != NULL)
    setenv("NO_COLOR", no_color, 1);
  else
    unsetenv("NO_COLOR");
  return again_terminal_is_rich(descriptor);
}

static void a_terminal_gets_colours_unless_term_or_no_color_say_no(void **state) {
  (void)state;
  int other;
  int terminal = open_terminal(&other);
  assert_true(is_rich(terminal, "xterm", NULL));
  assert_true(is_rich(terminal, "xterm", ""));
  assert_false(is_rich(terminal, "xterm", "1"));
  assert_false(is_rich(terminal, "dumb", NULL));
  assert_false(is_rich(terminal, "", NULL));
  assert_false(is_rich(terminal, NULL, NULL));
  close(terminal);
  close(other);
}

static void what_is_no_terminal_gets_text(void **state) {
  (void)state;
  int file = open("/dev/null", O_WRONLY);
  assert_false(is_rich(file, "xterm", NULL));
  close(file);
  assert_false(is_rich(-1, "xterm", NULL));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_terminal_gets_colours_unless_term_or_no_color_say_no),
      cmocka_unit_test(what_is_no_terminal_gets_text),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
