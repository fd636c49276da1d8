#include "fixture.h"
#include "kit/fail.h"
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void the_callback_gets_the_place_and_the_text(void **state) {
  (void)state;
  fixture f;
  fixture_init(&f, &kit_policy);
  assert_false(again_kit_failed(&f.kit, "a.c", 12, NULL, "%s is %d", "this", 7));
  assert_string_equal(f.caught.file, "a.c");
  assert_int_equal(f.caught.line, 12);
  assert_string_equal(f.caught.text, "this is 7\n  nothing happened\n");
  f.kit.trace.incomplete = true;
  again_kit_failed(&f.kit, "a.c", 12, NULL, "x");
  assert_string_equal(f.caught.text, "x\n  nothing happened\n"
                                     "  the trace is incomplete: there was no memory for all\n");
  f.caught.count = 0;
  fixture_fini(&f);
}

static void without_a_callback_it_is_said_on_stderr_and_the_program_aborts(void **state) {
  (void)state;
  int ends[2];
  assert_int_equal(pipe(ends), 0);
  pid_t child = fork();
  if (child == 0) {
    signal(SIGABRT, SIG_DFL);
    dup2(ends[1], STDERR_FILENO);
    again_kit_fail_with(&(again_kit_fail){0}, "a.c", 12, "wrong\n");
    _exit(0);
  }
  close(ends[1]);
  char said[64] = "";
  size_t length = 0;
  for (ssize_t got; (got = read(ends[0], said + length, sizeof said - 1 - length)) > 0;)
    length += (size_t)got;
  close(ends[0]);
  int status;
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
  assert_string_equal(said, "a.c:12: wrong\n");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_callback_gets_the_place_and_the_text),
      cmocka_unit_test(without_a_callback_it_is_said_on_stderr_and_the_program_aborts),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
