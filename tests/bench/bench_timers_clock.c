/* A virtual clock for event loops that read the system's: the functions of the C library's names in the
 * program are found before the library's own, so libuv, libev and libevent are told this time. */
#define _GNU_SOURCE
#include "bench_timers.h"
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static struct timespec virtual_now = {.tv_sec = 1000};

/* In the middle of the millisecond: libev wants to be past a time, not at it. */
void bench_timers_clock(uint64_t now) {
  virtual_now.tv_sec = (time_t)(1000 + now / 1000);
  virtual_now.tv_nsec = (long)(now % 1000 * 1000000 + 500000);
}

int clock_gettime(clockid_t id, struct timespec *time) {
  if (id == CLOCK_PROCESS_CPUTIME_ID || id == CLOCK_THREAD_CPUTIME_ID)
    return (int)syscall(SYS_clock_gettime, id, time);
  *time = virtual_now;
  return 0;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
  (void)zone;
  time->tv_sec = virtual_now.tv_sec;
  time->tv_usec = virtual_now.tv_nsec / 1000;
  return 0;
}
