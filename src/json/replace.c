#include "json/replace.h"
#include <again/core.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int write_all(int fd, const char *text, size_t size) {
  while (size > 0) {
    ssize_t wrote = write(fd, text, size);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return AGAIN_EIO;
    text += wrote;
    size -= (size_t)wrote;
  }
  return 0;
}

/* A device, a pipe. */
static int write_to(const char *path, const char *text, size_t size) {
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return AGAIN_EIO;
  int error = write_all(fd, text, size);
  int why = errno;
  if (close(fd) != 0 && error == 0) return AGAIN_EIO;
  errno = why;
  return error;
}

static mode_t rights_of_new_files(void) {
  mode_t mask = umask(0);
  umask(mask);
  return 0666 & ~mask;
}

static int put_in_place(const char *target, mode_t mode, const char *text, size_t size) {
  size_t room = strlen(target) + 8;
  char *beside = malloc(room);
  if (beside == NULL) return AGAIN_ENOMEM;
  snprintf(beside, room, "%s.XXXXXX", target);
  int error = AGAIN_EIO;
  int fd = mkstemp(beside);
  if (fd >= 0) {
    error = write_all(fd, text, size);
    if (error == 0 && (fchmod(fd, mode) != 0 || fsync(fd) != 0)) error = AGAIN_EIO;
    int why = errno;
    if (close(fd) != 0 && error == 0) {
      error = AGAIN_EIO;
      why = errno;
    }
    if (error == 0 && rename(beside, target) != 0) {
      error = AGAIN_EIO;
      why = errno;
    }
    if (error != 0) unlink(beside);
    errno = why;
  }
  free(beside);
  return error;
}

int again_file_replace(const char *path, const char *text, size_t size) {
  struct stat old;
  bool exists = stat(path, &old) == 0;
  if (exists && !S_ISREG(old.st_mode)) return write_to(path, text, size);
  if (exists && access(path, W_OK) != 0) return AGAIN_EIO;
  char *target = exists ? realpath(path, NULL) : strdup(path);
  if (target == NULL) return exists ? AGAIN_EIO : AGAIN_ENOMEM;
  mode_t mode = exists ? old.st_mode & 07777 : rights_of_new_files();
  int error = put_in_place(target, mode, text, size);
  free(target);
  return error;
}
