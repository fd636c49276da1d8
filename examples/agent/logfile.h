/* A log: the file that a name names, and those that had the name before, one after the other. */
#ifndef AGENT_LOGFILE_H
#define AGENT_LOGFILE_H

#include "place.h"

typedef enum logfile_state {
  LOGFILE_WHOLE,  /* it may grow */
  LOGFILE_CUT,    /* it is shorter than what was read of it, or begins otherwise */
  LOGFILE_RENAMED /* the name is another file's */
} logfile_state;

typedef struct logfile {
  const char *path;   /* that is followed; the owner's, as the next is */
  const char *beside; /* where it led to, without links: rotated files are beside that */
  char *name;         /* of the file that is open */
  int fd;             /* -1: none */
  uint64_t begin;     /* where reading it begins */
  uint64_t modified;  /* when it was last seen whole and read to its end: its last change */
  char head[PLACE_HEAD_MAX];
  size_t head_length; /* of it, as far as it was read */
  char *missed;       /* a file on the way here that is compressed or cannot be read; NULL: none */
} logfile;

/* Opens what `path` names. 0 or an errno; EISDIR: it is no regular file. */
int logfile_open(logfile *log, const char *path, const char *beside);

/* Goes to where `was` is now. False: that file is gone, and the first one written after it is open
 * instead, at its beginning. Only behind logfile_open; zero `was->inode` changes nothing. */
bool logfile_seek(logfile *log, const place *was);

/* The bytes that were read at `offset`. */
void logfile_read(logfile *log, uint64_t offset, const char *bytes, size_t length);

/* What has become of it, with everything before `position` read. */
logfile_state logfile_look(logfile *log, uint64_t position);

/* Is there more of it than `position`? */
bool logfile_grown(const logfile *log, uint64_t position);

/* Leaves it for what was written after it: after a cut that is first what its copy holds behind
 * `position`. 0, or an errno: it is still the old one; `name` (the caller's to free, may be NULL)
 * is what cannot be opened. */
int logfile_next(logfile *log, uint64_t position, bool cut, char **name);

/* The place at `offset`, for a later logfile_seek. */
place logfile_place(const logfile *log, uint64_t offset);

void logfile_close(logfile *log);

#endif
