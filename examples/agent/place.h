/* How far a file was read, and how to know that file again: its name may be another one's by now,
 * its inode another file's, its content another one. */
#ifndef AGENT_PLACE_H
#define AGENT_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#define PLACE_HEAD_MAX 256

/* Zeroed: nowhere yet. */
typedef struct place {
  uint64_t device; /* 0: not known */
  uint64_t inode;
  uint64_t offset;      /* everything before it was read */
  uint64_t modified;    /* ns since 1970: what has changed since then may hold more */
  uint64_t head_length; /* of its first bytes: up to PLACE_HEAD_MAX, and never beyond `offset` */
  uint64_t head_hash;
} place;

/* The place at `offset` of a file that begins with this head, as far as it was read. */
place place_at(const struct stat *file, uint64_t offset, const char *head, size_t head_length);

/* When a file changed last, in ns since 1970. */
uint64_t place_modified(const struct stat *file);

/* Is the open file at least so long, and does it begin with the bytes that were read then? */
bool place_in(const place *was, int fd);

/* Is it that, and the same file? The number of a device may change when a machine starts: a whole
 * head and the inode are enough. */
bool place_of(const place *was, int fd);

#endif
