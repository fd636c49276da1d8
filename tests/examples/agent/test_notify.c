#include "folder.h"
#include "notify.h"
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* A socket as the manager's, named in the environment. `abstract`: it is no file. */
static int manager(const folder *in, bool abstract) {
  char path[128];
  struct sockaddr_un at = {.sun_family = AF_UNIX};
  folder_path(in, "notify", path);
  size_t length = strlen(path);
  assert_true(length < sizeof at.sun_path);
  if (abstract) path[0] = '@';
  assert_int_equal(setenv("NOTIFY_SOCKET", path, 1), 0);
  memcpy(at.sun_path, path, length);
  if (abstract) at.sun_path[0] = '\0';
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  assert_true(fd >= 0);
  assert_int_equal(bind(fd, (struct sockaddr *)&at,
                        (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length)),
                   0);
  return fd;
}

static const char *told(int fd) {
  static char text[256];
  ssize_t got = recv(fd, text, sizeof text - 1, 0);
  text[got > 0 ? got : 0] = '\0';
  return text;
}

static void each_state_is_one_datagram(void **state) {
  (void)state;
  for (int abstract = 0; abstract < 2; abstract++) {
    folder f;
    folder_make(&f);
    int fd = manager(&f, abstract);
    notify_ready();
    notify_reloading();
    notify_stopping();
    assert_string_equal(told(fd), "READY=1");
    assert_memory_equal(told(fd), "RELOADING=1\nMONOTONIC_USEC=", 27);
    assert_string_equal(told(fd), "STOPPING=1");
    assert_string_equal(told(fd), "");
    close(fd);
    folder_remove(&f);
  }
}

static void without_a_manager_nothing_is_told(void **state) {
  (void)state;
  unsetenv("NOTIFY_SOCKET");
  notify_ready();
  setenv("NOTIFY_SOCKET", "relative", 1);
  notify_ready();
  setenv("NOTIFY_SOCKET", "/nobody/listens/here", 1);
  notify_ready();
}

static void signs_of_life_come_twice_in_the_time_that_is_watched(void **state) {
  (void)state;
  folder f;
  notifier n;
  folder_make(&f);
  int fd = manager(&f, false);
  setenv("WATCHDOG_USEC", "10000000", 1);
  setenv("WATCHDOG_PID", "1", 1); /* another process's */
  notify_init(&n);
  assert_int_equal(n.every, 0);
  notify_alive(&n, 1000);
  assert_string_equal(told(fd), "");
  unsetenv("WATCHDOG_PID");
  notify_init(&n);
  unsigned signs = 0;
  for (again_ms now = 0; now < 60000; now += 100) {
    notify_alive(&n, now);
    signs += strcmp(told(fd), "WATCHDOG=1") == 0;
  }
  assert_int_equal(signs, 12);
  unsetenv("WATCHDOG_USEC");
  close(fd);
  folder_remove(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_state_is_one_datagram),
      cmocka_unit_test(without_a_manager_nothing_is_told),
      cmocka_unit_test(signs_of_life_come_twice_in_the_time_that_is_watched),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
