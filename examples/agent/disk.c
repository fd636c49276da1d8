/* Files that survive a crash. */
#include "disk.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool disk_write(int fd, const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t wrote = write(fd, bytes, length);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return false;
    bytes += wrote;
    length -= (size_t)wrote;
  }
  return true;
}

bool disk_sync_folder(const char *folder) {
  int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return false;
  bool ok = fsync(fd) == 0;
  int error = errno;
  close(fd);
  errno = error;
  return ok;
}

bool disk_make_folder(const char *folder) {
  if (mkdir(folder, 0700) == 0) return true;
  if (errno != EEXIST) return false;
  struct stat found;
  if (stat(folder, &found) != 0) return false;
  errno = ENOTDIR;
  return S_ISDIR(found.st_mode);
}

char *disk_path(const char *folder, const char *name) {
  size_t size = strlen(folder) + strlen(name) + 2;
  char *path = malloc(size);
  if (path != NULL) snprintf(path, size, "%s/%s", folder, name);
  return path;
}

const char *disk_advice(int error) {
  switch (error) {
  case ENOSPC:
  case EDQUOT:
  case EFBIG: return "make room there and start again";
  case EACCES:
  case EPERM:
  case EROFS: return "make it writable, or name another folder with --state";
  case ENOENT:
  case ENOTDIR: return "make the folder first, or name another with --state";
  default: return "check the disk and start again";
  }
}
