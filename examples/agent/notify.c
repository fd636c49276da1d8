#include "notify.h"
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

/* A manager that does not listen is its own trouble: the logs go on. */
static void tell(const char *state) {
  const char *path = getenv("NOTIFY_SOCKET");
  struct sockaddr_un to = {.sun_family = AF_UNIX};
  size_t length = path != NULL ? strlen(path) : 0;
  if (length < 2 || length >= sizeof to.sun_path || (path[0] != '/' && path[0] != '@')) return;
  memcpy(to.sun_path, path, length);
  if (path[0] == '@') to.sun_path[0] = '\0'; /* a name without a file */
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return;
  socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
  (void)sendto(fd, state, strlen(state), MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr *)&to, size);
  close(fd);
}

void notify_init(notifier *self) {
  *self = (notifier){0};
  const char *pid = getenv("WATCHDOG_PID");
  const char *period = getenv("WATCHDOG_USEC");
  if (period == NULL || (pid != NULL && strtol(pid, NULL, 10) != (long)getpid())) return;
  self->every = strtoull(period, NULL, 10) / 1000 / 2;
}

void notify_ready(void) {
  tell("READY=1");
}

void notify_reloading(void) {
  char state[64];
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  snprintf(state, sizeof state, "RELOADING=1\nMONOTONIC_USEC=%" PRIu64,
           (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000);
  tell(state);
}

void notify_stopping(void) {
  tell("STOPPING=1");
}

void notify_alive(notifier *self, again_ms now) {
  if (self->every == 0 || now < self->next) return;
  self->next = now + self->every;
  tell("WATCHDOG=1");
}
