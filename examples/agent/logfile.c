#include "logfile.h"
#include "rotated.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int logfile_open(logfile *log, const char *path, const char *beside) {
  struct stat found;
  *log = (logfile){.path = path, .beside = beside};
  log->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (log->fd < 0 || fstat(log->fd, &found) != 0) return errno;
  if (!S_ISREG(found.st_mode)) return EISDIR;
  log->modified = place_modified(&found);
  log->name = strdup(path);
  return log->name != NULL ? 0 : ENOMEM;
}

/* Takes over an open file. What is read of it begins at `begin`. */
static void turn_to(logfile *log, int fd, char *name, uint64_t begin) {
  if (log->fd >= 0) close(log->fd);
  free(log->name);
  log->fd = fd;
  log->name = name;
  log->begin = begin;
  struct stat found;
  if (fstat(fd, &found) == 0) log->modified = place_modified(&found);
  size_t length = begin < sizeof log->head ? (size_t)begin : sizeof log->head;
  ssize_t got = pread(fd, log->head, length, 0);
  log->head_length = got > 0 ? (size_t)got : 0;
}

/* Opens what was written after `was`. */
static int turn_to_next(logfile *log, const place *was, char **name) {
  char *missed = NULL;
  int fd = rotated_next(log->path, log->beside, was, name, &missed);
  int error = errno;
  if (fd < 0 || *name == NULL) {
    free(missed);
    if (fd < 0) return error;
    close(fd);
    return ENOMEM;
  }
  free(log->missed);
  log->missed = missed;
  turn_to(log, fd, *name, 0);
  *name = NULL;
  return 0;
}

bool logfile_seek(logfile *log, const place *was) {
  char *name = NULL;
  int fd = rotated_find(log->path, log->beside, was, &name);
  if (fd < 0) fd = rotated_find_copy(log->beside, was, &name);
  if (fd >= 0 && name != NULL) {
    turn_to(log, fd, name, was->offset);
    return true;
  }
  if (fd >= 0) close(fd);
  place gone = *was;
  gone.inode = 0;
  /* If that cannot be read, what the name names now is open already. */
  if (turn_to_next(log, &gone, &name) != 0) {
    log->missed = name;
  } else {
    free(name);
  }
  return false;
}

void logfile_read(logfile *log, uint64_t offset, const char *bytes, size_t length) {
  if (offset != log->head_length || offset == sizeof log->head) return;
  size_t room = sizeof log->head - log->head_length;
  if (length > room) length = room;
  memcpy(log->head + log->head_length, bytes, length);
  log->head_length += length;
}

static bool begins_as_read(const logfile *log) {
  char head[PLACE_HEAD_MAX];
  ssize_t got = pread(log->fd, head, log->head_length, 0);
  if (got < 0) return true; /* reading on will say what is wrong */
  return (size_t)got == log->head_length && memcmp(head, log->head, log->head_length) == 0;
}

logfile_state logfile_look(logfile *log, uint64_t position) {
  struct stat here;
  struct stat named;
  if (fstat(log->fd, &here) != 0) return LOGFILE_WHOLE;
  if ((uint64_t)here.st_size < position || !begins_as_read(log)) return LOGFILE_CUT;
  if ((uint64_t)here.st_size == position) log->modified = place_modified(&here);
  if (stat(log->path, &named) != 0) return LOGFILE_WHOLE;
  bool same = named.st_ino == here.st_ino && named.st_dev == here.st_dev;
  return same ? LOGFILE_WHOLE : LOGFILE_RENAMED;
}

bool logfile_grown(const logfile *log, uint64_t position) {
  struct stat here;
  return fstat(log->fd, &here) == 0 && (uint64_t)here.st_size > position;
}

int logfile_next(logfile *log, uint64_t position, bool cut, char **name) {
  *name = NULL;
  place was = logfile_place(log, position);
  if (cut) {
    int fd = rotated_find_copy(log->beside, &was, name);
    struct stat copy;
    bool open = fd >= 0 && *name != NULL && fstat(fd, &copy) == 0;
    if (open && (uint64_t)copy.st_size > position) {
      turn_to(log, fd, *name, position);
      *name = NULL;
      return 0;
    }
    /* Nothing in it is new. */
    if (open) was = place_at(&copy, position, log->head, log->head_length);
    if (fd >= 0) close(fd);
    free(*name);
    *name = NULL;
    if (!open) was.inode = 0;
  }
  return turn_to_next(log, &was, name);
}

place logfile_place(const logfile *log, uint64_t offset) {
  struct stat here;
  if (fstat(log->fd, &here) != 0) memset(&here, 0, sizeof here);
  place at = place_at(&here, offset, log->head, log->head_length);
  /* Of a file that was cut the time says nothing any more. */
  if ((uint64_t)here.st_size < offset || !begins_as_read(log)) at.modified = log->modified;
  return at;
}

void logfile_close(logfile *log) {
  if (log->fd >= 0) close(log->fd);
  log->fd = -1;
  free(log->name);
  free(log->missed);
  log->name = NULL;
  log->missed = NULL;
}
