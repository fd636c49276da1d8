#include "cli/ready_file.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool again_ready_file_init(again_ready_file *ready, const char *path) {
  *ready = (again_ready_file){.path = path, .fifo = -1};
  struct stat status;
  if (path == NULL) return true;
  if (lstat(path, &status) != 0) return errno == ENOENT;
  if (S_ISFIFO(status.st_mode)) {
    /* Open for both, it needs no reader to be there, and the line waits for one. */
    ready->fifo = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
    return ready->fifo >= 0;
  }
  if (S_ISREG(status.st_mode) || S_ISLNK(status.st_mode)) return unlink(path) == 0;
  errno = EEXIST;
  return false;
}

static bool write_line(int fd, const char *line) {
  char text[512];
  int length = snprintf(text, sizeof text, "%s\n", line);
  return length < (int)sizeof text && write(fd, text, (size_t)length) == length;
}

/* Written beside, then renamed: nobody sees half of it. */
static bool write_whole(const char *path, const char *line) {
  size_t size = strlen(path) + sizeof ".XXXXXX";
  char *beside = malloc(size);
  if (beside == NULL) return false;
  snprintf(beside, size, "%s.XXXXXX", path);
  int fd = mkstemp(beside);
  bool made = fd >= 0;
  bool whole =
      made && write_line(fd, line) && fchmod(fd, S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH) == 0;
  if (made && close(fd) != 0) whole = false;
  whole = whole && rename(beside, path) == 0;
  int error = errno;
  if (made && !whole) unlink(beside);
  free(beside);
  errno = error;
  return whole;
}

bool again_ready_file_write(again_ready_file *ready, const char *line) {
  if (ready->path == NULL) return true;
  if (ready->fifo >= 0) return write_line(ready->fifo, line);
  ready->written = write_whole(ready->path, line);
  return ready->written;
}

void again_ready_file_fini(again_ready_file *ready) {
  if (ready->fifo >= 0) close(ready->fifo);
  if (ready->written) unlink(ready->path);
}
