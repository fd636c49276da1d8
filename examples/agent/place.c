#include "place.h"
#include <unistd.h>

/* FNV-1a, 64 bits (Fowler, Noll, Vo). */
static uint64_t hash(const char *bytes, size_t length) {
  uint64_t state = UINT64_C(14695981039346656037);
  for (size_t i = 0; i < length; i++)
    state = (state ^ (unsigned char)bytes[i]) * UINT64_C(1099511628211);
  return state;
}

uint64_t place_modified(const struct stat *file) {
  return (uint64_t)file->st_mtim.tv_sec * 1000000000 + (uint64_t)file->st_mtim.tv_nsec;
}

place place_at(const struct stat *file, uint64_t offset, const char *head, size_t head_length) {
  if (head_length > offset) head_length = (size_t)offset;
  /* With bytes behind it unread, even an unchanged file holds more. */
  uint64_t unread = (uint64_t)file->st_size > offset;
  return (place){.device = (uint64_t)file->st_dev,
                 .inode = (uint64_t)file->st_ino,
                 .offset = offset,
                 .modified = place_modified(file) - unread,
                 .head_length = head_length,
                 .head_hash = hash(head, head_length)};
}

bool place_in(const place *was, int fd) {
  struct stat found;
  char head[PLACE_HEAD_MAX];
  if (fstat(fd, &found) != 0 || !S_ISREG(found.st_mode)) return false;
  if ((uint64_t)found.st_size < was->offset || was->head_length > sizeof head) return false;
  if (was->head_length == 0) return true; /* noted before heads were, or at the beginning */
  return pread(fd, head, was->head_length, 0) == (ssize_t)was->head_length &&
         hash(head, was->head_length) == was->head_hash;
}

bool place_of(const place *was, int fd) {
  struct stat found;
  if (fstat(fd, &found) != 0 || (uint64_t)found.st_ino != was->inode) return false;
  bool device = was->device == 0 || was->device == (uint64_t)found.st_dev;
  return (device || was->head_length == PLACE_HEAD_MAX) && place_in(was, fd);
}
